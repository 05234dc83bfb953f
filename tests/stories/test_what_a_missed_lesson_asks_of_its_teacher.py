"""A lesson that was not taught as booked: what word counts as notice, and of what proof is asked for."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from makegood import clock
from makegood.actions.claim_absence import claim_absence
from makegood.actions.decide_absence import Verdict, decide_absence
from makegood.actions.finish_lesson import finish_lesson
from makegood.actions.join_lesson import join_lesson
from makegood.actions.leave_lesson import leave_lesson
from makegood.actions.start_lesson import start_lesson
from makegood.actions.watch_lessons import watch_lessons
from makegood.domain.incidents.models import Incident
from makegood.domain.lessons.models import DeskCase, Lesson, LessonClaim
from makegood.domain.penalties.models import Assessment
from makegood.domain.people.models import Membership
from makegood.domain.schools.context import in_school
from makegood.domain.timeline.doors import Door
from tests.cast import Cast, book, make_cast
from tests.web.emergency_page import text_of
from tests.web.signed_in import sign_in

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


@pytest.mark.parametrize(("preset", "asks_for_proof"), [("25hoon", True), ("talaera", False)])
def test_proof_is_asked_for_only_of_what_costs_something_or_counts(
    preset: str, asks_for_proof: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    cast = make_cast(preset=preset)
    lesson = book(cast, starts_at=NOON)
    join(cast, lesson, cast.sam, -1)
    join(cast, lesson, cast.tara, 0)
    start_lesson(school=cast.school, actor=cast.tara, lesson_id=lesson.pk, door=Door.WEB, now=at(0))
    finish_lesson(school=cast.school, actor=cast.tara, lesson_id=lesson.pk, door=Door.WEB, now=at(12))
    watch_lessons(now=AFTERWARDS)
    with in_school(cast.school.pk):
        reference = Incident.objects.get().reference
    monkeypatch.setattr(clock, "now", lambda: AFTERWARDS)
    tara = Client()
    sign_in(tara, cast.tara.person)

    dashboard = text_of(tara.get("/marigold/dashboard/").content)
    case = text_of(tara.get(f"/marigold/cases/{reference}/").content)

    assert ("left to send proof" in dashboard) is asks_for_proof
    assert ("Send proof by" in case) is asks_for_proof
    assert ("It counts for nothing." in case) is not asks_for_proof
