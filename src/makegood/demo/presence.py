"""What the lesson page saw of the demo's lessons: who came and left when, and when the teacher taught. Pure."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from makegood.demo.mishaps import Mishap
from makegood.demo.troubles import Manner
from makegood.domain.lessons.models import PresenceFact, Side
from makegood.domain.lessons.presence import Seen, attend
from makegood.rules.facts import Decision

_Kind: Final = PresenceFact.Kind
_MINUTE: Final = timedelta(minutes=1)
_SECOND: Final = timedelta(seconds=1)
# So long a student of the demo waits for a teacher who does not come.
_PATIENCE: Final = timedelta(minutes=15)
_BROKEN_OFF: Final = frozenset({Manner.BROKE_OFF, Manner.BROKE_OFF_UNREPORTED, Manner.CUT_AT_THE_END})
_STUDENT_WAITED: Final = frozenset({Manner.AFTER_START, Manner.NEVER_REPORTED, Manner.REPORTED_LATER})


def seen_when_taught(*, starts_at: datetime, ends_at: datetime, seed: str) -> Sequence[Seen]:
    """A lesson as most are: both come a little early or just in time, and leave at the end. The same for one `seed`."""
    rng = random.Random(f"presence {seed}")
    teacher_came_at = starts_at - timedelta(seconds=rng.randint(40, 280))
    student_came_at = starts_at + timedelta(seconds=rng.randint(-200, 55))
    started_at = max(starts_at - timedelta(seconds=rng.randint(0, 20)), teacher_came_at + 5 * _SECOND)
    finished_at = ends_at + timedelta(seconds=rng.randint(-30, 75))
    return (
        Seen(teacher_came_at, Side.TEACHER, _Kind.JOINED),
        Seen(started_at, Side.TEACHER, _Kind.STARTED),
        Seen(student_came_at, Side.STUDENT, _Kind.JOINED),
        Seen(finished_at, Side.TEACHER, _Kind.FINISHED),
        Seen(finished_at + timedelta(seconds=rng.randint(2, 40)), Side.STUDENT, _Kind.LEFT),
    )


def seen_in(mishap: Mishap) -> Sequence[Seen]:
    """What was seen of a lesson that went wrong and is over; nothing where nobody came, or the record is a mistake."""
    lesson = mishap.lesson
    if mishap.verdict is not None and mishap.verdict.decision is Decision.VOIDED:
        return ()
    student_came = Seen(lesson.starts_at - 2 * _MINUTE, Side.STUDENT, _Kind.JOINED)
    if mishap.manner in _BROKEN_OFF:
        return (*_broken_off(mishap), student_came)
    if mishap.manner is Manner.LATE:
        return (*_late(mishap), student_came)
    if mishap.manner in _STUDENT_WAITED:
        return (student_came, Seen(lesson.starts_at + _PATIENCE, Side.STUDENT, _Kind.LEFT))
    if mishap.manner is Manner.STUDENT_ABSENT:
        return _teacher_waited(mishap)
    return ()


def minutes_taught(*, starts_at: datetime, ends_at: datetime, seen: Sequence[Seen]) -> int:
    """The whole minutes that the product reads from what was seen, long after the lesson."""
    until = ends_at + timedelta(hours=1)
    return attend(facts=seen, starts_at=starts_at, ends_at=ends_at, until=until).taught_minutes


def _broken_off(mishap: Mishap) -> Sequence[Seen]:
    lesson = mishap.lesson
    gone_at = lesson.starts_at + mishap.taught_minutes * _MINUTE
    return (
        Seen(lesson.starts_at - 3 * _MINUTE, Side.TEACHER, _Kind.JOINED),
        Seen(lesson.starts_at, Side.TEACHER, _Kind.STARTED),
        Seen(gone_at, Side.TEACHER, _Kind.LEFT),
        Seen(gone_at + 3 * _MINUTE, Side.STUDENT, _Kind.LEFT),
    )


def _late(mishap: Mishap) -> Sequence[Seen]:
    lesson = mishap.lesson
    came_at = lesson.ends_at - mishap.taught_minutes * _MINUTE
    return (
        Seen(came_at - 20 * _SECOND, Side.TEACHER, _Kind.JOINED),
        Seen(came_at, Side.TEACHER, _Kind.STARTED),
        Seen(lesson.ends_at, Side.TEACHER, _Kind.FINISHED),
        Seen(lesson.ends_at, Side.STUDENT, _Kind.LEFT),
    )


def _teacher_waited(mishap: Mishap) -> Sequence[Seen]:
    lesson = mishap.lesson
    assert mishap.reported_at is not None, "the teacher says that the student did not come"
    return (
        Seen(lesson.starts_at - 3 * _MINUTE, Side.TEACHER, _Kind.JOINED),
        Seen(lesson.starts_at, Side.TEACHER, _Kind.STARTED),
        Seen(mishap.reported_at + _MINUTE, Side.TEACHER, _Kind.LEFT),
    )
