"""Sentences with named values, so that the same reason can be shown in English, translated, or stored.

The pure library speaks English. A face translates by looking `text` up in its catalog, formatting `values` by locale;
`gettext_noop` marks the texts so that the extractor finds them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple

from makegood.quantities import Money

Value = str | int | Money | datetime | date


def gettext_noop(text: str) -> str:
    """Mark `text` for translation and return it unchanged."""
    return text


@dataclass(frozen=True, slots=True)
class Sentence:
    """One whole sentence: an English template with `{names}` and the values that fill it.

    `plural` is the template for counts other than one; `count` names the value that decides between the two.
    """

    text: str
    values: Mapping[str, Value] = field(default_factory=dict)
    plural: str | None = None
    count: str | None = None


class Wording(NamedTuple):
    """One thing said for one of a unit and for several."""

    one: str
    several: str
