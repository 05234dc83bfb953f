"""Who reads: a language and a time zone."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import tzinfo
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from django.utils import timezone, translation

# Plain "en" is read all over the world: day before month, 24 hours, "US$". Who wants another habit picks en-us.
_FALLBACK: Final = "en_GB"
_LOCALES: Final = {"en": _FALLBACK, "en-xa": _FALLBACK, "ar-xb": "ar_EG"}


@lru_cache(maxsize=64)
def locale_of(language: str) -> Locale:
    """The Babel locale of a BCP 47 language tag; unknown regions fall back to the language, then to English."""
    name = _LOCALES.get(language.lower())
    for candidate in (name, language.replace("-", "_"), language.split("-", maxsplit=1)[0], _FALLBACK):
        if candidate is None:
            continue
        try:
            return Locale.parse(candidate)
        except (UnknownLocaleError, ValueError):
            continue
    raise LookupError(_FALLBACK)


@dataclass(frozen=True, slots=True)
class Reader:
    """The language (BCP 47 tag) texts are written in and the zone times are shown in."""

    language: str
    zone: tzinfo

    @classmethod
    def of(cls, *, language: str, zone: str) -> Reader:
        """The reader with the IANA zone of this name; raises `zoneinfo.ZoneInfoNotFoundError` for an unknown one."""
        return cls(language, ZoneInfo(zone))

    @classmethod
    def active(cls) -> Reader:
        """The reader Django has activated for this request or message."""
        return _reader(translation.get_language() or "en", timezone.get_current_timezone())

    @property
    def locale(self) -> Locale:
        """How this reader writes numbers, dates and times."""
        return locale_of(self.language)

    def speaking(self) -> AbstractContextManager[None]:
        """For a block whose texts are in the reader's language; nothing where it is the active one already."""
        if translation.get_language() == self.language:
            return nullcontext()
        return translation.override(self.language)


# Every amount and time of a page asks who reads it.
@lru_cache(maxsize=256)
def _reader(language: str, zone: tzinfo) -> Reader:
    return Reader(language, zone)
