"""Names of people: known ones in every form, those after a cue phrase, frequent given names with their surnames."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from chatgate.redaction.given_names import AMBIGUOUS, GIVEN, PERSONAL, POLISH
from chatgate.redaction.inflection import aliases, forms
from chatgate.redaction.name_cues import AFTER, ASKED, COMMON, LOWER_CUES, NO_NAME, SIGN_OFF, UPPER_CUES
from chatgate.redaction.spans import Found
from chatgate.redaction.views import View, fold

_WORD: Final = re.compile(r"[^\W\d_]+(?:['][^\W\d_]+)*")
_JOINT: Final = re.compile(
    r"(?: |-| - |\n)?(?:[^\W\d_]\. ?)?$|[ ]?(?:van|von|de|del|da|di|le|la|al|bin|z domu|o)[ ]$|[ ]\"$|\" $"
)
_SENTENCE_END: Final = ("", ".", "!", "?", ":", "\n", "-")
_POLISH_SURNAME: Final = re.compile(
    r"\w{2,}(?:[sc]k(?:i|a|iego|iemu|im|iej|ie|ich|imi|o)|[sc]cy|wicz(?:a|owi|em|u|owie|ow|owa|owej)?"
    r"|czyk(?:a|owi|iem|u)?|czak(?:a|owi|iem|u)?)"
)
_NO_SURNAME: Final = re.compile(
    r"(?:pol|angiel|niemiec|francu|wlo|hiszpan|rosyj|amerykan|europej|warszaw|krakow|chin|japon|ukrain"
    r"|wielkopol|malopol|lodz|pomor|slas|gdan|poznan"
    r"|bialorus|czes|slowac|szwedz|dun|norwes|wegier|turec|grec|miej|wiej|mor|gor|dam|me|dzie|brytyj|bliz"
    r"|nis|szero|waz|lek|mię|mięk|wszyst|jak|tak"
    r"|krot|wyso|szyb|ciez|slod|gorz|plas|bole|elektronicz|zwyk)(?:s|c|z)?k\w*$"
)


_STATES: Final = {
    "am": re.compile(r"(?:ony|ona|any|ana|ety|eta|aca|acy|em|iem|ka)$"),
    "is": re.compile(r"(?:ing|ed|ous|ful|less|able|ible|ive|ly|ish|est|ic|al|ent|ant)$"),
}
"""What people are and not who, after "jestem" and "this is": such a word is no name unless it is a frequent one."""
_NEVER: Final = re.compile(r"(?!)")


@dataclass(slots=True)
class KnownNames:
    """The names of one conversation: form -> base form. E-mail local parts may be given as they are."""

    bases: dict[str, str] = field(default_factory=dict)
    people: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Base form -> the base forms of the full name that it was first seen in."""

    def add(self, name: str) -> None:
        """Remember every word of a name with its inflected and short forms."""
        bases: list[str] = []
        for word in _WORD.findall(fold(name.split("@", maxsplit=1)[0])):
            base = self.bases.get(word, word)
            if len(word) < 2 or word in NO_NAME:
                continue
            bases.append(base)
            for alias in aliases(word):
                for form in forms(alias):
                    self.bases.setdefault(form, base)
            self.bases[word] = base
        for base in bases[1:]:
            self.people.setdefault(base, tuple(bases))

    def add_local_part(self, local: str) -> None:
        """Remember the names in an e-mail's local part; short or generic words in it are no names."""
        for word in re.split(r"[\W\d_]+", fold(local)):
            if len(word) > 3 and word not in COMMON:
                self.add(word)

    def base(self, word: str) -> str:
        """Return the base form of a folded word, or the word itself."""
        return self.bases.get(word) or given_forms().get(word, word)


@lru_cache(maxsize=1)
def given_forms() -> dict[str, str]:
    """Return form -> base form of all frequent given names; English ones inflect too ("z Oliverem")."""
    table: dict[str, str] = {}
    for name in sorted(GIVEN):
        shapes = _polish_forms(name) if name in POLISH else {name, name + "'s", name + "a", name + "em", name + "owi"}
        for form in shapes:
            if (len(form) > 3 or form == name) and form not in AMBIGUOUS and form not in COMMON:
                table.setdefault(form, name)
    for name in GIVEN - AMBIGUOUS:
        table[name] = name
    return table


