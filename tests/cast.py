"""The cast and its first lines: a shop with a notice, Vera who chats, Adam and Ewa who answer, Mallory who may not."""

from dataclasses import dataclass
from typing import Any

from chatgate.cli.serve import shipped_notice
from chatgate.ids import new_token
from chatgate.policy.consent import rendered_sha256
from chatgate.services import messages, notices, sessions, sites
from chatgate.services.accounts import agents
from chatgate.services.core import Core
from chatgate.services.sessions import OpenRequest, VisitorSession

SITE = "demo"
SHOP_ORIGIN = "https://shop.example"
ADAM = "adam@kilnandcup.example"
EWA = "ewa@kilnandcup.example"
PASSWORD = "correct horse battery"

SINGLE_NOTICE = shipped_notice("single")
"""The one-box form."""
SINGLE_SETTINGS = {
    "preset": "single",
    "equivalent_channel": "hello@kilnandcup.example",
    "dpia_reference": "DPIA-7",
    "accept_conditionality_risk": True,
}


def open_shop(core: Core, *, notice: str | None = None, origins: list[str] | None = None, site: str = SITE) -> None:
    """Add a site with a published notice."""
    sites.add_site(core, site, "Kiln & Cup", [SHOP_ORIGIN] if origins is None else origins)
    notices.publish_notice(core, site, notice or shipped_notice("split"))


def next_version(version: str, text: str | None = None) -> str:
    """Return the shipped notice under another version, its clauses changed."""
    text = text or shipped_notice("split")
    return text.replace('version = "1.0.0"', f'version = "{version}"').replace(
        "may process this chat", f"may process this chat ({version})"
    )


def hire_adam(core: Core, email: str = ADAM, name: str = "Adam") -> None:
    """Add an agent with the cast's password."""
    agents.add_agent(core, email, name, "admin", PASSWORD)


def signed_in(core: Core, email: str = ADAM) -> agents.SignedInAgent:
    """Return a signed-in agent."""
    return agents.signed_in_agent(core, agents.sign_in(core, email, PASSWORD, "key"))


def shown(core: Core, locale: str = "en", site: str = SITE) -> dict[str, Any]:
    """Return what the widget fetches on the click."""
    return notices.notice_answer(core, site, locale)


def decision(answer: dict[str, Any], training: bool = False, **changes: Any) -> dict[str, Any]:
    """Return the handshake of a visitor who read this answer, ticked *support* and decided about *training*."""
    clauses = answer["notice"]["clauses"]
    choices = {clause["purpose"]: clause["purpose"] == "support" or training for clause in clauses}
    return {
        "site": answer["site"]["id"],
        "client_id": new_token("client"),
        "display_token": answer["display_token"],
        "rendered_sha256": rendered_sha256([clause["text"] for clause in clauses]),
        "choices": choices,
        "locale": answer["notice"]["locale"],
        "page_path": "/cups/",
        **changes,
    }


def request_of(payload: dict[str, Any]) -> OpenRequest:
    """Return the service's request for a handshake."""
    defaults = {"method": "checkbox", "widget_build": "test", "limiter_key": new_token("k")}
    return OpenRequest(**{**defaults, **payload})


@dataclass(frozen=True)
class Vera:
    """A visitor with an open session."""

    core: Core
    opened: dict[str, Any]
    session: VisitorSession

    @property
    def conversation_id(self) -> str:
        """Return the id of her conversation."""
        return self.session.conversation_id

    def writes(self, body: str = "Does the cup survive a dishwasher?") -> dict[str, Any]:
        """Send a message."""
        return messages.post_visitor_message(self.core, self.session, new_token("m"), body, new_token("k"))


def welcome(core: Core, training: bool = False, **changes: Any) -> Vera:
    """Let Vera read the notice, decide, and come in."""
    opened = sessions.open_session(core, request_of(decision(shown(core), training, **changes)))
    return Vera(core, opened, sessions.read_session(core, opened["session_token"]))
