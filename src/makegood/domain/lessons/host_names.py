"""Names of websites in letters of any alphabet, and those that mix alphabets. Pure."""

from __future__ import annotations

import unicodedata
from typing import Final

# Letters that are written together (Unicode Technical Standard 39, 5.2, "highly restrictive").
_TOGETHER: Final = (
    frozenset({"LATIN", "CJK", "HIRAGANA", "KATAKANA"}),
    frozenset({"LATIN", "CJK", "BOPOMOFO"}),
    frozenset({"LATIN", "CJK", "HANGUL"}),
)
_ENCODED: Final = "xn--"


def find_mixed_part(host: str) -> str:
    """The first part between dots that mixes letters as no language does, as it reads; "" where none does.

    A host in one alphabet is left alone, also beside an ending in another: browsers compare part by part, too.
    """
    parts = map(_as_read, host.split("."))
    return next((part for part in parts if _is_mixed(part)), "")


def _as_read(part: str) -> str:
    """What a browser makes of a part: decoded, and wide or decorated letters as plain ones."""
    if part.lower().startswith(_ENCODED):
        try:
            decoded = part[len(_ENCODED) :].encode("ascii").decode("punycode")
        except UnicodeError:
            # No browser opens it; nothing is hidden in it.
            return part
        if any(unicodedata.category(letter) == "Cs" for letter in decoded):
            return part
        part = decoded
    return unicodedata.normalize("NFKC", part).casefold()


def _is_mixed(part: str) -> bool:
    # Python knows no scripts; a letter's name begins with its script. Marks go with the letter before them.
    alphabets = {_alphabet(letter) for letter in part if unicodedata.category(letter)[0] == "L"}
    return len(alphabets) > 1 and not any(alphabets <= together for together in _TOGETHER)


def _alphabet(letter: str) -> str:
    name = unicodedata.name(letter, "").replace("KATAKANA-HIRAGANA", "KATAKANA")
    # 々 and 〇 are written as letters of Chinese and Japanese.
    return "CJK" if name.startswith("IDEOGRAPHIC") else name.partition(" ")[0]
