"""Keep the catalogs in step with the sources: extract the texts into `chatgate.pot`, update every `.po`.

`python widget/translations.py` writes; `python widget/translations.py --check` only tells what would change, and
exits 1 when something would. English is filled with its own wording; other languages get new texts empty. English and
Polish are complete; the others must have all that visitors read, and show the agents' inbox in English.
"""

import argparse
import copy
import re
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
TRANSLATIONS = ROOT / "translations"
TEMPLATE = TRANSLATIONS / "chatgate.pot"
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2)}
WITH_INBOX = {"en", "pl"}
"""Languages that must have the inbox's own texts too; in the others they may be missing, and agents read English."""
HEADER = "# Texts of ChatGate. Extracted by widget/translations.py; the keys are the English wording."


def extract() -> Catalog:
    """Return the catalog of all texts, each with the files that use it."""
    with (TRANSLATIONS / "babel.cfg").open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file)  # type: ignore[no-untyped-call]
    catalog = Catalog(project="ChatGate", header_comment=HEADER, fuzzy=False)
    found: dict[str | tuple[str, ...], list[tuple[str, int]]] = {}
    sources = extract_from_dir(ROOT, methods, options, KEYWORDS, (), directory_filter=_is_source)
    for name, line, key, _comments, _context in sorted(sources, key=lambda source: source[:2]):
        text = tuple(key) if isinstance(key, (list, tuple)) else key
        found.setdefault(text, []).append((name, line))
    for text, places in found.items():
        # Lines are left out: they change with every edit and would bury the changes of the texts.
        catalog.add(text, locations=[(name, 0) for name in dict.fromkeys(name for name, _ in places)])
    return catalog


def _is_source(folder: str) -> bool:
    return Path(folder).name not in {"node_modules", "_built", "__pycache__", ".venv", ".git"}


def updated(path: Path, template: Catalog) -> Catalog:
    """Return a language's catalog with the texts of today; its old translations stay."""
    locale = path.parent.parent.name
    with path.open("rb") as file:
        catalog = read_po(file, locale=locale)
    # A guessed translation is worse than English: nothing is matched by likeness.
    catalog.update(copy.deepcopy(template), no_fuzzy_matching=True)
    catalog.obsolete.clear()
    if locale == "en":
        for message in _texts(catalog):
            message.string = message.id
    return catalog


def problems(catalog: Catalog) -> list[str]:
    """Return what is wrong in a catalog: missing or fuzzy texts, placeholders that differ from the English."""
    found = []
    for message in _texts(catalog):
        forms = [message.string] if isinstance(message.string, str) else list(message.string or ())
        if is_inbox_only(message) and str(catalog.locale) not in WITH_INBOX and not any(forms):
            continue
        if message.fuzzy:
            found.append(f"fuzzy: {message.id}")
        if not forms or not all(forms):
            found.append(f"missing: {message.id}")
        elif any(_placeholders(form) != _placeholders(_english(message)) for form in forms):
            found.append(f"placeholders: {message.id}")
    return found


def is_inbox_only(message: Message) -> bool:
    """Return whether only agents ever read a text."""
    return all("widget/src/inbox/" in name for name, _line in message.locations)


def _english(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[-1]


def _placeholders(text: str) -> set[str]:
    return set(re.findall(r"\{\w+\}|%\(\w+\)[sd]|%[sd]", text))


def _texts(catalog: Catalog) -> Iterator[Message]:
    return (message for message in catalog if message.id)


def as_text(catalog: Catalog) -> bytes:
    """Return a catalog as it stands in its file: without dates, which would change it every day."""
    buffer = BytesIO()
    write_po(buffer, catalog, width=110, omit_header=False, sort_by_file=True)
    lines = buffer.getvalue().decode().splitlines(keepends=True)
    dropped = ('"POT-Creation-Date', '"PO-Revision-Date', '"Generated-By', '"Last-Translator', '"Report-Msgid')
    return "".join(line for line in lines if not line.startswith(dropped)).replace(":0\n", "\n").encode()


def main() -> int:
    """Write the catalogs, or with `--check` compare them."""
    parser = argparse.ArgumentParser(description="Extract texts and update the catalogs.")
    parser.add_argument("--check", action="store_true", help="change nothing; exit 1 when something would change")
    is_check = parser.parse_args().check
    template = extract()
    outcome = 0
    for path, catalog in [(TEMPLATE, template), *_languages(template)]:
        text = as_text(catalog)
        is_old = not path.is_file() or path.read_bytes() != text
        if is_old and is_check:
            outcome = 1
            sys.stderr.write(f"{path.relative_to(ROOT)} is not up to date; run `make translations`\n")
        elif is_old:
            path.write_bytes(text)
        for problem in problems(catalog) if path != TEMPLATE else ():
            outcome = max(outcome, 1)
            sys.stderr.write(f"{path.relative_to(ROOT)}: {problem}\n")
    return outcome


def _languages(template: Catalog) -> Iterator[tuple[Path, Catalog]]:
    for path in sorted(TRANSLATIONS.glob("*/LC_MESSAGES/chatgate.po")):
        yield path, updated(path, template)


if __name__ == "__main__":
    sys.exit(main())