def _polish_forms(name: str) -> frozenset[str]:
    """Return the forms of a Polish given name, with the pet form that many have (*Grażyna*, *Grażynka*)."""
    pet = name[:-1] + "ka" if name.endswith(("na", "la", "ta", "da")) else ""
    return forms(name) | forms(pet) if pet else forms(name)


@dataclass(frozen=True, slots=True)
class _Word:
    start: int
    end: int
    folded: str
    capital: bool
    first: bool
    """The first word of a sentence, whose capital letter says nothing."""


def _words(view: View) -> list[_Word]:
    words: list[_Word] = []
    for match in _WORD.finditer(view.plain):
        start, end = match.span()
        first = view.plain[:start].rstrip(" \"'(")[-1:] in _SENTENCE_END
        words.append(_Word(start, end, view.folded[start:end], view.plain[start].isupper(), first))
    return words


def _initial(view: View, word: _Word) -> bool:
    """Tell whether a word is the first letter of a name, as in ``J. Nowak``."""
    return len(word.folded) == 1 and word.capital and view.folded[word.end : word.end + 1] == "."


def _joined(view: View, left: _Word, right: _Word) -> bool:
    gap = view.folded[left.end : right.start]
    if _initial(view, left):
        return gap in {".", ". "}
    return len(gap) <= 8 and _JOINT.fullmatch(gap) is not None


def find_names(view: View, known: KnownNames) -> Iterator[Found]:
    """Find names. Every name that was found is remembered in ``known``, so that later mentions are found too."""
    words = _words(view)
    taken: set[int] = set()
    for index, reach in _cued(view, words):
        last = index + reach - 1
        known.add(" ".join(word.folded for word in words[index : last + 1]))
        taken.update(range(index, last + 1))
    for index, word in enumerate(words):
        if index not in taken and _is_given(words, index, view):
            last = _surname_end(view, words, index)
            first = index - 1 if last == index and _surname_first(view, words, index) else index
            known.add(" ".join(item.folded for item in words[first : last + 1]))
            taken.update(range(first, last + 1))
        elif index not in taken and _is_surname(view, words, index):
            known.add(word.folded)
            taken.add(index)
    for index, word in enumerate(words):
        if index not in taken and _is_known(word, known):
            last = _surname_end(view, words, index) if word.capital else index
            taken.update(range(index, last + 1))
    for index in sorted(taken):
        if index and index - 1 not in taken and _initial(view, words[index - 1]) and words[index].capital:
            taken.update({index - 1} if _joined(view, words[index - 1], words[index]) else ())
    yield from _grouped(view, words, sorted(taken))


def _grouped(view: View, words: Sequence[_Word], taken: Sequence[int]) -> Iterator[Found]:
    position = 0
    while position < len(taken):
        first = last = taken[position]
        while (
            position + 1 < len(taken)
            and taken[position + 1] == last + 1
            and _joined(view, words[last], words[last + 1])
        ):
            position += 1
            last = taken[position]
        start, end = words[first].start, words[last].end
        yield Found("NAME", start, end, " ".join(word.folded for word in words[first : last + 1]))
        position += 1


def _is_known(word: _Word, known: KnownNames) -> bool:
    base = known.bases.get(word.folded)
    if base is None:
        return False
    if word.folded == base:
        return word.capital or (word.folded not in COMMON and len(base) > 2)
    if word.folded in COMMON or word.folded in AMBIGUOUS:
        return word.capital and not word.first
    return word.capital or len(word.folded) > 4


def _is_given(words: Sequence[_Word], index: int, view: View) -> bool:
    word = words[index]
    if not word.capital:
        return False
    if word.folded in given_forms():
        return True
    if word.folded not in AMBIGUOUS or index + 1 == len(words):
        return False
    follower = words[index + 1]
    likely = word.folded in PERSONAL or _POLISH_SURNAME.fullmatch(follower.folded) is not None
    return likely and follower.capital and follower.folded not in NO_NAME and _joined(view, word, follower)


