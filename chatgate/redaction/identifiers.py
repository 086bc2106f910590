"""Numbers of people, companies, accounts and cards, by checksum, by shape, or by the word before them."""

import re
from collections.abc import Iterator
from datetime import date
from typing import Final

from stdnum import iban, luhn
from stdnum.eu import vat
from stdnum.pl import nip, pesel, regon

from chatgate.redaction.cues import cue_after, is_decoy, names_goods, nearest_cue
from chatgate.redaction.spans import Found
from chatgate.redaction.views import View, digits_of

_SEP: Final = r"(?:\s?[ .\-/,]\s?|\s)"
_START: Final = r"(?<![\w])(?<!\d[.\-/])"
_PESEL: Final = re.compile(rf"{_START}\d{{11}}(?!\w)|(?<!\w)(?<!\d[ .\-/])\d(?:{_SEP}?\d){{10}}(?!\w)(?!{_SEP}\d)")
_NIP: Final = re.compile(
    rf"(?<!\w)(?P<pl>pl[ \-\n]?)?(?P<digits>\d{{10}}|\d{{3}}[ -]\d{{3}}[ -]\d{{2}}[ -]\d{{2}}"
    rf"|\d{{3}}[ -]\d{{2}}[ -]\d{{2}}[ -]\d{{3}}"
    rf"|\d(?:{_SEP}\d){{9}})(?!\w)(?!-\d)"
)
_REGON: Final = re.compile(r"(?<!\w)(?:\d{14}|\d{9}|\d{3}[ -]\d{3}[ -]\d{3}(?:[ \n-]\d{5})?)(?!\w)(?![ -]\d)")
_CARD: Final = re.compile(
    r"(?<!\w)(?<!\d[ -])(?:(?:\d{4}[ \-.]{1,3}){3}\d{4}(?:[ -]?\d{3})?|3[47]\d{2}[ \-.]?\d{6}[ \-.]?\d{5}"
    r"|3[068]\d{2}[ -]\d{6}[ -]\d{4}"
    r"|\d{13,19}|\d(?:[ \-.]\d){14,18})(?!\w)(?![ \-.]?\d)"
)
_NRB: Final = re.compile(
    r"(?<!\w)(?:p ?l[ \-.\n]{0,2})?(?:\d{2}(?:[ \-.\n]{0,2}\d{4}){6}|\d(?:[ \-.\n]{0,2}\d){25})(?!\w)"
)
_IBAN_START: Final = re.compile(r"(?<!\w)(?:[a-z]{2}[ \n-]?\d[ ]?\d|[a-z] [a-z] \d \d)(?=[ \-.\n]{0,2}[a-z0-9])")
_IBAN_LENGTH: Final = {
    "pl": 28,
    "de": 22,
    "gb": 22,
    "fr": 27,
    "es": 24,
    "it": 27,
    "nl": 18,
    "be": 16,
    "at": 20,
    "ch": 21,
    "cz": 24,
    "sk": 24,
    "se": 24,
    "no": 15,
    "dk": 18,
    "fi": 18,
    "ie": 22,
    "pt": 25,
    "lt": 20,
    "lv": 21,
    "ee": 20,
    "hu": 28,
    "ro": 24,
    "bg": 22,
    "hr": 21,
    "si": 19,
    "gr": 27,
    "lu": 20,
    "ua": 29,
    "cy": 28,
    "mt": 31,
    "li": 21,
    "is": 26,
    "rs": 22,
    "tr": 26,
}
_DIGITS: Final = re.compile(r"\d+")
_BANK_LETTERS: Final = re.compile(r"[a-z]{4}[a-z0-9]*\d[a-z0-9]*")
_BBAN: Final = {
    **dict.fromkeys(("gb", "nl", "ie"), re.compile(r"[a-z]{4}\d+")),
    **dict.fromkeys(("lv", "ro", "bg", "mt"), _BANK_LETTERS),
    "fr": re.compile(r"\d{10}[a-z0-9]{11}\d\d"),
    "it": re.compile(r"[a-z]\d{10}[a-z0-9]{12}"),
}
_VAT: Final = re.compile(
    r"(?<!\w)(?:at|be|bg|cy|cz|de|dk|ee|el|es|fi|fr|hr|hu|ie|it|lt|lu|lv|mt|nl|pt|ro|se|si|sk|xi"
    r"|gb) ?(?=[a-z0-9]*\d{5})[a-z0-9]{8,12}(?!\w)"
)
_CUED: Final = {
    "PESEL": re.compile(rf"\d(?:{_SEP}{{0,2}}\d){{8,12}}(?!\d)"),
    "NIP": re.compile(rf"(?:pl[ -]?)?\d(?:{_SEP}{{0,2}}\d){{8,10}}(?!\d)"),
    "REGON": re.compile(rf"\d(?:{_SEP}{{0,2}}\d){{13}}(?!\d)|\d(?:{_SEP}{{0,2}}\d){{7,9}}(?!\d)"),
    "CARD": re.compile(rf"\d(?:{_SEP}{{0,2}}\d){{12,18}}(?!\d)"),
    "IBAN": re.compile(rf"(?<!\w)\d(?:{_SEP}{{0,2}}\d){{10,29}}(?!\d)|\d{{2}}-\d{{2}}-\d{{2}}(?!\d)|\d{{8}}(?!\w)"),
    "DOCUMENT": re.compile(
        r"\b[a-z]{1,3}[ -]?\d(?:[ -]?\d){4,8}(?!\w)|(?<!\w)\d{5}/\d{2}/\d{4}(?!\w)|(?<!\w)\d{8,10}(?!\w)"
    ),
    "NATIONAL_ID": re.compile(
        r"(?<!\w)[a-z]{0,2}[ ]?\d(?:[ \-/.]?\d){5,14}[ \-]?[a-z]?(?!\w)"
        r"|(?<!\w)[a-z]{6}\d\d[a-z]\d\d[a-z]\d{3}[a-z](?!\w)"
    ),
    "VAT": re.compile(r"(?<!\w)(?:[a-z]{2}[ -]?)?[a-z]?\d(?:[ .\-]?\d){6,11}(?:b\d\d)?(?!\w)"),
}
_SHAPED_IDS: Final = re.compile(
    r"(?<!\w)(?:[a-ceghj-prstw-z][a-ceghj-nprstw-z] ?\d\d ?\d\d ?\d\d ?[a-d]"  # United Kingdom, NINO
    r"|[a-z]{6}\d\d[abcdehlmprst]\d\d[a-z]\d{3}[a-z]"  # Italy, codice fiscale
    r"|\d{8}-?[trwagmyfpdxbnjzsqvhlcke]|[xyz]-?\d{7}-?[trwagmyfpdxbnjzsqvhlcke]"  # Spain, DNI and NIE
    r"|\d{6}/\d{3,4}"  # Czechia and Slovakia, rodne cislo
    r"|[12] ?\d\d ?[01]\d ?\d[\dab] ?\d{3} ?\d{3} ?\d\d"  # France, NIR
    r"|\d{3}-\d{2}-\d{4})(?!\w)"  # United States, SSN
)
_DATE: Final = (
    r"(?:(?:0?[1-9]|[12]\d|3[01])[./\- ]{1,2}(?:0?[1-9]|1[0-2])[./\- ]{1,2}(?:19|20)\d\d|(?:19"
    r"|20)\d\d[./\-](?:0[1-9]|1[0-2])[./\-](?:0[1-9]|[12]\d|3[01])"
    r"|(?:0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th)?\.?\s(?:of\s)?[a-z]{3,12}\.?,?\s(?:19|20)\d\d"
    r"|[a-z]{3,9}\s(?:0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th)?,?\s(?:19|20)\d\d)"
)
DATES: Final = re.compile(rf"(?<![\w./\-]){_DATE}(?![\d\-/])(?:(?:[ t]|, )\d\d?:\d\d(?::\d\d)?)?")
_BIRTH: Final = re.compile(_DATE + r"(?!\d)|(?<!\d)\d\d[./-]\d\d[./-]\d\d(?!\d)")


