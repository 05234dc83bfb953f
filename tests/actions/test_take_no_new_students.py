"""While matching pauses a teacher takes no new students; known ones and the desk book, and the desk ends it."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from makegood.actions.book_for_somebody import book_for_somebody
from makegood.actions.booking_steps import NotTheDesk, TakesNoNewStudents
from makegood.actions.calendars import rebuild_calendar
from makegood.actions.lift_matching_pause import (
    MatchingPauseNotFound,
    MatchingPauseOver,
    OwnMatchingPause,
    lift_matching_pause,
)
from makegood.actions.reasons import ReasonMissing
from makegood.actions.series_steps import SeriesHasProblems
from makegood.domain.availability.models import MatchingPause, MatchingPauseLift
from makegood.domain.availability.openness import Step
from makegood.domain.lessons.time_checks import Leave
from makegood.domain.notifications.models import Message
from makegood.domain.notifications.texts import render
from makegood.domain.people.models import Role, RoleGrant
from makegood.domain.schools.context import in_school
from makegood.domain.timeline.doors import Door
from makegood.domain.timeline.models import Event
from makegood.reports.free_times import FreeTime, list_free_times
from tests import cast as casting
from tests.bookings import NOW, TUESDAY_NINE, book, book_weekly, hold, open_mornings
from tests.cast import Cast, make_cast
from tests.pauses import DAY, HOUR, PAUSED_AT, close_from, pause_tara, watch

pytestmark = pytest.mark.django_db


# Tuesday, a minute after matching began to pause; Wednesday 09:00 in Manila.
LATER = PAUSED_AT + timedelta(minutes=1)
WEDNESDAY_NINE = TUESDAY_NINE + timedelta(days=1)


@pytest.fixture
def cast() -> Cast:
    """Tara is open on the mornings of this week, and for that matching pauses."""
    cast = make_cast()
    pause_tara(cast)
    return cast


def times_of(cast: Cast, *, now: datetime = LATER) -> Sequence[FreeTime]:
    with in_school(cast.school.pk):
        return list_free_times(
            school=cast.school, student=cast.sam, teacher_id=cast.tara.pk, minutes=50, day=None, now=now
        ).times


def test_a_new_student_is_refused_and_sees_no_times(cast: Cast) -> None:
    for verb in (book, hold):
        with pytest.raises(TakesNoNewStudents):
            verb(cast, starts_at=WEDNESDAY_NINE, now=LATER)
    with pytest.raises(SeriesHasProblems) as problems:
        book_weekly(cast, count=2, first_on=date(2026, 11, 25), now=LATER)

    assert isinstance(problems.value.dates[0].refusal, TakesNoNewStudents)
    assert times_of(cast) == ()


def test_too_little_that_is_open_keeps_nobody_away_before_matching_pauses(cast: Cast) -> None:
    assert times_of(cast, now=PAUSED_AT - timedelta(minutes=1))
    assert book(cast, starts_at=WEDNESDAY_NINE, now=PAUSED_AT - timedelta(minutes=1)).lesson_id


def test_a_student_who_had_a_lesson_with_the_teacher_books(cast: Cast) -> None:
    casting.book(cast, starts_at=NOW - timedelta(days=30))

    assert times_of(cast)
    assert book(cast, starts_at=WEDNESDAY_NINE, now=LATER).lesson_id


def test_the_desk_books_for_a_new_student(cast: Cast) -> None:
    booked = book_for_somebody(
        school=cast.school,
        actor=cast.desi,
        teacher_id=cast.tara.pk,
        student_id=cast.sam.pk,
        starts_at=WEDNESDAY_NINE,
        minutes=50,
        lesson_type="regular",
        reason="Asked by phone",
        leave=Leave(),
        request_id=uuid.uuid4(),
        door=Door.WEB,
        now=LATER,
    )

    assert booked.lesson_id


def test_opening_more_does_not_end_it_but_its_time_does(cast: Cast) -> None:
    open_mornings(cast, now=LATER)
    assert times_of(cast) == ()

    later = PAUSED_AT + 60 * DAY
    rebuild_calendar(school=cast.school, now=later)
    assert times_of(cast, now=later - timedelta(minutes=1)) == ()
    assert times_of(cast, now=later)


def test_the_desk_lifts_it_with_a_reason_that_the_teacher_reads(cast: Cast) -> None:
    request_id = uuid.uuid4()

    assert [lift(cast, request_id=request_id) for _twice in range(2)] == [False, True]
    assert times_of(cast)
    assert book(cast, starts_at=WEDNESDAY_NINE, now=LATER).lesson_id
    with in_school(cast.school.pk):
        row = MatchingPauseLift.objects.get()
        told = Message.objects.select_related("recipient__person", "school").get(
            kind="matching_pause_lifted", channel="in_app"
        )
        event = Event.objects.get(kind="matching_pause_lifted")
    assert (row.reason, row.lifted_by_id, row.door) == ("Was in hospital", cast.desi.person_id, "web")
    assert (event.reason, event.actor_id, event.on_behalf_of_id) == (row.reason, row.lifted_by_id, cast.tara.pk)
    assert "Was in hospital" in render(told).body
    with pytest.raises(MatchingPauseOver):
        lift(cast)


def test_what_was_lifted_stays_so_until_it_would_have_ended(cast: Cast) -> None:
    lift(cast)

    end = PAUSED_AT + 60 * DAY
    assert [watch(cast, now=at) for at in (LATER + DAY, end - timedelta(minutes=1), end)] == [[], [], [Step.WARN]]


def test_it_stays_lifted_for_however_long_it_would_have_run() -> None:
    cast = make_cast()
    pause_tara(cast, pause_days=200)
    lift(cast)

    end = PAUSED_AT + 200 * DAY
    assert [watch(cast, now=at) for at in (LATER + 150 * DAY, end - timedelta(minutes=1), end)] == [[], [], [Step.WARN]]


def test_another_break_after_a_lift_pauses_again(cast: Cast) -> None:
    lift(cast)
    open_mornings(cast, now=LATER + HOUR)
    close_from(cast, date(2026, 12, 1), now=LATER + 2 * HOUR)

    warned_at = LATER + 3 * HOUR
    assert [watch(cast, now=at) for at in (warned_at, warned_at + DAY)] == [[Step.WARN], [Step.PAUSE]]


def test_only_the_desk_lifts_it_with_a_reason_while_it_runs(cast: Cast) -> None:
    for actor in (cast.tara, cast.owen, cast.sam):
        with pytest.raises(NotTheDesk):
            lift(cast, actor=actor)
    with pytest.raises(ReasonMissing):
        lift(cast, reason=" ")
    with pytest.raises(MatchingPauseNotFound):
        lift(cast, pause_id=0)
    with pytest.raises(MatchingPauseOver):
        lift(cast, now=PAUSED_AT + 60 * DAY)
    with in_school(cast.school.pk):
        RoleGrant.objects.create(school=cast.school, membership=cast.tara, role=Role.DESK, granted_at=NOW)
    with pytest.raises(OwnMatchingPause):
        lift(cast, actor=cast.tara)


def lift(cast: Cast, **changes: Any) -> bool:
    with in_school(cast.school.pk):
        pause_id = MatchingPause.objects.latest("pk").pk
    values: dict[str, Any] = {
        "school": cast.school, "actor": cast.desi, "pause_id": pause_id, "reason": "Was in hospital",
        "request_id": uuid.uuid4(), "door": Door.WEB, "now": LATER,
    }  # fmt: skip
    return lift_matching_pause(**(values | changes))


def test_a_booking_is_told_with_the_end_of_the_free_time_in_the_students_zone() -> None:
    cast = make_cast()
    open_mornings(cast)
    book(cast, starts_at=TUESDAY_NINE + timedelta(days=1))

    with in_school(cast.school.pk):
        told = Message.objects.filter(kind="lesson_booked", channel="in_app").select_related(
            "recipient__person", "school"
        )
        texts = {message.recipient.code: render(message).body for message in told}

    assert "free of charge until Mon 23 Nov, 20:00." in texts["sam"]
    assert "free of charge" not in texts["tara"]


def test_a_booking_inside_the_free_time_says_that_cancelling_uses_it() -> None:
    cast = make_cast()
    open_mornings(cast)
    book(cast)

    with in_school(cast.school.pk):
        told = Message.objects.filter(channel="in_app").select_related("recipient__person", "school")
        texts = {message.recipient.code: render(message).body for message in told}

    assert (
        "It is so near that cancelling or moving it uses the lesson: that was free of charge until Sun 22 Nov, 20:00."
    ) in texts["sam"]
    assert "free of charge" not in texts["tara"]
