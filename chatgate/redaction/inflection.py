"""The forms that a Polish or English name takes in a sentence, on folded text."""

from functools import lru_cache
from typing import Final

_VOWEL_ENDINGS: Final = ("a", "y", "i", "e", "o", "ie", "ii", "u", "om", "ami", "ach", "ow", "iu", "s", "'s")
_ADJECTIVE_ENDINGS: Final = (
    "i",
    "y",
    "a",
    "iego",
    "ego",
    "iemu",
    "emu",
    "im",
    "ym",
    "iej",
    "ej",
    "ie",
    "e",
    "o",
    "ich",
    "ych",
    "imi",
    "ymi",
    "s",
    "'s",
    "'ego",
)
_CONSONANT_ENDINGS: Final = (
    "",
    "a",
    "u",
    "owi",
    "em",
    "iem",
    "ie",
    "e",
    "y",
    "i",
    "ow",
    "om",
    "ami",
    "ach",
    "owie",
    "owa",
    "owej",
    "owna",
    "iu",
    "ia",
    "iowi",
    "s",
    "'s",
    "es",
    "'em",
    "'a",
    "'owi",
)
_SOFTENED: Final = {
    "k": "c",
    "g": "dz",
    "r": "rz",
    "t": "ci",
    "d": "dzi",
    "ch": "sz",
    "h": "sz",
    "st": "sci",
    "zd": "zdzi",
    "sn": "sni",
}
_SURNAMES: Final = ("ski", "ska", "cki", "cka", "dzki", "dzka")

DIMINUTIVES: Final = (
    "aleksandra ola olka olenka",
    "aleksander olek alek alex",
    "katarzyna kasia kaska kasienka kate",
    "anna ania anka aneczka ann annie",
    "malgorzata gosia malgosia goska",
    "agnieszka aga agusia",
    "joanna asia aska joasia",
    "barbara basia baska",
    "magdalena magda madzia",
    "monika monia",
    "ewa ewka ewunia",
    "krzysztof krzysiek krzys krzysio",
    "tomasz tomek tom",
    "piotr piotrek piotrus",
    "pawel pawelek",
    "andrzej jedrek",
    "marcin marcinek",
    "michal misiek michalek",
    "grzegorz grzesiek grzes",
    "stanislaw staszek stas",
    "jan janek jasiek jas",
    "jakub kuba kubus",
    "mateusz mati",
    "wojciech wojtek wojtus",
    "zbigniew zbyszek",
    "jerzy jurek",
    "jozef jozek",
    "tadeusz tadek",
    "kazimierz kazik",
    "maciej maciek macius",
    "bartosz bartlomiej bartek",
    "dominik domino",
    "elzbieta ela elka",
    "zofia zosia zoska",
    "maria marysia maryska",
    "teresa teresia",
    "natalia natalka",
    "karolina karola",
    "justyna justynka",
    "dorota dorotka",
    "julia julka",
    "wiktoria wika",
    "weronika wera",
    "emilia emilka",
    "martyna martynka",
    "hanna hania",
    "urszula ula",
    "lukasz lukaszek",
    "kamil kamilek",
    "robert rob bob bobby",
    "william will bill billy",
    "richard rick dick",
    "elizabeth liz lizzie beth eliza",
    "margaret maggie meg peggy",
    "catherine katherine kathryn kate katie cathy kathy",
    "jennifer jen jenny",
    "michael mike mick",
    "james jim jimmy jamie",
    "thomas tom tommy",
    "christopher chris",
    "matthew matt",
    "daniel dan danny",
    "david dave",
    "joseph joe joey",
    "samuel sam sammy",
    "benjamin ben benny",
    "nicholas nick nicky",
    "anthony tony",
    "andrew andy drew",
    "edward ed eddie ted",
    "alexander alex",
    "victoria vicky",
    "rebecca becky",
    "susan sue suzy",
    "patricia pat trish",
    "deborah debbie deb",
    "stephen steven steve",
    "gregory greg",
    "jonathan jon",
    "timothy tim",
)
_ALIASES: Final = {
    name: tuple(group.split())
    for group in DIMINUTIVES
    for name in group.split()
    if name not in {"will", "bill", "rob", "pat", "sue", "dick"}
}


def aliases(name: str) -> tuple[str, ...]:
    """Return a folded given name with its short forms (``katarzyna`` -> ``kasia`` ...)."""
    return _ALIASES.get(name, (name,))


@lru_cache(maxsize=8192)
def forms(name: str) -> frozenset[str]:
    """Return the inflected forms of one folded name, generously: a form too many costs little in a training text."""
    if len(name) < 3:
        return frozenset({name, name + "'s"})
    found = {name, name + "'s"}
    if name.endswith(_SURNAMES):
        found |= {name[:-1] + ending for ending in _ADJECTIVE_ENDINGS} | {name[:-2] + "cy"}
    elif name.endswith(("a", "o")):
        found |= _vowel_forms(name[:-1])
    elif name.endswith(("y", "i", "e")):
        stem = name[:-1]
        found |= {stem + ending for ending in _ADJECTIVE_ENDINGS} | {
            name + ending for ending in ("go", "mu", "m", "ego", "emu", "s")
        }
    else:
        found |= _consonant_forms(name)
    return frozenset(form for form in found if len(form) > 2)


def _soften(stem: str, ending: str) -> set[str]:
    return {
        stem[: -len(last)] + soft + ("e" if not soft.endswith("z") or soft == "dz" else ending)
        for last, soft in _SOFTENED.items()
        if stem.endswith(last)
    }


def _vowel_forms(stem: str) -> set[str]:
    found = {stem + ending for ending in _VOWEL_ENDINGS} | _soften(stem, "e")
    if stem.endswith(("i", "j")):
        found |= {stem[:-1] + ending for ending in ("i", "ii", "ji", "ie", "io", "iu")}
    return found


def _consonant_forms(name: str) -> set[str]:
    found = {name + ending for ending in _CONSONANT_ENDINGS} | _soften(name, "e")
    fleeting = {
        "ek": "k",
        "iec": "c",
        "ec": "c",
        "iel": "l",
        "el": "l",
        "iol": "l",
        "er": "r",
        "en": "n",
        "ien": "ni",
        "zen": "zni",
        "es": "s",
        "rzel": "rl",
        "rzec": "rc",
        "cien": "tni",
    }
    for end, rest in fleeting.items():
        if name.endswith(end) and len(name) > len(end):
            found |= {name[: -len(end)] + rest + ending for ending in _CONSONANT_ENDINGS if ending}
            found |= {name[: -len(end)] + rest + "iem", name[: -len(end)] + rest + "o"}
    if name.endswith("ab"):
        found |= {
            name[:-2] + soft + ending for soft in ("eb", "ebi") for ending in ("a", "owi", "em", "u", "owie", "ow")
        }
    if name.endswith("oj") or name.endswith("aj"):
        found |= {name[:-1] + "ju", name[:-1] + "i"}
    return found