def _is_surname(view: View, words: Sequence[_Word], index: int) -> bool:
    word = words[index]
    before = view.folded[: word.start].rstrip()
    if not word.capital or not before or before[-1] in '.!?:\n"-' or word.folded in NO_NAME:
        return False
    return _POLISH_SURNAME.fullmatch(word.folded) is not None and _NO_SURNAME.match(word.folded) is None


def _surname_first(view: View, words: Sequence[_Word], index: int) -> bool:
    """Tell whether a capitalised word in the middle of a sentence stands right before a given name: *Krawiec Adam*."""
    word = words[index - 1] if index else words[index]
    joined = view.folded[word.end : words[index].start] == " "
    return joined and word.capital and not word.first and len(word.folded) > 2 and word.folded not in NO_NAME


def _surname_end(view: View, words: Sequence[_Word], index: int) -> int:
    """Return the index of the last word of a name that begins here: at most three more capitalised words."""
    last = index
    while last + 1 < len(words) and last - index < 3:
        word = words[last + 1]
        if (
            not word.capital
            or not _joined(view, words[last], word)
            or (word.folded in NO_NAME and not _initial(view, word))
            or "\n" in view.folded[words[last].end : word.start]
        ):
            break
        last += 1
    return last


def _cued(view: View, words: Sequence[_Word]) -> Iterator[tuple[int, int]]:
    """Yield (index of the first word, number of words) of the names that follow or precede a cue."""
    starts = {word.start: index for index, word in enumerate(words)}
    for pattern, lower in ((LOWER_CUES, True), (UPPER_CUES, False)):
        for match in pattern.finditer(view.folded):
            index = starts.get(match.end())
            named = index if index is None else _after_initials(view, words, index)
            if index is not None and named is not None and _may_be_name(words[named], lower, match):
                yield index, named - index + _cued_reach(view, words, named, lower)
    for match in SIGN_OFF.finditer(view.folded):
        index = starts.get(match.start("names"))
        count = len(_WORD.findall(match["names"]))
        if index is not None and not any(word.folded in NO_NAME for word in words[index : index + count]):
            yield index, count
    for match in AFTER.finditer(view.folded):
        index = starts.get(match.start("name"))
        if index is not None and words[index].capital and words[index].folded not in NO_NAME:
            yield index, 1
    if words and len(words) <= 4 and ASKED.search(view.context) and words[0].folded not in NO_NAME:
        yield 0, _cued_reach(view, words, 0, True)


def _after_initials(view: View, words: Sequence[_Word], index: int) -> int:
    """Return the index of the first whole word of a name that may begin with initials."""
    last = index
    while last + 1 < len(words) and last - index < 2 and _initial(view, words[last]):
        if not words[last + 1].capital or not _joined(view, words[last], words[last + 1]):
            break
        last += 1
    return last


def _may_be_name(word: _Word, lower: bool, match: re.Match[str]) -> bool:
    if word.folded in NO_NAME or (len(word.folded) < 2 and not lower):
        return False
    if word.capital:
        adjective = _STATES.get(match.lastgroup or "", _NEVER).search(word.folded)
        return not adjective or word.folded in given_forms()
    return lower or (word.folded in given_forms() and word.folded not in COMMON)


def _cued_reach(view: View, words: Sequence[_Word], index: int, lower: bool) -> int:
    last = _surname_end(view, words, index)
    if not words[index].capital and last + 1 < len(words):
        word = words[last + 1]
        ends = lower or view.folded[word.end : word.end + 1] in {"", ".", ",", "!", "?", "\n"}
        surname = ends or _POLISH_SURNAME.fullmatch(word.folded) is not None
        if surname and word.folded not in NO_NAME and _joined(view, words[last], word):
            last += 1
    while last + 1 < len(words) and view.folded[words[last].end : words[last + 1].start] == "-":
        last += 1
    if lower and last == index and last + 1 < len(words):
        word = words[last + 1]  # "surname, given name", as forms ask for it
        whole = view.folded[words[last].end : word.start] == ", " and view.after(word.end, 1) in {"", ".", "\n"}
        last += whole and word.capital and word.folded not in NO_NAME
    return last - index + 1
