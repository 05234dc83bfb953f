"""What booking tests start from: a Monday, Tara open on weekday mornings, and each verb with its defaults."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, timedelta
from typing import Any

from makegood.actions.add_holiday import add_holiday
from makegood.actions.book_lesson import book_lesson
from makegood.actions.book_series import book_series
from makegood.actions.calendars import rebuild_calendar
from makegood.actions.hold_slot import SlotHeld, hold_slot
from makegood.actions.series_steps import SeriesBooked, SeriesWish
from makegood.actions.set_booking_rules import set_booking_rules
from makegood.actions.set_default_availability import set_default_availability
from makegood.actions.taking_steps import LessonBooked
from makegood.domain.availability import masks
from makegood.domain.availability.booking_rules import BookingRuleSet
from makegood.domain.availability.expansion import WallRange
from makegood.domain.availability.models import CalendarWeek
from makegood.domain.ledger import credits as lesson_credits
from makegood.domain.lessons.models import Lesson
from makegood.domain.people.models import Membership
from makegood.domain.schools.context import in_school
from makegood.domain.timeline.doors import Door
from tests.cast import Cast

# A Monday, 14:00 in Manila, where Tara lives; 01:00 in New York, where Sam does.
NOW = datetime(2026, 11, 23, 6, tzinfo=UTC)
MONDAY = date(2026, 11, 23)
# Tuesday 09:00 in Manila.
TUESDAY_NINE = datetime(2026, 11, 24, 1, tzinfo=UTC)
MORNING = WallRange(540, 720)


def open_mornings(
    cast: Cast,
    *teachers: Membership,
    ranges: tuple[WallRange, ...] = (MORNING,),
    weekdays: int = 5,
    now: datetime = NOW,
) -> None:
    """Let the teachers (Tara without any) be open from 9 to 12 on every weekday from this week on."""
    for teacher in teachers or (cast.tara,):
        set_default_availability(
            school=cast.school,
            actor=teacher,
            teacher_id=teacher.pk,
            weekly={weekday: list(ranges) for weekday in range(weekdays)},
            from_on=now.date(),
            reason="",
            request_id=uuid.uuid4(),
            door=Door.WEB,
            now=now,
        )


def add_founders_day(cast: Cast, day_on: date, *, now: datetime = NOW) -> None:
    """Make a day of the school's zone a holiday."""
    once: dict[str, Any] = {"request_id": uuid.uuid4(), "door": Door.WEB, "now": now}
    add_holiday(school=cast.school, actor=cast.owen, day_on=day_on, name="Founders' day", **once)


def set_rules(cast: Cast, *, now: datetime = NOW, **changes: Any) -> None:
    """Let the school's booking rules differ from the defaults."""
    set_booking_rules(
        school=cast.school,
        actor=cast.owen,
        rules=BookingRuleSet(**changes),
        request_id=uuid.uuid4(),
        door=Door.WEB,
        now=now,
    )
    rebuild_calendar(school=cast.school, now=now)


def give_credits(cast: Cast, count: int, *, expires_on: date | None = None, student: Membership | None = None) -> Any:
    """Lesson credits for Sam, or another student."""
    with in_school(cast.school.pk):
        return lesson_credits.grant(
            school_id=cast.school.pk,
            new=lesson_credits.NewGrant(
                student_id=(student or cast.sam).pk,
                credits=count,
                expires_on=expires_on,
                reason="",
                granted_by_id=None,
                door=Door.WEB,
                request_id=uuid.uuid4(),
            ),
            month_on=date(2026, 11, 1),
            now=NOW,
        )


def count_credits(cast: Cast, *, now: datetime = NOW) -> int:
    """What Sam has left."""
    with in_school(cast.school.pk):
        return lesson_credits.count_left(school_id=cast.school.pk, student_id=cast.sam.pk, now=now)


def hold(cast: Cast, **changes: Any) -> SlotHeld:
    """Sam holds Tuesday at nine with Tara."""
    return hold_slot(**(_one(cast) | changes))


def book(cast: Cast, **changes: Any) -> LessonBooked:
    """Sam books Tuesday at nine with Tara."""
    return book_lesson(**(_one(cast) | changes))


def book_weekly(cast: Cast, **changes: Any) -> SeriesBooked:
    """Sam books four Tuesdays with Tara, at 20:00 of the day before in New York."""
    wish: dict[str, Any] = {
        "first_on": date(2026, 11, 23),
        "starts_minute": 1200,
        "minutes": 50,
        "lesson_type": "regular",
        "count": 4,
        "leave_out": frozenset(),
    }
    values: dict[str, Any] = {
        "school": cast.school,
        "actor": cast.sam,
        "teacher_id": cast.tara.pk,
        "request_id": uuid.uuid4(),
        "door": Door.WEB,
        "now": NOW,
    }
    wish |= {name: changes.pop(name) for name in list(changes) if name in wish}
    return book_series(wish=SeriesWish(**wish), **(values | changes))


def lesson_of(cast: Cast, lesson_id: int) -> Lesson:
    """The lesson as it stands."""
    with in_school(cast.school.pk):
        return Lesson.objects.select_related("student__person", "teacher__person").get(pk=lesson_id)


def busy_steps(cast: Cast, starts_at: datetime, *, teacher: Membership | None = None) -> int:
    """How many steps the week of `starts_at` has that are busy."""
    with in_school(cast.school.pk):
        week = CalendarWeek.objects.filter(
            teacher_id=(teacher or cast.tara).pk, week_starts_at=masks.week_of(starts_at)
        ).first()
    return 0 if week is None else int.from_bytes(bytes(week.busy)).bit_count()


def later(minutes: int) -> datetime:
    """Some minutes after NOW."""
    return NOW + timedelta(minutes=minutes)


def _one(cast: Cast) -> dict[str, Any]:
    return {
        "school": cast.school,
        "actor": cast.sam,
        "teacher_id": cast.tara.pk,
        "starts_at": TUESDAY_NINE,
        "minutes": 50,
        "lesson_type": "regular",
        "request_id": uuid.uuid4(),
        "door": Door.WEB,
        "now": NOW,
    }
