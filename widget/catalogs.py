"""Compile the Babel catalogs: .mo for Python, one small JSON per bundle for the browser."""

import json
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LATER = "src/visitor/later/"
"""Views whose code and texts are fetched when they are first shown."""
BUNDLES = {
    "visitor": ("src/shared/", "src/visitor/"),
    "later": (LATER,),
    "inbox": ("src/shared/", "src/inbox/"),
}


def compile_catalogs(translations: Path, built: Path) -> None:
    """Write one `.mo` per locale under `<built>/translations/` and `<built>/i18n/<bundle>-<locale>.json`.

    Fuzzy and empty entries are left out, so that a reader sees English and never a guess. English is the key
    itself and needs no browser catalog.
    """
    json_folder = built / "i18n"
    json_folder.mkdir(parents=True, exist_ok=True)
    for source in sorted(translations.glob("*/LC_MESSAGES/chatgate.po")):
        locale = source.parent.parent.name
        with source.open("rb") as file:
            catalog = read_po(file, locale=locale)
        target = built / "translations" / locale / "LC_MESSAGES" / "chatgate.mo"
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("wb") as file:
            write_mo(file, catalog)
        if locale != "en":
            for bundle, folders in BUNDLES.items():
                content = json.dumps(browser_catalog(catalog, folders), ensure_ascii=False, sort_keys=True)
                (json_folder / f"{bundle}-{locale}.json").write_text(content, encoding="utf-8")


def browser_catalog(catalog: Catalog, folders: tuple[str, ...]) -> dict[str, str | list[str]]:
    """Keep what the files under `folders` use; a plural is the list of its forms, in the order of the catalog."""
    found: dict[str, str | list[str]] = {}
    for message in catalog:
        forms = _forms(message)
        if message.id and not message.fuzzy and all(forms) and _is_used_in(message, folders):
            is_plural = not isinstance(message.id, str)
            key = key_of(message.id[0] if is_plural else str(message.id))
            if key in found:
                raise ValueError(f"two texts have the key {key}; reword one: {message.id}")
            found[key] = forms if is_plural else forms[0]
    return found


def key_of(text: str) -> str:
    """Return the short hash by which the browser finds a text (``keyOf`` of shared/i18n.ts)."""
    value = 0
    for unit in memoryview(text.encode("utf-16-le")).cast("H"):
        value = (value * 31 + unit) & 0xFFFFFFFF
    digits = ""
    while value or not digits:
        value, rest = divmod(value, 36)
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"[rest] + digits
    return digits


def _is_used_in(message: Message, folders: tuple[str, ...]) -> bool:
    names = [location for location, _ in message.locations]
    if LATER not in folders:
        names = [name for name in names if LATER not in name]
    return any(folder in name for name in names for folder in folders)


def _forms(message: Message) -> list[str]:
    text = message.string or ""
    return [text] if isinstance(text, str) else list(text)
