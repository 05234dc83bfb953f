"""A move after the free time uses one lesson and books another one: both are taken back together, or neither is."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

import pytest

from makegood.actions.approve_move import approve_move
from makegood.actions.cancel_by_student import cancel_by_student
from makegood.actions.undo_booking import BookedByMovingLate, find_undo_end, undo_booking
from makegood.actions.undo_cancellation import undo_cancellation
from makegood.actions.undo_late_move import LateMoveUndone, find_end_of_late_move, undo_late_move
from makegood.domain.incidents.models import IncidentWithdrawal
from makegood.domain.ledger.models import Transfer
from makegood.domain.lessons.models import Lesson
from makegood.domain.lessons.operations import LessonNotFound, TimeTakenSince, TooLateToUndo
from makegood.domain.lessons.other_times import OtherTimeStands
from makegood.domain.notifications import occurrences
from makegood.domain.notifications.models import Message
from makegood.domain.notifications.texts import template_of
from makegood.domain.people.models import Membership
from makegood.domain.schools.context import in_school
from makegood.domain.timeline.doors import Door
from tests.cast import Cast, book, make_cast
from tests.moves import (
    FRIDAY,
    LATE,
    SECOND,
    THURSDAY,
    WEDNESDAY,
    confirm,
    count_credits,
    events_of,
    give_credits,
    keep,
    lesson_of,
    move_late,
    open_mornings,
    reschedule,
    set_rules,
    told,
)

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)


@pytest.fixture
def cast() -> Cast:
    made = make_cast()
    open_mornings(made)
    return made


@pytest.fixture
def lesson(cast: Cast) -> Lesson:
    """Sam has a lesson on Wednesday, and credits for another one and one more."""
    booked = book(cast, starts_at=WEDNESDAY)
    give_credits(cast, 3, used_by=booked)
    return booked


def move(cast: Cast, lesson: Lesson, *, by: str = "desi") -> Lesson:
    """The other lesson, which is booked as this one is used."""
    return lesson_of(cast, move_late(cast, lesson, by=by))


def undo(
    cast: Cast, another: Lesson, *, by: str = "desi", now: datetime = LATE, request_id: uuid.UUID | None = None
) -> LateMoveUndone:
    return undo_late_move(
        school=cast.school, actor=getattr(cast, by), lesson_id=another.pk, request_id=request_id or uuid.uuid4(),
        door=Door.WEB, now=now,
    )  # fmt: skip


def end_of(cast: Cast, another: Lesson, actor: Membership, *, now: datetime = LATE) -> datetime | None:
    with in_school(cast.school.pk):
        return find_end_of_late_move(school=cast.school, lesson=another, actor=actor, now=now)


def pay_of(cast: Cast, lesson: Lesson) -> list[str]:
    with in_school(cast.school.pk):
        rows = Transfer.objects.filter(source=lesson.pk, kind__startswith="lesson_pay").order_by("pk")
        return list(rows.values_list("kind", flat=True))


def stand(cast: Cast, *lessons: Lesson) -> list[str]:
    return [lesson_of(cast, one.pk).status for one in lessons]


@pytest.mark.parametrize("by", ["desi", "sam"])
def test_who_moved_late_takes_both_back_and_everything_is_as_before(cast: Cast, lesson: Lesson, by: str) -> None:
    another = move(cast, lesson, by=by)
    before = told(cast)
    assert (count_credits(cast), stand(cast, lesson, another)) == (1, ["cancelled", "booked"])
    assert end_of(cast, another, getattr(cast, by)) == LATE + 5 * MINUTE
    request_id = uuid.uuid4()

    done = undo(cast, another, by=by, now=LATE + 5 * MINUTE, request_id=request_id)
    again = undo(cast, another, by=by, now=LATE + 6 * MINUTE, request_id=request_id)

    assert (done.lesson_id, done.is_replay, again.is_replay) == (lesson.pk, False, True)
    assert (count_credits(cast), stand(cast, lesson, another)) == (2, ["booked", "released"])
    assert pay_of(cast, lesson) == ["lesson_pay", "lesson_pay_reversal"]
    with in_school(cast.school.pk):
        assert IncidentWithdrawal.objects.get().withdrawn_by_id == getattr(cast, by).person_id
    assert events_of(cast, lesson)[-1] == "cancellation_undone"
    assert events_of(cast, another)[-1] == "booking_undone"
    assert sorted(told(cast)[len(before) :]) == [
        ("sam", "booking_undone"), ("sam", "cancellation_undone"),
        ("tara", "booking_undone"), ("tara", "cancellation_undone"),
    ]  # fmt: skip
    # It can be moved late again, as if nothing had been.
    move(cast, lesson, by=by)


def test_calendars_lose_the_other_lesson_and_have_the_former_one_back(cast: Cast, lesson: Lesson) -> None:
    another = move(cast, lesson)
    undo(cast, another)

    with in_school(cast.school.pk):
        rows = Message.objects.filter(recipient=cast.sam, channel="in_app").order_by("pk")
        files = [
            (template_of(row).calendar, one.lesson_id, one.version, one.starts_at)
            for row in rows
            for one in occurrences.read(row.values)
        ]
    first, booked, gone, back = files
    assert [str(one[0]) for one in files] == ["CANCEL", "REQUEST", "CANCEL", "REQUEST"]
    assert (gone[1:], gone[2] > booked[2]) == ((another.pk, booked[2] + 1, THURSDAY), True)
    assert back[1:] == (lesson.pk, first[2] + 1, WEDNESDAY)


@pytest.mark.parametrize("by", ["desi", "sam"])
def test_neither_half_is_undone_alone(cast: Cast, lesson: Lesson, by: str) -> None:
    another = move(cast, lesson, by=by)
    actor = getattr(cast, by)

    with pytest.raises(BookedByMovingLate):
        undo_booking(
            school=cast.school, actor=actor, lesson_id=another.pk, request_id=uuid.uuid4(), door=Door.WEB, now=LATE
        )
    with pytest.raises(OtherTimeStands):
        undo_cancellation(school=cast.school, actor=actor, lesson_id=lesson.pk, door=Door.WEB, now=LATE)

    with in_school(cast.school.pk):
        assert find_undo_end(lesson=another, actor=actor, now=LATE) is None
    assert stand(cast, lesson, another) == ["cancelled", "booked"]


def test_both_stay_where_one_of_the_two_cannot_be_taken_back(cast: Cast, lesson: Lesson) -> None:
    another = move(cast, lesson)
    with pytest.raises(TooLateToUndo):
        undo(cast, another, now=LATE + 5 * MINUTE + SECOND)
    for stranger in ("rhea", "tara", "sam"):
        with pytest.raises(LessonNotFound):
            undo(cast, another, by=stranger)
        assert end_of(cast, another, getattr(cast, stranger)) is None
    book(cast, starts_at=WEDNESDAY, teacher=cast.tom)

    with pytest.raises(TimeTakenSince):
        undo(cast, another)

    assert (count_credits(cast), stand(cast, lesson, another)) == (1, ["cancelled", "booked"])
    assert "booking_undone" not in events_of(cast, another)


def test_once_the_other_lesson_moved_or_went_off_nothing_is_undone(cast: Cast, lesson: Lesson) -> None:
    another = move(cast, lesson)
    confirm(cast, another, keep(cast, another, starts_at=FRIDAY, now=LATE).hold_id, now=LATE)
    with pytest.raises(TooLateToUndo):
        undo(cast, another)

    cancel_by_student(
        school=cast.school, actor=cast.sam, lesson_id=another.pk, shown_as_free=True, note="", request_id=uuid.uuid4(),
        door=Door.WEB, now=LATE,
    )  # fmt: skip
    with pytest.raises(TooLateToUndo):
        undo(cast, another)
    assert end_of(cast, lesson_of(cast, another.pk), cast.desi) is None


def test_whoever_approved_a_late_move_undoes_no_half_of_it(cast: Cast, lesson: Lesson) -> None:
    set_rules(cast, needs_approval=True)
    asked = reschedule(cast, lesson, shown_as_free=False, now=LATE).move_request_id
    assert asked is not None
    another = approve_move(
        school=cast.school, actor=cast.desi, move_request_id=asked, request_id=uuid.uuid4(), door=Door.WEB, now=LATE
    ).lesson_id

    with pytest.raises(BookedByMovingLate):
        undo_booking(
            school=cast.school, actor=cast.desi, lesson_id=another, request_id=uuid.uuid4(), door=Door.WEB, now=LATE
        )
    with pytest.raises(TooLateToUndo):
        undo(cast, lesson_of(cast, another))
