"""The readable page of an access export: one HTML document that needs nothing but the files beside it."""

from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import Any, Final
from urllib.parse import quote

from chatgate.policy.evidence.receipt_page import STYLE

Translate = Callable[[str], str]
MORE_STYLE: Final = (
    "article { margin: .75rem 0; } article p { margin: 0; white-space: pre-wrap; overflow-wrap: anywhere; }"
)


def page_head(head: Mapping[str, Any], _: Translate, *, locale: str, direction: str) -> str:
    """Return the page up to the first message: whose copy this is of what, and what lies beside it."""
    # Texts stand outside of f-strings: Babel does not look into those.
    controller = head["controller"]
    title = ": ".join([_("Copy of your data"), controller["name"]])
    decided, messages = escape(_("What you decided")), escape(_("Messages"))
    machines = escape(_("Everything that is stored, for machines too, is in data.json and messages.jsonl."))
    rows = [
        (_("Who is responsible"), f"{controller['name']}, {controller['address']}"),
        (_("Contact"), str(controller["contact"])),
        (_("When (UTC)"), str(head["exported_at"])),
    ]
    told = "".join(f"<dt>{escape(name)}</dt><dd>{escape(text)}</dd>" for name, text in rows)
    return (
        f'<!doctype html>\n<html lang="{escape(locale)}" dir="{escape(direction)}"><head><meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="referrer" content="no-referrer">\n'
        f"<title>{escape(title)}</title><style>{STYLE}{MORE_STYLE}</style></head><body><main>\n"
        f"<h1>{escape(title)}</h1><dl>{told}</dl>\n"
        f'<p><a href="consent.html">{decided}</a></p>\n<p>{machines}</p>\n<h2>{messages}</h2>\n'
    )


def page_message(line: Mapping[str, Any], files: Sequence[Mapping[str, Any]], _: Translate) -> str:
    """Return one message with links to its files."""
    names = {"visitor": _("You"), "agent": _("The shop"), "bot": _("Assistant")}
    who = names.get(line["author_kind"], "")
    links = "".join(f"<p>{page_file(file, _)}</p>" for file in files)
    return (
        f"<article><strong>{escape(who)}</strong> <small>{escape(str(line['stored_at']))}</small>"
        f'<p dir="auto">{escape(str(line["body"]))}</p>{links}</article>\n'
    )


def page_file(file: Mapping[str, Any], _: Translate) -> str:
    """Return a link to a file beside the page, or its name and that it cannot be read any more."""
    name = f"<bdi>{escape(str(file['name']))}</bdi>"
    if file["file"] is None:
        return f"{name}: " + escape(_("This file cannot be read any more."))
    return f'<a href="{escape(quote(str(file["file"])))}">{name}</a>'


def page_tail(files: Sequence[Mapping[str, Any]], _: Translate) -> str:
    """Return the end of the page: the files that no message carries."""
    listed = "".join(f"<li>{page_file(file, _)}</li>" for file in files)
    heading = escape(_("Files"))
    return (f"<h2>{heading}</h2><ul>{listed}</ul>" if files else "") + "</main></body></html>\n"
