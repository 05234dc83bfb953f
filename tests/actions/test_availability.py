"""Setting availability: what is written, what is refused, what is told, and that lessons are never touched."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from makegood.actions.add_holiday import add_holiday
from makegood.actions.availability_changes import ReasonNeeded, TeacherNotFound
from makegood.actions.calendars import rebuild_calendar
from makegood.actions.copy_availability_week import WeeksUnusable, copy_availability_week
from makegood.actions.end_holiday import end_holiday
from makegood.actions.school_calendar_changes import NotTheOwner
from makegood.actions.set_availability import set_availability
from makegood.actions.set_booking_rules import set_booking_rules
from makegood.actions.set_default_availability import set_default_availability
from makegood.domain.availability import masks, queries, weeks
from makegood.domain.availability.booking_rules import BookingRuleSet, BookingRulesUnusable
from makegood.domain.availability.expansion import WallRange
from makegood.domain.availability.models import AvailabilityDay, CalendarWeek, DefaultAvailability, Holiday
from makegood.domain.availability.operations import (
    DayIsOver,
    DayTooFar,
    HolidayNotFound,
    HolidayTaken,
    HolidayUnnamed,
    RangesUnusable,
)
from makegood.domain.lessons import busy
from makegood.domain.lessons.models import Lesson
from makegood.domain.notifications.models import Message
from makegood.domain.notifications.texts import render
from makegood.domain.schools.context import in_school
from makegood.domain.timeline.doors import Door
from makegood.domain.timeline.models import Event
from makegood.domain.timeline.requests import DifferentRequest
from makegood.quantities import Interval
from tests.cast import Cast, book, make_cast

pytestmark = pytest.mark.django_db

# A Monday, 14:00 in Manila, where Tara lives.
NOW = datetime(2026, 11, 23, 6, tzinfo=UTC)
MONDAY = date(2026, 11, 23)
MORNING = WallRange(540, 720)
WEEKDAYS = {weekday: [MORNING] for weekday in range(5)}


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def set_week(cast: Cast, **changes: Any) -> Any:
    values: dict[str, Any] = {
        "school": cast.school, "actor": cast.tara, "teacher_id": cast.tara.pk, "weekly": WEEKDAYS, "from_on": MONDAY,
        "reason": "", "request_id": uuid.uuid4(), "door": Door.WEB, "now": NOW,
    }  # fmt: skip
    return set_default_availability(**(values | changes))


def set_days(cast: Cast, days: dict[date, Any], **changes: Any) -> Any:
    values: dict[str, Any] = {
        "school": cast.school, "actor": cast.tara, "teacher_id": cast.tara.pk, "days": days, "reason": "",
        "request_id": uuid.uuid4(), "door": Door.WEB, "now": NOW,
    }  # fmt: skip
    return set_availability(**(values | changes))


def copy_week(cast: Cast, to_mondays: list[date], **changes: Any) -> Any:
    values: dict[str, Any] = {
        "school": cast.school, "actor": cast.tara, "teacher_id": cast.tara.pk, "monday_on": MONDAY,
        "to_mondays": to_mondays, "reason": "", "request_id": uuid.uuid4(), "door": Door.WEB, "now": NOW,
    }  # fmt: skip
    return copy_availability_week(**(values | changes))


def close(cast: Cast, day_on: date, **changes: Any) -> Any:
    values: dict[str, Any] = {
        "school": cast.school, "actor": cast.owen, "day_on": day_on, "name": "Bonifacio Day",
        "request_id": uuid.uuid4(), "door": Door.WEB, "now": NOW,
    }  # fmt: skip
    return add_holiday(**(values | changes))


def open_hours(cast: Cast, day: date) -> list[str]:
    """The quarters of an hour in UTC that Tara's calendar has open on a day of UTC, as hours and minutes."""
    start = datetime(day.year, day.month, day.day, tzinfo=UTC)
    week = masks.week_of(start)
    with in_school(cast.school.pk):
        row = CalendarWeek.objects.get(teacher=cast.tara, week_starts_at=week)
    bits = int.from_bytes(bytes(row.available), "little")
    first = (start - week) // masks.STEP
    return [f"{start + step * masks.STEP:%H:%M}" for step in range(96) if bits >> (first + step) & 1]


def count(cast: Cast, model: Any) -> int:
    with in_school(cast.school.pk):
        return int(model.objects.count())


