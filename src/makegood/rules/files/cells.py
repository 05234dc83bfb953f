"""One kind of cell, one reader: each returns the value, or names the fault and what to do."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from typing import NamedTuple

from makegood.rules.sentences import Sentence, gettext_noop

MAX_ID_LENGTH = 200
MAX_CODE_LENGTH = 60
_SHOWN_LENGTH = 60
# Control characters, line and paragraph separators, direction overrides (they could forge a terminal's or a page's
# lines), and lone surrogates (bytes that were not UTF-8).
_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_NOT_UTF8 = re.compile("[\ud800-\udfff]")
_WHOLE_NUMBER = re.compile(r"\d{1,6}", re.ASCII)
_CODE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*", re.ASCII)
_ESCAPED_FORMULA = re.compile("'+[=+\\-@\uff1d\uff0b\uff0d\uff20]")


class Fault(NamedTuple):
    """Why a cell cannot be used, and what to do about it."""

    what: Sentence
    how_to_fix: Sentence


def show(text: str) -> str:
    """`text` as a message may carry it: short, on one line, without characters that would not print."""
    cleaned = _UNSAFE.sub("\N{REPLACEMENT CHARACTER}", text)
    return cleaned if len(cleaned) <= _SHOWN_LENGTH else f"{cleaned[:_SHOWN_LENGTH]}…"


def find_damage(text: str) -> Fault | None:
    """What makes a cell unreadable whatever it should hold."""
    if text.isprintable() or not _UNSAFE.search(text):
        return None
    if broken := find_broken_bytes(text):
        return broken
    return Fault(
        Sentence(gettext_noop('"{value}" contains a line break or another control character.'), {"value": show(text)}),
        Sentence(gettext_noop("Remove the characters that cannot be seen.")),
    )


def find_broken_bytes(text: str) -> Fault | None:
    """What shows that the file is not sound text, in a column that is used or not."""
    if _NOT_UTF8.search(text):
        return Fault(
            Sentence(gettext_noop('"{value}" is not valid UTF-8.'), {"value": show(text)}),
            Sentence(gettext_noop('Save the file as UTF-8 (in a spreadsheet: "CSV UTF-8").')),
        )
    if "\0" in text:
        return Fault(
            Sentence(gettext_noop("The cell contains a NUL byte.")),
            Sentence(gettext_noop("Export the file again; it was damaged or is not plain text.")),
        )
    return None


def parse_identifier(text: str) -> str | Fault:
    """An id as written, at most 200 characters, without the apostrophe that our CSV puts before a formula's sign."""
    if len(text) > MAX_ID_LENGTH:
        return Fault(
            Sentence(gettext_noop("The value has {length} characters."), {"length": len(text)}),
            Sentence(gettext_noop("Write at most {limit} characters."), {"limit": MAX_ID_LENGTH}),
        )
    return text[1:] if text[0] == "'" and _ESCAPED_FORMULA.match(text) else text


def parse_minutes(text: str, *, least: int, most: int) -> int | Fault:
    """Whole minutes between `least` and `most`."""
    if _WHOLE_NUMBER.fullmatch(text) and least <= (minutes := int(text)) <= most:
        return minutes
    return Fault(
        Sentence(
            gettext_noop('"{value}" is not a whole number from {least} to {most}.'),
            {"value": show(text), "least": least, "most": most},
        ),
        Sentence(gettext_noop("Write whole minutes in digits only, for example 50.")),
    )


def parse_amount(text: str, *, exponent: int) -> int | Fault:
    """An amount of zero or more in major units with a point, as minor units; at most `exponent` decimals."""
    pattern = rf"(\d{{1,9}})(?:\.(\d{{1,{exponent}}}))?" if exponent else r"(\d{1,9})()"
    match = re.fullmatch(pattern, text, re.ASCII)
    if match is None:
        example = f"12.{'5'.ljust(exponent, '0')}" if exponent else "12"
        return Fault(
            Sentence(gettext_noop('"{value}" is not an amount.'), {"value": show(text)}),
            Sentence(
                gettext_noop(
                    "Write an amount in the policy's currency with a point and no sign, for example {example}."
                ),
                {"example": example},
            ),
        )
    whole, decimals = match[1], match[2] or ""
    return int(whole + decimals.ljust(exponent, "0"))


def parse_code(text: str) -> str | Fault:
    """A code of the school's own: letters, digits, `_`, `-` and `.`, at most 60 characters."""
    if len(text) <= MAX_CODE_LENGTH and _CODE.fullmatch(text):
        return text
    return Fault(
        Sentence(gettext_noop('"{value}" is not a code.'), {"value": show(text)}),
        Sentence(
            gettext_noop(
                "Write at most {limit} letters, digits, _ and -, without spaces, for example meet_your_teacher."
            ),
            {"limit": MAX_CODE_LENGTH},
        ),
    )


def fault_of_unknown_code(text: str, known: Iterable[str]) -> Fault:
    """`text` is none of the `known` codes: name the nearest, else all of them."""
    codes = sorted(known)
    near = difflib.get_close_matches(text.lower().replace(" ", "_").replace("-", "_"), codes, n=1, cutoff=0.7)
    how_to_fix = (
        Sentence(gettext_noop("Did you mean {code}? Codes are written in small letters exactly so."), {"code": near[0]})
        if near
        else Sentence(gettext_noop("Write one of: {codes}."), {"codes": ", ".join(codes)})
    )
    return Fault(Sentence(gettext_noop('"{value}" is not a known code.'), {"value": show(text)}), how_to_fix)


FAULT_EMPTY = Fault(
    Sentence(gettext_noop("The value is missing.")), Sentence(gettext_noop("Every line needs a value in this column."))
)
FAULT_TIME = (
    gettext_noop('"{value}" is not a time this file may carry.'),
    gettext_noop("Write for example 2026-11-22T15:30:00+08:00: a date from 2000 to 2100, a time, and Z or the offset."),
)
