"""Weekly lessons of a whole year where clocks change oddly: booked, moved, reminded of and in the calendar, each right.

Zones at :30 and :45, one that changes by half an hour and one by two, one whose winter has the odd time by law, and one
that goes back for Ramadan. Lessons are at the very time of day that is skipped or comes twice.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest

from makegood.actions import choose_how_to_be_told as choosing
from makegood.actions.book_series import book_series, preview_series
from makegood.actions.remind import remind
from makegood.actions.series_steps import SeriesWish
from makegood.domain.availability.booking_rules import BookingRuleSet
from makegood.domain.availability.expansion import WallRange
from makegood.domain.availability.slots import find_free_starts
from makegood.domain.lessons.time_checks import OutsideAvailability
from makegood.domain.notifications.feeds import find_feed
from makegood.domain.people.models import Person
from makegood.domain.schools.context import in_school
from makegood.domain.timeline.doors import Door
from makegood.reports.calendar_feed import make_feed
from tests.bookings import NOW, book, lesson_of, open_mornings, set_rules
from tests.calendar_reading import read_calendar
from tests.cast import Cast, make_cast
from tests.moves import reschedule
from tests.time.integer_clock import IntegerClock, clock_of, instant, midnight_of, seconds

pytestmark = pytest.mark.django_db

SUNDAY = date(2026, 11, 29)
WEEKS = 52
HALF_HOUR, DAY = timedelta(minutes=30), timedelta(hours=24)
# The zone, and a time of day that its clocks skip, show twice, or both, on a Sunday of the year.
CASES = [
    ("Australia/Adelaide", "02:30"),
    ("America/St_Johns", "02:30"),
    ("America/St_Johns", "01:30"),
    ("Pacific/Chatham", "03:00"),
    ("Australia/Lord_Howe", "02:00"),
    ("Australia/Lord_Howe", "01:30"),
    ("Africa/Casablanca", "02:30"),
    ("Antarctica/Troll", "01:30"),
    ("Europe/Dublin", "01:30"),
]


def live_in(zone: str) -> Cast:
    """Tara and Sam live there; Tara is open all day, every day, and a year can be booked."""
    cast = make_cast()
    Person.objects.filter(pk__in=(cast.tara.person_id, cast.sam.person_id)).update(zone=zone)
    for member in (cast.tara, cast.sam):
        member.person.refresh_from_db()
    set_rules(cast, horizon_days=366)
    open_mornings(cast, ranges=(WallRange(0, 1440),), weekdays=7)
    return cast


def walls_of(minute: int) -> Sequence[int]:
    return [midnight_of(SUNDAY + timedelta(weeks=week)) + minute * 60 for week in range(WEEKS)]


def minute_of(clock_time: str) -> int:
    hour, minute = map(int, clock_time.split(":"))
    return hour * 60 + minute


def book_year(cast: Cast, wish: SeriesWish) -> Sequence[int]:
    booked = book_series(
        school=cast.school, actor=cast.sam, teacher_id=cast.tara.pk, wish=wish, request_id=uuid.uuid4(), door=Door.WEB,
        now=NOW,
    )  # fmt: skip
    return booked.lesson_ids


@pytest.mark.parametrize(("zone", "clock_time"), CASES)
def test_a_year_of_weekly_lessons_is_at_its_wall_time_in_the_list_the_reminders_and_the_calendar(
    zone: str, clock_time: str
) -> None:
    cast, clock, minute = live_in(zone), clock_of(zone), minute_of(clock_time)
    walls = walls_of(minute)
    expected = [instant(clock.instant_of(wall)) for wall in walls]
    odd = [place for place, wall in enumerate(walls) if len(clock.instants_of(wall)) != 1]
    assert odd, "the clocks never do it"
    wish = SeriesWish(first_on=SUNDAY, starts_minute=minute, minutes=25, lesson_type="regular", count=WEEKS)

    shown = preview_series(
        school=cast.school, actor=cast.sam, teacher_id=cast.tara.pk, wish=wish, door=Door.WEB, now=NOW
    ).dates
    lessons = [lesson_of(cast, lesson_id) for lesson_id in book_year(cast, wish)]

    assert [lesson.starts_at for lesson in lessons] == [one.starts_at for one in shown] == expected
    assert [one.is_moved for one in shown] == [not clock.instants_of(wall) for wall in walls]
    offsets = [clock.offset_at(seconds(start)) for start in expected]
    changed = [False, *(before != after for before, after in pairwise(offsets))]
    assert [one.offset_changed for one in shown] == changed
    for place in odd:
        due = expected[place] - DAY
        assert [remind(now=due - timedelta(minutes=1)), remind(now=due)] == [0, 1], expected[place]
    token = choosing.renew_calendar(member=cast.sam, now=NOW)
    with in_school(cast.school.pk):
        feed = find_feed(school_id=cast.school.pk, token=token)
        assert feed is not None
        events = read_calendar(make_feed(feed=feed, now=NOW).file).events
    assert sorted(event.dtstart for event in events if event.dtstart) == expected


@pytest.mark.parametrize(("zone", "clock_time"), CASES)
def test_what_is_open_of_a_night_is_free_as_its_clocks_show_it(zone: str, clock_time: str) -> None:
    cast, clock, minute = live_in(zone), clock_of(zone), minute_of(clock_time)
    opens, until = 60, 300
    open_mornings(cast, ranges=(WallRange(opens, until),), weekdays=7)
    (wall, *_rest) = [wall for wall in walls_of(minute) if len(clock.instants_of(wall)) != 1]
    midnight = wall - minute * 60
    from_at, until_at = (instant(clock.instant_of(midnight + days * 86_400)) for days in (0, 1))

    with in_school(cast.school.pk):
        free = find_free_starts(
            school_id=cast.school.pk, teacher_ids=[cast.tara.pk], from_at=from_at, until_at=until_at, lesson_minutes=25,
            rules=BookingRuleSet(horizon_days=366), now=NOW,
        ).list_of(cast.tara.pk)  # fmt: skip

    assert free == _half_hours_shown(clock, from_at, until_at, opens, until)


def test_of_the_doubled_hour_both_of_what_is_ticked_can_be_booked_and_nothing_else() -> None:
    cast, clock = live_in("Europe/Dublin"), clock_of("Europe/Dublin")
    # Half past one is open, one o'clock is not; the clock shows 1:30, 1:00 again, and 1:30 again.
    open_mornings(cast, ranges=(WallRange(90, 120),), weekdays=7)
    wall = next(wall for wall in walls_of(90) if len(clock.instants_of(wall)) == 2)
    first, second = (instant(at) for at in clock.instants_of(wall))
    between = second - HALF_HOUR

    with pytest.raises(OutsideAvailability) as refusal:
        book(cast, starts_at=between, minutes=25)
    booked = [lesson_of(cast, book(cast, starts_at=at, minutes=25).lesson_id).starts_at for at in (first, second)]

    assert booked == [first, second]
    assert {first, second} <= set(refusal.value.alternatives)


def _half_hours_shown(
    clock: IntegerClock, from_at: datetime, until_at: datetime, opens: int, until: int
) -> list[datetime]:
    """Each half hour that the wall shows between the two minutes of the day: none of a gap, both of a fold."""
    steps = range(int((until_at - from_at) / HALF_HOUR))
    starts = [from_at + step * HALF_HOUR for step in steps]
    return [at for at in starts if opens <= clock.wall_at(seconds(at)) % 86_400 // 60 < until]


@pytest.mark.parametrize("zone", sorted({zone for zone, _time in CASES}))
def test_a_lesson_moves_to_the_second_of_two_equal_times_and_weekly_ones_begin_there(zone: str) -> None:
    cast, clock = live_in(zone), clock_of(zone)
    change = next(one for one in clock.transitions() if one.at > seconds(NOW) + 86_400 and one.after < one.before)
    # A half hour before the clocks go back, and the same time of day after it.
    last = change.at - 1800
    first = instant(last - clock.wall_at(last) % 1800)
    second = first + timedelta(seconds=change.before - change.after)
    assert clock.wall_at(seconds(first)) == clock.wall_at(seconds(second))
    lesson = lesson_of(cast, book(cast, starts_at=first, minutes=25).lesson_id)

    moved = reschedule(cast, lesson, to=second, now=NOW)

    assert lesson_of(cast, moved.lesson_id).starts_at == second
    wish = SeriesWish.beginning(first, zone=zone, minutes=25, lesson_type="regular", count=2)
    weekly = [lesson_of(cast, lesson_id).starts_at for lesson_id in book_year(cast, wish)]
    week_later = instant(clock.instant_of(clock.wall_at(seconds(first)) + 7 * 86_400))
    assert weekly == [first, week_later]
    again = SeriesWish.beginning(second, zone=zone, minutes=25, lesson_type="regular", count=2)
    assert again.times_in(zone).list_starts() == [second, week_later]
    assert second.tzinfo == UTC