MORNING_IN_UTC = [
    "01:00",
    "01:15",
    "01:30",
    "01:45",
    "02:00",
    "02:15",
    "02:30",
    "02:45",
    "03:00",
    "03:15",
    "03:30",
    "03:45",
]


def test_a_default_week_opens_every_week_to_the_horizon(cast: Cast) -> None:
    result = set_week(cast)

    assert (result.days, result.outside_lesson_ids, result.is_replay) == (
        tuple(MONDAY + timedelta(days=day) for day in range(5)),
        (),
        False,
    )
    assert open_hours(cast, date(2026, 11, 24)) == MORNING_IN_UTC
    assert open_hours(cast, date(2027, 1, 14)) == MORNING_IN_UTC
    assert open_hours(cast, date(2026, 11, 28)) == []


def test_a_default_week_tells_which_weekdays_differ_and_writes_nothing_where_none_does(cast: Cast) -> None:
    set_week(cast)
    wednesday = date(2026, 11, 25)

    same = set_week(cast, weekly={day: [WallRange(540, 600), WallRange(600, 720)] for day in range(5)})
    assert (same.days, count(cast, DefaultAvailability)) == ((), 1)

    fewer = set_week(cast, weekly={0: [MORNING], 2: [MORNING], 3: [MORNING], 4: [MORNING]}, from_on=wednesday)
    assert (fewer.days, count(cast, DefaultAvailability)) == ((date(2026, 12, 1),), 2)
    # The former week from Monday on also ends what was to begin on Wednesday.
    assert set_week(cast).days == (date(2026, 11, 24),)


def test_a_default_week_in_another_zone_differs(cast: Cast) -> None:
    set_week(cast)
    cast.tara.person.zone = "Europe/Berlin"
    cast.tara.person.save(update_fields=["zone"])

    assert len(set_week(cast).days) == 5


def test_a_later_default_counts_from_its_day(cast: Cast) -> None:
    set_week(cast)

    set_week(cast, weekly={1: [WallRange(780, 795)]}, from_on=date(2026, 12, 7))

    assert open_hours(cast, date(2026, 12, 1)) == MORNING_IN_UTC
    assert open_hours(cast, date(2026, 12, 8)) == ["05:00"]


def test_single_days_differ_and_go_back_to_the_default(cast: Cast) -> None:
    set_week(cast)
    tuesday, wednesday = date(2026, 11, 24), date(2026, 11, 25)

    result = set_days(cast, {tuesday: [], wednesday: [MORNING], date(2026, 11, 26): [WallRange(600, 630)]})

    # Wednesday says what the default says, so nothing was written for it.
    assert result.days == (tuesday, date(2026, 11, 26))
    assert open_hours(cast, tuesday) == []
    assert open_hours(cast, date(2026, 11, 26)) == ["02:00", "02:15"]

    assert set_days(cast, {tuesday: None}).days == (tuesday,)
    assert open_hours(cast, tuesday) == MORNING_IN_UTC


def test_a_day_set_to_its_default_follows_later_defaults(cast: Cast) -> None:
    set_week(cast)
    tuesday = date(2026, 12, 1)
    set_days(cast, {tuesday: []})
    set_days(cast, {tuesday: [MORNING]})

    set_week(cast, weekly={})

    assert open_hours(cast, tuesday) == []


def test_a_week_is_copied_wall_time_for_wall_time(cast: Cast) -> None:
    set_week(cast)
    set_days(cast, {date(2026, 11, 24): [WallRange(600, 615)]})

    result = copy_week(cast, [date(2026, 12, 7)])

    assert result.days == (date(2026, 12, 8),)
    assert open_hours(cast, date(2026, 12, 8)) == ["02:00"]


def test_booked_lessons_outside_are_told_and_never_touched(cast: Cast) -> None:
    set_week(cast)
    inside = book(cast, starts_at=datetime(2026, 11, 24, 1, tzinfo=UTC))
    other = book(cast, starts_at=datetime(2026, 11, 25, 1, tzinfo=UTC))

    result = set_days(cast, {date(2026, 11, 24): [WallRange(600, 720)]})

    assert result.outside_lesson_ids == (inside.pk,)
    with in_school(cast.school.pk):
        assert list(Lesson.objects.order_by("pk").values_list("pk", "status", "version")) == [
            (inside.pk, "booked", 1),
            (other.pk, "booked", 1),
        ]


