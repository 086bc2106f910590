"""Words that hint at special categories of personal data (Art. 9 and 10 GDPR), in Polish and English."""

import re
from typing import Final

from chatgate.redaction.views import fold

_WORDS: Final = {
    "health": (
        r"ciaz[aeyo]\w*|ciezarn\w*|chorob\w*|chory|chora|chorego|chorej|choruj\w*|zachorow\w*|nowotw\w*"
        r"|rak(?:a|iem|u)? (?:piersi|pluc|jelit\w*|prostat\w*|skory)|mam raka"
        r"|cukrzyc\w*|depresj\w*|padaczk\w*|epilep\w*|astm\w*|alergi\w*|alergik\w*|uczulen\w*|uczulon\w*"
        r"|niepelnospraw\w*|inwalid\w*|wozk\w* inwalidzk\w*|hiv|aids|lekarz\w*|szpital\w*"
        r"|operacj\w*|chemioterap\w*|zawal\w*|udar\w*|terapi[aeuo]\w*|psychiatr\w*|psycholog\w*|autyz\w*"
        r"|adhd|celiak\w*|nadcisnien\w*|diagnoz\w*|recept[aeyo]\w*|leki na|poronien\w*"
        r"|pregnan\w*|diabet\w*|cancer|tumou?r\w*|chemo\w*|depress(?:ion|ed|ive)|epilep\w*|asthma\w*"
        r"|allerg\w*|disabilit\w*|disabled|wheelchair\w*|hospital\w*|surger\w*|illness\w*"
        r"|disease\w*|diagnos\w*|prescription\w*|medication\w*|therap(?:y|ist)\w*|psychiatr\w*|autis\w*"
        r"|coeliac\w*|celiac\w*|miscarr\w*|heart attack|stroke|my doctor|eczema|psoriasis|egzem\w*"
        r"|luszczyc\w*"
    ),
    "religion": (
        r"katoli\w*|chrzescija\w*|muzulm\w*|islam\w*|zyd(?:em|ow\w*|zi)|judai\w*|prawoslaw\w*|protestan\w*"
        r"|ewangeli\w*|ateist\w*|swiadk\w* jehowy|buddyst\w*|wyznani\w*|parafi\w*|komunia|bierzmowan\w*"
        r"|catholic\w*|christian(?:s|ity)?|muslim\w*|jewish|judaism|orthodox|protestant\w*|atheis\w*"
        r"|jehovah\w*|buddhis\w*|hindu\w*|religio\w*|halal|kosher|koszern\w*|my church|mosque|synagog\w*"
        r"|ramadan"
    ),
    "union": r"zwiazk\w* zawodow\w*|zwiazkow(?:iec|ca|cem)|solidarnosc\w*|trade union\w*"
    r"|labou?r union\w*|union (?:member|rep|card)\w*",
    "politics": (
        r"parti[aei]\w* polity\w*|polityczn\w*|lewicow\w*|prawicow\w*|glosowal\w*|czlon\w* partii"
        r"|political\w*|democrat(?:s|ic party)?|republican\w*|labour party|tory|tories|communis\w*"
        r"|komunist\w*"
    ),
    "sexual_orientation": (
        r"gej\w*|lesbij\w*|homoseks\w*|biseks\w*|transplciow\w*|transseks\w*|orientacj\w* seks\w*|lgbt\w*"
        r"|niebinarn\w*|gay|lesbian\w*|homosex\w*|bisex\w*|transgender\w*|queer|non-?binary"
        r"|sexual orientation"
    ),
    "ethnicity": r"pochodzen\w* etn\w*|narodowosc\w*|rom(?:em|ow|ski\w*)|cygan\w*|rasow\w*|ethnic\w*"
    r"|racial\w*|gypsy|roma people|my race",
    "criminal": r"skazan\w*|wyrok\w*|karan(?:y|a|ego)|wiezien\w*|prokurat\w*|convict\w*"
    r"|criminal record\w*|prison\w*|on parole|probation",
    "biometric": r"odcisk\w* palc\w*|biometr\w*|dna|genetyczn\w*|fingerprint\w*|genetic\w*",
}
_PATTERN: Final = re.compile("|".join(rf"(?P<{kind}>\b(?:{words})\b)" for kind, words in _WORDS.items()))


def special_hints(text: str) -> tuple[str, ...]:
    """Return the words of a text that hint at a special category, as they stand in it, each once."""
    found = (text[match.start() : match.end()] for match in _PATTERN.finditer(fold(text)))
    return tuple(dict.fromkeys(found))


def special_categories(text: str) -> frozenset[str]:
    """Return the kinds of special categories that words of the text hint at (a hint for a curator, no verdict)."""
    return frozenset(match.lastgroup for match in _PATTERN.finditer(fold(text)) if match.lastgroup)
