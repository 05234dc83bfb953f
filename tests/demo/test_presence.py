"""What the lesson page saw in the demo says the same as what is on record."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from makegood.demo.presence import minutes_taught, seen_in, seen_when_taught
from makegood.demo.schools import DEMO_SCHOOLS, DemoSchool
from makegood.domain.lessons.judging import Finding, judge
from makegood.domain.lessons.presence import Attendance, Seen, attend
from makegood.rules.facts import Decision, Kind, RequestedBy
from makegood.rules.settings.conduct import Waiting
from tests.demo.plans import plan

STARTS_AT = datetime(2026, 3, 20, 9, 30, tzinfo=UTC)
NAME = "an ordinary afternoon"
every_school = pytest.mark.parametrize("school", DEMO_SCHOOLS, ids=lambda school: school.slug)


@pytest.mark.parametrize("minutes", [25, 30, 45, 50, 60])
def test_lessons_as_most_are_were_taught_nearly_to_the_minute(minutes: int) -> None:
    ends_at = STARTS_AT + timedelta(minutes=minutes)
    found = []
    for seed in range(60):
        seen = seen_when_taught(starts_at=STARTS_AT, ends_at=ends_at, seed=str(seed))
        attendance = attend(facts=seen, starts_at=STARTS_AT, ends_at=ends_at, until=ends_at + timedelta(hours=1))
        assert (
            judge(attendance=attendance, lesson_minutes=minutes, enough_minutes=20, waiting=Waiting()) is Finding.TAUGHT
        )
        found.append(minutes_taught(starts_at=STARTS_AT, ends_at=ends_at, seen=seen))
    assert {minutes - 1, minutes} <= set(found) <= {minutes - 2, minutes - 1, minutes}


@every_school
def test_what_was_seen_of_a_mishap_gives_the_minutes_on_record(school: DemoSchool) -> None:
    mishaps = [mishap for mishap in plan(school, NAME).mishaps if mishap.kind in {Kind.CUT_SHORT, Kind.LATE}]
    assert mishaps
    for mishap in mishaps:
        seen = seen_in(mishap)
        if mishap.verdict is not None and mishap.verdict.decision is Decision.VOIDED:
            assert seen == ()
            continue
        lesson = mishap.lesson
        assert minutes_taught(starts_at=lesson.starts_at, ends_at=lesson.ends_at, seen=seen) == mishap.taught_minutes


@every_school
def test_whoever_missed_a_lesson_was_not_seen_in_it(school: DemoSchool) -> None:
    missed = [mishap for mishap in plan(school, NAME).mishaps if mishap.kind is Kind.NO_SHOW]
    assert missed
    for mishap in missed:
        attendance = _attendance(mishap.lesson.starts_at, mishap.lesson.ends_at, seen_in(mishap))
        absent = attendance.teacher if mishap.requested_by is RequestedBy.TEACHER else attendance.student
        assert absent == ()


def _attendance(starts_at: datetime, ends_at: datetime, seen: Sequence[Seen]) -> Attendance:
    return attend(facts=seen, starts_at=starts_at, ends_at=ends_at, until=ends_at + timedelta(hours=1))
