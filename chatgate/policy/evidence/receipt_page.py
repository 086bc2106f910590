"""The printable page of a receipt: one self-contained HTML document with the same fields as the JSON."""

from collections.abc import Callable, Iterable, Mapping
from html import escape
from typing import Any, Final

from chatgate.policy.evidence.receipts import receipt_fields, receipt_link

STYLE: Final = """
:root { color-scheme: light; }
body { font: 16px/1.5 system-ui, sans-serif; color: #1b1b1b; }
body { max-width: 44rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; margin: 0 0 .25rem; }
h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; }
dl { margin: 0; }
dt { font-weight: 600; margin-top: .5rem; }
dd { margin: 0; overflow-wrap: anywhere; white-space: pre-wrap; }
blockquote { margin: .5rem 0; padding: .5rem 1rem; border-inline-start: 3px solid #767676; }
.fields dt { font: 600 .8rem/1.4 ui-monospace, monospace; }
.fields dd { font: .8rem/1.4 ui-monospace, monospace; }
@media print { body { margin: 0; max-width: none; } a { color: inherit; } }
"""


def receipt_page(
    receipt: Mapping[str, Any], _: Callable[[str], str], *, locale: str, direction: str = "ltr", nonce: str = ""
) -> str:
    """Return the receipt as an HTML page that prints well and needs no other file.

    The upper half tells a person what was agreed; the lower half holds every field, exactly as
    ``receipt_fields`` has it.

    Args:
        receipt: the JSON document.
        _: translates an English text into the reader's language.
        locale: that language, for the page's ``lang``.
        direction: ``ltr`` or ``rtl``, as that language is written.
        nonce: of the Content-Security-Policy, when the page is served and not saved.
    """
    content = receipt["content"]
    record = content["record"]
    # Texts stand outside of f-strings: Babel does not look into those.
    title = ": ".join([_("Consent receipt"), record["controller"]["name"]])
    parts = [
        "<!doctype html>",
        f'<html lang="{escape(locale)}" dir="{escape(direction)}"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        '<meta name="referrer" content="no-referrer">',
        f"<title>{escape(title)}</title>",
        f'<style nonce="{escape(nonce)}">{STYLE}</style></head><body><main>',
        f"<h1>{escape(title)}</h1>",
        _definition(_summary(receipt, _)),
        _heading(_("What you decided")),
        *[_clause(clause, content["choices"], _) for clause in record["clauses"]],
        _heading(_("Your rights")),
        _definition(_rights(receipt, _)),
        _heading(_("Every field of this receipt")),
        '<dl class="fields">',
        *[_field(path, text) for path, text in receipt_fields(receipt)],
        "</dl></main></body></html>\n",
    ]
    return "\n".join(parts)


def _heading(text: str) -> str:
    return f"<h2>{escape(text)}</h2>"


def _summary(receipt: Mapping[str, Any], _: Callable[[str], str]) -> list[tuple[str, str]]:
    content = receipt["content"]
    record, controller = content["record"], content["record"]["controller"]
    kinds = {
        "answered": _("Consent given"),
        "changed": _("Consent changed"),
        "renewed": _("Consent renewed"),
        "withdrawn": _("Consent withdrawn"),
        "expired": _("Consent expired"),
    }
    return [
        (_("What happened"), kinds.get(content["kind"], content["kind"])),
        (_("When (UTC)"), content["issued_at"]),
        (_("Who is responsible"), f"{controller['name']}, {controller['address']}"),
        (_("Contact"), content["contact"]),
        (_("Receipt number"), content["receipt_id"]),
        (_("Where the data is kept"), record["storage_location"]),
    ]


def _rights(receipt: Mapping[str, Any], _: Callable[[str], str]) -> list[tuple[str, str]]:
    content = receipt["content"]
    names = {
        "withdrawal": _("withdraw your consent at any time"),
        "access": _("get a copy of your data"),
        "rectification": _("have mistakes corrected"),
        "erasure": _("have your data erased"),
        "restriction": _("have its use restricted"),
        "portability": _("take your data elsewhere"),
        "objection": _("object"),
        "complaint": _("complain to the authority"),
    }
    link = receipt_link(receipt)
    return [
        (_("You may"), "; ".join(names.get(right, right) for right in content["rights"])),
        (_("How to withdraw"), content["how_to_withdraw"]),
        (_("Without an account, at"), link or content["receipt_url"]),
        (_("Complaint authority"), content["complaint_authority"]),
    ]


def _clause(clause: Mapping[str, Any], choices: Mapping[str, bool], _: Callable[[str], str]) -> str:
    answer = _("Yes") if choices.get(clause["purpose"], False) else _("No")
    return f"<blockquote>{escape(clause['text'])}<br><strong>{escape(answer)}</strong></blockquote>"


def _definition(rows: Iterable[tuple[str, str]]) -> str:
    body = "".join(f"<dt>{escape(name)}</dt><dd>{escape(text)}</dd>" for name, text in rows)
    return f"<dl>{body}</dl>"


def _field(path: str, text: str) -> str:
    # HTML readers turn CR into LF and drop NUL; a character reference keeps the field exact.
    exact = "".join(f"&#{ord(letter)};" if letter in "\r\n\t" else escape(letter) for letter in text)
    return f'<dt>{escape(path)}</dt><dd data-field="{escape(path)}">{exact}</dd>'
