"""A time that would be refused because the teacher's day, or week while new, is full is not offered anywhere."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from makegood.domain.lessons.models import Lesson
from makegood.domain.lessons.time_checks import ProbationFull, TimeRefused
from makegood.domain.people.models import Membership
from makegood.domain.schools.context import in_school
from makegood.reports.free_times import list_free_times
from makegood.reports.moving_page import list_starts_to_move_to
from tests.bookings import NOW, TUESDAY_NINE, book, lesson_of, open_mornings, set_rules
from tests.cast import LONG_AGO, Cast, make_cast

pytestmark = pytest.mark.django_db
MANILA = ZoneInfo("Asia/Manila")


@pytest.fixture
def cast() -> Cast:
    made = make_cast()
    open_mornings(made)
    return made


def offered(cast: Cast, *, of: Membership | None, moves: Lesson | None = None) -> set[datetime]:
    """Every start of every day that the page shows for this teacher, or for all."""
    found = set()
    with in_school(cast.school.pk):
        ask = {"school": cast.school, "student": cast.sam, "teacher_id": of.pk if of else None, "minutes": 50}
        days = list_free_times(**ask, day=None, now=NOW, moves=moves).days  # type: ignore[arg-type]
        for day in days:
            page = list_free_times(**ask, day=day, now=NOW, moves=moves)  # type: ignore[arg-type]
            found |= {one.interval.start for one in page.times if of is None or of in one.teachers}
    return found


def days_in_manila(starts: set[datetime]) -> set[str]:
    return {start.astimezone(MANILA).date().isoformat() for start in starts}


def test_every_offered_time_can_be_booked_and_no_other(cast: Cast) -> None:
    set_rules(cast, max_lessons_per_day=1)
    before = offered(cast, of=cast.tara)
    book(cast)

    left = offered(cast, of=cast.tara)

    assert days_in_manila(before) - days_in_manila(left) == {"2026-11-24"}
    assert left < before
    book(cast, starts_at=min(left))
    with pytest.raises(TimeRefused) as refused:
        book(cast, starts_at=TUESDAY_NINE + timedelta(hours=1))
    assert refused.value.alternatives
    assert days_in_manila(set(refused.value.alternatives)) & days_in_manila({TUESDAY_NINE, min(left)}) == set()


def test_a_lesson_may_move_within_its_own_full_day(cast: Cast) -> None:
    set_rules(cast, max_lessons_per_day=1)
    own, other = book(cast).lesson_id, book(cast, starts_at=TUESDAY_NINE + timedelta(days=1)).lesson_id

    with in_school(cast.school.pk):
        starts = set(list_starts_to_move_to(school=cast.school, lesson=lesson_of(cast, own), now=NOW))
        of_other = set(list_starts_to_move_to(school=cast.school, lesson=lesson_of(cast, other), now=NOW))

    assert {"2026-11-24"} == days_in_manila(starts) & {"2026-11-24", "2026-11-25"}
    assert {"2026-11-25"} == days_in_manila(of_other) & {"2026-11-24", "2026-11-25"}
    assert "2026-11-24" in days_in_manila(offered(cast, of=cast.tara, moves=lesson_of(cast, own)))


def test_among_all_teachers_somebody_whose_day_is_full_is_not_named(cast: Cast) -> None:
    book(cast)

    def named() -> set[Membership]:
        with in_school(cast.school.pk):
            # The morning of the 24th in Manila is the evening before in New York.
            page = list_free_times(
                school=cast.school, student=cast.sam, teacher_id=None, minutes=50, day=date(2026, 11, 23), now=NOW
            )
        return {one for time in page.times if time.interval.start.day == 24 for one in time.teachers}

    assert cast.tara in named()
    set_rules(cast, max_lessons_per_day=1)
    assert cast.tara not in named()


def test_a_new_teachers_week_is_full_until_the_probation_ends(cast: Cast) -> None:
    set_rules(cast, probation_days=366, probation_max_lessons_per_week=2)
    for day in (0, 1):
        book(cast, starts_at=TUESDAY_NINE + timedelta(days=day))

    left = days_in_manila(offered(cast, of=cast.tara))

    assert not {f"2026-11-{day}" for day in range(23, 30)} & left
    assert "2026-11-30" in left


def test_in_the_week_in_which_the_probation_ends_the_days_after_it_are_open(cast: Cast) -> None:
    wednesday = TUESDAY_NINE + timedelta(days=1)
    # It ends with that many whole days after Tara joined: on Wednesday at 8:00 in Manila, before she opens.
    set_rules(cast, probation_days=(wednesday - LONG_AGO).days, probation_max_lessons_per_week=2)
    for hours in (0, 1):
        book(cast, starts_at=TUESDAY_NINE + timedelta(hours=hours))

    left = days_in_manila(offered(cast, of=cast.tara))

    assert "2026-11-24" not in left
    assert {"2026-11-25", "2026-11-26", "2026-11-27"} <= left
    with pytest.raises(ProbationFull):
        book(cast, starts_at=TUESDAY_NINE + timedelta(hours=2))
    assert book(cast, starts_at=wednesday + timedelta(days=1)).lesson_id
