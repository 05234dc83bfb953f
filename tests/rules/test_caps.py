"""Caps: for one incident, as a share of its pay, for a week, for a month; the earlier report uses the room first."""

from __future__ import annotations

import dataclasses

import pytest

from makegood.quantities import Money
from makegood.rules.assess import assess
from makegood.rules.facts import Incident
from makegood.rules.problems import InvalidFacts
from makegood.rules.settings.pricing import Caps
from tests.rules.cast import FINES, incident


def penalties(caps: Caps, *history: Incident) -> list[int]:
    policy = dataclasses.replace(FINES, caps=caps)
    return [one.penalty_minor for one in assess(history, policy).assessments]


def test_incident_never_costs_more_than_its_cap() -> None:
    assert penalties(Caps(incident=250), incident(early=None), incident("2026-11-10 15:00")) == [250, 30]


def test_share_of_pay_is_rounded_down_and_unknown_pay_is_not_capped() -> None:
    paid = incident(early=None, lesson_pay=Money(333, "USD"))
    assert penalties(Caps(share_of_pay_bp=5000), paid, incident("2026-11-10 15:00", early=None)) == [166, 300]


def test_pay_in_another_currency_is_refused_where_it_matters() -> None:
    paid = incident(lesson_pay=Money(333, "EUR"))
    assert penalties(Caps(incident=250), paid) == [30]
    with pytest.raises(InvalidFacts, match="cannot be compared with penalties in USD"):
        penalties(Caps(share_of_pay_bp=5000), paid)


def test_week_is_filled_in_the_order_of_reporting() -> None:
    later = incident("2026-11-10 15:00", early=None)
    earlier = incident("2026-11-09 15:00", early=None)
    assert penalties(Caps(week=500), later, earlier) == [200, 300]


def test_month_is_filled_in_the_order_of_reporting_and_the_next_month_is_empty() -> None:
    history = [incident(day, early=None) for day in ("2026-11-03 15:00", "2026-11-10 15:00", "2026-12-01 15:00")]
    assert penalties(Caps(month=400), *history) == [300, 100, 300]
