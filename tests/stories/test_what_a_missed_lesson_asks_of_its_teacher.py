"""A lesson that was not taught as booked: what word counts as notice, and of what proof is asked for."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

import pytest

from makegood.actions.claim_absence import claim_absence
from makegood.actions.decide_absence import Verdict, decide_absence
from makegood.actions.join_lesson import join_lesson
from makegood.actions.leave_lesson import leave_lesson
from makegood.actions.watch_lessons import watch_lessons
from makegood.domain.incidents.models import Incident
from makegood.domain.lessons.models import DeskCase, Lesson, LessonClaim
from makegood.domain.penalties.models import Assessment
from makegood.domain.people.models import Membership
from makegood.domain.schools.context import in_school
from makegood.domain.timeline.doors import Door
from tests.cast import Cast, book, make_cast

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 10, 21, 12, 0, tzinfo=UTC)
END = NOON + timedelta(minutes=50)
AFTERWARDS = END + timedelta(hours=2, minutes=1)


def at(minutes: int) -> datetime:
    return NOON + timedelta(minutes=minutes)


def join(cast: Cast, lesson: Lesson, who: Membership, minutes: int) -> None:
    join_lesson(school=cast.school, actor=who, lesson_id=lesson.pk, door=Door.WEB, now=at(minutes))


@pytest.mark.parametrize("decides", ["desk", "job"])
def test_coming_early_and_not_waiting_is_no_notice(decides: str) -> None:
    cast = make_cast()
    lesson = book(cast, starts_at=NOON)
    join(cast, lesson, cast.tara, -2)
    leave_lesson(school=cast.school, actor=cast.tara, lesson_id=lesson.pk, door=Door.WEB, now=at(5))
    join(cast, lesson, cast.sam, 7)
    claim_absence(
        school=cast.school, actor=cast.sam, lesson_id=lesson.pk, kind=LessonClaim.Kind.OTHER_ABSENT, note="",
        request_id=uuid.uuid4(), door=Door.WEB, now=at(17),
    )  # fmt: skip
    if decides == "desk":
        with in_school(cast.school.pk):
            case = DeskCase.objects.get()
        decide_absence(
            school=cast.school, actor=cast.desi, case_id=case.pk, verdict=Verdict.TEACHER_ABSENT,
            note="The teacher left after 5 minutes.", door=Door.WEB, now=END,
        )  # fmt: skip
    watch_lessons(now=AFTERWARDS)

    with in_school(cast.school.pk):
        incident, assessment = Incident.objects.get(), Assessment.objects.get()
    assert (incident.kind, incident.requested_by, incident.reported_at) == ("no_show", "teacher", NOON)
    assert (assessment.band, assessment.penalty_minor) == ("without_notice", 300)
