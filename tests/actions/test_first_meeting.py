"""Where the school asks for it, the first lesson of a student with a teacher is the kind for a first meeting."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from makegood.actions.book_for_somebody import book_for_somebody
from makegood.actions.book_lesson import book_held_lesson
from makegood.actions.keep_new_time import keep_new_time
from makegood.actions.propose_lesson import propose_lesson
from makegood.actions.set_lesson_type import set_lesson_type
from makegood.actions.undo_booking import undo_booking
from makegood.domain.lessons.models import LessonStatus
from makegood.domain.lessons.offering import FIRST_OFFERS
from makegood.domain.lessons.time_checks import FirstMeetingNeeded, Leave
from makegood.domain.schools.context import in_school
from makegood.domain.timeline.doors import Door
from makegood.reports.moving_page import list_starts_to_move_to, list_times_to_move_to
from tests import cast as casting
from tests.bookings import NOW, TUESDAY_NINE, book, book_weekly, hold, lesson_of, open_mornings, set_rules
from tests.cast import Cast, make_cast

pytestmark = pytest.mark.django_db

WEDNESDAY_NINE = TUESDAY_NINE + timedelta(days=1)
MEETING = {"lesson_type": "meet_your_teacher", "minutes": 25}


@pytest.fixture
def cast() -> Cast:
    made = make_cast()
    open_mornings(made, made.tara, made.tom)
    set_rules(made, first_meeting_required=True)
    return made


def propose(cast: Cast, **changes: Any) -> Any:
    values: dict[str, Any] = {
        "school": cast.school, "actor": cast.tara, "student_id": cast.sam.pk, "starts_at": WEDNESDAY_NINE,
        "minutes": 50, "lesson_type": "regular", "note": "", "request_id": uuid.uuid4(), "door": Door.WEB, "now": NOW,
    }  # fmt: skip
    return propose_lesson(**(values | changes))


def test_a_student_books_the_meeting_first_and_the_others_behind_it(cast: Cast) -> None:
    for verb in (book, hold):
        with pytest.raises(FirstMeetingNeeded):
            verb(cast)
    with pytest.raises(FirstMeetingNeeded):
        book_weekly(cast)

    meeting = book(cast, starts_at=WEDNESDAY_NINE, **MEETING)

    # The day before is not behind it, with this teacher or any other.
    for changes in ({}, {"starts_at": WEDNESDAY_NINE + timedelta(days=1), "teacher_id": cast.tom.pk}):
        with pytest.raises(FirstMeetingNeeded):
            book(cast, **changes)
    with pytest.raises(FirstMeetingNeeded):
        book_weekly(cast)
    assert book(cast, starts_at=WEDNESDAY_NINE + timedelta(days=1)).status == meeting.status == LessonStatus.BOOKED
    assert len(book_weekly(cast, first_on=WEDNESDAY_NINE.date() + timedelta(days=5)).lesson_ids) == 4


def test_a_series_may_leave_out_the_weeks_before_the_meeting(cast: Cast) -> None:
    book(cast, starts_at=WEDNESDAY_NINE, **MEETING)

    booked = book_weekly(cast, leave_out=frozenset({1}))

    assert len(booked.lesson_ids) == 3


@pytest.mark.parametrize("needs_approval", [False, True])
def test_a_meeting_that_is_not_booked_yet_or_no_more_opens_nothing(cast: Cast, needs_approval: bool) -> None:
    set_rules(cast, first_meeting_required=True, needs_approval=needs_approval)
    meeting = book(cast, **MEETING)
    if not needs_approval:
        undo_booking(
            school=cast.school, actor=cast.sam, lesson_id=meeting.lesson_id, request_id=uuid.uuid4(),
            door=Door.WEB, now=NOW,
        )  # fmt: skip

    with pytest.raises(FirstMeetingNeeded):
        book(cast, starts_at=WEDNESDAY_NINE)


def last_week(cast: Cast, *, reported_after: timedelta, lesson_begun: bool = False) -> LessonStatus:
    """What became of a lesson of a week ago that Tara reported so long after its start."""
    before = casting.book(cast, starts_at=NOW - timedelta(days=7))
    casting.report(cast, before, now=before.starts_at + reported_after, lesson_begun=lesson_begun)
    return LessonStatus(lesson_of(cast, before.pk).status)


def test_a_lesson_that_began_was_a_meeting(cast: Cast) -> None:
    assert last_week(cast, reported_after=timedelta(minutes=30), lesson_begun=True) == LessonStatus.CUT_SHORT

    assert book(cast).lesson_id


@pytest.mark.parametrize("after", [timedelta(hours=-3), timedelta(minutes=5)])
def test_a_lesson_that_did_not_take_place_was_none(cast: Cast, after: timedelta) -> None:
    assert last_week(cast, reported_after=after) in {LessonStatus.CANCELLED, LessonStatus.MISSED}

    with pytest.raises(FirstMeetingNeeded):
        book(cast)
    assert book(cast, **MEETING).lesson_id


def test_a_teacher_who_never_met_the_student_proposes_nothing_else(cast: Cast) -> None:
    last_week(cast, reported_after=timedelta(hours=-3))

    with pytest.raises(FirstMeetingNeeded):
        propose(cast)
    assert propose(cast, **MEETING).lesson_id


def book_at_the_desk(cast: Cast, *, starts_at: datetime) -> Any:
    return book_for_somebody(
        school=cast.school, actor=cast.desi, teacher_id=cast.tara.pk, student_id=cast.sam.pk, starts_at=starts_at,
        minutes=50, lesson_type="regular", reason="They know each other.", leave=Leave(any_notice=True),
        request_id=uuid.uuid4(), door=Door.WEB, now=NOW,
    )  # fmt: skip


def test_the_desk_may_book_another_kind(cast: Cast) -> None:
    assert book_at_the_desk(cast, starts_at=TUESDAY_NINE).status == LessonStatus.BOOKED


def test_a_school_that_offers_no_meeting_asks_for_none(cast: Cast) -> None:
    set_lesson_type(
        school=cast.school, actor=cast.owen, offer=replace(FIRST_OFFERS[0], is_offered=False), door=Door.WEB, now=NOW
    )

    assert book(cast).lesson_id


def test_without_the_rule_any_kind_is_a_first_lesson(cast: Cast) -> None:
    set_rules(cast)

    assert book(cast).lesson_id


def test_a_time_that_is_held_behind_a_meeting_is_not_booked_without_it(cast: Cast) -> None:
    meeting = book(cast, **MEETING)
    held = hold(cast, starts_at=WEDNESDAY_NINE)
    undo_booking(
        school=cast.school, actor=cast.sam, lesson_id=meeting.lesson_id, request_id=uuid.uuid4(), door=Door.WEB, now=NOW
    )

    def confirm() -> object:
        return book_held_lesson(
            school=cast.school,
            actor=cast.sam,
            lesson_id=held.lesson_id,
            request_id=uuid.uuid4(),
            door=Door.WEB,
            now=NOW,
        )

    with pytest.raises(FirstMeetingNeeded):
        confirm()
    assert lesson_of(cast, held.lesson_id).status == LessonStatus.HELD
    set_rules(cast, first_meeting_required=False)
    assert confirm()


def test_a_lesson_does_not_move_before_the_meeting_and_the_meeting_itself_may(cast: Cast) -> None:
    meeting = book(cast, starts_at=WEDNESDAY_NINE, **MEETING)
    other = book(cast, starts_at=WEDNESDAY_NINE + timedelta(days=1))

    with pytest.raises(FirstMeetingNeeded):
        keep_for(cast, other.lesson_id, TUESDAY_NINE)

    assert keep_for(cast, other.lesson_id, WEDNESDAY_NINE + timedelta(days=2))
    assert keep_for(cast, meeting.lesson_id, TUESDAY_NINE)


def test_times_before_the_meeting_are_not_offered_and_all_that_are_can_be_kept(cast: Cast) -> None:
    meeting = book(cast, starts_at=WEDNESDAY_NINE, **MEETING)
    other = book(cast, starts_at=WEDNESDAY_NINE + timedelta(days=1))

    def offered(lesson_id: int) -> tuple[set[date], datetime]:
        lesson = lesson_of(cast, lesson_id)
        with in_school(cast.school.pk):
            times = list_times_to_move_to(school=cast.school, lesson=lesson, student=cast.sam, day=None, now=NOW)
            starts = list_starts_to_move_to(school=cast.school, lesson=lesson, now=NOW)
        return set(times.days), min(starts)

    days, first = offered(other.lesson_id)
    of_meeting, first_of_meeting = offered(meeting.lesson_id)

    assert first_of_meeting < TUESDAY_NINE + timedelta(hours=8) < WEDNESDAY_NINE < first
    assert min(of_meeting) < min(days)
    assert keep_for(cast, other.lesson_id, first)


def test_a_meeting_may_move_before_what_the_desk_booked_before_it_and_is_offered_that(cast: Cast) -> None:
    meeting = book(cast, starts_at=WEDNESDAY_NINE, **MEETING)
    book_at_the_desk(cast, starts_at=TUESDAY_NINE + timedelta(hours=1))
    lesson = lesson_of(cast, meeting.lesson_id)

    with in_school(cast.school.pk):
        day = date(2026, 11, 23)
        times = list_times_to_move_to(school=cast.school, lesson=lesson, student=cast.sam, day=day, now=NOW)
        starts = list_starts_to_move_to(school=cast.school, lesson=lesson, now=NOW)

    assert min(starts) == times.times[0].interval.start == TUESDAY_NINE
    assert keep_for(cast, meeting.lesson_id, TUESDAY_NINE)


def test_a_lesson_that_the_desk_booked_without_a_meeting_moves_as_before(cast: Cast) -> None:
    set_rules(cast, first_meeting_required=False)
    early, _late = book(cast), book(cast, starts_at=WEDNESDAY_NINE)
    set_rules(cast, first_meeting_required=True)

    assert keep_for(cast, early.lesson_id, TUESDAY_NINE + timedelta(hours=1))


def keep_for(cast: Cast, lesson_id: int, starts_at: datetime) -> object:
    return keep_new_time(
        school=cast.school, actor=cast.sam, lesson_id=lesson_id, starts_at=starts_at, request_id=uuid.uuid4(),
        door=Door.WEB, now=NOW,
    )  # fmt: skip
