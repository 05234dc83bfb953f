"""The columns of a history file, found in its header."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import Final

from makegood.rules.files.cells import find_broken_bytes, show
from makegood.rules.files.problems import FileProblems
from makegood.rules.files.records import Record
from makegood.rules.sentences import Sentence, gettext_noop

REQUIRED: Final = ("incident", "teacher", "lesson_starts_at", "lesson_minutes", "kind", "requested_by")
OPTIONAL: Final = (
    "reported_at",
    "taught_minutes",
    "reason",
    "decision",
    "lesson_type",
    "lesson_pay",
    "booked_at",
    "engagement",
    "country",
)
KNOWN: Final = (*REQUIRED, *OPTIONAL)


@dataclass(frozen=True, slots=True)
class Columns:
    """Where each known column stands; `width` is the number of cells each line must have."""

    positions: dict[str, int]
    width: int
    ignored: dict[str, int]

    @property
    def unknown(self) -> tuple[str, ...]:
        """The names of the ignored columns, as a message may carry them."""
        return tuple(show(name) for name in self.ignored)


def find_columns(header: Record, problems: FileProblems) -> Columns:
    """Read the header. Missing and doubled known columns are problems; unknown ones are only named."""
    positions: dict[str, int] = {}
    ignored: dict[str, int] = {}
    for position, name in enumerate(header.cells):
        if name not in KNOWN:
            ignored.setdefault(name, position)
            if broken := find_broken_bytes(name):
                problems.add(line=header.line, column=show(name), what=broken.what, how_to_fix=broken.how_to_fix)
        elif name in positions:
            problems.add(
                line=header.line,
                column=name,
                what=Sentence(gettext_noop("The column is there twice.")),
                how_to_fix=Sentence(gettext_noop("Keep one of the two.")),
            )
        else:
            positions[name] = position
    missing = [name for name in REQUIRED if name not in positions]
    for name in missing:
        _add_missing(header, name, list(ignored), problems)
    return Columns(positions, len(header.cells), ignored)


def _add_missing(header: Record, name: str, unknown: list[str], problems: FileProblems) -> None:
    if len(header.cells) == 1 and any(mark in header.cells[0] for mark in ";\t|"):
        how_to_fix = Sentence(
            gettext_noop("The header's names are not separated by commas; save the file comma-separated.")
        )
    elif near := _find_near(name, unknown):
        how_to_fix = Sentence(gettext_noop('Rename the column "{found}" to {column}.'), {"found": near, "column": name})
    else:
        how_to_fix = Sentence(gettext_noop("Add it, spelled exactly so in the first line."))
    problems.add(
        line=header.line,
        column=name,
        what=Sentence(gettext_noop("The required column is missing.")),
        how_to_fix=how_to_fix,
    )


def _find_near(name: str, unknown: list[str]) -> str | None:
    spelled = {found.lower().replace(" ", "_").replace("-", "_"): found for found in unknown}
    near = difflib.get_close_matches(name, spelled, n=1, cutoff=0.8)
    return spelled[near[0]] if near else None
