"""Names of websites in letters of any alphabet, and those that mix alphabets. Pure.

Which names there are is IDNA's business (RFC 5892 by the `idna` package, after the mapping that browsers do). A name
whose letters all look like those of another alphabet is not found here: that takes a table of what looks alike.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

import idna

# Letters that are written together (Unicode Technical Standard 39, 5.2, "highly restrictive").
_TOGETHER: Final = (
    frozenset({"LATIN", "CJK", "HIRAGANA", "KATAKANA"}),
    frozenset({"LATIN", "CJK", "BOPOMOFO"}),
    frozenset({"LATIN", "CJK", "HANGUL"}),
)
# Of names in plain letters browsers ask less than IDNA: services have underscores, and hyphens where they like.
_PLAIN: Final = re.compile(r"[a-z0-9_-]{1,63}")
_ENCODED: Final = "xn--"
# Letters of no alphabet that words of many languages have, the Hawaiian okina among them.
_APOSTROPHES: Final = "\u02bb\u02bc"
# Accents that are written on letters of several alphabets; every other mark belongs to one.
_ACCENT: Final = "COMBINING"
_ACCENTED: Final = frozenset({"LATIN", "GREEK", "CYRILLIC"})
_DOT_ABOVE: Final = "\u0307"


class NoHost(ValueError):
    """No website can have this name."""


def read_host(host: str) -> Sequence[str]:
    """The parts of a name between its dots, as a browser reads them: decoded, wide letters as plain ones, small.

    Raises NoHost.
    """
    read: list[str] = []
    for part in host.removesuffix(".").lower().split("."):
        if _PLAIN.fullmatch(part) and not part.startswith(_ENCODED):
            read.append(part)
            continue
        try:
            # A dot of another script ends a part, too.
            read += idna.decode(idna.encode(part, uts46=True, std3_rules=True)).split(".")
        except UnicodeError as error:
            raise NoHost from error
    return read


def find_mixed_part(parts: Sequence[str]) -> str:
    """The first part that mixes letters as no language does, or has marks that hardly show; "" where none does.

    A host in one alphabet is left alone, also beside an ending in another: browsers compare part by part, too.
    """
    return next((part for part in parts if _is_mixed(part) or _has_odd_marks(part)), "")


def _is_mixed(part: str) -> bool:
    alphabets = {_alphabet(letter) for letter in part if unicodedata.category(letter)[0] in "LM"}
    alphabets -= {"", _ACCENT}
    return len(alphabets) > 1 and not any(alphabets <= together for together in _TOGETHER)


def _has_odd_marks(part: str) -> bool:
    """Whether a stroke lies over a letter, a dot on one that has it already, or an accent on what has none."""
    for letter, mark in pairwise(part):
        if not unicodedata.name(mark, "").startswith(_ACCENT) or unicodedata.category(mark)[0] != "M":
            continue
        if "OVERLAY" in unicodedata.name(mark) or (mark == _DOT_ABOVE and letter in "ij"):
            return True
        if _alphabet(letter) not in {*_ACCENTED, _ACCENT}:
            return True
    return False


def _alphabet(letter: str) -> str:
    # Python knows no scripts; the name of a letter, or of a mark, begins with its script.
    if letter in _APOSTROPHES:
        return ""
    name = unicodedata.name(letter, "").replace("KATAKANA-HIRAGANA", "KATAKANA")
    # 々 and 〇 are written as letters of Chinese and Japanese.
    return "CJK" if name.startswith("IDEOGRAPHIC") else name.partition(" ")[0]
