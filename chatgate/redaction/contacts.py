"""E-mail addresses (also spelled out), network addresses and links that carry secrets."""

import ipaddress
import re
from collections.abc import Iterator
from typing import Final

from chatgate.redaction.spans import Found
from chatgate.redaction.views import MASK, View

_TLD: Final = (
    "pl|com|net|org|eu|de|uk|co|io|info|biz|fr|it|es|cz|sk|nl|be|at|ch|se|no|dk|fi|ie|pt|us|ca|au|dev|app"
    "|shop|store|online|me|xyz"
    "|edu|gov|ua|lt|lv|ee|hu|ro|bg|hr|si|gr|test|example|email|cloud|site|tech|name"
)
_PROVIDERS: Final = (
    "gmail|googlemail|wp|onet|o2|interia|op|tlen|poczta|gazeta|yahoo|outlook|hotmail|live|icloud|proton"
    "|protonmail|me|aol|gmx|msn"
)
_LOCAL: Final = r"[\w](?:[\w.+%&'*/=~-]{0,62}[\w])?"
_PLAIN: Final = re.compile(rf"(?:\"[^\"\s@]{{1,64}}\"|{_LOCAL})@(?:(?:[\w-]+\.)+[\w-]*[a-z][\w-]*|\[?\d[\d.]+\d\]?)")
_AT: Final = r"\s*(?:[\[({<]\s*(?:at|@|malp(?:k)?a|a)\s*[\])}>]|\(a\)|_at_|-at-|\(malp(?:k)?a\)|\bmalp(?:k)?a\b|＠)\s*"
_AT_WORD: Final = r"\s+(?:at|malp(?:k)?a|@)\s+|\s?@\s?"
_DOT: Final = r"\s*(?:[\[({<]\s*(?:dot|\.|kropka|punkt)\s*[\])}>]|_dot_|-dot-)\s*"
_DOT_WORD: Final = r"\s+(?:dot|kropka|punkt)\s+|\s?\.\s?"
_MORE: Final = rf"(?:(?:{_DOT}|\s(?:dot|kropka|punkt)\s|\s?\.\s?)(?:pl|uk|au|br|eu|de|com))?(?![\w-])"
_SPOKEN_LOCAL: Final = (
    rf"[\w+%-]+(?:(?:\.|{_DOT}|\s+(?:dot|kropka|podkreslnik|underscore|myslnik|dash|minus|plus)\s+"
    rf"|\s?_\s?)[\w+%-]+){{0,4}}"
)
_BRACKETED: Final = re.compile(
    rf"(?<![\w.]){_SPOKEN_LOCAL}(?:{_AT})[\w-]+(?:(?:{_DOT}|{_DOT_WORD})[\w-]+){{0,4}}?(?:{_DOT}"
    rf"|{_DOT_WORD})(?:{_TLD}){_MORE}"
)
_BRACKETED_DOT: Final = re.compile(
    rf"(?<![\w.]){_SPOKEN_LOCAL}(?:{_AT}|{_AT_WORD})[\w-]+(?:(?:{_DOT}"
    rf"|{_DOT_WORD})[\w-]+){{0,4}}?(?:{_DOT})(?:{_TLD}){_MORE}"
)
_WORDED: Final = re.compile(
    rf"(?<![\w.]){_SPOKEN_LOCAL}(?:\s+(?:at|malp(?:k)?a)\s+|\s?@\s?)[\w-]+(?:\s+(?:dot|kropka"
    rf"|punkt)\s+[\w-]+){{0,4}}?\s+(?:dot|kropka|punkt)\s+(?:{_TLD}){_MORE}"
)
_PROVIDER: Final = re.compile(
    rf"(?<![\w.]){_SPOKEN_LOCAL}(?:{_AT}|{_AT_WORD})(?:{_PROVIDERS})(?:{_DOT}|{_DOT_WORD})(?:{_TLD}){_MORE}"
)
_CUED: Final = re.compile(
    rf"(?:e-?mail|mail|adres|poczt\w*|address)\b[^\n]{{0,24}}?(?P<value>\b{_SPOKEN_LOCAL}\s+at\s+[\w-]+"
    rf"(?:\.[\w-]+)*?\s?\.\s?(?:{_TLD}))(?![\w-])"
)
_SPACED: Final = re.compile(
    rf"(?<![\w.])[\w+%-]+(?:(?:\s[._]\s|[._])[\w+%-]+){{0,3}}\s@\s?[\w-]+(?:\s?\.\s?[\w-]+){{0,4}}?\s?\.\s?"
    rf"(?:{_TLD}){_MORE}|{_SPOKEN_LOCAL}@\s[\w-]+(?:\.[\w-]+)*\.(?:{_TLD}){_MORE}"
)
_EMAILS: Final = (_BRACKETED, _BRACKETED_DOT, _WORDED, _PROVIDER, _SPACED)
_HINT: Final = re.compile(r"@|\bat\b|malp(?:k)?a|\(a\)|[\[({<_-]\s?(?:at|a)\s?[\])}>_-]")