_POLISH_PREFIXES_WORDS: Final = """
12 13 14 15 16 17 18 22 23 24 25 29 32 33 34 39 41 42 43 44 45 46 47 48 50 51 52 53 54 55 56 57 58 59 60 61 62
63 65 66 67 68 69 70 71 72 73 74 75 76 77 78 79 80 81 82 83 84 85 86 87 88 89 91 94 95
"""
POLISH_PREFIXES: Final = frozenset(_POLISH_PREFIXES_WORDS.split())
"""How Polish telephone numbers begin: nine such digits without a cue are a phone, not a company."""


def _stdnum_valid(kind: str, digits: str) -> bool:
    if kind == "PESEL":
        return bool(pesel.is_valid(digits))
    if kind == "NIP":
        return bool(nip.is_valid(digits))
    return bool(regon.is_valid(digits))


def find_birth_dates(view: View) -> Iterator[Found]:
    """Find dates that are said to be a birth; every other date stays."""
    for match in _BIRTH.finditer(view.folded):
        if nearest_cue(view, match.start(), 40) == "BIRTH_DATE":
            yield Found("BIRTH_DATE", match.start(), match.end(), digits_of(match.group()))


def find_accounts(view: View) -> Iterator[Found]:
    """Find bank accounts: IBANs of known countries whatever their check digits, and Polish numbers of 26 digits."""
    text = view.folded
    for match in _NRB.finditer(text):
        yield Found("IBAN", match.start(), match.end(), "pl" + digits_of(match.group()))
    for match in _IBAN_START.finditer(text):
        if match.group()[2] == " " and not view.plain[match.start() : match.start() + 2].isupper():
            continue  # "it should be 34..." is no Belgian account
        length = _IBAN_LENGTH.get(_compact(match.group())[:2])
        end = _walk(text, match.start(), length) if length else None
        number = _compact(text[match.start() : end]) if end else ""
        if end and (_BBAN.get(number[:2], _DIGITS).fullmatch(number[4:]) or iban.is_valid(number)):
            yield Found("IBAN", match.start(), end, number)


