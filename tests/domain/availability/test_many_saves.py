"""However often a teacher saved, little of it is read, and it says the same as all of it."""

from __future__ import annotations

import random
import uuid
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from makegood import clock
from makegood.domain.availability import openness, queries
from makegood.domain.availability.freshness import measure_freshness
from makegood.domain.availability.models import AvailabilityDay, DefaultAvailability
from makegood.domain.availability.openness import get_openness
from makegood.domain.availability.plans import TeacherPlan
from makegood.domain.people.models import Membership
from makegood.domain.schools.context import in_school
from tests.bookings import MONDAY, NOW
from tests.cast import Cast, make_cast
from tests.web.signed_in import sign_in
from tests.web.test_screens import FRAME_STATEMENTS, count_statements

pytestmark = pytest.mark.django_db

ZONE = "Asia/Manila"
DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
OPEN = [{"start_minute": 540, "end_minute": 720}]
LONGER = [{"start_minute": 540, "end_minute": 780}]


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def row(teacher: Membership, number: int, made_at: datetime) -> dict[str, Any]:
    return {
        "school_id": teacher.school_id,
        "teacher": teacher,
        "number": number,
        "zone": ZONE,
        "made_at": made_at,
        "door": "web",
        "request_id": uuid.uuid4(),
    }


def save_often(teacher: Membership, day_on: date, count: int, *, closes: bool) -> None:
    """Save one day again and again, a minute apart until now: other hours, or open and closed in turns."""
    states = [OPEN, [] if closes else LONGER]
    with in_school(teacher.school_id):
        AvailabilityDay.objects.bulk_create(
            AvailabilityDay(
                **row(teacher, number, NOW - (count - number) * MINUTE), day_on=day_on, ranges=states[number % 2]
            )
            for number in range(1, count + 1)
        )


def read(teacher: Membership, now: datetime) -> openness.Openness:
    with in_school(teacher.school_id):
        return get_openness(school_id=teacher.school_id, teacher_id=teacher.pk, zone=ZONE, now=now)


def read_all(teacher: Membership) -> TeacherPlan:
    """Every row there is."""
    with in_school(teacher.school_id):
        return TeacherPlan(
            zone=ZONE,
            defaults=tuple(map(queries._as_default, DefaultAvailability.objects.values())),
            exceptions=tuple(map(queries._as_exception, AvailabilityDay.objects.values())),
        )


def make_history(teacher: Membership, dice: random.Random) -> None:
    """Defaults and days of seven months, sometimes written a moment before the row with the number before."""
    first_at = NOW - 200 * DAY
    moments = sorted(first_at + dice.randrange(200 * 24 * 60) * MINUTE for _ in range(160))
    skewed = [at - dice.choice((0, 0, 0, 300)) * MINUTE for at in moments]
    defaults, days, numbers = [], [], dict[date, int]()
    for at in skewed:
        if dice.random() < 0.1:
            weekly = [{"weekday": day, **found} for day in range(2) for found in OPEN if dice.random() < 0.5]
            from_on = at.date() + dice.randrange(20) * DAY
            number = len(defaults) + 1
            defaults.append(DefaultAvailability(**row(teacher, number, at), in_force_from_on=from_on, weekly=weekly))
            continue
        day_on = at.date() - at.weekday() * DAY + dice.randrange(5) * 7 * DAY
        numbers[day_on] = numbers.get(day_on, 0) + 1
        ranges = dice.choice((OPEN, LONGER, LONGER, [], None))
        days.append(AvailabilityDay(**row(teacher, numbers[day_on], at), day_on=day_on, ranges=ranges))
    with in_school(teacher.school_id):
        DefaultAvailability.objects.bulk_create(defaults)
        AvailabilityDay.objects.bulk_create(days)


@pytest.mark.parametrize("seed", range(8))
def test_what_is_read_says_the_same_as_all_rows(cast: Cast, seed: int) -> None:
    make_history(cast.tara, random.Random(seed))
    everything = read_all(cast.tara)
    joined_at = NOW - 300 * DAY

    for now in (NOW, NOW + 3 * DAY, NOW + 40 * DAY):
        found = read(cast.tara, now)

        assert len(found.plan.exceptions) < len(everything.exceptions)
        assert found.measure(joined_at=joined_at, now=now) == measure_freshness(
            plan=everything, needed_days=14, horizon_days=found.rules.horizon_days, joined_at=joined_at, now=now
        )


def test_other_hours_of_one_day_are_not_read(cast: Cast) -> None:
    save_often(cast.tara, MONDAY, 4_000, closes=False)

    found = read(cast.tara, NOW)

    assert {one.number for one in found.plan.exceptions} == {1, 4_000}
    with in_school(cast.school.pk):
        plan = queries.get_plan(school_id=cast.school.pk, teacher_id=cast.tara.pk, zone=ZONE, from_on=MONDAY)
    assert [one.number for one in plan.exceptions] == [4_000]


def test_a_week_long_ago_is_read_alone(cast: Cast) -> None:
    with in_school(cast.school.pk):
        AvailabilityDay.objects.bulk_create(
            AvailabilityDay(**row(cast.tara, 1, NOW - 400 * DAY), day_on=MONDAY - 300 * DAY + count * DAY, ranges=OPEN)
            for count in range(30)
        )
        found = get_openness(
            school_id=cast.school.pk,
            teacher_id=cast.tara.pk,
            zone=ZONE,
            now=NOW,
            week_on=MONDAY - 301 * DAY,
        )

    assert [one.day_on for one in found.plan.exceptions] == [MONDAY - (300 - count) * DAY for count in range(6)]


def test_dashboard_of_who_opens_and_closes_one_day_again_and_again(
    client: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    save_often(cast.tara, MONDAY, 4_000, closes=True)
    sign_in(client, cast.tara.person)
    client.get("/marigold/")

    assert count_statements(client, "/marigold/dashboard/") - FRAME_STATEMENTS == 8
    assert b"Too little of your calendar has been open since" in client.get("/marigold/dashboard/").content
