"""A decision changes what a lesson cost its student, or it does not: the credits follow what stands."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

import pytest

from makegood.actions.cancel_by_student import cancel_by_student
from makegood.actions.decide_absence import Verdict, decide_absence
from makegood.actions.decide_incident import decide_incident
from makegood.actions.lesson_credits import CreditsAfter, CreditSpentSince
from makegood.actions.preview_decision import preview_decision
from makegood.domain.incidents.models import Incident, IncidentDecision
from makegood.domain.lessons import desk_cases
from makegood.domain.lessons.models import DeskCase, Lesson
from makegood.domain.schools.context import in_school
from makegood.domain.timeline.doors import Door
from makegood.rules.facts import Decision
from tests.cast import Cast, book, make_cast, report
from tests.stories.test_student_wants_a_lesson_cancelled import credits_left, status_of, with_credits

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 10, 21, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def booked(cast: Cast) -> Lesson:
    """A lesson of Sam's one credit, five hours from noon."""
    lesson = book(cast, starts_at=NOON + 5 * HOUR)
    with_credits(cast, lesson, bought=1)
    return lesson


def cancelled_late(cast: Cast) -> Lesson:
    lesson = booked(cast)
    cancel_by_student(
        school=cast.school,
        actor=cast.sam,
        lesson_id=lesson.pk,
        shown_as_free=False,
        note="",
        request_id=uuid.uuid4(),
        door=Door.WEB,
        now=NOON,
    )
    return lesson


def decide(cast: Cast, lesson: Lesson, decision: Decision) -> int:
    """Rhea decides the lesson's case; returns Sam's credits afterwards."""
    with in_school(cast.school.pk):
        reference = Incident.objects.get(lesson=lesson).reference
    preview = preview_decision(
        school=cast.school, actor=cast.rhea, reference=reference, decision=decision, now=NOON + HOUR
    )
    decide_incident(
        school=cast.school,
        actor=cast.rhea,
        reference=reference,
        decision=decision,
        reason="I looked into it.",
        seen=preview.seen,
        is_exception=True,
        request_id=uuid.uuid4(),
        door=Door.WEB,
        now=NOON + HOUR,
    )
    return credits_left(cast)


def look(cast: Cast, lesson: Lesson, decision: Decision) -> CreditsAfter | None:
    """What Rhea is shown about the credits before she decides."""
    with in_school(cast.school.pk):
        reference = Incident.objects.get(lesson=lesson).reference
    return preview_decision(
        school=cast.school, actor=cast.rhea, reference=reference, decision=decision, now=NOON + HOUR
    ).credits


def find_out(cast: Cast, lesson: Lesson, verdict: Verdict) -> int:
    """The desk decides who was absent; returns Sam's credits afterwards."""
    now = lesson.ends_at + HOUR
    with in_school(cast.school.pk):
        case = desk_cases.open_case(lesson=lesson, kind=DeskCase.Kind.BOTH_CLAIM, opened_by_id=None, now=now)
    decide_absence(
        school=cast.school,
        actor=cast.desi,
        case_id=case.pk,
        verdict=verdict,
        note="I called both.",
        door=Door.WEB,
        now=now,
    )
    return credits_left(cast)


@pytest.mark.parametrize("decision", [Decision.UPHELD, Decision.REDUCED, Decision.WAIVED])
def test_decisions_about_a_penalty_leave_a_used_lesson_used(cast: Cast, decision: Decision) -> None:
    assert decide(cast, cancelled_late(cast), decision) == 0


def test_a_late_cancellation_that_never_happened_gives_the_credit_back_and_uses_it_when_it_did(cast: Cast) -> None:
    lesson = cancelled_late(cast)

    after = [decide(cast, lesson, decision) for decision in (Decision.VOIDED, Decision.UPHELD, Decision.VOIDED)]

    assert after == [1, 0, 1]


def test_what_was_spent_since_is_not_used_again_and_nothing_is_decided(cast: Cast) -> None:
    lesson = cancelled_late(cast)
    decide(cast, lesson, Decision.VOIDED)
    with_credits(cast, book(cast, starts_at=NOON + 30 * HOUR), bought=0)

    with pytest.raises(CreditSpentSince):
        decide(cast, lesson, Decision.UPHELD)

    with in_school(cast.school.pk):
        assert [row.decision for row in IncidentDecision.objects.all()] == ["voided"]
    assert credits_left(cast) == 0


def test_a_teachers_cancellation_that_is_voided_leaves_the_credit_with_the_student(cast: Cast) -> None:
    lesson = booked(cast)
    report(cast, lesson, now=NOON)

    assert decide(cast, lesson, Decision.VOIDED) == 1
    assert status_of(cast, lesson) == "cancelled"


def test_the_desk_on_absences_uses_and_returns_the_lesson_as_it_finds_out(cast: Cast) -> None:
    lesson = booked(cast)
    verdicts = (
        Verdict.TEACHER_ABSENT,
        Verdict.STUDENT_ABSENT,
        Verdict.OUTAGE,
        Verdict.TAUGHT,
        Verdict.CUT_SHORT,
        Verdict.TAUGHT,
    )

    assert [find_out(cast, lesson, verdict) for verdict in verdicts] == [1, 0, 1, 0, 1, 0]


def test_a_verdict_that_needs_a_spent_credit_is_refused_as_a_whole(cast: Cast) -> None:
    lesson = booked(cast)
    find_out(cast, lesson, Verdict.TEACHER_ABSENT)
    with_credits(cast, book(cast, starts_at=NOON + 30 * HOUR), bought=0)

    with pytest.raises(CreditSpentSince):
        find_out(cast, lesson, Verdict.TAUGHT)

    assert status_of(cast, lesson) == "missed"


def test_what_is_shown_before_each_decision_is_what_it_does(cast: Cast) -> None:
    lesson = cancelled_late(cast)
    had, shown, happened = credits_left(cast), [], []

    for decision in (Decision.WAIVED, Decision.VOIDED, Decision.VOIDED, Decision.UPHELD, Decision.REDUCED):
        shown.append(look(cast, lesson, decision))
        left = decide(cast, lesson, decision)
        happened.append(left - had)
        had = left

    assert happened == [0, 1, 0, -1, 0]
    assert shown == [
        CreditsAfter(change=change, is_used=is_used, is_short=False)
        for change, is_used in [(0, True), (1, False), (0, False), (-1, True), (0, True)]
    ]


def test_a_credit_that_was_spent_since_is_told_before_the_decision_is_refused(cast: Cast) -> None:
    lesson = cancelled_late(cast)
    decide(cast, lesson, Decision.VOIDED)
    with_credits(cast, book(cast, starts_at=NOON + 30 * HOUR), bought=0)

    assert look(cast, lesson, Decision.UPHELD) == CreditsAfter(change=-1, is_used=True, is_short=True)


def test_of_a_lesson_that_never_took_credits_nothing_is_shown(cast: Cast) -> None:
    lesson = book(cast, starts_at=NOON + 5 * HOUR)
    report(cast, lesson, now=NOON)

    assert look(cast, lesson, Decision.WAIVED) is None
