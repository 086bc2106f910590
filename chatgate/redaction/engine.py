"""The order in which detectors run, and the replacement of what they found."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from chatgate.redaction.contacts import find_emails, find_ips, find_secrets, find_urls, plain_links
from chatgate.redaction.identifiers import (
    DATES,
    find_accounts,
    find_birth_dates,
    find_cards,
    find_cued,
    find_national,
    find_polish,
)
from chatgate.redaction.names import KnownNames, find_names
from chatgate.redaction.phones import find_phones
from chatgate.redaction.repeats import find_repeats, remember
from chatgate.redaction.spans import (
    PLACEHOLDER,
    Found,
    PlaceholderState,
    RedactedLines,
    RedactionResult,
    Span,
)
from chatgate.redaction.special import special_categories
from chatgate.redaction.spoken import find_spoken
from chatgate.redaction.views import View, fold, view

_CONTEXT: Final = 60
_Detector = Callable[[View], Iterable[Found]]
_BEFORE_DATES: Final[tuple[_Detector, ...]] = (find_emails, find_urls, find_secrets, find_birth_dates)
_NUMBERS: Final[tuple[_Detector, ...]] = (
    find_ips,
    find_accounts,
    find_cards,
    find_polish,
    find_national,
    find_cued,
    find_phones,
    find_spoken,
)


@dataclass(slots=True)
class _Page:
    """One line: its view, which hides what was found, and the spans in the view's offsets."""

    view: View
    found: list[Found] = field(default_factory=list)

    def take(self, proposals: Iterable[Found]) -> None:
        for item in proposals:
            start, end = item.start, item.end
            while end > start and self.view.plain[end - 1] in " \n,.;-":
                end -= 1
            if end > start and "\x00" not in self.view.plain[start:end]:
                self.found.append(Found(item.type, start, end, item.value))
                self.view.mask(start, end)


def redact(
    text: str, *, names: Sequence[str] = (), locale: str = "en", state: PlaceholderState | None = None
) -> RedactionResult:
    """Replace personal data in one text by placeholders such as ``[EMAIL_1]``.

    Args:
        text: any text; a placeholder in it stays as it is, so a second run changes nothing.
        names: names and e-mail local parts known in the conversation; found in inflected forms too.
        locale: the language of the conversation. Rules of all languages always run: people mix them.
        state: numbering to share between the lines of one conversation; without it numbers start at 1.

    Returns:
        The redacted text, and the spans of the given text in code points, in order.
    """
    state = PlaceholderState() if state is None else state
    return _redact_all([text], names, state)[0]


def redact_lines(lines: Sequence[str], names: Sequence[str] = (), locale: str = "en") -> RedactedLines:
    """Redact the lines of one conversation: all mentions of a value get one placeholder, or none is left out.

    What is learned in any line (a name from a signature, a number from a question for it) holds for all lines.
    """
    results = _redact_all(lines, names, PlaceholderState())
    counts = Counter(span.type for result in results for span in result.spans)
    kinds = special_categories("\n".join(lines))
    return RedactedLines(tuple(result.text for result in results), dict(sorted(counts.items())), tuple(sorted(kinds)))


def redact_stream(
    lines: Iterable[str], names: Sequence[str] = (), *, conversation: bool = False
) -> Iterator[RedactionResult]:
    """Redact lines one by one (``chatgate training redact``).

    Args:
        lines: without their line ends.
        names: known names, for every line.
        conversation: the lines are one conversation (read as a whole); otherwise each stands for itself.
    """
    if conversation:
        yield from _redact_all(list(lines), names, PlaceholderState())
        return
    for line in lines:
        yield redact(line, names=names)


def _redact_all(lines: Sequence[str], names: Sequence[str], state: PlaceholderState) -> list[RedactionResult]:
    known = KnownNames()
    for name in names:
        known.add(name)
    for line in lines:
        state.skip_used(line)
    pages: list[_Page] = []
    context = ""
    for line in lines:
        page = _Page(view(line, context))
        _detect(page, state)
        pages.append(page)
        context = fold(line[-_CONTEXT:])
    for page in pages:
        page.take(find_repeats(page.view, state))
    _find_people(pages, known)
    return [_replace(page, state, known) for page in pages]


def _find_addresses(shown: View) -> Iterable[Found]:
    # Imported on use: its patterns take longer to compile than all others together, and a start needs none of them.
    from chatgate.redaction.addresses import find_addresses

    return find_addresses(shown)


def _detect(page: _Page, state: PlaceholderState) -> None:
    shown = page.view
    for match in PLACEHOLDER.finditer(shown.plain):
        shown.mask(match.start(), match.end())
    for detector in _BEFORE_DATES:
        page.take(detector(shown))
    if any(char.isdigit() for char in shown.plain):
        hidden = _hide(shown)
        for detector in _NUMBERS[:-1]:
            page.take(detector(shown))
        _show(shown, hidden)
        page.take(_find_addresses(shown))
    page.take(find_spoken(shown))
    for item in page.found:
        remember(state, item)


def _hide(shown: View) -> list[tuple[int, int, str, str]]:
    """Hide links and dates that stay, so that their digits are not taken for an identifier."""
    places = [*plain_links(shown), *((m.start(), m.end()) for m in DATES.finditer(shown.folded))]
    hidden = [(a, b, shown.plain[a:b], shown.folded[a:b]) for a, b in places]
    for start, end, _, _ in hidden:
        shown.mask(start, end)
    return hidden


def _show(shown: View, hidden: list[tuple[int, int, str, str]]) -> None:
    for start, end, plain, folded in hidden:
        shown.plain = shown.plain[:start] + plain + shown.plain[end:]
        shown.folded = shown.folded[:start] + folded + shown.folded[end:]


def _find_people(pages: Sequence[_Page], known: KnownNames) -> None:
    for page in pages:
        for item in page.found:
            if item.type == "EMAIL":
                local = item.value.split("@")[0]
                known.add_local_part(local)
    before = -1
    while before != len(known.bases):  # a name found in the last line holds for the first one too
        before = len(known.bases)
        for page in pages:
            page.take(find_names(page.view, known))


def _replace(page: _Page, state: PlaceholderState, known: KnownNames) -> RedactionResult:
    given = page.view.given
    pieces: list[str] = []
    spans: list[Span] = []
    position = 0
    for item in sorted(page.found, key=lambda found: found.start):
        start, end = page.view.origin(item.start, item.end)
        if item.type == "NAME":
            names = [known.base(word) for word in item.value.split()]
            label = state.person(known.people.get(names[0], names) if len(names) == 1 else names)
        else:
            label = state.placeholder(item.type, item.value)
        pieces += (given[position:start], label)
        spans.append(Span(item.type, start, end))
        position = end
    return RedactionResult("".join((*pieces, given[position:])), tuple(spans))
