"""Owners press twice, or two of them at once: what is offered and paid is numbered one after the other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from makegood.actions.set_lesson_type import set_lesson_type
from makegood.actions.set_pay_rate import set_pay_rate
from makegood.domain.lessons import offering
from makegood.domain.schools.context import in_school
from makegood.domain.timeline.doors import Door
from makegood.quantities import Money
from tests.bookings import NOW
from tests.cast import Cast, make_cast
from tests.databases import TestDatabase
from tests.races.arena import Attempt, Deed, compete, list_findings

pytestmark = pytest.mark.django_db(transaction=True)


def set_rate(cast: Cast, number: int) -> Deed:
    return partial(
        set_pay_rate, school=cast.school, actor=cast.owen, teacher_id=None, lesson_type="regular", minutes=50,
        amount=Money(1000 + number, "USD"), door=Door.WEB, now=NOW,
    )  # fmt: skip


def set_type(cast: Cast, number: int) -> Deed:
    with in_school(cast.school.pk):
        offer = offering.get_offer(school_id=cast.school.pk, code="regular")
    named = replace(offer, name=f"Lesson {number}")
    return partial(set_lesson_type, school=cast.school, actor=cast.owen, offer=named, door=Door.WEB, now=NOW)


def nobody_waits(**_values: Any) -> None:
    """The lock taken away."""


@pytest.mark.parametrize("deed", [set_rate, set_type])
def test_everybody_is_heard_one_after_the_other(database: TestDatabase, deed: Callable[[Cast, int], Deed]) -> None:
    cast = make_cast()

    race = compete([Attempt(contest=0, deed=deed(cast, number)) for number in range(18)])

    race.assert_civil()
    assert race.wins() == {0: 18}
    assert list_findings(database) == {}


def test_without_the_lock_two_take_the_same_number(monkeypatch: pytest.MonkeyPatch) -> None:
    cast = make_cast()
    monkeypatch.setattr(offering, "lock_offers", nobody_waits)

    race = compete([Attempt(contest=0, deed=set_rate(cast, number)) for number in range(36)])

    assert {type(error).__name__ for error in race.errors()} == {"IntegrityError"}