def _walk(text: str, start: int, length: int) -> int | None:
    """Return the end of ``length`` letters and digits with at most two separators between them, or None."""
    seen = gap = 0
    for index in range(start, len(text)):
        if text[index].isascii() and text[index].isalnum():
            seen, gap = seen + 1, 0
            if seen == length:
                whole = index + 1 == len(text) or not text[index + 1].isalnum()
                return index + 1 if whole else None
        elif text[index] in " -.\n" and gap < 2:
            gap += 1
        else:
            return None
    return None


def _compact(text: str) -> str:
    return re.sub(r"[\W_]", "", text)


def find_cards(view: View) -> Iterator[Found]:
    """Find card numbers: by the Luhn sum, by groups of four, or after a word for a card."""
    for match in _CARD.finditer(view.folded):
        digits = digits_of(match.group())
        cued = nearest_cue(view, match.start()) == "CARD"
        grouped = len(match.group()) > len(digits)
        likely = digits[0] in "3456" or digits[:2] in {"22", "23", "24", "25", "26", "27"}
        valid = likely and len(digits) >= 14 and bool(luhn.is_valid(digits))
        if cued or ((valid or (grouped and len(digits) >= 15)) and not is_decoy(view, match.start(), match.end())):
            yield Found("CARD", match.start(), match.end(), digits)


def _has_birth_date(digits: str) -> bool:
    """Tell whether eleven digits begin as a PESEL does: a mistyped one matters as much as a right one."""
    return int(digits[2:4]) % 20 in range(1, 13) and 1 <= int(digits[4:6]) <= 31


