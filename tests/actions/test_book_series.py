"""Weekly lessons: the wall clock holds over both changes of the clocks; all problems are listed; nothing half-done."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, timedelta
from importlib import resources
from typing import Any

import pytest

from makegood.actions.book_series import book_series, preview_series
from makegood.actions.lapsing import sweep_lapsed
from makegood.actions.publish_policy_version import publish_policy_version
from makegood.actions.series_steps import MOST_WEEKS, SeriesHasProblems, SeriesUnusable, SeriesWish
from makegood.actions.undo_booking import undo_booking
from makegood.domain.availability.expansion import WallRange
from makegood.domain.ledger.credits import NotEnoughCredits
from makegood.domain.lessons.booking import WeeklyTimes
from makegood.domain.lessons.models import Lesson, LessonSeries, LessonStatus
from makegood.domain.lessons.time_checks import FirstLessonHad
from makegood.domain.notifications.kinds import MessageKind
from makegood.domain.notifications.models import Message
from makegood.domain.notifications.texts import render
from makegood.domain.people.models import Membership, Role
from makegood.domain.schools.context import in_school
from makegood.domain.timeline.doors import Door
from makegood.domain.timeline.kinds import EventKind
from makegood.domain.timeline.models import Event
from tests.bookings import (
    NOW,
    TUESDAY_NINE,
    book,
    book_weekly,
    busy_steps,
    count_credits,
    give_credits,
    lesson_of,
    open_mornings,
    set_rules,
)
from tests.cast import Cast, add_member, make_cast

pytestmark = pytest.mark.django_db

ALL_DAY = WallRange(0, 1440)


@pytest.fixture
def cast() -> Cast:
    made = make_cast()
    open_mornings(made)
    return made


def walls(zone: str, first_on: date, hour: int, minute: int, count: int) -> list[str]:
    times = WeeklyTimes(zone=zone, first_on=first_on, starts_minute=hour * 60 + minute, count=count)
    return [start.astimezone(UTC).strftime("%m-%d %H:%M") for start in times.list_starts()]


def count_rows(cast: Cast) -> tuple[int, int]:
    with in_school(cast.school.pk):
        return Lesson.objects.count(), LessonSeries.objects.count()


def test_a_series_is_booked_whole(cast: Cast) -> None:
    booked = book_weekly(cast)

    assert booked.starts == tuple(TUESDAY_NINE + timedelta(weeks=week) for week in range(4))
    lessons = [lesson_of(cast, lesson_id) for lesson_id in booked.lesson_ids]
    assert [lesson.series_position for lesson in lessons] == [1, 2, 3, 4]
    assert {lesson.status for lesson in lessons} == {LessonStatus.BOOKED}
    assert [busy_steps(cast, start) for start in booked.starts] == [4, 4, 4, 4]


@pytest.mark.parametrize(
    ("zone", "first_on", "clock", "expected"),
    [
        # Europe forward on 28 March 2027 and back on 31 October 2027.
        ("Europe/Berlin", date(2027, 3, 25), (18, 0), ["03-25 17:00", "04-01 16:00"]),
        ("Europe/Berlin", date(2027, 10, 28), (18, 0), ["10-28 16:00", "11-04 17:00"]),
        # In the gap: an hour later; twice: the first.
        ("Europe/Berlin", date(2027, 3, 21), (2, 30), ["03-21 01:30", "03-28 01:30", "04-04 00:30"]),
        ("Europe/Berlin", date(2027, 10, 24), (2, 30), ["10-24 00:30", "10-31 00:30", "11-07 01:30"]),
        ("America/New_York", date(2027, 3, 7), (2, 15), ["03-07 07:15", "03-14 07:15", "03-21 06:15"]),
        # Zones at :30 and :45, and one that changes by half an hour.
        ("Asia/Kathmandu", date(2027, 3, 25), (9, 0), ["03-25 03:15", "04-01 03:15"]),
        ("Asia/Kolkata", date(2027, 3, 25), (9, 0), ["03-25 03:30", "04-01 03:30"]),
        ("Australia/Lord_Howe", date(2027, 3, 28), (9, 0), ["03-27 22:00", "04-03 22:30"]),
        ("Pacific/Chatham", date(2027, 3, 28), (9, 0), ["03-27 19:15", "04-03 20:15"]),
    ],
)
def test_a_series_keeps_its_wall_time(zone: str, first_on: date, clock: tuple[int, int], expected: list[str]) -> None:
    assert walls(zone, first_on, *clock, len(expected)) == expected


def test_a_series_over_a_change_of_the_clocks_is_booked_at_the_students_wall_time(cast: Cast) -> None:
    open_mornings(cast, ranges=(ALL_DAY,))
    set_rules(cast, horizon_days=366)

    # New York goes forward on 14 March 2027, Manila never.
    booked = book_weekly(cast, first_on=date(2027, 3, 9), starts_minute=1080, count=2)

    assert [start.astimezone(UTC).hour for start in booked.starts] == [23, 22]


@pytest.mark.parametrize(
    ("first_at", "expected"),
    [
        # New York goes back on 7 November 2027: half past one comes twice.
        ("2027-11-07 05:30", ["11-07 05:30", "11-14 06:30"]),
        ("2027-11-07 06:30", ["11-07 06:30", "11-14 06:30"]),
        # A week before nobody has chosen: it is the first.
        ("2027-10-31 05:30", ["10-31 05:30", "11-07 05:30"]),
    ],
)
def test_a_series_begins_at_the_very_instant_that_was_chosen(cast: Cast, first_at: str, expected: list[str]) -> None:
    open_mornings(cast, ranges=(ALL_DAY,), weekdays=7)
    set_rules(cast, horizon_days=366)
    chosen = datetime.fromisoformat(first_at).replace(tzinfo=UTC)
    wish = SeriesWish.beginning(chosen, zone="America/New_York", minutes=50, lesson_type="regular", count=2)

    booked = book_series(
        school=cast.school,
        actor=cast.sam,
        teacher_id=cast.tara.pk,
        wish=wish,
        request_id=uuid.uuid4(),
        door=Door.WEB,
        now=NOW,
    )

    assert [start.astimezone(UTC).strftime("%m-%d %H:%M") for start in booked.starts] == expected


def test_the_preview_marks_where_the_clocks_change(cast: Cast) -> None:
    open_mornings(cast, ranges=(ALL_DAY,))
    set_rules(cast, horizon_days=366)
    wish = SeriesWish(first_on=date(2027, 3, 9), starts_minute=1080, minutes=50, lesson_type="regular", count=3)

    preview = preview_series(
        school=cast.school, actor=cast.sam, teacher_id=cast.tara.pk, wish=wish, door=Door.WEB, now=NOW
    )

    assert [one.offset_changed for one in preview.dates] == [False, True, False]
    assert [one.refusal for one in preview.dates] == [None, None, None]
    assert count_rows(cast) == (0, 0)


def test_all_problems_are_listed_and_nothing_is_booked(cast: Cast) -> None:
    with in_school(cast.school.pk):
        sue = add_member(cast.school, code="sue", name="Sue", role=Role.STUDENT, zone="Europe/Berlin")
    taken = TUESDAY_NINE + timedelta(weeks=1)
    book(cast, actor=sue, starts_at=taken)

    with pytest.raises(SeriesHasProblems) as refused:
        book_weekly(cast, count=12)

    codes = [one.refusal.code if one.refusal else "" for one in refused.value.dates]
    assert codes == [
        "",
        "slot_taken",
        "",
        "",
        "",
        "",
        "",
        "",
        "",
        "booking_too_far",
        "booking_too_far",
        "booking_too_far",
    ]
    assert refused.value.dates[1].alternatives == tuple(taken + timedelta(minutes=more) for more in (60, 90, 120))
    assert count_rows(cast) == (1, 0)


def test_a_week_that_is_left_out_is_not_booked(cast: Cast) -> None:
    book(cast, starts_at=TUESDAY_NINE + timedelta(weeks=1))

    booked = book_weekly(cast, leave_out=frozenset({2}))

    assert booked.left_out == 1
    assert [lesson_of(cast, one).series_position for one in booked.lesson_ids] == [1, 3, 4]


def test_a_week_lost_meanwhile_is_named_and_nothing_is_booked(cast: Cast) -> None:
    book(cast, starts_at=TUESDAY_NINE + timedelta(weeks=2))

    with pytest.raises(SeriesHasProblems) as refused:
        book_weekly(cast, leave_out=frozenset({2}))

    assert [(one.position, one.is_left_out) for one in refused.value.dates if one.refusal] == [(3, False)]
    assert refused.value.values == {"count": 1, "all": 3}
    assert count_rows(cast) == (1, 0)


@pytest.mark.parametrize(
    "wrong",
    [
        {"count": 1},
        {"count": MOST_WEEKS + 1},
        {"starts_minute": 1440},
        {"starts_minute": -1},
        {"leave_out": frozenset(range(1, 5))},
    ],
)
def test_a_series_that_is_none_is_refused(cast: Cast, wrong: dict[str, Any]) -> None:
    with pytest.raises(SeriesUnusable):
        book_weekly(cast, **wrong)


def test_a_first_meeting_is_no_series(cast: Cast) -> None:
    with pytest.raises(FirstLessonHad):
        book_weekly(cast, lesson_type="meet_your_teacher", minutes=25)


def test_a_series_needs_credits_for_all(cast: Cast) -> None:
    set_rules(cast, requires_credits=True)
    give_credits(cast, 3)

    with pytest.raises(NotEnoughCredits):
        book_weekly(cast)
    assert count_rows(cast) == (0, 0)
    assert len(book_weekly(cast, count=3).lesson_ids) == 3
    assert count_credits(cast) == 0


def test_a_series_is_undone_whole(cast: Cast) -> None:
    set_rules(cast, requires_credits=True)
    give_credits(cast, 4)
    booked = book_weekly(cast)

    undone = undo_booking(
        school=cast.school,
        actor=cast.sam,
        lesson_id=booked.lesson_ids[2],
        request_id=uuid.uuid4(),
        door=Door.WEB,
        now=NOW,
    )

    assert undone.lesson_ids == booked.lesson_ids
    assert (count_credits(cast), busy_steps(cast, TUESDAY_NINE)) == (4, 0)


def free_words(cast: Cast, member: Membership) -> list[str]:
    """What the message about the series says to the member of cancelling and moving for nothing."""
    with in_school(cast.school.pk):
        message = Message.objects.select_related("recipient__person").get(
            recipient=member, kind=MessageKind.SERIES_BOOKED, channel="in_app"
        )
        return [one for one in render(message).paragraphs if "free of charge" in one]


def publish_free_minutes(cast: Cast, minutes: int, *, from_on: date) -> None:
    """Let lessons be free to cancel until so long before their start, from that day on."""
    text = (resources.files("makegood.presets") / "25hoon.toml").read_text(encoding="utf-8")
    before, after = "cancel_free_minutes = 1440", f"cancel_free_minutes = {minutes}"
    assert text.count(before) == 1
    publication = publish_policy_version(
        school=cast.school, document=text.replace(before, after), in_force_from_on=from_on,
        published_by_id=None, change_note="", door=Door.COMMAND, now=NOW,
    )  # fmt: skip
    assert publication.problems == ()


def test_the_student_reads_until_when_the_lessons_of_a_series_are_free(cast: Cast) -> None:
    # The first is on Friday at nine in Manila, which is Thursday in New York.
    book_weekly(cast, first_on=date(2026, 11, 26))

    (said,) = free_words(cast, cast.sam)
    assert said == (
        "The first one is free of charge to cancel or move until Wed 25 Nov, 20:00, each later one until as "
        "long before its start."
    )
    assert free_words(cast, cast.tara) == []


def test_of_a_series_whose_first_lesson_is_no_longer_free_the_first_free_one_is_told(cast: Cast) -> None:
    book_weekly(cast)

    (said,) = free_words(cast, cast.sam)
    assert said == (
        "The one on Mon 30 Nov, 20:00 is free of charge to cancel or move until Sun 29 Nov, 20:00. "
        "Those before it no longer are."
    )


def test_of_a_series_of_which_none_is_free_any_more_the_student_is_told_so(cast: Cast) -> None:
    publish_free_minutes(cast, 28 * 24 * 60, from_on=date(2026, 12, 1))

    book_weekly(cast, first_on=date(2026, 12, 3), count=2)

    (said,) = free_words(cast, cast.sam)
    assert said == (
        "They are so near that cancelling or moving one uses it: for the last one that was free of charge until "
        "Thu 12 Nov, 20:00."
    )


def test_of_a_series_over_a_change_of_the_free_time_only_the_first_is_promised(cast: Cast) -> None:
    publish_free_minutes(cast, 2880, from_on=date(2026, 12, 1))

    book_weekly(cast, first_on=date(2026, 11, 26))

    (said,) = free_words(cast, cast.sam)
    assert said == (
        "The first one is free of charge to cancel or move until Wed 25 Nov, 20:00. It differs for the later "
        "ones: your list of lessons says it."
    )


def test_two_series_that_nobody_confirmed_are_a_message_each(cast: Cast) -> None:
    set_rules(cast, needs_approval=True)
    # The second is an hour later on the same days, so that their lessons take turns.
    series = [book_weekly(cast, count=3), book_weekly(cast, count=3, starts_minute=1260)]

    sweep_lapsed(school=cast.school, now=TUESDAY_NINE + timedelta(hours=1))

    with in_school(cast.school.pk):
        told = Message.objects.filter(kind=MessageKind.BOOKING_EXPIRED, channel="in_app").order_by("pk")
        to_sam, to_tara = (
            [render(one) for one in told.filter(recipient=member).select_related("recipient__person")]
            for member in (cast.sam, cast.tara)
        )
        events = Event.objects.filter(kind=EventKind.TIME_LAPSED).values_list("lesson_id", flat=True)
        assert sorted(events) == sorted(lesson_id for one in series for lesson_id in one.lesson_ids)
    assert [text.subject for text in to_sam] == [
        "The lesson on Mon 23 Nov, 20:00 (New York) was not confirmed in time",
        "The lesson on Mon 23 Nov, 21:00 (New York) was not confirmed in time",
    ]
    lines = to_sam[0].paragraphs[1].split("\n")
    assert lines == [
        "They were weekly lessons, to be confirmed together. All times are your time: New York.",
        "Mon 23 Nov, 20:00 (Tue 24 Nov, 09:00)",
        "Mon 30 Nov, 20:00 (Tue 1 Dec, 09:00)",
        "Mon 7 Dec, 20:00 (Tue 8 Dec, 09:00)",
    ]
    assert to_sam[0].paragraphs[2:] == (
        "In brackets stands the time of Tara Teaches: Manila.",
        "Nothing was used or charged.",
    )
    assert [text.paragraphs[1].split("\n")[1] for text in to_tara] == [
        "Tue 24 Nov, 09:00 (Mon 23 Nov, 20:00)",
        "Tue 24 Nov, 10:00 (Mon 23 Nov, 21:00)",
    ]
