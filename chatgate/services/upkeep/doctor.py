"""What a first installation gets wrong, found before a visitor does."""

from typing import Final
from urllib.parse import urlsplit

from chatgate.i18n import BUILT
from chatgate.policy.notices import example_fields
from chatgate.services.core import Core
from chatgate.services.upkeep.contradictions import contradictions
from chatgate.storage.queries import consents, sites

SECOND_PARTS: Final = frozenset({"info", "sklep", "waw", "store", "firm", "asso", "nom", "gouv", "govt", "school"})


def findings(core: Core) -> list[dict[str, str]]:
    """Return each problem as ``{where, problem, mend}``; an empty list is a clean bill."""
    found: list[dict[str, str]] = []

    def add(where: str, problem: str, mend: str) -> None:
        found.append({"where": where, "problem": problem, "mend": mend})

    _check_server(core, add)
    with core.storage.read() as db:
        rows = sites.all_sites(db)
        if not rows:
            add("sites", "there is no site.", "Add one: chatgate site add shop --name ... --origin https://...")
        if not any(agent.active for agent in sites.all_agents(db)):
            add("agents", "there is no agent.", "Add one: chatgate agent add me@shop.example")
        for site in rows:
            _check_site(core, site, list(consents.current_notices(db, site.id)), add)
    return found


def _check_server(core: Core, add: object) -> None:
    assert callable(add)
    settings = core.settings
    if not (BUILT / "manifest.json").exists():
        add("browser code", "it is not built.", "Run `make build` in a checkout, or install the wheel.")
    if not settings.public_url and not settings.demo:
        add("public_url", "it is not set.", "Set the https address under which visitors reach this server.")
    elif settings.public_url and urlsplit(settings.public_url).scheme != "https" and not settings.demo:
        add("public_url", "it is not https.", "Browsers send the chat in the clear; put TLS in front.")
    if settings.public_url.startswith("https") and settings.trusted_proxies == 0:
        add("trusted_proxies", "it is 0 behind TLS.", "Set it to 1, or limits count all visitors as one address.")


def _check_site(core: Core, site: object, current: list[object], add: object) -> None:
    assert callable(add)
    where = f"site {site.id}"  # type: ignore[attr-defined]
    if not current:
        add(where, "it has no published notice, so no chat can open.", "Run chatgate notice publish notice.md.")
        return
    if not site.allowed_origins and not core.settings.demo:  # type: ignore[attr-defined]
        add(
            where,
            "no origin is allowed.",
            f"Set it: chatgate site set {site.id} allowed_origins='[\"https://shop.example\"]'.",  # type: ignore[attr-defined]
        )
    _check_neighbours(core, site, where, add)
    locales = {row.locale for row in current}  # type: ignore[attr-defined]
    default = site.settings["default_locale"]  # type: ignore[attr-defined]
    if default not in locales:
        add(where, f"its default locale {default} has no notice.", f"Published are: {', '.join(sorted(locales))}.")
    for row in current:
        content = row.content  # type: ignore[attr-defined]
        left = [] if core.settings.demo else example_fields(content)
        if left:
            add(where, f"its notice still has the example's {', '.join(left)}.", "Put your shop's into the file.")
            break
    for problem, mend in contradictions(core, current[0].content):  # type: ignore[attr-defined]
        add(where, problem, mend)


def _check_neighbours(core: Core, site: object, where: str, add: object) -> None:
    assert callable(add)
    ours = urlsplit(core.settings.public_url).hostname
    if not ours or core.settings.demo:
        return
    for origin in site.allowed_origins:  # type: ignore[attr-defined]
        shop = urlsplit(origin).hostname or ""
        if registrable_domain(shop) != registrable_domain(ours):
            add(
                where,
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