def find_polish(view: View) -> Iterator[Found]:
    """Find PESEL, NIP and REGON by checksum and shape; what follows their names is found by ``find_cued``."""
    for match in _PESEL.finditer(view.folded):
        digits = digits_of(match.group())
        cue = nearest_cue(view, match.start())
        named = cue == "PESEL" or cue_after(view, match.end(), "PESEL")
        born = _has_birth_date(digits) and not names_goods(view)
        likely = (born or _stdnum_valid("PESEL", digits)) and not (cue == "PHONE" and digits.startswith(("0", "48")))
        if named or (likely and not is_decoy(view, match.start(), match.end())):
            yield Found("PESEL", match.start(), match.end(), digits)
    for match in _NIP.finditer(view.folded):
        digits = digits_of(match.group())
        cue = nearest_cue(view, match.start())
        if cue != "NIP" and re.search(r"\+\s?\d{1,3}[ \-.]?\(?$", view.folded[: match.start()]):
            continue  # the rest of a foreign telephone number has the same shape
        named = cue == "NIP" or match["pl"] is not None or cue_after(view, match.end(), "NIP")
        shaped = re.fullmatch(r"\d{3}([ -])\d{3}\1\d{2}\1\d{2}|\d{3}-\d{2}-\d{2}-\d{3}", match["digits"]) is not None
        likely = shaped or (_stdnum_valid("NIP", digits) and cue not in {"PHONE", "REGON"})
        if named or (likely and not is_decoy(view, match.start(), match.end())):
            yield Found("NIP", match.start(), match.end(), digits)
    for match in _REGON.finditer(view.folded):
        digits = digits_of(match.group())
        cue = nearest_cue(view, match.start())
        timestamp = len(digits) == 14 and digits.startswith(("19", "20"))
        likely = not timestamp and _stdnum_valid("REGON", digits) and cue != "PHONE" and not names_goods(view)
        likely = likely and (len(digits) == 14 or digits[:2] not in POLISH_PREFIXES)
        named = cue == "REGON" or cue_after(view, match.end(), "REGON")
        if named or (likely and not is_decoy(view, match.start(), match.end())):
            yield Found("REGON", match.start(), match.end(), digits)


def find_cued(view: View) -> Iterator[Found]:
    """Find numbers of any checksum that follow the name of an identifier: people mistype their own numbers."""
    for kind, pattern in _CUED.items():
        for match in pattern.finditer(view.folded):
            if match.start() and view.folded[match.start() - 1].isalnum() and not _glued(view, match.start(), kind):
                continue
            prefix = view.before(match.start(), 40)
            if nearest_cue(view, match.start(), 40) == kind and not re.search(r"\d[^\n]{0,40}$", _since_cue(prefix)):
                yield Found(kind, match.start(), match.end(), digits_of(match.group()) or match.group())


def _glued(view: View, start: int, kind: str) -> bool:
    """Tell whether a number is written together with its name, as in ``nip5261040828``."""
    return re.search(rf"(?<!\w){kind.lower()}$", view.folded[:start]) is not None


def _since_cue(prefix: str) -> str:
    """Return the last twelve characters before a number: another number there has taken the cue already."""
    return prefix[-12:]


def find_national(view: View) -> Iterator[Found]:
    """Find VAT numbers by checksum and national ids of other European countries by shape and checksum."""
    for match in _VAT.finditer(view.folded):
        number = _compact(match.group())
        if vat.is_valid(number) and not is_decoy(view, match.start(), match.end()):
            yield Found("VAT", match.start(), match.end(), number)
    for match in _SHAPED_IDS.finditer(view.folded):
        if _national_valid(match.group()) and not is_decoy(view, match.start(), match.end()):
            yield Found("NATIONAL_ID", match.start(), match.end(), _compact(match.group()))


def _national_valid(text: str) -> bool:
    from stdnum.cz import rc
    from stdnum.es import dni, nie
    from stdnum.fr import nir
    from stdnum.it import codicefiscale
    from stdnum.us import ssn

    if re.fullmatch(r"[a-z]{2}[ \d]+[a-d]", text):
        return True
    return any(bool(kind.is_valid(text)) for kind in (codicefiscale, dni, nie, rc, nir, ssn))


def is_real_date(text: str) -> bool:
    """Tell whether eight digits are a date such as 20231105."""
    try:
        date(int(text[:4]), int(text[4:6]), int(text[6:8]))
    except ValueError:
        return False
    return 1990 <= int(text[:4]) <= 2099
