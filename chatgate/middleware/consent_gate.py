"""Which notice a site shows, and on which of its pages no chat opens. The gate itself is in the core."""

from fnmatch import fnmatchcase

from pydantic import BaseModel, ConfigDict, Field

from chatgate import Kit, Manifest, NoticeChoice, NoticeContext, Refusal, SessionOpenContext, hookimpl


class SiteRules(BaseModel):
    """The rules of one site."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    notices: dict[str, str] = {}
    """Notice id by locale of the visitor ("pl", "pt-BR"; "*" for every other)."""
    blocked_paths: tuple[str, ...] = ()
    """Patterns of page paths on which no session opens, for example "/careers/*"."""


class Settings(BaseModel):
    """``[middleware_settings.consent_gate]``."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    blocked_paths: tuple[str, ...] = ()
    """As for one site, for all of them."""
    sites: dict[str, SiteRules] = Field(default_factory=dict)
    """Rules by site."""


manifest = Manifest(
    settings=Settings,
    description="Chooses the consent notice by site and language, and closes the chat on some pages.",
)


@hookimpl
def choose_notice(context: NoticeContext, kit: Kit) -> str | None:
    """Choose the site's configured notice, in the visitor's language if there is one.

    Raises:
        Refusal: ``no_active_notice`` when the configured notice is not published. Showing another one instead
            would ask for something that the shop did not mean to ask.
    """
    rules: SiteRules = kit.settings.sites.get(context.site_id, SiteRules())
    wanted = _by_locale(rules.notices, context.locale)
    if wanted is None:
        return None
    candidates = [notice for notice in context.notices if notice.notice_id == wanted]
    if not candidates:
        raise Refusal("no_active_notice", notice_id=wanted)
    return max(candidates, key=lambda notice: _rank(notice, context.locale)).sha256


@hookimpl
def check_session_open(context: SessionOpenContext, kit: Kit) -> None:
    """Refuse on blocked pages. The path comes from the visitor's browser: a courtesy to the shop, no lock."""
    rules: SiteRules = kit.settings.sites.get(context.site_id, SiteRules())
    path = (context.page_path or "").partition("?")[0].partition("#")[0]
    for pattern in (*kit.settings.blocked_paths, *rules.blocked_paths):
        if path and fnmatchcase(path, pattern):
            raise Refusal("session_refused", reason="page")


def _by_locale(notices: dict[str, str], locale: str) -> str | None:
    by_tag = {_tag(key): notice_id for key, notice_id in notices.items()}
    tag = _tag(locale)
    return by_tag.get(tag) or by_tag.get(tag.partition("-")[0]) or by_tag.get("*")


def _rank(notice: NoticeChoice, locale: str) -> tuple[int, bool, tuple[int, ...]]:
    """Order by closeness of the language, then what is current, then the version."""
    shown, asked = _tag(notice.locale), _tag(locale)
    same_language = shown.partition("-")[0] == asked.partition("-")[0]
    version = tuple(int(part) for part in notice.version.split(".") if part.isdecimal())
    return (2 if shown == asked else int(same_language)), notice.current, version


def _tag(locale: str) -> str:
    return locale.replace("_", "-").lower()
