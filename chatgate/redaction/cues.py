"""Words before a number that say what the number is; all patterns run on folded text (lower case, no diacritics)."""

import re
from typing import Final

from chatgate.redaction.views import MASK, View

_KINDS: Final = {
    "PESEL": r"p[\s.]?e[\s.]?s[\s.]?e[\s.]?l\w*",
    "NIP": r"\bn\.?i\.?p(?:\b\.?|u\b|em\b|ie\b|-\w{1,3}\b|(?=\d))|\btax (?:id|number|no)\b|numer\w* podatkow\w*"
    r"|\btin\b",
    "REGON": r"\br\.?e\.?g\.?o\.?n[^\W\d]*",
    "CARD": r"\bkart[aeyo]\w*(?: \w+)?|\bkart\b|\b(?:credit|debit|payment|bank) ?cards?\b"
    r"|\bcards? ?(?:number|no|num|nr)?\b"
    r"|\bvisa\b|\bmaster ?card\b|\bamex\b|american express|\bmaestro\b|\bpan\b(?= (?:number|no))",
    "IBAN": r"\biban\w*|\bkont(?:o|a|u|em|cie|ta)\b|\brachun(?:ek|ku|kiem)\b|\bnrb\b|\bswift\b|\bbic\b"
    r"|\b(?:bank|my) account\b|\brefund to\b|\baccount (?:number|no|nr)\b|\bsort code\b|\bwire\b",
    "PHONE": r"\btel\w{0,8}\b|\bkom(?:\.|orka|orke|orki|orkowy|orkowego)|\bkomor\w*|\bphone\w*|\bmobile\w*|\bcell\w*"
    r"|\bzadzwon\w*|\bdzwoni\w*|\bcall(?:s|ing|ed|back)?\b|\boddzwon\w*|\bring me\b|\bsms\w*|\btext me\b"
    r"|\bwhats ?app\w*"
    r"|\bviber\b|\bsignal\b|\bblik\w*|\bfax\w*|\bfaks\w*|\bkontakt\w*|\bcontact\w*|\breach me\b|\bmoj (?:nr"
    r"|numer)\b"
    r"|\bhandy\b|\bmovil\b|\bcellulare\b|\bportable\b|\bmobiel\w*|\bfon\b|\bnumer(?:em|u)? do (?:mnie|kurier\w*)"
    r"|\bmy number\b|\bnumer\w* kontakt\w*|\bnr kontakt\w*|\binfolini\w*|\bmob\b",
    "DOCUMENT": r"\bdowod\w*(?: osobist\w*)?|\bpaszport\w*|\bpassport\w*|\bid card\b|\bidentity card\b"
    r"|\bprawo jazdy\b"
    r"|\bprawa jazdy\b|\bdriv(?:er'?s|ing) licen[cs]e\b|\blegitymacj\w*|\bkart\w pobytu\b",
    "NATIONAL_ID": r"\bssn\b|\bsocial security\b|\bnational insurance\b|\bnino\b|\bnhs\b|\bbsn\b"
    r"|\brodne cislo\b|\bdni\b"
    r"|\bnie\b(?= [xyz])|\bcodice fiscale\b|\bcf\b|\bsteuer-?id\w*|\bidnr\b|\bnational id\b|\bkrs\b"
    r"|\bpersonnummer\b"
    r"|\bpersonal (?:id|number|code)\b|\bnir\b",
    "VAT": r"\bvat(?:[- ]?(?:id|no|number|nr|ue|eu))?\b|\bust-?id\w*\b|\btva\b|\bnumer\w* vat\b",
    "BIRTH_DATE": r"\bur\.|\burodz\w*|\bdata ur\w*|\bborn\b|\bbirth\w*|\bdate of birth\b|\bdob\b|\bd\.o\.b",
}
_DECOYS: Final = (
    r"zamow\w*|zam|rezerwacj\w*|reservation|booking|requests?|zakup\w*|order\w*|purchase|faktur\w*|fv|fvat"
    r"|invoice\w*|paragon\w*|receipt"
    r"|ean(?:-?(?:13|8|code))?|gtin|upc|isbn"
    r"|sku|barcode|bar code|kod\w* kresk\w*|kod\w* produkt\w*|product code|symbol\w*|model\w*|indeks\w*"
    r"|index|art(?:ykul\w*|icle)?"
    r"|kat(?:alogow\w*)?|katalog\w*|item|part|serial|seryjn\w*|s/n|sn|przesyl\w*|paczk\w*|parcel|tracking"
    r"|shipment|list\w* przewoz\w*"
    r"|reklamacj\w*|zwrot\w*|return|rma|ticket\w*|zgloszen\w*|spraw\w*|case|reference|ref|referenc\w*"
    r"|transakcj\w*|transaction"
    r"|batch|lot|parti\w*|wersj\w*|version|ver|firmware|kod\w*|voucher|coupon|bon\w*|kupon\w*|rabat\w*"
    r"|produkt\w*|product|towar\w*"
    r"|allegro|aukcj\w*|ofert\w*|offer|auction|imei|nr kat|id produktu|product id"
)
_FILLER: Final = (
    r"(?:[\s:;#=.,()\"'\-/]|\bnr\b|\bnumer\w*|\bno\b|\bnum\b|\bnumber\w*|\bo\b|\bto\b|\bjest\b|\bis\b"
    r"|\bwas\b|\bid\b|\bmoj\w*\b"
    r"|\bmy\b|\bz\b|\bin\b|\bzlozon\w*|\bplaced\b|\bkod\w*|\bcode\w*|\bthe\b|\bproduk\w*|\bod\b|\bi\b|\band\b)*"
)
_ANY: Final = re.compile("|".join(f"(?P<{kind}>{pattern})" for kind, pattern in _KINDS.items()))
_DECOY: Final = re.compile(rf"(?:(?:\b(?:{_DECOYS})\b){_FILLER}|#\s?|\bv\.?\s?|\b[a-z]{{2,6}}[-/_]|\d/)$")
_GOODS: Final = re.compile(rf"\b(?:{_DECOYS})\b|#\s?\d")
_UNIT: Final = re.compile(
    r"\s?(?:zl\b|zlot|pln\b|eur\b|euro\b|usd\b|gbp\b|czk\b|€|\$|£|%|szt|sztuk|pcs\b|pieces|pack|kg\b|g\b"
    r"|gr\b|dag\b|mg\b|ml\b|l\b"
    r"|litr|cm\b|mm\b|m\b|m2\b|m²|km\b|kw\b|kwh\b|w\b|v\b|mah|gb\b|tb\b|mb\b|hz\b|lumen|lm\b|x\s?\d|×|\*\s?\d|cali"
    r"|inch|\"|°)"
)
_MONEY_BEFORE: Final = re.compile(
    r"(?:€|\$|£|\beur|\busd|\bpln|\bgbp|\bcena|\bprice|\bkosztuje|\bkwot\w*|\bamount)[\s:]*$"
)


