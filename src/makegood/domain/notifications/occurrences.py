"""The lessons a message is about, as they were when it was written: what its calendar files say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from makegood.domain.lessons.models import Lesson

# The key of a series in the values of a message.
SERIES: Final = "lessons"


@dataclass(frozen=True, slots=True, kw_only=True)
class Occurrence:
    """One lesson at one version. A calendar believes the highest version of a lesson it has seen."""

    lesson_id: int
    version: int
    starts_at: datetime
    ends_at: datetime


def occurrence_of(lesson: Lesson) -> Occurrence:
    """The lesson as it stands now."""
    return Occurrence(lesson_id=lesson.pk, version=lesson.version, starts_at=lesson.starts_at, ends_at=lesson.ends_at)


def to_json(occurrences: Sequence[Occurrence]) -> list[dict[str, Any]]:
    """Plain values, for the row of a message."""
    return [
        {
            "lesson": one.lesson_id,
            "version": one.version,
            "starts_at": one.starts_at.astimezone(UTC).isoformat(),
            "ends_at": one.ends_at.astimezone(UTC).isoformat(),
        }
        for one in occurrences
    ]


def read(values: Mapping[str, Any]) -> tuple[Occurrence, ...]:
    """The lessons in the stored values of a message: the series, or its one lesson, or none, by start."""
    if SERIES in values:
        rows = values[SERIES]
    elif {"lesson", "version", "starts_at", "ends_at"} <= values.keys():
        instants = {name: values[name]["at"] for name in ("starts_at", "ends_at")}
        rows = [{"lesson": values["lesson"], "version": values["version"], **instants}]
    else:
        rows = []
    found = (
        Occurrence(
            lesson_id=row["lesson"],
            version=row["version"],
            starts_at=datetime.fromisoformat(row["starts_at"]),
            ends_at=datetime.fromisoformat(row["ends_at"]),
        )
        for row in rows
    )
    return tuple(sorted(found, key=lambda one: (one.starts_at, one.lesson_id)))