def test_a_repeated_request_gets_its_answer_and_writes_nothing(cast: Cast) -> None:
    request_id = uuid.uuid4()
    first = set_week(cast, request_id=request_id)

    second = set_week(cast, request_id=request_id)

    assert (second.days, second.is_replay) == (first.days, True)
    assert count(cast, DefaultAvailability) == 1
    with pytest.raises(DifferentRequest):
        set_week(cast, request_id=request_id, weekly={})


def test_the_teacher_is_told_once_per_form_of_what_somebody_else_changed(cast: Cast) -> None:
    set_week(cast)
    request_id = uuid.uuid4()
    for _again in range(2):
        set_days(
            cast, {MONDAY + timedelta(days=day): [] for day in (1, 2)},
            actor=cast.desi, reason="Tara called", request_id=request_id,
        )  # fmt: skip
    # Nothing differs.
    set_days(cast, {MONDAY + timedelta(days=1): []}, actor=cast.desi, reason="Tara called")

    with in_school(cast.school.pk):
        (message,) = Message.objects.filter(channel="in_app").select_related("recipient__person", "school")
        said = render(message)
    assert message.recipient_id == cast.tara.pk
    assert said.subject == "Desi Desk changed when you can be booked"
    assert "The first day that differs: Tue 24 Nov." in said.body
    assert "The reason given: Tara called" in said.body


def test_the_timeline_tells_who_on_behalf_of_whom_and_why(cast: Cast) -> None:
    set_week(cast, actor=cast.desi, reason="Tara called", door=Door.PHONE)

    with in_school(cast.school.pk):
        event = Event.objects.get(kind="default_availability_set")
    assert (event.actor_id, event.on_behalf_of_id, event.reason, event.door) == (
        cast.desi.person_id, cast.tara.pk, "Tara called", "phone",
    )  # fmt: skip


def test_others_do_not_change_a_calendar(cast: Cast) -> None:
    for actor, reason, refusal in (
        (cast.tom, "why", TeacherNotFound),
        (cast.sam, "why", TeacherNotFound),
        (cast.owen, "why", TeacherNotFound),
        (cast.desi, "  ", ReasonNeeded),
        (cast.desi, "x" * 501, ReasonNeeded),
    ):
        with pytest.raises(refusal):
            set_week(cast, actor=actor, reason=reason)
    for teacher_id in (cast.sam.pk, 0):
        with pytest.raises(TeacherNotFound):
            set_week(cast, actor=cast.desi, reason="why", teacher_id=teacher_id)
    assert count(cast, DefaultAvailability) == 0


