"""Months are closed in order, and what is late goes to the month after the last closed one."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from makegood.actions.close_pay_period import close_pay_period
from makegood.domain.ledger import operations as ledger
from makegood.domain.ledger.models import PayPeriod, Transfer, TransferKind
from makegood.domain.ledger.operations import Posting
from makegood.domain.ledger.periods import EarlierMonthOpen, MonthNotOver, PayPeriodClosed
from makegood.domain.schools.context import in_school
from makegood.domain.timeline.doors import Door
from makegood.quantities import Money
from tests.bookings import give_credits
from tests.cast import Cast, book, make_cast

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 12, 20, 12, tzinfo=UTC)
AUGUST, SEPTEMBER, OCTOBER, NOVEMBER = (date(2026, month, 1) for month in (8, 9, 10, 11))


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def close(cast: Cast, month_on: date, *, now: datetime = NOW) -> PayPeriod:
    return close_pay_period(school=cast.school, month_on=month_on, closed_by_id=None, door=Door.WEB, now=now)


def pay(cast: Cast, month_on: date, *, day: int = 10) -> date:
    """Pay a session of Tara in that month; where it was posted."""
    lesson = book(cast, starts_at=datetime(month_on.year, month_on.month, day, 12, tzinfo=UTC))
    posting = Posting(
        kind=TransferKind.LESSON_PAY,
        source=lesson.pk,
        membership_id=cast.tara.pk,
        amount=Money(1200, "USD"),
        month_on=month_on,
    )
    with in_school(cast.school.pk):
        ledger.settle(school_id=cast.school.pk, reversals=[], postings=[posting], now=NOW)
        return Transfer.objects.select_related("period").get(source=lesson.pk, kind="lesson_pay").period.starts_on


def test_no_month_is_closed_before_an_earlier_one_that_pays(cast: Cast) -> None:
    assert [pay(cast, month_on) for month_on in (SEPTEMBER, OCTOBER)] == [SEPTEMBER, OCTOBER]

    with pytest.raises(EarlierMonthOpen, match="The month 2026-09 is still open"):
        close(cast, NOVEMBER)
    close(cast, SEPTEMBER)
    with pytest.raises(EarlierMonthOpen, match="The month 2026-10 is still open"):
        close(cast, NOVEMBER)
    close(cast, OCTOBER)

    assert close(cast, NOVEMBER).closed_at == NOW
    with pytest.raises(PayPeriodClosed):
        close(cast, SEPTEMBER)


def test_months_without_pay_are_passed_over_and_take_none_afterwards(cast: Cast) -> None:
    give_credits(cast, 3)
    pay(cast, OCTOBER)

    close(cast, OCTOBER)

    assert [pay(cast, month_on, day=11) for month_on in (AUGUST, SEPTEMBER, OCTOBER)] == [NOVEMBER] * 3
    assert close(cast, NOVEMBER).closed_at == NOW


def test_no_month_is_closed_before_it_has_ended_where_the_school_is(cast: Cast) -> None:
    pay(cast, OCTOBER)
    # Midnight in Manila.
    over_at = datetime(2026, 10, 31, 16, tzinfo=UTC)

    with pytest.raises(MonthNotOver, match="The month 2026-10 is not over yet"):
        close(cast, OCTOBER, now=over_at - timedelta(microseconds=1))
    assert pay(cast, OCTOBER, day=11) == OCTOBER
    assert close(cast, OCTOBER, now=over_at).closed_at == NOW


def test_another_school_s_open_months_do_not_matter(cast: Cast) -> None:
    pay(make_cast(slug="larkspur"), SEPTEMBER)

    assert close(cast, OCTOBER).closed_at == NOW
