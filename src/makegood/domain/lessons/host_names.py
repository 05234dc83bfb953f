"""Names of websites in letters of any alphabet, and those that may only look like another name. Pure.

Which names there are is IDNA's business (RFC 5892 by the `idna` package, after the mapping that browsers do). Browsers
show a name in its encoded form, `xn--...`, where it mixes alphabets, where it is of an alphabet that hardly anybody
writes today, and where each of its letters looks like a Latin one; here such a name is found, to be refused.
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
# In wide use today (Unicode Standard Annex 31, table 5); browsers write letters of no others.
_WRITTEN_TODAY: Final = frozenset(
    {
        *(
            "ARABIC",
            "ARMENIAN",
            "BENGALI",
            "BOPOMOFO",
            "CJK",
            "CYRILLIC",
            "DEVANAGARI",
            "ETHIOPIC",
            "GEORGIAN",
            "GREEK",
        ),
        *("GUJARATI", "GURMUKHI", "HANGUL", "HEBREW", "HIRAGANA", "KANNADA", "KATAKANA", "KHMER", "LAO", "LATIN"),
        *("MALAYALAM", "MYANMAR", "ORIYA", "SINHALA", "TAMIL", "TELUGU", "THAANA", "THAI", "TIBETAN"),
    }
)
# Letters that look like small Latin ones, by alphabet: those of which whole words are made.
_LIKE_LATIN: Final = {
    "ARMENIAN": frozenset("\u0561\u0563\u0566\u0570\u0575\u0578\u057d\u0581\u0585"),
    "CYRILLIC": frozenset(
        "\u0430\u0433\u0435\u043a\u043e\u043f\u0440\u0441\u0443\u0445\u044c\u0455\u0456\u0458\u0461\u0475\u04af\u04bb\u04cf"
        "\u0501\u050d\u051b\u051d"
    ),
    "GEORGIAN": frozenset("\u10d8\u10dd\u10e7\u10ee\u10ff"),
    "GREEK": frozenset("\u03b1\u03b7\u03b9\u03ba\u03bd\u03bf\u03c1\u03c4\u03c5\u03c9"),
    "HEBREW": frozenset("\u05d5\u05d7\u05df\u05e1"),
}
# Endings of countries that write so: below them nobody expects a Latin name.
_AT_HOME: Final = {
    "ARMENIAN": frozenset({"am"}),
    "CYRILLIC": frozenset({"bg", "by", "kg", "kz", "mk", "mn", "rs", "ru", "su", "tj", "ua", "uz"}),
    "GEORGIAN": frozenset({"ge"}),
    "GREEK": frozenset({"cy", "gr"}),
    "HEBREW": frozenset({"il"}),
}


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


def find_lookalike(parts: Sequence[str]) -> str:
    """The first part that is written so that it looks like a Latin name, or as hardly anybody writes; "" for none.

    As browsers do, a name is left alone below an ending of its own alphabet, or of a country that writes in it.
    """
    return next((part for part in parts[:-1] if _looks_latin(part, parts[-1]) or not _is_written_today(part)), "")


def _looks_latin(part: str, ending: str) -> bool:
    letters = {letter for letter in part if unicodedata.category(letter)[0] == "L"}
    alphabets = {_alphabet(letter) for letter in letters}
    if len(alphabets) != 1:
        return False
    (alphabet,) = alphabets
    if ending in _AT_HOME.get(alphabet, ()) or alphabet in {_alphabet(letter) for letter in ending}:
        return False
    return letters <= _LIKE_LATIN.get(alphabet, frozenset())


def _is_written_today(part: str) -> bool:
    alphabets = {_alphabet(letter) for letter in part if unicodedata.category(letter)[0] == "L"}
    return alphabets - {""} <= _WRITTEN_TODAY


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
