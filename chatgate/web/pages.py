"""Pages and files for browsers: the loader, the widget's frame, the inbox, notices, assets."""

import hashlib
import json
import mimetypes
import re
import secrets
from typing import Any

import orjson
from flask import Response, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from chatgate.errors import OperatorError, Refusal
from chatgate.i18n import BUILT, locales, text_direction, translations
from chatgate.services import notices, sites, views
from chatgate.services.core import Core
from chatgate.web.compressed import compressed_response
from chatgate.web.entrance import refused
from chatgate.web.problems import STATUS

STORE = BUILT / "store"


class Pages:
    """The views; made once with what was built."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._manifest = _manifest()
        self._assets = {path.name: path.read_bytes() for path in (BUILT / "assets").rglob("*") if path.is_file()}
        self._loader = (BUILT / "assets" / self._manifest["loader.js"]).read_text(encoding="utf-8")

    def loader(self) -> AnyResponse:
        """``GET /widget.js``: all that a shop page loads before a click."""
        site = sites.active_site(self._core, request.args.get("site", ""))
        settings = site.settings
        values = {
            "id": site.id,
            "name": site.name,
            "accent": settings["accent"],
            "ink": _ink(settings["accent"]),
            "position": settings["position"],
            "default_locale": settings["default_locale"],
            "greeting": settings["greeting"],
            "greeting_rules": settings.get("greeting_rules", []),
            "base_url": self.base_url(),
            "labels": _labels({"en", *notices.published_locales(self._core, site.id)}),
        }
        body = self._loader.replace("__CHATGATE_SITE__", _script_json(values)).encode()
        response = compressed_response(body, "text/javascript")
        response.set_etag(hashlib.sha256(response.get_data()).hexdigest()[:32])
        response.headers["Cache-Control"] = "public, max-age=300"
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        response.make_conditional(request.environ)
        return response

    def base_url(self) -> str:
        """Return the address under which this request reached us."""
        return self._core.settings.public_url.rstrip("/") or request.host_url.rstrip("/")

    def frame(self, site_id: str) -> AnyResponse:
        """``GET /widget/<site>``: the widget's page, shown in a frame of the site's own pages only."""
        try:
            site = sites.active_site(self._core, site_id)
        except Refusal as refusal:
            return self._no_chat(site_id, refusal)
        locale = _locale(site.settings["default_locale"])
        config = {
            "site": views.site_view(self._core, site),
            "build": self._manifest["visitor.js"],
            "locales": locales(),
        }
        ancestors = " ".join(["'self'", *site.allowed_origins])
        return self._page("visitor", config, locale, site.name, ancestors, _early(self._manifest, site.id, locale))

    def _no_chat(self, site_id: str, refusal: Refusal) -> AnyResponse:
        """Return the widget's page without a site: it says in words that there is no chat here."""
        refused(refusal)
        locale = _locale(request.accept_languages.best_match(locales()) or "en")
        config = {"site": None, "build": self._manifest["visitor.js"], "locales": locales()}
        ancestors = " ".join(["'self'", *sites.allowed_origins(self._core, site_id)])
        response = self._page("visitor", config, locale, translations(locale).gettext("Chat"), ancestors)
        response.status_code = STATUS[refusal.code]
        return response

    def inbox(self) -> AnyResponse:
        """``GET /inbox``: the agents' page; everything in it needs a sign-in."""
        config = {"build": self._manifest["inbox.js"], "locales": locales()}
        wanted = request.accept_languages.best_match(locales()) or "en"
        return self._page("inbox", config, wanted, "ChatGate", "'none'")

    def push_worker(self) -> AnyResponse:
        """``GET /inbox/push.js``: the service worker that shows pushes; for the inbox's own page and nothing else."""
        response = Response(self._assets[self._manifest["push_worker.js"]], mimetype="text/javascript")
        response.headers["Service-Worker-Allowed"] = "/inbox"
        response.headers["Cache-Control"] = "no-cache"
        response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
        response.headers["Content-Security-Policy"] = "default-src 'none'"
        return response

    def _page(
        self,
        name: str,
        config: dict[str, Any],
        locale: str,
        title: str,
        ancestors: str,
        early: dict[str, str] | None = None,
    ) -> AnyResponse:
        nonce = secrets.token_urlsafe(16)
        body = render_template(
            "app.html",
            title=title,
            locale=locale.replace("_", "-"),
            direction=text_direction(locale),
            nonce=nonce,
            script=f"/assets/{self._manifest[f'{name}.js']}",
            style=f"/assets/{self._manifest[f'{name}.css']}",
            config=_script_json(config),
            early=early,
        )
        response = Response(body, mimetype="text/html")
        response.headers["Content-Security-Policy"] = (
            f"default-src 'none'; script-src 'nonce-{nonce}' 'self'; style-src 'self'; connect-src 'self'; "
            "img-src 'self' data: blob:; manifest-src 'self'; base-uri 'none'; form-action 'none'; "
            f"frame-ancestors {ancestors}; require-trusted-types-for 'script'"
        )
        response.headers["Cache-Control"] = "no-store"
        return response

    def notice(self, sha256: str) -> AnyResponse:
        """``GET /notices/<sha256>``: full text and policy at a permanent address."""
        notice = notices.published_notice(self._core, sha256)
        body = render_template(
            "notice.html",
            notice=notice,
            content=notice.content,
            locale=notice.locale.replace("_", "-"),
            direction=text_direction(notice.locale),
            style=f"/assets/{self._manifest['document.css']}",
            _=translations(notice.locale).gettext,
        )
        response = Response(body, mimetype="text/html")
        response.headers["Content-Security-Policy"] = (
            "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        )
        response.headers["Cache-Control"] = "public, max-age=86400, immutable"
        return response

    def asset(self, name: str) -> AnyResponse:
        """``GET /assets/<name>``: built files; their names carry their hashes."""
        name = name.rsplit("/", 1)[-1]
        body = self._assets.get(name)
        if body is None:
            raise Refusal("not_found")
        response = compressed_response(body, mimetypes.guess_type(name)[0])
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
        return response

    def store(self, name: str = "index.html") -> AnyResponse:
        """``GET /store/...``: the example store, in demo mode only."""
        if not self._core.settings.demo or "\x00" in name:
            raise Refusal("not_found")
        path = (STORE / name).resolve()
        if STORE.resolve() not in path.parents or not path.is_file():
            raise Refusal("not_found")
        body = path.read_text(encoding="utf-8") if path.suffix in (".html", ".js", ".css") else path.read_bytes()
        return Response(body, mimetype=mimetypes.guess_type(path.name)[0])

    def rows(self) -> AnyResponse:
        """``GET /demo/rows``: how many rows the database has, in demo mode only."""
        if not self._core.settings.demo:
            raise Refusal("not_found")
        counts = self._core.storage.row_counts(
            ("visitor", "consent_record", "consent_event", "conversation", "message", "training_lineage")
        )
        body = orjson.dumps({"tables": counts, "total": sum(counts.values())})
        return Response(body, mimetype="application/json")

    def home(self) -> AnyResponse:
        """``GET /``: the example store in demo mode, otherwise the inbox."""
        return redirect("/store/" if self._core.settings.demo else "/inbox")


def _manifest() -> dict[str, str]:
    try:
        found: dict[str, str] = json.loads((BUILT / "manifest.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise OperatorError("the browser code is not built; run `make build` in a checkout") from None
    return found


def _early(manifest: dict[str, str], site_id: str, wished: str) -> dict[str, str] | None:
    """Return what the widget will ask for first, when its language is certain: it starts with the page."""
    tags = {tag.lower(): tag for tag in locales()}
    wish = wished.lower().replace("-", "_")
    locale = tags.get(wish) or tags.get(wish.split("_")[0])
    if locale is None:
        return None
    found = {"key": f"chatgate:{site_id}", "notice": f"/v1/sites/{site_id}/notice?locale={locale.replace('_', '-')}"}
    return found | {"catalog": f"/assets/{manifest[f'visitor.{locale}.json']}"}


def _locale(default: str) -> str:
    """Return the language that the address asks for, if it is one at all."""
    locale = request.args.get("locale", default)
    return locale if re.fullmatch(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8}){0,2}", locale) else "en"


def _labels(wanted: set[str]) -> dict[str, dict[str, str]]:
    """Return the loader's words in these languages only: every shop page loads them."""
    labels = {}
    for locale in sorted(wanted):
        _ = translations(locale).gettext
        labels[locale.replace("_", "-")] = {
            "open": _("Open chat"),
            "close": _("Close chat"),
            "dismiss": _("Hide this greeting"),
        }
    return labels


def _ink(accent: str) -> str:
    """Return black or white, whichever reads better on the accent; never below 4.5 to 1 (WCAG 2.2)."""
    parts = [int(accent[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return "#000" if 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.179 else "#fff"


def _script_json(value: Any) -> str:
    """Return JSON that cannot end the script element it stands in."""
    return (
        orjson.dumps(value).decode().replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    )
