"""What looks after the server: ``/healthz``, ``/readyz`` and ``/metrics``. Nothing personal, and nothing is written."""

import hmac
from collections.abc import Iterator
from typing import Any

import socketio
from flask import Response, request

from chatgate import __version__, metrics
from chatgate.errors import Refusal
from chatgate.services.core import Core
from chatgate.services.upkeep.health import Readiness
from chatgate.storage.queries import work
from chatgate.web import guard
from chatgate.web.api import answer


class Operations:
    """The views for operators."""

    def __init__(self, core: Core, sockets: socketio.Server) -> None:
        self._core = core
        self._sockets = sockets
        self._readiness = Readiness(core)

    def health(self) -> Response:
        """``GET /healthz``: the process answers."""
        return answer({"status": "ok"})

    def ready(self) -> Response:
        """``GET /readyz``: 200 when this process can serve, 503 with what is wrong when not."""
        found = self._readiness.answer()
        return answer(found, 200 if found["ready"] else 503)

    def numbers(self) -> Response:
        """``GET /metrics``: in Prometheus' text format, for who has the token; there is no such page without one.

        Raises:
            Refusal: ``not_found`` when no token is configured, ``forbidden`` with a wrong one.
        """
        expected = self._core.settings.metrics_token
        if not expected:
            raise Refusal("not_found")
        if not hmac.compare_digest((guard.bearer_token(request.environ) or "").encode(), expected.encode()):
            raise Refusal("forbidden")
        # Imported on use: most installations are not scraped.
        from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest

        registry = CollectorRegistry(auto_describe=False)
        ProcessCollector(registry=registry)
        registry.register(self)
        response = Response(generate_latest(registry), mimetype="text/plain; version=0.0.4; charset=utf-8")
        response.headers["Cache-Control"] = "no-store"
        return response

    def collect(self) -> Iterator[Any]:
        """Yield every number, for Prometheus' library."""
        from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily

        for one in metrics.ALL:
            if isinstance(one, metrics.Count):
                counter = CounterMetricFamily(one.name, one.meaning, labels=[one.label] if one.label else [])
                for value, number in sorted(one.values.items()):
                    counter.add_metric([value] if one.label else [], number)
                yield counter
            else:
                histogram = HistogramMetricFamily(one.name, one.meaning)
                histogram.add_metric([], _cumulated(one), one.total)
                yield histogram
        sockets = GaugeMetricFamily("chatgate_sockets", "Open sockets of this process.", labels=["namespace"])
        for namespace in ("/visitor", "/agent"):
            sockets.add_metric([namespace[1:]], self._open(namespace))
        yield sockets
        with self._core.storage.read() as db:
            waiting, failing, oldest = work.outbox_state(db)
        lag = (self._core.clock.now() - oldest).total_seconds() if oldest is not None else 0.0
        yield GaugeMetricFamily("chatgate_outbox_waiting", "Outbox events that wait, of all processes.", value=waiting)
        yield GaugeMetricFamily("chatgate_outbox_failing", "Of these, tried before.", value=failing)
        yield GaugeMetricFamily("chatgate_outbox_lag_seconds", "Age of the oldest that is due.", value=max(0.0, lag))
        ready = self._readiness.answer()["checks"]
        checks = GaugeMetricFamily("chatgate_ready", "1 for each check of /readyz that holds.", labels=["check"])
        for name, state in ready.items():
            checks.add_metric([name], float(state == "ok"))
        yield checks
        info = GaugeMetricFamily("chatgate_build", "The version that runs.", labels=["version"])
        info.add_metric([__version__], 1)
        yield info

    def _open(self, namespace: str) -> int:
        rooms = self._sockets.manager.rooms.get(namespace, {})
        return len(rooms.get(None, ()))


def _cumulated(spread: metrics.Spread) -> list[tuple[str, float]]:
    total, found = 0, []
    for bound, number in zip((*map(str, spread.bounds), "+Inf"), spread.numbers, strict=True):
        total += number
        found.append((bound, float(total)))
    return found
