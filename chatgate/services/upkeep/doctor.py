"""What a first installation gets wrong, found before a visitor does."""

from collections.abc import Iterator, Sequence
from typing import Final
from urllib.parse import urlsplit

from chatgate.config import Settings
from chatgate.i18n import BUILT
from chatgate.policy.notices import example_fields
from chatgate.services.core import AnyRow, Core
from chatgate.services.upkeep.contradictions import Finding, contradictions
from chatgate.storage.queries import consents, sites

SECOND_PARTS: Final = frozenset({"info", "sklep", "waw", "store", "firm", "asso", "nom", "gouv", "govt", "school"})


def findings(core: Core) -> list[dict[str, str]]:
    """Return each problem as ``{where, problem, mend}``; an empty list is a clean bill."""
    found = list(_of_server(core.settings))
    with core.storage.read() as db:
        rows = sites.all_sites(db)
        if not rows:
            found.append(
                ("sites", "there is no site.", "Add one: chatgate site add shop --name ... --origin https://...")
            )
        if not any(agent.active for agent in sites.all_agents(db)):
            found.append(("agents", "there is no agent.", "Add one: chatgate agent add me@shop.example"))
        for site in rows:
            told = _of_site(core, site, consents.current_notices(db, site.id))
            found += [(f"site {site.id}", problem, mend) for problem, mend in told]
    return [dict(zip(("where", "problem", "mend"), one, strict=True)) for one in found]


def _of_server(settings: Settings) -> Iterator[tuple[str, str, str]]:
    if not (BUILT / "manifest.json").exists():
        yield "browser code", "it is not built.", "Run `make build` in a checkout, or install the wheel."
    if not settings.public_url and not settings.demo:
        yield "public_url", "it is not set.", "Set the https address under which visitors reach this server."
    elif settings.public_url and urlsplit(settings.public_url).scheme != "https" and not settings.demo:
        yield "public_url", "it is not https.", "Browsers send the chat in the clear; put TLS in front."
    if settings.public_url.startswith("https") and settings.trusted_proxies == 0:
        yield "trusted_proxies", "it is 0 behind TLS.", "Set it to 1, or limits count all visitors as one address."


def _of_site(core: Core, site: AnyRow, current: Sequence[AnyRow]) -> Iterator[Finding]:
    if not current:
        mend = f"Run chatgate notice publish notice.md --site {site.id}."
        yield "it has no published notice, so no chat can open.", mend
        return
    if not core.settings.demo:
        if not site.allowed_origins:
            mend = f"Set it: chatgate site set {site.id} allowed_origins='[\"https://shop.example\"]'."
            yield "no origin is allowed.", mend
        yield from _of_neighbours(core.settings, site)
    locales, default = {row.locale for row in current}, site.settings["default_locale"]
    if default not in locales:
        yield f"its default locale {default} has no notice.", f"Published are: {', '.join(sorted(locales))}."
    left = [] if core.settings.demo else next(filter(None, (example_fields(row.content) for row in current)), [])
    if left:
        yield f"its notice still has the example's {', '.join(left)}.", "Put your shop's into the file."
    yield from contradictions(core, current[0].content)


def _of_neighbours(settings: Settings, site: AnyRow) -> Iterator[Finding]:
    ours = urlsplit(settings.public_url).hostname
    for origin in site.allowed_origins if ours else ():
        shop = urlsplit(origin).hostname or ""
        if registrable_domain(shop) != registrable_domain(str(ours)):
            yield (
                f"{origin} is on another domain than the chat ({ours}): where a browser blocks the storage of third "
                "parties, a chat ends with its page.",
                f"Serve ChatGate from a subdomain of the shop, such as chat.{registrable_domain(shop)}.",
            )


def registrable_domain(host: str) -> str:
    """Return the part of a host that its owner registered: shop.example of chat.shop.example.

    An estimate without the list of public suffixes: under a country's domain, a short or well-known second part
    (co.uk, com.pl) counts as a suffix. An address of digits is itself.
    """
    labels = host.rstrip(".").split(".")
    if ":" in host or labels[-1].isdigit():
        return host
    is_suffix = len(labels) > 2 and len(labels[-1]) == 2 and (len(labels[-2]) <= 3 or labels[-2] in SECOND_PARTS)
    return ".".join(labels[-3:] if is_suffix else labels[-2:])
