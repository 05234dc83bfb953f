"""Two languages that nobody speaks: they show what cannot be translated and which layouts cannot grow or turn round.

`en-xa` accents every letter, adds two fifths of length and puts brackets around each text; `ar-xb` does the same in a
right-to-left page. Both are made from any text at run time; there is no catalog. They exist only where
`install()` was called: in tests and while developing.
"""

from __future__ import annotations

import re
from typing import Final

from django.utils.translation import trans_real

LANGUAGES: Final = (("en-xa", "Pseudo"), ("ar-xb", "Pseudo, right to left"))
OPEN, CLOSE = "⟦", "⟧"

_ACCENTED: Final = str.maketrans(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "åƀçðéƒĝĥîĵķļɱñöþǫŕšţûṽŵẋýžÅƁÇÐÉƑĜĤÎĴĶĻṀÑÖÞǪŔŠŢÛṼŴẊÝŽ",
)
# What a text carries through unchanged: named values, markup, entities.
_CARRIED: Final = re.compile(r"(%\(\w+\)[a-z]|%[sd%]|\{\w*\}|<[^>]*>|&#?\w+;)")
_EDGES: Final = re.compile(r"\A(\s*)(.*?)(\s*)\Z", re.DOTALL)
_CONTEXT_SEPARATOR: Final = "\x04"


def transform(text: str) -> str:
    """The text as a foreign reader's: `Save` becomes `⟦Šåṽé··⟧`; values, markup and the spaces at its ends are kept."""
    match = _EDGES.match(text)
    if match is None or not match[2]:
        return text
    parts = _CARRIED.split(match[2])
    letters = sum(len(part) for part in parts[::2])
    accented = "".join(part if index % 2 else part.translate(_ACCENTED) for index, part in enumerate(parts))
    # Growth in small words, so that it wraps where a longer language would.
    growth = re.sub("(.{7})", r"\1 ", "·" * max(1, letters * 2 // 5)).rstrip()
    return f"{match[1]}{OPEN}{accented} {growth}{CLOSE}{match[3]}"


class PseudoTranslation:
    """What Django asks of a language: here every text is known."""

    plural = staticmethod(lambda count: 0 if count == 1 else 1)

    def __init__(self, language: str) -> None:
        self._language = language

    def language(self) -> str:
        """The language's code."""
        return self._language

    def to_language(self) -> str:
        """The language's code."""
        return self._language

    def gettext(self, message: str) -> str:
        """The transformed text; a context before it is dropped."""
        return transform(message.rsplit(_CONTEXT_SEPARATOR, maxsplit=1)[-1])

    def ngettext(self, singular: str, plural: str, count: int) -> str:
        """The transformed singular for one, else the plural."""
        return self.gettext(singular if count == 1 else plural)


def install() -> None:
    """Make both languages known to Django in this process; again after its LANGUAGES change."""
    for code, _name in LANGUAGES:
        # Django offers no public door for a language that has no catalog.
        trans_real._translations[code] = PseudoTranslation(code)  # type: ignore[attr-defined]  # noqa: SLF001
