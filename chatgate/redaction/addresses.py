"""Postal addresses: Polish, British, American, and the common continental shapes, with the town that follows."""

import re
from collections.abc import Iterator
from typing import Final

from chatgate.redaction.spans import Found
from chatgate.redaction.views import View, fold

_U: Final = r"[^\W\d_]"
_CAP: Final = r"(?:[A-ZÀ-ÖØ-ÞĀĂĄĆČĎĐĒĖĘĚĞĢĪĮİĶĹĻĽŁŃŅŇŌŐŒŔŘŚŞŠŢŤŪŮŰŲŴŶŸŹŻŽ][\w'’.-]*)"
_NUMBER: Final = r"(?:nr\.?\s?)?\d{1,4}\s?[A-Za-z]?(?![\w])(?:\s?[/\\]\s?\d{1,4}\s?[A-Za-z]?(?!\w))?"
_FLAT: Final = (
    r"(?:,?\s{0,2}(?:m\.?|lok\.?|lokal|mieszkanie|mieszk\.|miesz\.|mieszkania|kl\.?|klatka|pi[ęe]tro|p\.|blok|bl\.?|bud\.?|budynek|domofon|apt\.?|apartment|flat|unit"
    r"|suite|ste\.?|room|floor|block|building|#)\s?\.?\s?\d{1,4}\s?[A-Za-z]?(?!\w)|,?\s{0,2}(?:klatka|kl\.|blok|budynek|flat|apt\.?)\s[A-Z](?!\w))*"
)
_POSTAL: Final = r"(?:PL[- ]?)?\d{2}\s?-\s?\d{3}(?!\d)(?![\-/]\d)"
_CITY: Final = rf"{_CAP}(?:[ -](?:nad |pod |k\.\s?|przy |am |an der |upon |under |on |in )?{_CAP}){{0,2}}"
_TOWN: Final = (
    rf"(?:[,;]?\s{{0,2}}(?:w\s)?\s?(?:{_POSTAL}(?:[,]?\s{{1,2}}(?:{_CITY}|[a-ząćęłńóśźż]{{3,}}))?))"
)
_STREET_WORD: Final = (
    r"(?:[Uu][Ll]\.?|[Uu]lic(?:a|y|ą|e|ę)|ULICA|[Aa]l\.|[Aa]le(?:ja|je|i|ję|jach)|ALEJA|[Oo]s\.|[Oo]siedl(?:e|u|a)|[Pp]l\.|[Pp]lac(?:u)?|[Rr]ond(?:o|zie)|[Ss]kwer(?:ze)?"
    r"|[Bb]ulwar(?:ze)?|[Tt]rakt|[Ss]zos(?:a|ie))"
)
_NAME_WORD: Final = rf"(?:(?:\d{{1,2}}\.?\s|\d{{1,2}}-go\s)?{_U}[\w'’.\-]*)"
_STREET: Final = (
    rf"(?<!\w){_STREET_WORD}\s{{0,2}}{_NAME_WORD}(?:\s{_NAME_WORD}){{0,3}}?,?\s{{1,2}}{_NUMBER}{_FLAT}"
)
_KNOWN: Final = (
    "Warszaw|Krak[oó]w|[ŁL][oó]d[zź]|Wroc[lł]aw|Pozna[nń]|Gda[nń]sk|Gdyni|Szczecin|Bydgoszcz|Lublin|Bia[lł]yst|Katowic|Toru[nń]|Sopo|Gliwic|Zabrz|Bytom|Rzesz[oó]w"
    "|Olsztyn|Kiel[ce]|Radom|Opol|Sosnow|Cz[eę]stochow|Tychy|Tych|Rybnik|Elbl[aą]g|P[lł]ock|Wa[lł]brzych|W[lł]oc[lł]aw|Tarn[oó]w|Koszalin|Kalisz|Legnic|Grudzi[aą]dz|S[lł]upsk"
    "|Jaworzn|Bielsk|Siedl|Pi[lł]a|Pile|Zakopan|Piasecz|Pruszk|Legionow|Londyn|London|Manchester|Birmingham|Leeds|Glasgow|Edinburgh|Liverpool|Bristol|Cardiff|Belfast"
    "|Dublin|Oxford|Cambridge|New York|Chicago|Boston|Berlin|M[uü]nchen|Hamburg|Pari[sż]|Springfield|Sheffield|Brighton|Seattle|Denver|Dallas|Austin|Wien|Praha"
)
_CITY_AFTER: Final = (
    rf"(?:[,;]?\s{{1,2}}(?:we?\s)?(?:{_KNOWN})\w{{0,5}}(?:[ -]Bia[lł]\w*|[ -]Zdr[oó]j)?(?!\w))?"
)
_UK_CODE: Final = r"[A-Z]{1,2}\d[A-Z\d]?\s{0,2}\d[A-Z]{2}(?!\w)"
_US_CODE: Final = r"[A-Z]{2}\.?,?\s\d{5}(?:-\d{4})?(?!\d)"
_EN_TAIL: Final = rf"{_FLAT}(?:,?\s{{1,2}}(?!(?:Please|Thanks|Can|It|The|My|I|Phone|Email|Tel)\b){_CITY}){{0,3}}?(?:,?\s{{1,2}}(?:{_UK_CODE}|{_US_CODE}))?{_CITY_AFTER}"
_EN_TYPES: Final = (
    r"(?:[Ss]treet|[Ss]t|[Rr]oad|[Rr]d|[Aa]venue|[Aa]ve|[Ll]ane|[Ll]n|[Dd]rive|[Dd]r|[Cc]lose|[Cc]ourt|[Cc]t|[Ww]ay|[Pp]lace|[Ss]quare|[Ss]q|[Bb]oulevard|[Bb]lvd"
    r"|[Cc]rescent|[Tt]errace|[Gg]ardens|[Gg]rove|[Hh]ill|[Mm]ews|[Pp]arkway|[Pp]kwy|[Hh]ighway|[Hh]wy|[Cc]ircle|STREET|ROAD|AVENUE|LANE)"
)
_ENGLISH: Final = re.compile(
    rf"(?<![\w-])(?:(?:[Ff]lat|[Aa]pt\.?|[Aa]partment|[Uu]nit|[Ss]uite)\s\d{{1,4}}[A-Za-z]?,?\s)?\d{{1,5}}\s?[A-Za-z]?,?\s(?:[NSEW]\.?\s)?(?:[A-Za-z][\w'’.-]*\s){{1,4}}?{_EN_TYPES}\b\.?{_EN_TAIL}"
)
_GERMAN: Final = re.compile(
    rf"(?<!\w){_U}[\w.-]*(?:[Ss]tra(?:ß|ss)e|[Ss]tr\.|weg|platz|gasse|allee|ufer|damm)\s\d{{1,4}}\s?[a-z]?(?!\w)(?:,?\s{{1,2}}(?:[AD]-|CH-)?\d{{4,5}}\s{_CITY})?"
)
_ROMANCE: Final = re.compile(
    rf"(?<!\w)\d{{1,4}}(?:\s?(?:bis|ter))?,?\s(?:[Rr]ue|[Aa]venue|[Bb]oulevard|[Pp]lace|[Qq]uai|[Cc]hemin|[Ii]mpasse)\s(?:de\s|du\s|des\s|la\s|le\s|l'|d')*{_CAP}(?:[ -](?:de\s|la\s)?{_CAP}){{0,2}}"
    rf"(?:,?\s\d{{5}}\s{_CITY})?|(?<!\w)(?:[Vv]ia|[Vv]iale|[Pp]iazza|[Cc]orso|[Cc]alle|[Cc]/|[Aa]venida|[Pp]laza|[Rr]ua)\s(?:de\s|la\s|del\s|di\s)*{_CAP}(?:\s{_CAP}){{0,2}},?\s\d{{1,4}}(?!\w)(?:,?\s\d{{4,5}}\s{_CITY})?"
    rf"|(?<!\w){_CAP}(?:straat|laan|weg|plein|gracht|kade)\s\d{{1,4}}(?:\s?[a-z])?(?!\w)(?:,?\s\d{{4}}\s?[A-Z]{{2}}\s{_CITY})?"
)
_POLISH: Final = re.compile(rf"{_STREET}(?:{_TOWN}|{_CITY_AFTER})")
_BARE: Final = re.compile(
    rf"(?<!\w){_CAP}(?:\s{_CAP}){{0,3}},?\s{{1,2}}\d{{1,4}}\s?[A-Za-z]?(?:\s?/\s?\d{{1,4}}\s?[A-Za-z]?)?{_FLAT}[,;]?\s{{1,3}}{_POSTAL}(?:,?\s{{1,2}}{_CITY})?"
)
_LOWER_BARE: Final = re.compile(
    rf"(?<!\w){_U}[\w.-]*\s\d{{1,4}}[A-Za-z]?(?:/\d{{1,4}}[A-Za-z]?)?{_FLAT}[,;]?\s{{1,3}}{_POSTAL}\s{_U}{{3,}}(?:\s{_CAP})?"
)
_TOWN_FIRST: Final = re.compile(
    rf"(?<!\w){_POSTAL},?\s{{1,2}}{_CITY}(?:,?\s{{1,2}}(?:{_STREET}|{_CAP}(?:\s{_CAP})?\s\d{{1,4}}[A-Za-z]?(?:/\d{{1,4}})?(?!\w){_FLAT}))?|(?<!\w){_POSTAL}\s(?:{_KNOWN.lower()})\w*"
)
_UK_ALONE: Final = re.compile(rf"(?<![\w-]){_UK_CODE}")
_US_TOWN: Final = re.compile(rf"(?<!\w){_CITY},\s[A-Z]{{2}}\s\d{{5}}(?:-\d{{4}})?(?!\w)")
_LIVES: Final = re.compile(
    r"(?:\bmieszkam|\bmieszka|\bmieszkamy|\bzamieszkal\w*|\badres\w*(?: \w+){0,2}|\bdostaw\w* (?:na|pod|do)|\bwysl\w*(?: \w+){0,3} na|\bdostarcz\w*|\bprzesl\w*(?: \w+){0,2} na|\bnowy adres(?: to)?|\bsend it to|\bdeliver\w* (?:it )?to"
    r"|\bship (?:it )?to|\blive (?:at|on|in)|\baddress(?: is)?|\bpod adres\w*)[\s:,\-]{1,3}(?:to |jest |na |przy |pod |is |at |on |nr )*"
)
_LIVED: Final = re.compile(
    rf"{_NAME_WORD}(?:\s{_NAME_WORD}){{0,3}}?,?\s{_NUMBER}{_FLAT}(?:{_TOWN}|{_CITY_AFTER})(?!\s?(?:szt|zł|kg|cm|razy|dni|lat|x))"
)
_CODE_CUE: Final = re.compile(
    r"(?:kod\w* poczt\w*|postal code|post ?code|zip(?: code)?|kod do wysylki)[\s:]*(?:to |is |jest )?$"
)
_CODE: Final = re.compile(
    r"(?<![\w-])(?:\d{2}\s?-?\s?\d{3}|\d{5}(?:-\d{4})?|[A-Za-z]{1,2}\d[A-Za-z\d]?\s?\d[A-Za-z]{2})(?![\w-])"
)
_SHAPES: Final = (_POLISH, _BARE, _LOWER_BARE, _TOWN_FIRST, _ENGLISH, _GERMAN, _ROMANCE, _US_TOWN, _UK_ALONE)


def find_addresses(view: View) -> Iterator[Found]:
    """Find postal addresses as one span each, from the street to the town."""
    if not any(char.isdigit() for char in view.plain):
        return
    for pattern in _SHAPES:
        for match in pattern.finditer(view.plain):
            yield _address(match.start(), match.end(), match.group())
    for cue in _LIVES.finditer(view.folded):
        lived = _LIVED.match(view.plain, cue.end())
        if lived:
            yield _address(lived.start(), lived.end(), lived.group())
    for match in _CODE.finditer(view.plain):
        if _CODE_CUE.search(view.before(match.start())):
            yield _address(match.start(), match.end(), match.group())


def _address(start: int, end: int, text: str) -> Found:
    return Found("ADDRESS", start, end, re.sub(r"\W+", " ", fold(text)).strip())
