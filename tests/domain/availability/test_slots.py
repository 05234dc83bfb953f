"""The slot search against a plain loop that looks at every quarter of an hour."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from makegood.domain.availability import masks, slots
from makegood.domain.availability.booking_rules import BookingRuleSet
from makegood.domain.availability.models import CalendarWeek
from makegood.domain.people.models import Role
from makegood.domain.schools.context import in_school
from tests.cast import Cast, add_member, make_cast

pytestmark = pytest.mark.django_db

MONDAY = datetime(2026, 11, 23, tzinfo=UTC)
EVERYTHING = b"\xff" * masks.WEEK_BYTES
EAGER = BookingRuleSet(minimum_notice_minutes=0)
ROOT = Path(__file__).resolve().parents[3]
NOW = MONDAY - timedelta(hours=1)


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def keep(cast: Cast, teacher: int, week: int, available: bytes, busy: bytes = masks.EMPTY, grid: int = 0) -> None:
    CalendarWeek.objects.create(
        school=cast.school,
        teacher_id=teacher,
        week_starts_at=MONDAY + week * masks.WEEK,
        available=available,
        busy=busy,
        grid_minute=grid,
    )


def change(cast: Cast, teacher: int, week: int, available: int, busy: int, grid: int, *, is_kept: bool) -> None:
    """Let the week be as given; one that is not kept is empty, as rows cannot be deleted."""
    opened, taken = available.to_bytes(masks.WEEK_BYTES, "little"), busy.to_bytes(masks.WEEK_BYTES, "little")
    with in_school(cast.school.pk):
        rows = CalendarWeek.objects.filter(teacher_id=teacher, week_starts_at=MONDAY + week * masks.WEEK)
        if not rows.update(available=opened, busy=taken, grid_minute=grid) and is_kept:
            keep(cast, teacher, week, opened, taken, grid)


def find(cast: Cast, *, minutes: int = 60, hours: float = 24, rules: BookingRuleSet = EAGER, **changes: object) -> Any:
    values: dict[str, Any] = {
        "school_id": cast.school.pk, "teacher_ids": None, "from_at": MONDAY,
        "until_at": MONDAY + timedelta(hours=hours), "lesson_minutes": minutes, "rules": rules, "now": NOW,
    }  # fmt: skip
    with in_school(cast.school.pk):
        return dict(slots.find_free_starts(**(values | changes)).items())


def mask(*steps: int) -> bytes:
    return sum(1 << step for step in steps).to_bytes(masks.WEEK_BYTES, "little")


def hours_of(starts: Any) -> list[str]:
    return [f"{at:%d %H:%M}" for at in starts]


def test_a_lesson_fits_where_all_of_it_is_open(cast: Cast) -> None:
    with in_school(cast.school.pk):
        keep(cast, cast.tara.pk, 0, mask(*range(36, 43)))

    found = find(cast)

    assert {teacher: hours_of(starts) for teacher, starts in found.items()} == {cast.tara.pk: ["23 09:00", "23 09:30"]}


def test_quarter_hour_slots_and_short_lessons(cast: Cast) -> None:
    with in_school(cast.school.pk):
        keep(cast, cast.tara.pk, 0, mask(*range(36, 43)))

    rules = BookingRuleSet(minimum_notice_minutes=0, slot_minutes=15)

    assert hours_of(find(cast, minutes=50, rules=rules)[cast.tara.pk]) == [
        "23 09:00", "23 09:15", "23 09:30", "23 09:45",
    ]  # fmt: skip


def test_busy_steps_and_the_buffer_behind_a_lesson_are_kept_free(cast: Cast) -> None:
    with in_school(cast.school.pk):
        keep(cast, cast.tara.pk, 0, mask(*range(36, 60)), mask(44, 45))

    without = hours_of(find(cast)[cast.tara.pk])
    with_buffer = hours_of(find(cast, rules=BookingRuleSet(minimum_notice_minutes=0, buffer_minutes=15))[cast.tara.pk])

    times = ("09:00", "09:30", "10:00", "11:30", "12:00", "12:30", "13:00", "13:30", "14:00")
    assert without == [f"23 {at}" for at in times]
    assert with_buffer == [at for at in without if at != "23 10:00"]


def test_a_lesson_may_run_over_the_end_of_a_week_of_utc(cast: Cast) -> None:
    with in_school(cast.school.pk):
        keep(cast, cast.tara.pk, 0, mask(670, 671))
        keep(cast, cast.tara.pk, 1, mask(0, 1))
        keep(cast, cast.tom.pk, 0, mask(670, 671))

    assert {one: hours_of(starts) for one, starts in find(cast, hours=168).items()} == {cast.tara.pk: ["29 23:30"]}


def test_the_grid_is_the_teachers_own_clock(cast: Cast) -> None:
    with in_school(cast.school.pk):
        keep(cast, cast.tara.pk, 0, mask(*range(37, 43)), grid=15)
        keep(cast, cast.tom.pk, 0, mask(*range(37, 43)))

    assert {one: hours_of(starts) for one, starts in find(cast).items()} == {
        cast.tara.pk: ["23 09:15", "23 09:45"],
        cast.tom.pk: ["23 09:30"],
    }


def test_notice_and_horizon_bound_the_search(cast: Cast) -> None:
    with in_school(cast.school.pk):
        for week in range(3):
            keep(cast, cast.tara.pk, week, EVERYTHING)

    found = find(cast, hours=336, rules=BookingRuleSet(minimum_notice_minutes=90, horizon_days=7))[cast.tara.pk]

    assert (hours_of(found)[0], hours_of(found)[-1], len(found)) == ("23 00:30", "29 22:30", 333)
    assert find(cast, now=MONDAY + timedelta(days=3)) == {}


def test_only_the_teachers_asked_for_are_searched(cast: Cast) -> None:
    with in_school(cast.school.pk):
        keep(cast, cast.tara.pk, 0, EVERYTHING)
        keep(cast, cast.tom.pk, 0, EVERYTHING)

    assert list(find(cast, teacher_ids=[cast.tom.pk])) == [cast.tom.pk]
    assert find(cast, teacher_ids=[]) == {}


def test_who_is_free_at_an_instant_is_read_across_teachers(cast: Cast) -> None:
    with in_school(cast.school.pk):
        keep(cast, cast.tara.pk, 0, mask(*range(36, 44)))
        keep(cast, cast.tom.pk, 0, mask(*range(38, 44)))
        found = slots.find_free_starts(
            school_id=cast.school.pk, teacher_ids=None, from_at=MONDAY, until_at=MONDAY + timedelta(days=1),
            lesson_minutes=60, rules=EAGER, now=NOW,
        )  # fmt: skip
    nine = MONDAY + timedelta(hours=9)

    assert found.list_free_at(nine) == [cast.tara.pk]
    assert found.list_free_at(nine + timedelta(minutes=30)) == [cast.tara.pk, cast.tom.pk]
    assert found.list_free_at(nine + timedelta(minutes=31)) == []
    assert found.list_free_at(MONDAY - masks.WEEK) == []
    assert [count for _at, count in found.list_times()] == [1, 2, 2]
    assert found.list_of(cast.tom.pk) == [nine + timedelta(minutes=30), nine + timedelta(hours=1)]
    assert found.list_of(0) == []


def plainly(
    weeks: dict[tuple[int, int], tuple[int, int]],
    grid: dict[int, int],
    *,
    first: int,
    last: int,
    minutes: int,
    rules: BookingRuleSet,
) -> dict[int, list[datetime]]:
    """What a reader of the rules would do by hand: look at each start, step by step."""
    starts: dict[int, list[datetime]] = {}
    for teacher in sorted(grid):

        def bit(step: int, of: int, teacher: int = teacher) -> int:
            return weeks.get((teacher, step // 672), (0, 0))[of] >> step % 672 & 1

        for step in range(first, last):
            if (step * 15 - grid[teacher]) % rules.slot_minutes:
                continue
            lesson = -(-minutes // 15)
            blocked = -(-(minutes + rules.buffer_minutes) // 15)
            is_open = all(bit(step + offset, 0) for offset in range(lesson))
            if is_open and not any(bit(step + offset, 1) for offset in range(blocked)):
                starts.setdefault(teacher, []).append(MONDAY + step * masks.STEP)
    return starts


def runs() -> st.SearchStrategy[int]:
    """Masks of a week made of runs, as open time is."""
    run = st.tuples(st.integers(0, 671), st.integers(1, 60))
    return st.lists(run, max_size=8).map(
        lambda found: sum({1 << step for start, length in found for step in range(start, min(672, start + length))})
    )


@pytest.mark.parametrize("names", ["nobody named", "everybody", "apart", "most of a stretch", "two of three"])
def test_forty_teachers_with_gaps_are_found_as_one_by_one(cast: Cast, names: str) -> None:
    with in_school(cast.school.pk):
        members = [cast.tara.pk, cast.tom.pk]
        for number in range(40):
            members.append(add_member(cast.school, code=f"t{number}", name="T", role=Role.TEACHER, zone="UTC").pk)
        for number, teacher in enumerate(members):
            for week in range(3):
                if (number + week) % 5:
                    keep(cast, teacher, week, mask(*range(number, number + 40)), mask(number + 9), grid=number % 2 * 15)
    chosen = {
        "nobody named": None,
        "everybody": members,
        "apart": members[::9],
        "most of a stretch": [teacher for number, teacher in enumerate(members) if number % 6],
        "two of three": [members[5], members[7]],
    }[names]

    found = find(cast, hours=400, teacher_ids=chosen)
    one_by_one = [find(cast, hours=400, teacher_ids=[one]) for one in chosen or members]

    assert found == {teacher: starts for found_one in one_by_one for teacher, starts in found_one.items()}
    assert len(found) > len(one_by_one) / 2


def test_only_a_search_of_many_loads_numpy() -> None:
    loading = "import django; django.setup(); import sys, makegood.site.urls, makegood.domain.availability.slots"
    command = [sys.executable, "-c", f"{loading}; sys.exit('numpy' in sys.modules)"]

    assert subprocess.run(command, cwd=ROOT, env=os.environ, check=False).returncode == 0


@settings(max_examples=120, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    weeks=st.dictionaries(
        st.tuples(st.integers(0, 1), st.integers(0, 2)), st.tuples(runs(), runs()), min_size=1, max_size=6
    ),
    grids=st.tuples(st.sampled_from([0, 15]), st.sampled_from([0, 15])),
    first=st.integers(0, 700),
    span=st.integers(1, 800),
    minutes=st.sampled_from([15, 25, 30, 50, 60, 90, 300]),
    buffer_minutes=st.sampled_from([0, 5, 15, 30]),
    slot_minutes=st.sampled_from([15, 30]),
    many=st.sampled_from([0, 32]),
    names=st.sampled_from(["all", "close", "apart"]),
)
def test_every_search_agrees_with_the_plain_loop(
    cast: Cast,
    weeks: dict[tuple[int, int], tuple[int, int]],
    grids: tuple[int, int],
    first: int,
    span: int,
    minutes: int,
    buffer_minutes: int,
    slot_minutes: int,
    many: int,
    names: str,
) -> None:
    rules = BookingRuleSet(minimum_notice_minutes=0, buffer_minutes=buffer_minutes, slot_minutes=slot_minutes)
    teachers = (cast.tara.pk, cast.tom.pk)
    named = {(teachers[teacher], week): bits for (teacher, week), bits in weeks.items()}
    for one, grid in zip(teachers, grids, strict=True):
        for week in range(3):
            available, busy = named.get((one, week), (0, 0))
            change(cast, one, week, available, busy, grid, is_kept=(one, week) in named)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(slots, "_MANY", many)
        patch.setattr(slots, "_DENSE", {"close": 10**9}.get(names, 0))
        found = find(
            cast, minutes=minutes, rules=rules, teacher_ids=None if names == "all" else teachers[::-1],
            from_at=MONDAY + first * masks.STEP, until_at=MONDAY + (first + span) * masks.STEP,
        )  # fmt: skip

    grid_of = dict(zip(teachers, grids, strict=True))
    assert found == plainly(named, grid_of, first=first, last=first + span, minutes=minutes, rules=rules)
