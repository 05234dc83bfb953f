"""Which of the demo's lessons of the last days are told minute by minute, through the lesson page. Pure."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import chain
from typing import Final

from makegood.demo.lessons import DemoLesson
from makegood.demo.mishaps import Mishap
from makegood.demo.people import DemoPeople
from makegood.demo.schools import DemoSchool
from makegood.presets import load_preset
from makegood.rules.facts import RequestedBy

_WITHIN: Final = timedelta(days=6)
# So much later than the product puts something on record by itself, it has done so.
_SETTLED: Final = timedelta(minutes=30)
# Whoever comes late teaches on, so nothing else may begin.
_ROOM: Final = timedelta(minutes=15)

# So often in so many days is more than most teachers miss; a fourth time may pause one.
_MANY: Final = 3
_LATELY: Final = timedelta(days=31)


class Manner(StrEnum):
    """What the lesson page saw, and what people made of it."""

    TWELVE_MINUTES = "twelve_minutes"
    LATE_AND_MADE_UP = "late_and_made_up"
    BOTH_CLAIM = "both_claim"
    NEVER_REPORTED = "never_reported"
    PROBLEM = "problem"
    DECIDED = "decided"
    SETTLED = "settled"


# What counts as missed by the teacher.
_MISSED: Final = frozenset({Manner.TWELVE_MINUTES, Manner.NEVER_REPORTED, Manner.DECIDED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Episode:
    """A lesson and what the lesson page saw of it."""

    manner: Manner
    lesson: DemoLesson


def choose_episodes(
    *,
    school: DemoSchool,
    people: DemoPeople,
    lessons: Sequence[DemoLesson],
    mishaps: Sequence[Mishap],
    now: datetime,
) -> tuple[Episode, ...]:
    """One lesson for each manner, of different teachers where there are enough; none of the cast's teachers.

    The cast have stories of their own, whose numbers stay.
    """
    settled = load_preset(school.preset, zone=school.zone).waiting.confirm_within + _SETTLED
    rng = random.Random(f"episodes of {school.slug}")
    crowd = {teacher.code for teacher in people.teachers if not teacher.is_sign_in}
    cast_students = {student.code for student in people.students if student.is_sign_in}
    spoiled = {mishap.lesson.number for mishap in mishaps}
    # What follows on a lesson that is settled has begun as well.
    recent = [lesson for lesson in lessons if now - _WITHIN < lesson.starts_at < now]
    fitting = [
        lesson
        for lesson in recent
        if lesson.teacher in crowd
        and lesson.student not in cast_students
        and lesson.number not in spoiled
        and lesson.lesson_type == "regular"
        and lesson.ends_at + settled <= now
        and not _is_followed(lesson, recent)
    ]
    rng.shuffle(fitting)
    episodes: list[Episode] = []
    for manner in Manner:
        taken = {episode.lesson.teacher for episode in episodes}
        fitting.sort(key=lambda lesson: lesson.teacher in taken)
        if fitting:
            episodes.append(Episode(manner=manner, lesson=fitting.pop(0)))
    return tuple(episodes)


def find_troubled(mishaps: Sequence[Mishap], episodes: Sequence[Episode], *, now: datetime) -> frozenset[str]:
    """The teachers for whom so much went wrong lately that they are paused, or soon may be; by code."""
    of_mishaps = (
        mishap.lesson.teacher
        for mishap in mishaps
        if mishap.requested_by is RequestedBy.TEACHER and mishap.happens_at > now - _LATELY
    )
    of_episodes = (episode.lesson.teacher for episode in episodes if episode.manner in _MISSED)
    lately = Counter(chain(of_mishaps, of_episodes))
    return frozenset(code for code, count in lately.items() if count >= _MANY)


def _is_followed(lesson: DemoLesson, lessons: Sequence[DemoLesson]) -> bool:
    return any(
        other.number != lesson.number
        and {other.teacher, other.student} & {lesson.teacher, lesson.student}
        and lesson.starts_at < other.starts_at < lesson.ends_at + _ROOM
        for other in lessons
    )
