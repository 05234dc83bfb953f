"""Notes on the fields of the policy types; the loader, the JSON Schema and the lint read them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

# What a whole number may be where no note says otherwise: more would leave the calendar.
LARGEST_NUMBER: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Says:
    """What a setting means, in one sentence, for the JSON Schema and for problem messages."""

    text: str


@dataclass(frozen=True, slots=True)
class Decides:
    """The open question (D1-D37) that this setting answers; the lint reports it when it is left unset."""

    row: str


@dataclass(frozen=True, slots=True)
class AtLeast:
    """The lowest whole number that makes sense."""

    minimum: int


@dataclass(frozen=True, slots=True)
class AtMost:
    """The highest whole number that makes sense."""

    maximum: int


@dataclass(frozen=True, slots=True)
class NotEmpty:
    """A text that must say something."""


@dataclass(frozen=True, slots=True)
class Amount:
    """Written in the document as text in major units ("0.30"); held as whole minor units of the policy's currency."""