_URL: Final = re.compile(r"\b(?:https?|ftp)://[^\s<>\"\x00]+|\bwww\.[^\s<>\"\x00]+")
_URL_SECRET: Final = re.compile(
    r"://[^/\s]*:[^/\s]*@|[?&#;](?:[\w-]*(?:token|key|auth|secret|sess|sid|pass|pwd|email|mail|phone|tel"
    r"|pesel|code|otp|sig|hash|jwt|user|login|name)[\w-]*)="
    r"|/(?:reset|verify|activate|confirm|invite|unsubscribe|magic)[\w-]*/[\w-]{8,}"
    r"|(?<![\w-])(?=[\w-]*\d)(?=[\w]*[a-z])\w{24,}"
)
_IP4: Final = re.compile(
    r"(?<![\w.])\d{1,3}(?:\s?(?:\.|\[\.\]|\(\.\)|\[dot\]|\(dot\))\s?\d{1,3}){3}(?![\w]"
    r"|\.\d)(?:/\d{1,2}(?!\d))?"
)
_IP6: Final = re.compile(r"(?<![\w:.])(?:[0-9a-f]{0,4}:){2,7}(?:[0-9a-f]{1,4}|(?:\d{1,3}\.){3}\d{1,3})?(?![\w:])")
_VERSION: Final = re.compile(
    r"(?:\bv|\bver\.?|\bversion|\bwersj\w*|\bfirmware|\bsoftware|\bbuild|\bios|\bandroid"
    r"|\baktualizacj\w*)[\s:]*$"
)
_SECRET: Final = re.compile(
    r"\b(?:haslo|hasla|haslem|password|passwd|pwd|passcode|cvv2?|cvc2?|kod cvv|kod cvc|pin"
    r"|kod pin)\b(?:\s+(?:do \w+|to|is|jest|moje|my))*\s*[:=]?\s*"
    r"(?P<value>(?=\S*[\d!#$%^&*])[^\s,;\x00\[]{3,64})"
)


def find_emails(view: View) -> Iterator[Found]:
    """Find e-mail addresses, written plainly or as ``jan (at) example dot com`` and ``jan małpa wp kropka pl``."""
    text = view.folded
    if not _HINT.search(text):
        return
    if "@" in text:
        for match in _PLAIN.finditer(text):
            yield Found("EMAIL", match.start(), match.end(), match.group())
        text = _PLAIN.sub(lambda match: MASK * len(match.group()), text)
    for pattern in _EMAILS:
        for match in pattern.finditer(text):
            yield Found("EMAIL", match.start(), match.end(), canonical_email(match.group()))
    for match in _CUED.finditer(text):
        yield Found("EMAIL", match.start("value"), match.end("value"), canonical_email(match.group("value")))


def canonical_email(text: str) -> str:
    """Return ``jan@example.com`` for a spelled out address (best effort: it only decides about the placeholder)."""
    text = re.sub(_DOT, ".", text)
    text = re.sub(r"\s+(?:dot|kropka|punkt)\s+", ".", text)
    text = re.sub(_AT, "@", text)
    text = re.sub(r"\s+(?:at|malp(?:k)?a)\s+", "@", text)
    return re.sub(r"\s", "", text)


def find_urls(view: View) -> Iterator[Found]:
    """Find links that carry a token, credentials or a person in them. A link to a product stays."""
    if "://" not in view.folded and "www." not in view.folded:
        return
    for match in _URL.finditer(view.folded):
        address = match.group().rstrip(".,;:!?)")
        if _URL_SECRET.search(address):
            yield Found("URL", match.start(), match.start() + len(address), address)


def plain_links(view: View) -> Iterator[tuple[int, int]]:
    """Yield the places of links that stay, so that no number inside them is taken for an identifier."""
    if "://" in view.folded or "www." in view.folded:
        for match in _URL.finditer(view.folded):
            yield match.span()


def find_ips(view: View) -> Iterator[Found]:
    """Find IPv4 and IPv6 addresses; a version number (``v2.1.0.3``) is none."""
    text = view.folded
    if "." in text:
        for match in _IP4.finditer(text):
            parts = re.findall(r"\d+", match.group())[:4]
            if all(int(part) < 256 for part in parts) and not _VERSION.search(view.before(match.start())):
                yield Found("IP", match.start(), match.end(), ".".join(parts))
    if ":" in text:
        for match in _IP6.finditer(text):
            if len(match.group()) > 3 and _is_ip6(match.group()):
                yield Found("IP", match.start(), match.end(), match.group())


def _is_ip6(text: str) -> bool:
    try:
        ipaddress.IPv6Address(text)
    except ValueError:
        return False
    return True


def find_secrets(view: View) -> Iterator[Found]:
    """Find passwords, PINs and card codes that follow their word."""
    for match in _SECRET.finditer(view.folded):
        yield Found("SECRET", match.start("value"), match.end("value"), match.group("value"))
