"""The one entrance for socket events: known name, guard, parse, call; every exception becomes a coded answer."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, ClassVar

import socketio
from gevent import GreenletExit
from pydantic import BaseModel, ValidationError
from socketio.exceptions import ConnectionRefusedError as Refused

from chatgate import metrics
from chatgate.errors import REFUSAL_CODES, Refusal
from chatgate.logs import failure, log, new_request_id
from chatgate.storage.writing.written import Written
from chatgate.web.wire.acks import PendingAck

Answer = dict[str, Any] | Any | None


@dataclass(frozen=True, slots=True)
class Event:
    """One event of a namespace: the payload's model, and what handles it for whoever passed the guard."""

    model: type[BaseModel]
    handle: Callable[[Any, Any, Any], Answer]


def parse(model: type[BaseModel], data: Any) -> Any:
    """Return the payload as its model.

    Raises:
        Refusal: ``payload_invalid`` with the field's name; the input is in no message.
    """
    try:
        return model.__pydantic_validator__.validate_python({} if data is None else data)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False, include_context=False)[0]
        place = ".".join(str(part)[:40] for part in first["loc"][:3])
        raise Refusal("payload_invalid", field=place, problem=first["type"]) from None


def refused(refusal: Refusal) -> dict[str, Any]:
    """Count a refusal and return it as clients get it: a refusal is a number in the metrics and nothing else."""
    metrics.REFUSALS.add(refusal.code if refusal.code in REFUSAL_CODES else "other")
    return refusal.as_dict()


def unexpected(where: str, error: BaseException) -> Refusal:
    """Log one fixed line about a defect of ours, without its message, and return what the client is told."""
    request_id = new_request_id()
    log("web", "unexpected", error=error, failure=failure(error), where=where, request_id=request_id)
    return Refusal("middleware_error", request_id=request_id)


class Entrance(socketio.Namespace):  # type: ignore[misc]
    """Base of both namespaces; ``trigger_event`` is the only way in, and it denies by default."""

    events: ClassVar[Mapping[str, Event]] = MappingProxyType({})

    def trigger_event(self, event: str, *args: Any) -> Any:
        """Answer one event of the transport."""
        if event == "connect":
            return self._connect(*args[:3])
        if event == "disconnect":
            return self._disconnect(args[0])
        try:
            answer = self._event(event, args[0], args[1:])
            return self._later(event, answer) if isinstance(answer, Written) else answer
        except Refusal as refusal:
            return {"error": refused(refusal)}
        except GreenletExit:
            raise
        except BaseException as error:
            return {"error": unexpected(self._place(event), error).as_dict()}

    def _place(self, event: str) -> str:
        """Return what the log may say of an event: a name that a client made up is not one of ours."""
        return f"{self.namespace} {event if event in self.events else 'an unknown event'}"

    def _event(self, name: str, sid: str, data: tuple[Any, ...]) -> Answer:
        who = self.who(sid)
        event = self.events.get(name)
        if event is None:
            raise Refusal("event_unknown")
        self.allow(who, name)
        if len(data) > 1:
            raise Refusal("payload_invalid", problem="one_argument")
        return event.handle(self, who, parse(event.model, data[0] if data else None))

    def _later(self, event: str, written: Written[Any]) -> PendingAck:
        """Acknowledge a message once it is committed; until then no greenlet waits, and other events go on."""
        pending = PendingAck()

        def acknowledge(settled: Written[Any]) -> None:
            try:
                answer = {"message": settled.result()}
            except Refusal as refusal:
                answer = {"error": refused(refusal)}
            except Exception as error:
                answer = {"error": unexpected(self._place(event), error).as_dict()}
            pending.resolve(answer)

        written.then(acknowledge)
        return pending

    def _connect(self, sid: str, environ: dict[str, Any], auth: Any = None) -> None:
        try:
            self.admit(sid, environ, auth)
        except Refusal as refusal:
            raise Refused(refusal.code, refused(refusal)) from None
        except GreenletExit:
            raise
        except BaseException as error:
            failure = unexpected(f"{self.namespace} connect", error)
            raise Refused(failure.code, failure.as_dict()) from None

    def _disconnect(self, sid: str) -> None:
        try:
            self.left(sid)
        except GreenletExit:
            raise
        except BaseException as error:
            unexpected(f"{self.namespace} disconnect", error)

    def admit(self, sid: str, environ: dict[str, Any], auth: Any) -> None:
        """Let a socket in, or raise a Refusal."""
        raise Refusal("forbidden")

    def who(self, sid: str) -> Any:
        """Return who speaks on this socket, or raise a Refusal: the guard of every event."""
        raise Refusal("forbidden")

    def allow(self, who: Any, event: str) -> None:
        """Refuse an event that this caller's role does not allow; a namespace without roles refuses none."""

    def left(self, sid: str) -> None:
        """Note that a socket is gone."""