@pytest.mark.parametrize(
    ("days", "refusal"),
    [
        ({date(2026, 11, 22): []}, DayIsOver),
        ({date(2028, 1, 1): []}, DayTooFar),
        ({MONDAY: [WallRange(0, 1441)]}, RangesUnusable),
        ({MONDAY: [WallRange(600, 600)]}, RangesUnusable),
        ({MONDAY: [WallRange(-15, 600)]}, RangesUnusable),
        ({MONDAY: [WallRange(605, 660)]}, RangesUnusable),
    ],
)
def test_bad_days_are_refused_and_nothing_is_written(cast: Cast, days: Any, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        set_days(cast, {date(2026, 11, 24): [MORNING]} | days)

    assert count(cast, AvailabilityDay) == 0


@pytest.mark.parametrize("to_mondays", [[], [MONDAY], [date(2026, 12, 1)], [MONDAY + timedelta(days=7)] * 13])
def test_a_week_is_copied_to_some_other_mondays_only(cast: Cast, to_mondays: list[date]) -> None:
    with pytest.raises(WeeksUnusable):
        copy_week(cast, to_mondays)


def test_a_holiday_closes_the_day_of_the_school_for_everybody_until_it_is_ended(cast: Cast) -> None:
    set_week(cast)
    lesson = book(cast, starts_at=datetime(2026, 11, 30, 1, tzinfo=UTC))

    added = close(cast, date(2026, 11, 30))

    assert added.outside_lesson_ids == (lesson.pk,)
    assert open_hours(cast, date(2026, 11, 30)) == []
    end_holiday(
        school=cast.school,
        actor=cast.owen,
        holiday_id=added.holiday_id,
        request_id=uuid.uuid4(),
        door=Door.WEB,
        now=NOW,
    )
    assert open_hours(cast, date(2026, 11, 30)) == MORNING_IN_UTC
    close(cast, date(2026, 11, 30))
    assert count(cast, Holiday) == 2


def test_holidays_are_refused_with_a_reason(cast: Cast) -> None:
    close(cast, date(2026, 11, 30))

    for changes, refusal in (
        ({"day_on": date(2026, 11, 30)}, HolidayTaken),
        ({"day_on": date(2026, 11, 22)}, DayIsOver),
        ({"name": " "}, HolidayUnnamed),
        ({"name": "x" * 81}, HolidayUnnamed),
        ({"actor": cast.desi}, NotTheOwner),
    ):
        with pytest.raises(refusal):
            close(cast, **({"day_on": date(2026, 12, 1)} | changes))
    with pytest.raises(HolidayNotFound):
        end_holiday(school=cast.school, actor=cast.owen, holiday_id=0, request_id=uuid.uuid4(), door=Door.WEB, now=NOW)


def test_booking_rules_have_defaults_and_versions_and_move_the_horizon(cast: Cast) -> None:
    set_week(cast)
    with in_school(cast.school.pk):
        assert queries.get_rules(school_id=cast.school.pk) == BookingRuleSet()

    number = set_booking_rules(
        school=cast.school, actor=cast.owen, rules=BookingRuleSet(horizon_days=100), request_id=uuid.uuid4(),
        door=Door.WEB, now=NOW,
    )  # fmt: skip

    with in_school(cast.school.pk):
        assert queries.get_rules(school_id=cast.school.pk) == BookingRuleSet(number=1, horizon_days=100)
    assert number == 1
    assert open_hours(cast, date(2027, 2, 23)) == MORNING_IN_UTC


@pytest.mark.parametrize(
    "rules", [BookingRuleSet(slot_minutes=20), BookingRuleSet(horizon_days=6), BookingRuleSet(buffer_minutes=-1)]
)
def test_unusable_booking_rules_are_refused(cast: Cast, rules: BookingRuleSet) -> None:
    with pytest.raises(BookingRulesUnusable):
        set_booking_rules(
            school=cast.school, actor=cast.owen, rules=rules, request_id=uuid.uuid4(), door=Door.WEB, now=NOW
        )


def busy_bits(cast: Cast, week: datetime) -> int:
    with in_school(cast.school.pk):
        row = CalendarWeek.objects.filter(teacher=cast.tara, week_starts_at=week).first()
        return 0 if row is None else int.from_bytes(bytes(row.busy), "little")


def test_busy_is_marked_over_a_weeks_end_and_set_anew(cast: Cast) -> None:
    week = masks.week_of(NOW)
    start = week + masks.WEEK - timedelta(minutes=20)
    over = Interval(start, start + timedelta(minutes=50))
    with in_school(cast.school.pk):
        weeks.mark_busy(school_id=cast.school.pk, teacher_id=cast.tara.pk, blocked=over)
        weeks.mark_busy(
            school_id=cast.school.pk,
            teacher_id=cast.tara.pk,
            blocked=Interval(week, week + timedelta(minutes=30)),
        )

    assert busy_bits(cast, week) == (0b11 << 670) | 0b11
    assert busy_bits(cast, week + masks.WEEK) == 0b11
    with in_school(cast.school.pk):
        weeks.set_busy(school_id=cast.school.pk, teacher_id=cast.tara.pk, weeks=[week], blocked=[over])
    assert busy_bits(cast, week) == 0b11 << 670
    assert busy_bits(cast, week + masks.WEEK) == 0b11


def test_busy_is_refreshed_from_the_lessons_and_rebuilt_for_all(cast: Cast) -> None:
    lesson = book(cast, starts_at=datetime(2026, 11, 30, 0, 30, tzinfo=UTC))
    with in_school(cast.school.pk):
        touched = Interval(lesson.starts_at, lesson.ends_at)
        busy.refresh(school_id=cast.school.pk, touched={cast.tara.pk: [touched]})
    assert busy_bits(cast, masks.week_of(lesson.starts_at)) == 0b1111 << 2

    with in_school(cast.school.pk):
        CalendarWeek.objects.update(busy=masks.EMPTY)
    assert rebuild_calendar(school=cast.school, now=NOW) == 2
    assert busy_bits(cast, masks.week_of(lesson.starts_at)) == 0b1111 << 2
