"""Translations for pages that Python renders: gettext catalogs compiled into the package."""

from functools import lru_cache
from gettext import NullTranslations
from pathlib import Path

from babel import Locale
from babel.core import UnknownLocaleError
from babel.support import Translations

BUILT = Path(__file__).parent / "_built"


@lru_cache(maxsize=64)
def translations(locale: str) -> NullTranslations:
    """Return the catalog of a locale, of its language, or of English (the keys themselves)."""
    names = [locale.replace("-", "_"), locale.replace("-", "_").split("_")[0]]
    return Translations.load(BUILT / "translations", names, domain="chatgate")


def locales() -> list[str]:
    """Return every locale that has a catalog, English first."""
    found = {path.parent.parent.name for path in BUILT.glob("translations/*/LC_MESSAGES/chatgate.mo")}
    return ["en", *sorted(found - {"en"})]


def text_direction(locale: str) -> str:
    """Return ``ltr`` or ``rtl`` for a locale; unknown ones read left to right."""
    try:
        return Locale.parse(locale.replace("-", "_")).text_direction
    except (ValueError, UnknownLocaleError):
        return "ltr"
