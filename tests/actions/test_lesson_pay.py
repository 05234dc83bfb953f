"""The pay of a lesson follows what became of it: posted, taken back, posted again, and never twice."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import pytest

from makegood.actions.close_pay_period import close_pay_period
from makegood.actions.decide_incident import decide_incident
from makegood.actions.lesson_pay import is_pay_due, settle_lesson_pay
from makegood.actions.preview_decision import preview_decision
from makegood.actions.record_incident import record_incident
from makegood.actions.withdraw_incident import withdraw_incident
from makegood.domain.incidents.recording import LearnedFacts
from makegood.domain.ledger.models import Transfer
from makegood.domain.lessons.models import Lesson, LessonStatus
from makegood.domain.lessons.writing import NewLesson, mark_taught, write_many
from makegood.domain.schools.context import in_school
from makegood.domain.timeline.doors import Door
from makegood.quantities import Money
from makegood.rules.facts import Decision, Kind, RequestedBy
from tests.cast import Cast, book, make_cast, report

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 10, 21, 12, 0, tzinfo=UTC)
LATER = NOON + timedelta(days=1)


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def pay_of(cast: Cast, lesson: Lesson) -> Sequence[tuple[str, int, int]]:
    """The postings of the lesson: kind, amount, month."""
    with in_school(cast.school.pk):
        transfers = Transfer.objects.filter(source=lesson.pk, kind__startswith="lesson_pay").order_by("pk")
        return [(found.kind, found.amount_minor, found.period.starts_on.month) for found in transfers]


def teach(cast: Cast, lesson: Lesson, *, now: datetime = LATER) -> None:
    with in_school(cast.school.pk):
        mark_taught(school_id=cast.school.pk, minutes_by_lesson={lesson.pk: 25})
        settle_lesson_pay(school=cast.school, lesson_ids=[lesson.pk], now=now)


def record(
    cast: Cast, lesson: Lesson, kind: Kind, *, requested_by: RequestedBy = RequestedBy.TEACHER, now: datetime = LATER
) -> str:
    recorded = record_incident(
        school=cast.school,
        actor=cast.desi,
        lesson_id=lesson.pk,
        learned=LearnedFacts(
            kind=kind,
            requested_by=requested_by,
            reported_at=now if kind is not Kind.NO_SHOW else None,
            taught_minutes=0,
            reason="",
            note="",
            reported_by_id=None,
        ),
        request_id=uuid.uuid4(),
        door=Door.PHONE,
        now=now,
    )
    return recorded.incident.reference


def decide(cast: Cast, reference: str, decision: Decision, *, now: datetime = LATER) -> None:
    preview = preview_decision(school=cast.school, actor=cast.rhea, reference=reference, decision=decision, now=now)
    decide_incident(
        school=cast.school,
        actor=cast.rhea,
        reference=reference,
        decision=decision,
        reason="As the recording shows.",
        seen=preview.seen,
        is_exception=True,
        request_id=uuid.uuid4(),
        door=Door.WEB,
        now=now,
    )


PAID = ("lesson_pay", 1200, 10)
TAKEN_BACK = ("lesson_pay_reversal", 1200, 10)


def test_a_taught_lesson_is_paid_once_however_often_it_is_settled(cast: Cast) -> None:
    lesson = book(cast, starts_at=NOON)

    for _ in range(3):
        teach(cast, lesson)

    assert pay_of(cast, lesson) == [PAID]


def test_a_booked_lesson_is_not_paid(cast: Cast) -> None:
    lesson = book(cast, starts_at=NOON)

    with in_school(cast.school.pk):
        settle_lesson_pay(school=cast.school, lesson_ids=[lesson.pk], now=NOON)

    assert pay_of(cast, lesson) == []


def test_pay_is_taken_back_when_the_lesson_was_not_taught_and_posted_again_when_it_was(cast: Cast) -> None:
    lesson = book(cast, starts_at=NOON)
    teach(cast, lesson)

    reference = record(cast, lesson, Kind.NO_SHOW)
    assert pay_of(cast, lesson) == [PAID, TAKEN_BACK]

    decide(cast, reference, Decision.VOIDED)
    teach(cast, lesson)
    assert pay_of(cast, lesson) == [PAID, TAKEN_BACK, PAID]


def test_pay_is_posted_again_also_together_with_that_of_very_many_other_lessons(cast: Cast) -> None:
    """So many rows take another way into the table than a few."""
    lesson = book(cast, starts_at=NOON)
    teach(cast, lesson)
    decide(cast, record(cast, lesson, Kind.NO_SHOW), Decision.VOIDED)
    starts = [NOON - timedelta(hours=number) for number in range(1, 251)]
    with in_school(cast.school.pk):
        others = write_many(
            school_id=cast.school.pk,
            new_lessons=[
                NewLesson(
                    teacher_id=cast.tara.pk, student_id=cast.sam.pk, starts_at=start,
                    ends_at=start + timedelta(minutes=25), lesson_type="regular", title="", pay=Money(1200, "USD"),
                    booked_at=start - timedelta(days=9), taught_minutes=25,
                )
                for start in starts
            ],
        )  # fmt: skip
        mark_taught(school_id=cast.school.pk, minutes_by_lesson={lesson.pk: 25})
        settle_lesson_pay(school=cast.school, lesson_ids=[lesson.pk, *(one.pk for one in others)], now=LATER)

    assert pay_of(cast, lesson) == [PAID, TAKEN_BACK, PAID]
    assert {len(pay_of(cast, one)) for one in others[::50]} == {1}


def test_a_cancelled_lesson_is_not_paid_and_a_withdrawn_report_posts_nothing(cast: Cast) -> None:
    lesson = book(cast, starts_at=NOON)
    reported = report(cast, lesson, now=NOON - timedelta(hours=2))
    withdraw_incident(
        school=cast.school, actor=cast.tara, reference=reported.reference, door=Door.WEB, now=NOON - timedelta(hours=2)
    )

    assert pay_of(cast, lesson) == []


def test_a_student_who_misses_the_lesson_pays_the_teacher(cast: Cast) -> None:
    lesson = book(cast, starts_at=NOON)

    record(cast, lesson, Kind.NO_SHOW, requested_by=RequestedBy.STUDENT)

    assert pay_of(cast, lesson) == [PAID]


def test_a_voided_no_show_of_the_student_takes_the_pay_back(cast: Cast) -> None:
    lesson = book(cast, starts_at=NOON)
    reference = record(cast, lesson, Kind.NO_SHOW, requested_by=RequestedBy.STUDENT)

    decide(cast, reference, Decision.VOIDED)

    assert pay_of(cast, lesson) == [PAID, TAKEN_BACK]


def test_a_late_teacher_is_paid_when_the_lesson_is_over_and_not_before(cast: Cast) -> None:
    lesson = book(cast, starts_at=NOON)
    record(cast, lesson, Kind.LATE, now=NOON + timedelta(minutes=6))
    before = pay_of(cast, lesson)

    teach(cast, lesson)

    assert (before, pay_of(cast, lesson)) == ([], [PAID])


def test_what_comes_after_the_pay_day_goes_to_the_next_open_month(cast: Cast) -> None:
    lesson = book(cast, starts_at=NOON)
    teach(cast, lesson)
    closing = NOON + timedelta(days=25)
    close_pay_period(
        school=cast.school, month_on=date(2026, 10, 1), closed_by_id=cast.fin.person_id, door=Door.WEB, now=closing
    )

    reference = record(cast, lesson, Kind.NO_SHOW, now=closing + timedelta(hours=1))
    decide(cast, reference, Decision.VOIDED, now=closing + timedelta(hours=2))
    teach(cast, lesson, now=closing + timedelta(hours=3))

    assert pay_of(cast, lesson) == [PAID, ("lesson_pay_reversal", 1200, 11), ("lesson_pay", 1200, 11)]


def test_a_school_without_money_posts_nothing() -> None:
    cast = make_cast(slug="harbor", preset="talaera", zone="Europe/Madrid")
    lesson = book(cast, starts_at=NOON)

    teach(cast, lesson)

    assert pay_of(cast, lesson) == []


@pytest.mark.parametrize(
    ("status", "assessed", "is_due"),
    [
        (LessonStatus.TAUGHT, None, True),
        (LessonStatus.TAUGHT, True, True),
        (LessonStatus.TAUGHT, False, False),
        (LessonStatus.BOOKED, None, False),
        (LessonStatus.BOOKED, True, False),
        (LessonStatus.IN_PROGRESS, True, False),
        (LessonStatus.CANCELLED, None, False),
        (LessonStatus.CANCELLED, True, True),
        (LessonStatus.MISSED, True, True),
        (LessonStatus.CUT_SHORT, False, False),
        (LessonStatus.RELEASED, None, False),
    ],
)
def test_pay_is_due_for_what_was_taught_or_is_assessed_as_paid(
    status: LessonStatus, assessed: bool | None, is_due: bool
) -> None:
    assert is_pay_due(status=status, is_assessed_paid=assessed) is is_due
