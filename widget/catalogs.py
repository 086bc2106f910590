"""Compile the Babel catalogs: .mo for Python, one small JSON per bundle for the browser."""

import json
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

BUNDLES = {
    "visitor": ("src/shared/", "src/visitor/"),
    "inbox": ("src/shared/", "src/inbox/"),
}


def compile_catalogs(translations: Path, built: Path) -> None:
    """Write one `.mo` per locale under `<built>/translations/` and `<built>/i18n/<bundle>-<locale>.json`.

    Fuzzy and empty entries are in English, so that nobody reads a guess. The build puts numbers in place of the
    English wording (build.mjs), so English has its file too.
    """
    json_folder = built / "i18n"
    json_folder.mkdir(parents=True, exist_ok=True)
    for old in json_folder.glob("*.json"):
        old.unlink()
    for source in sorted(translations.glob("*/LC_MESSAGES/chatgate.po")):
        locale = source.parent.parent.name
        with source.open("rb") as file:
            catalog = read_po(file, locale=locale)
        target = built / "translations" / locale / "LC_MESSAGES" / "chatgate.mo"
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("wb") as file:
            write_mo(file, catalog)
        for bundle, folders in BUNDLES.items():
            content = json.dumps(browser_catalog(catalog, folders), ensure_ascii=False, sort_keys=True)
            (json_folder / f"{bundle}-{locale}.json").write_text(content, encoding="utf-8")


def browser_catalog(catalog: Catalog, folders: tuple[str, ...]) -> dict[str, str | list[str]]:
    """Keep what the files under `folders` use; a plural is the list of its forms, in the order of the catalog."""
    found: dict[str, str | list[str]] = {}
    for message in catalog:
        if message.id and any(folder in name for name, _line in message.locations for folder in folders):
            is_plural = not isinstance(message.id, str)
            english = list(message.id) if is_plural else [str(message.id)]
            forms = _forms(message)
            if message.fuzzy or not all(forms):
                forms = english
            if english[0] in found:
                raise ValueError(f"one text stands alone and with a count; reword one: {english[0]}")
            found[english[0]] = forms if is_plural else forms[0]
    return found


def _forms(message: Message) -> list[str]:
    text = message.string or ""
    return [text] if isinstance(text, str) else list(text)
