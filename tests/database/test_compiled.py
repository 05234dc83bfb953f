"""Compiled queries answer what their querysets answer, whatever the values are and however many."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.db.models import Exists, F, OuterRef, QuerySet
from django.db.transaction import TransactionManagementError
from django.test.utils import CaptureQueriesContext

from makegood.database.compiled import compiled, is_any_of
from makegood.database.one_row import add_row
from makegood.domain.people.models import Membership, Role, RoleGrant
from makegood.domain.schools.context import in_school
from makegood.domain.timeline.doors import Door
from makegood.domain.timeline.models import Event
from tests.schools import make_member, make_person, make_school

NOW = datetime(2026, 10, 20, 9, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def teaching(school_id: int, ids: Collection[int]) -> QuerySet[Membership]:
    held = RoleGrant.objects.filter(membership_id=OuterRef("pk"), role=Role.TEACHER, ended_at=None)
    members = Membership.objects.filter(is_any_of("pk", ids), school_id=school_id).select_related("person")
    return members.annotate(teaches=Exists(held)).order_by("code")


def codes(school_id: int, ids: Collection[int]) -> QuerySet[Membership, str]:
    return teaching(school_id, ids).exclude(code__contains="%s%").values_list("code", flat=True)


def pairs(school_id: int, ids: Collection[int]) -> QuerySet[Membership, tuple[str, str]]:
    return teaching(school_id, ids).values_list("code", "person__zone")


@pytest.mark.parametrize("count", [0, 1, 2, 3, 4, 6])
def test_it_answers_what_the_queryset_answers(count: int) -> None:
    school = make_school()
    people = [make_person(f"Member {n}") for n in range(6)]
    members = [make_member(school, one, [Role.TEACHER if n % 2 else Role.STUDENT]) for n, one in enumerate(people)]
    ids = [member.pk for member in members][:count]

    with in_school(school.pk):
        found = compiled(teaching)(school_id=school.pk, ids=ids)
        plainly = list(teaching(school.pk, ids))
        assert found == plainly
        assert [vars(one)["teaches"] for one in found] == [vars(one)["teaches"] for one in plainly]
        with CaptureQueriesContext(connection) as asked:
            assert [one.person.email for one in found] == [one.person.email for one in plainly]
        assert compiled(codes)(school_id=school.pk, ids=ids) == list(codes(school.pk, ids))
        assert compiled(pairs)(school_id=school.pk, ids=ids) == list(pairs(school.pk, ids))
        assert compiled(codes).first(school_id=school.pk, ids=ids) == next(iter(codes(school.pk, ids)), None)

    assert len(asked) == 0


def test_values_are_parameters_and_what_is_fixed_is_written_out() -> None:
    school = make_school()

    with in_school(school.pk), CaptureQueriesContext(connection) as asked:
        for code in ("o'brien", "100% %s"):
            compiled(by_code)(school_id=school.pk, code=code)

    statements = [one["sql"] for one in asked]
    assert len(statements) == 2
    assert all("'teacher'" in one for one in statements)


def by_code(school_id: int, code: str) -> QuerySet[RoleGrant]:
    return RoleGrant.objects.filter(school_id=school_id, role=Role.TEACHER, membership__code=code)


@pytest.mark.django_db(transaction=True)
def test_rows_are_locked_inside_a_transaction_only() -> None:
    school = make_school()
    with in_school(school.pk):
        assert compiled(lock)(school_id=school.pk) == []

    with pytest.raises(TransactionManagementError):
        compiled(lock)(school_id=school.pk)


def lock(school_id: int) -> QuerySet[Membership]:
    return Membership.objects.select_for_update(no_key=True).filter(school_id=school_id).annotate(again=F("code"))


def test_a_row_is_written_with_every_value_and_read_back() -> None:
    school = make_school()
    with in_school(school.pk):
        event = Event(
            school_id=school.pk,
            kind="lesson_booked",
            at=NOW,
            door=Door.WEB,
            values={"of": ["what", 1]},
            reason="50%",
        )
        add_row(event)
        stored = Event.objects.get(pk=event.pk)

    assert {**vars(stored), "_state": None} == {**vars(event), "_state": None}
    assert abs(stored.recorded_at - event.recorded_at) == timedelta()


@pytest.mark.parametrize("number", [2**63, -(2**63) - 1, 2**80])
def test_a_number_that_no_column_holds_finds_nothing(number: int) -> None:
    assert compiled(teaching)(school_id=number, ids=[1]) == []
    assert compiled(teaching).first(school_id=number, ids=[1]) is None
