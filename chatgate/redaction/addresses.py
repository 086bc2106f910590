"""Postal addresses: Polish, British, American, and the common continental shapes, with the town that follows."""

import re
from collections.abc import Iterator
from typing import Final

from chatgate.redaction.spans import Found
from chatgate.redaction.views import View, fold

_U: Final = r"[^\W\d_]"
_CAP: Final = r"(?:[A-ZÀ-ÖØ-ÞĀĂĄĆČĎĐĒĖĘĚĞĢĪĮİĶĹĻĽŁŃŅŇŌŐŒŔŘŚŞŠŢŤŪŮŰŲŴŶŸŹŻŽ][\w'’.-]*)"
_STOP: Final = (
    r"(?!(?:Please|Thanks|Thank|Can|It|The|My|I|Is|And|Phone|Email|Tel|Prosz|Dzi[eę]k|Moj|M[oó]j|Czy|Zap"
    r"|Pozdr|Kom|Nr|PESEL|NIP|E-mail|Mail)\\w*\\b)"
)
_HOUSE: Final = r"\d{1,4}(?:[A-Za-z](?!\w)|\s[A-Za-z](?!\w|\.|\s?\d))?(?!\w)"
_NUMBER: Final = rf"(?:nr\.?\s?)?{_HOUSE}(?:\s?[/\\]\s?{_HOUSE})?"
_FLAT: Final = (
    r"(?i:\s?,?\s{0,2}(?:m\.?|lok\.?|lokal|mieszkani[ea]|mieszk\.?|miesz\.?|kl\.?|klatka|pi[ęe]tro|p\.|blok"
    r"|bl\.?|bud\.?"
    r"|budynek|domofon|apt\.?|apartment|flat|unit|suite|ste\.?|room|floor|block|building"
    r"|#)\s?\.?\s?\d{1,4}\s?[a-z]?(?!\w)"
    r"|,?\s{0,2}(?:klatka|kl\.|blok|budynek|flat|apt\.?|block)\s[a-z](?!\w))*"
)
_POSTAL: Final = r"(?:PL[- ]?)?\d{2}\s?-\s?\d{3}(?!\d)(?![\-/]\d)"
_CITY: Final = (
    rf"{_CAP}(?:[ -](?:nad |pod |k\. |przy |am |an der |upon[ -]|under[ -]|on[ -]|in |le[ -]"
    rf"|la )?{_STOP}{_CAP}){{0,2}}"
)
_LOWER_CITY: Final = rf"(?:{_U}{{3,}}[ -]{_U}{{3,}}(?=\s*(?:$|[.,;!?\n]))|{_U}{{3,}})"
_TOWN: Final = (
    rf"(?:,?\s{{1,2}}{_CITY},?\s{_POSTAL}|[,;]?\s{{0,2}}(?:w\s)?\s?{_POSTAL}(?:,?\s{{1,2}}(?:{_CITY}"
    rf"|{_LOWER_CITY}))?)"
)
_STREET_WORD: Final = (
    r"(?i:(?<!\w)(?:(?:ul|al|os|pl)\.\s{0,2}|(?:ul|ulic[ayąeę]|aleja|aleje|alei|aleję|alejach|al|os"
    r"|osiedl[eu]|osiedla|plac|placu"
    r"|rondo|rondzie|skwer|skwerze|bulwar|bulwarze|trakt|szosa|szosie)\s{1,2}))"
)
_NAME_WORD: Final = rf"(?:(?:\d{{1,2}}\.?\s|\d{{1,2}}-go\s)?{_U}[\w'’.\-]*)"
_STREET: Final = rf"{_STREET_WORD}{_NAME_WORD}(?:\s{_NAME_WORD}){{0,3}}?,?\s{{1,2}}{_NUMBER}{_FLAT}"
_KNOWN: Final = (
    "Warszaw|Krak[oó]w|[ŁL][oó]d[zź]|Wroc[lł]aw|Pozna[nń]|Gda[nń]sk|Gdyni|Szczecin|Bydgoszcz|Lublin"
    "|Bia[lł]yst|Katowic|Toru[nń]|Sopo"
    "|Gliwic|Zabrz|Bytom|Rzesz[oó]w|Olsztyn|Kiel[ce]|Radom|Opol|Sosnow|Cz[eę]stochow|Tychy|Tych|Rybnik"
    "|Elbl[aą]g|P[lł]ock|Wa[lł]brzych"
    "|W[lł]oc[lł]aw|Tarn[oó]w|Koszalin|Kalisz|Legnic|Grudzi[aą]dz|S[lł]upsk|Jaworzn|Bielsk|Siedl|Pi[lł]a"
    "|Pile|Zakopan|Piasecz|Pruszk"
    "|Legionow|Londyn|London|Manchester|Birmingham|Leeds|Glasgow|Edinburgh|Liverpool|Bristol|Cardiff"
    "|Belfast|Dublin|Oxford|Cambridge"
    "|New York|Chicago|Boston|Berlin|M[uü]nchen|Hamburg|Pari[sż]|Springfield|Sheffield|Brighton|Seattle"
    "|Denver|Dallas|Austin|Wien|Praha"
)
_COUNTED: Final = (
    "szt|sztuk|zł|pln|eur|kg|g|cm|mm|m|km|l|ml|razy|raz|dni|dzień|lat|rok|godz|min|minut|mies|osób|os|x|%|°|stycznia|lutego"
    "|marca|kwietnia|maja|czerwca|lipca|sierpnia|września|października|listopada|grudnia"
)
_CITY_AFTER: Final = (
    rf"(?:[,;]?\s{{1,2}}(?:we?\s|do\s)?(?i:{_KNOWN})\w{{0,5}}(?:[ -]Bia[lł]\w*"
    rf"|[ -]Zdr[oó]j)?(?!\w))?"
)
_CITY_BEFORE: Final = (
    rf"(?:(?<!\w)(?i:{_KNOWN})\w{{0,5}}(?:[ -]Bia[lł]\w*|[ -]Zdr[oó]j)?(?:,|,? na|,? przy|:"
    rf"| -)?\s)?"
)
_UK_CODE: Final = r"(?:[A-Z]{1,2}\d[A-Z\d]?\s{0,2}\d[A-Z]{2}(?!\w))"
_US_CODE: Final = r"(?:[A-Z]{2}\.?,?\s\d{5}(?:-\d{4})?(?!\d))"
_EN_TYPES: Final = (
    r"(?:street|st|road|rd|avenue|ave|lane|ln|drive|dr|close|court|ct|way|place|square|sq|boulevard|blvd"
    r"|crescent|terrace|gardens|grove"
    r"|hill|mews|parkway|pkwy|highway|hwy|circle|row|walk|green|park|quay)"
)
_EN_FLAT: Final = r"(?:(?i:flat|apt\.?|apartment|unit|suite|room)\s\d{1,4}[A-Za-z]?,?\s)?"
_EN_HOUSE: Final = rf"(?<![\w-]){_EN_FLAT}\d{{1,5}}\s?[A-Za-z]?(?!\w),?\s(?:[NSEW]\.?\s)?"
_EN_CODED: Final = rf"(?:[\s,]{{1,3}}{_U}[\w'’.-]*){{0,4}}?[\s,]{{1,3}}(?:{_UK_CODE}|{_US_CODE})"
_ENGLISH_CODED: Final = re.compile(
    rf"{_EN_HOUSE}(?:{_U}[\w'’.-]*\s){{1,4}}?{_EN_TYPES}\b\.?{_FLAT}{_EN_CODED}", re.IGNORECASE
)
_ENGLISH: Final = re.compile(
    rf"{_EN_HOUSE}(?:{_CAP}|[Tt]he)\s(?:(?:{_CAP}|of|the|and|\d{{1,3}}(?:st|nd|rd"
    rf"|th))\s){{0,3}}?(?i:{_EN_TYPES})\b\.?{_FLAT}"
    rf"(?:,\s{{1,2}}{_STOP}{_CITY}|{_CITY_AFTER})"
)
_NAMED_HOUSE: Final = re.compile(
    rf"(?<!\w)(?:{_CAP}(?:\s{_CAP}){{0,2}},\s)?(?:{_CAP}\s){{1,3}}?(?i:{_EN_TYPES})\b\.?,\s(?:{_CITY},?\s)?{_UK_CODE}"
)
_PO_BOX: Final = re.compile(
    rf"(?<!\w)(?i:p\.?\s?o\.?\s?box|skrytka pocztowa|skr\. poczt\.)\s\d{{1,6}}(?:,\s{_CITY}(?:,\s{_US_CODE})?)?"
)
_GERMAN: Final = re.compile(
    rf"(?<!\w){_U}[\w.-]*(?i:stra(?:ß|ss)e|str\.|weg|platz|gasse|allee|ufer|damm)\s\d{{1,4}}\s?[a-z]?(?!\w)"
    rf"(?:,?\s{{1,2}}(?:[AD]-|CH-)?\d{{4,5}}\s(?:{_CITY}|{_LOWER_CITY}))?"
)
_ROMANCE: Final = re.compile(
    rf"(?<!\w)\d{{1,4}}(?:\s?(?:bis|ter))?,?\s(?i:rue|avenue|boulevard|place|quai|chemin|impasse)\s(?i:de\s"
    rf"|du\s|des\s|la\s|le\s|l'|d')*"
    rf"{_U}[\w'’-]*(?:[ -](?:de\s|la\s)?{_CAP}){{0,2}}(?:,?\s\d{{5}}\s(?:{_CITY}|{_LOWER_CITY}))?"
    rf"|(?<!\w)(?i:via|viale|piazza|corso|calle|c/|avenida|plaza|rua)\s(?i:de\s|la\s|del\s"
    rf"|di\s)*{_U}[\w'’-]*(?:\s{_CAP}){{0,2}},?\s"
    rf"\d{{1,4}}(?!\w)(?:,?\s\d{{4,5}}\s(?:{_CITY}|{_LOWER_CITY}))?"
    rf"|(?<!\w){_U}{{2,}}(?i:straat|laan|weg|plein|gracht|kade)\s\d{{1,4}}(?:\s?[a-z])?(?!\w)"
    rf"(?:,?\s\d{{4}}\s?[A-Za-z]{{2}}\s(?:{_CITY}|{_LOWER_CITY}))?"
)
_SURNAMED: Final = re.compile(
    rf"(?<!\w)[A-ZĆŁŚŻŹ][^\W\d_]+[sc]k(?:a|iej|ą|iego)\s\d{{1,3}}[a-zA-Z]?(?:\s?/\s?\d{{1,3}})?(?!\w|[.,:/]\d"
    rf"|\s?(?:{_COUNTED}))"
    rf"(?:{_TOWN}|{_CITY_AFTER})"
)
"""A street named with an adjective in *-ska* or *-cka*, and a house number."""
_POLISH: Final = re.compile(rf"{_CITY_BEFORE}{_STREET}(?:{_TOWN}|{_CITY_AFTER})")
_INFLECTED: Final = re.compile(
    rf"(?<!\w)(?:na|przy|pod|spod|z|do|od)\s(?P<street>(?:{_CAP}\s){{0,2}}?{_CAP}\s(?:\d{{1,4}}[a-zA-Z]?\s?[/\\]\s?\d{{1,4}}(?![\w/.\-])"
    rf"|\d{{1,4}}[a-zA-Z](?![\w/.\-])|\d{{1,4}}[a-zA-Z]?\s(?:m|lok)\.?\s?\d{{1,4}}(?!\w)){_FLAT}"
    rf"(?:{_TOWN}|{_CITY_AFTER}))"
    rf"|(?<!\w)(?:na|przy|pod|spod|z|od)\s(?P<plain>(?:{_CAP}\s){{0,2}}?[A-ZĆŁŚŻŹ][^\W\d_]{{2,}}(?:ej|ą|iego"
    rf"|ego|ckich|skich)\s"
    rf"\d{{1,3}}(?!\w|[.,:/]\d|\s?(?:{_COUNTED}))(?:{_TOWN}|{_CITY_AFTER}))"
)
"""A street in the form that a preposition asks for, without the word for a street: *na Ogrodową 16*."""
_CONTINENTAL: Final = re.compile(
    rf"(?<!\w)(?![A-Z]+\.){_CAP}(?:[ -](?:(?:den|der|dem|de|la|du|van|het) )?{_CAP}"
    rf"|\s{_U}{{4,}}){{0,2}},?\s\d{{1,4}}\s?[a-z]?,\s{{1,2}}"
    rf"(?:[A-Z]{{1,2}}-)?(?:\d{{4,5}}|\d{{3}}\s\d\d)\s{_STOP}{_CITY}"
)
_EIRCODE: Final = re.compile(r",?\s[A-Z]\d[\dW]\s?(?=[A-Z0-9]*[A-Z])[A-Z0-9]{4}(?!\w)")
_BARE: Final = re.compile(
    rf"(?<!\w)(?:\d{{1,2}}\.?\s|(?:św|gen|ks|dr|płk|marsz|bp|kard|al|pl"
    rf"|os)\.\s?)?{_CAP}(?:\s(?:i\s)?{_CAP}){{0,3}},?\s{{1,2}}"
    rf"{_NUMBER}{_FLAT}[,;]?\s{{1,3}}{_POSTAL}(?:,?\s{{1,2}}(?:{_CITY}|{_LOWER_CITY}))?"
)
_LOWER_BARE: Final = re.compile(
    rf"(?<!\w)(?:\d{{1,2}}\s|{_U}{{2,}}\s)?{_U}[\w-]*\s{_NUMBER}{_FLAT}[,;]?\s{{1,3}}{_POSTAL},?\s{_LOWER_CITY}(?:\s{_CAP})?"
)
_TOWN_FIRST: Final = re.compile(
    rf"(?<!\w){_POSTAL},?\s{{1,2}}(?:{_CITY}|{_LOWER_CITY})(?:,?\s{{1,2}}{_STREET}|(?:,\s{{1,2}}"
    rf"|\n){_STOP}(?:\d{{1,2}}\s)?{_CAP}(?:\s{_CAP})?\s{_NUMBER}{_FLAT})"
    rf"|(?<!\w){_POSTAL},?\s{{1,2}}{_CITY}|(?<!\w){_POSTAL}\s(?i:{_KNOWN})\w*"
)
_UK_ALONE: Final = re.compile(rf"(?<![\w-]){_UK_CODE}")
_US_TOWN: Final = re.compile(rf"(?<!\w){_CITY},\s[A-Z]{{2}}\s\d{{5}}(?:-\d{{4}})?(?!\w)")
_LIVES: Final = re.compile(
    r"(?:\bmieszkam|\bmieszka|\bmieszkamy|\bzamieszkal\w*|\badres\w*(?: \w+){0,2}|\bdostaw\w* (?:na|pod|do)"
    r"|\bwysl\w*(?: \w+){0,3} na|\bdostarcz\w*|\bprzesl\w*(?: \w+){0,2} na|\bnowy adres(?: to)?"
    r"|\bsend it to|\bdeliver\w* (?:it )?to"
    r"|\bship (?:it )?to|\blive (?:at|on|in)|\baddress(?: is)?|\bpod adres\w*)[\s:,\-]{1,3}(?:to |jest |na "
    r"|przy |pod |is |at |on |nr )*"
)
_LIVED: Final = re.compile(
    rf"{_NAME_WORD}(?:\s{_NAME_WORD}){{0,3}}?,?\s{_NUMBER}{_FLAT}(?:{_TOWN}|{_CITY_AFTER})(?!\s?(?:szt|zł"
    rf"|pln|eur|kg|cm|razy|dni|lat|x|\d{{3}}(?!\d))|[.,]\d)"
    rf"|{_EN_HOUSE}(?:{_U}[\w'’.-]*\s){{1,4}}?{_EN_TYPES}\b\.?{_FLAT}(?:,\s{_U}{{3,}})?",
    re.IGNORECASE,
)
_CODE_CUE: Final = re.compile(
    r"(?:kod\w* poczt\w*|postal code|post ?code|zip(?: code)?|kod do wysylki)[\s:]*(?:to |is |jest )?$"
)
_CODE: Final = re.compile(
    r"(?<![\w-])(?:\d{2}\s?-?\s?\d{3}|\d{5}(?:-\d{4})?|[A-Za-z]{1,2}\d[A-Za-z\d]?\s?\d[A-Za-z]{2})(?![\w-])"
)
_SHAPES: Final = (
    _TOWN_FIRST,
    _POLISH,
    _BARE,
    _LOWER_BARE,
    _ENGLISH_CODED,
    _ENGLISH,
    _GERMAN,
    _ROMANCE,
    _US_TOWN,
    _UK_ALONE,
    _CONTINENTAL,
    _NAMED_HOUSE,
    _SURNAMED,
    _PO_BOX,
)


def find_addresses(view: View) -> Iterator[Found]:
    """Find postal addresses as one span each, from the street to the town."""
    if not any(char.isdigit() for char in view.plain):
        return
    places = [match.span() for pattern in _SHAPES for match in pattern.finditer(view.plain)]
    for match in _INFLECTED.finditer(view.plain):
        places.append(match.span("street") if match["street"] else match.span("plain"))
    for cue in _LIVES.finditer(view.folded):
        lived = _LIVED.match(view.plain, cue.end())
        if lived:
            places.append(lived.span())
    places += [match.span() for match in _CODE.finditer(view.plain) if _CODE_CUE.search(view.before(match.start()))]
    for start, end in _merged(view.plain, sorted(places)):
        irish = _EIRCODE.match(view.plain, end)
        last = irish.end() if irish else end
        value = re.sub(r"\W+", " ", fold(view.plain[start:last])).strip()
        yield Found("ADDRESS", start, last, value)


def _merged(text: str, places: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Join parts of an address that overlap, or that only a comma or a line end stands between."""
    joined: list[tuple[int, int]] = []
    for start, end in places:
        if joined and (start <= joined[-1][1] or not text[joined[-1][1] : start].strip(" ,\n")):
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined
