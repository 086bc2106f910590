"""Every language has all that visitors read: nothing missing, guessed, or with other placeholders than the English."""

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[1]
LANGUAGES = {path.parents[1].name for path in ROOT.glob("translations/*/LC_MESSAGES/chatgate.po")}
PROMISED = {"en", "pl", "de", "fr", "es", "it", "nl", "cs", "uk", "ar"}


def module(name: str) -> ModuleType:
    """Return a module of the browser code's build."""
    spec = importlib.util.spec_from_file_location(f"widget_{name}", ROOT / "widget" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    found = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(found)
    return found


translations = module("translations")
catalogs = module("catalogs")


def catalog(locale: str) -> Catalog:
    """Return the catalog of a language."""
    with (ROOT / "translations" / locale / "LC_MESSAGES" / "chatgate.po").open("rb") as file:
        return read_po(file, locale=locale)


def test_the_promised_languages_are_there() -> None:
    assert PROMISED <= LANGUAGES


@pytest.mark.parametrize("locale", sorted(LANGUAGES))
def test_no_text_that_a_visitor_reads_is_missing_fuzzy_or_mixed_up(locale: str) -> None:
    # Agents read the inbox in English where a language lacks its texts; English and Polish lack none.
    assert translations.problems(catalog(locale)) == []


@pytest.mark.parametrize("locale", sorted(translations.WITH_INBOX))
def test_the_inbox_is_complete_in_its_languages(locale: str) -> None:
    assert [
        one.id for one in catalog(locale) if one.id and not (all(one.string) if one.pluralizable else one.string)
    ] == []


@pytest.mark.parametrize("locale", sorted(LANGUAGES))
def test_a_plural_has_as_many_forms_as_the_language(locale: str) -> None:
    found = catalog(locale)
    forms = {len(one.string) for one in found if one.pluralizable and any(one.string)}
    assert forms <= {found.num_plurals}


@pytest.mark.parametrize("locale", sorted(LANGUAGES))
def test_the_browser_finds_every_text_of_the_visitor(locale: str) -> None:
    found = catalog(locale)
    texts = catalogs.browser_catalog(found, catalogs.BUNDLES["visitor"])
    for one in found:
        if one.id and any("widget/src/visitor/" in name for name, _line in one.locations):
            key, said = (one.id[0], list(one.string)) if one.pluralizable else (one.id, one.string)
            assert texts[key] == said


def test_the_catalogs_of_all_languages_list_the_same_texts() -> None:
    # The built code asks for a text by its place in the list.
    for bundle, folders in catalogs.BUNDLES.items():
        lists = {tuple(sorted(catalogs.browser_catalog(catalog(locale), folders))) for locale in LANGUAGES}
        assert len(lists) == 1, bundle


def test_what_is_not_translated_is_in_english() -> None:
    found = Catalog(locale="cs")
    place = [("widget/src/inbox/x.tsx", 1)]
    found.add("Close", "", locations=place)
    found.add("Open", "Asi otevřít", flags=["fuzzy"], locations=place)
    found.add(("{count} chat", "{count} chats"), ("", "", ""), locations=place)
    assert catalogs.browser_catalog(found, catalogs.BUNDLES["inbox"]) == {
        "Close": "Close",
        "Open": "Open",
        "{count} chat": ["{count} chat", "{count} chats"],
    }


@pytest.mark.parametrize("locale", sorted(LANGUAGES - {"en", "nl"}))
def test_no_language_is_english_in_disguise(locale: str) -> None:
    same = [one.id for one in catalog(locale) if one.id and one.id == one.string]
    assert [text for text in same if len(re.sub(r"{.*?}", "", text)) > 12] == []


def test_every_action_of_the_audit_log_has_words() -> None:
    noted = re.compile(r'audit\.(?:note|record)\([^"()]*"(\w+)"')
    actions = {
        action
        for path in (ROOT / "chatgate").rglob("*.py")
        for action in noted.findall(path.read_text(encoding="utf-8"))
    }
    words = (ROOT / "widget" / "src" / "inbox" / "words.ts").read_text(encoding="utf-8")
    told = set(re.findall(r"^    (\w+): _\(", words[words.index("function auditWords") :], re.MULTILINE))
    assert len(actions) > 15
    assert actions - told == set()
