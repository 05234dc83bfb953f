"""New students are proposed to a deprioritized teacher only where no other suitable teacher is free (D26)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from makegood.actions.withdraw_incident import withdraw_incident
from makegood.domain.availability.expansion import WallRange
from makegood.domain.incidents.models import Incident
from makegood.domain.lessons.queries import list_acquaintances
from makegood.domain.penalties.pauses import read_limits
from makegood.domain.people.models import Membership, Role
from makegood.domain.schools.context import in_school
from makegood.domain.timeline.doors import Door
from makegood.reports.free_times import FreeTimes, list_free_times
from tests.bookings import NOW, TUESDAY_NINE, book, open_mornings, set_rules
from tests.cast import Cast, add_member, make_cast
from tests.pauses import REPORTED_AT, deprioritize

pytestmark = pytest.mark.django_db

TUESDAY = date(2026, 11, 24)
# In Madrid; Tara's morning in Manila, and its first hour.
AS_TARA = (WallRange(120, 300),)
FIRST_HOUR = (WallRange(120, 180),)
MINUTE = timedelta(minutes=1)
LENGTH = timedelta(days=60)


@pytest.fixture
def cast() -> Cast:
    """Tara cannot teach two lessons of Sam, and so is deprioritized for sixty days from the second report on."""
    made = make_cast(preset="talaera")
    open_mornings(made)
    deprioritize(made, made.tara)
    return made


@pytest.fixture
def new(cast: Cast) -> Membership:
    """A student who has met nobody."""
    with in_school(cast.school.pk):
        return add_member(cast.school, code="nia", name="Nia New", role=Role.STUDENT, zone="Asia/Manila")


def look(cast: Cast, student: Membership, **changes: Any) -> FreeTimes:
    with in_school(cast.school.pk):
        known = list_acquaintances(school_id=cast.school.pk, student_id=student.pk)
        asked: dict[str, Any] = {"teacher_id": None, "minutes": 50, "day": TUESDAY, "now": NOW, "known": known}
        return list_free_times(school=cast.school, student=student, **(asked | changes))


def offered(found: FreeTimes) -> Mapping[int, Sequence[str]]:
    """Who is proposed, by the hour on Tuesday in Manila."""
    return {
        9 + (one.interval.start - TUESDAY_NINE) // timedelta(hours=1): sorted(who.code for who in one.teachers)
        for one in found.times
        if not (one.interval.start - TUESDAY_NINE) % timedelta(hours=1)
    }


def test_somebody_else_who_is_free_is_proposed_alone_and_the_last_resort_elsewhere(cast: Cast, new: Membership) -> None:
    open_mornings(cast, cast.tom, ranges=FIRST_HOUR)

    found = look(cast, new)

    assert offered(found) == {9: ["tom"], 10: ["tara"], 11: ["tara"]}
    assert [who.code for who in found.teachers] == ["tom", "tara"]
    assert [who.code for who in look(cast, new, teacher_id=cast.tom.pk).teachers] == ["tom", "tara"]
    assert look(cast, new, known=None) == found


def test_somebody_else_whose_day_is_full_is_no_choice(cast: Cast, new: Membership) -> None:
    set_rules(cast, max_lessons_per_day=1)
    open_mornings(cast, cast.tom, ranges=AS_TARA)
    assert offered(look(cast, new)) == {9: ["tom"], 10: ["tom"], 11: ["tom"]}

    book(cast, teacher_id=cast.tom.pk)

    assert offered(look(cast, new)) == {9: ["tara"], 10: ["tara"], 11: ["tara"]}


def test_a_student_who_knows_the_teacher_sees_no_difference(cast: Cast) -> None:
    open_mornings(cast, cast.tom, ranges=AS_TARA)

    found = look(cast, cast.sam)

    assert set(map(tuple, offered(found).values())) == {("tara", "tom")}
    assert [who.code for who in found.teachers] == ["tara", "tom"]


def test_where_all_who_are_free_are_deprioritized_they_are_proposed(cast: Cast, new: Membership) -> None:
    open_mornings(cast, cast.tom, ranges=AS_TARA)
    deprioritize(cast, cast.tom)

    assert set(map(tuple, offered(look(cast, new)).values())) == {("tara", "tom")}


def test_whoever_asks_for_the_teacher_sees_the_times_and_books(cast: Cast, new: Membership) -> None:
    open_mornings(cast, cast.tom, ranges=AS_TARA)

    assert offered(look(cast, new, teacher_id=cast.tara.pk)) == {9: ["tara"], 10: ["tara"], 11: ["tara"]}
    assert book(cast, actor=new).lesson_id
    assert book(cast, actor=new, teacher_id=cast.tom.pk, starts_at=TUESDAY_NINE + timedelta(hours=1)).lesson_id


def test_it_is_no_pause_and_ends_with_its_time(cast: Cast) -> None:
    def is_last(now: datetime) -> bool:
        with in_school(cast.school.pk):
            limits = read_limits(school_id=cast.school.pk, teacher_ids=[cast.tara.pk], now=now)
        assert limits.pauses == {}
        return limits.last_resort == {cast.tara.pk}

    moments = (REPORTED_AT - MINUTE, REPORTED_AT, REPORTED_AT + LENGTH - MINUTE, REPORTED_AT + LENGTH)
    assert [is_last(at) for at in moments] == [False, True, True, False]


def test_one_that_ended_early_has_no_effect_and_none_costs_a_statement(cast: Cast, new: Membership) -> None:
    open_mornings(cast, cast.tom, ranges=AS_TARA)

    def count() -> int:
        with CaptureQueriesContext(connection) as captured:
            look(cast, new)
        return len(captured)

    while_it_runs = count()
    assert set(map(tuple, offered(look(cast, new)).values())) == {("tom",)}
    with in_school(cast.school.pk):
        reference = Incident.objects.latest("pk").reference
    withdraw_incident(school=cast.school, actor=cast.tara, reference=reference, door=Door.WEB, now=NOW)

    assert set(map(tuple, offered(look(cast, new)).values())) == {("tara", "tom")}
    assert count() == while_it_runs