def nearest_cue(view: View, start: int, width: int = 48) -> str | None:
    """Return the type whose cue stands nearest before a position, or None."""
    prefix = view.before(start, width)
    answered = prefix.rfind("\n", prefix.rfind(MASK) + 1) if MASK in prefix else -1
    prefix = prefix[answered + 1 :]  # the lines of a form: what was asked for in the line above is found already
    found: str | None = None
    for match in _ANY.finditer(prefix):
        found = match.lastgroup
    return found


def cue_after(view: View, end: int, kind: str) -> bool:
    """Tell whether the type is named right after a number, as in ``44051401359 (PESEL)``."""
    text = view.after(end, 24).split(MASK)[0]
    match = _ANY.search(text)
    gap = text[: match.start()] if match else ""
    return (
        match is not None
        and match.lastgroup == kind
        and re.fullmatch(r"[\s(,\-:]*(?:to|is|moj|jest|my)?\s*", gap) is not None
    )


def names_goods(view: View) -> bool:
    """Tell whether the text speaks of an order, a barcode or the like anywhere: shapes alone are then no proof."""
    return _GOODS.search(view.folded) is not None


def is_decoy(view: View, start: int, end: int) -> bool:
    """Tell whether a number is named as something of the shop: an order, a barcode, a price, a size, an amount."""
    if _DECOY.search(view.before(start)):
        return True
    return bool(_UNIT.match(view.after(end)) or _MONEY_BEFORE.search(view.before(start)))
