"""Closing a month while the first pay of an earlier one is posted, which has no row yet that could be locked.

Goal: no pay stands in a month before a closed one that did not know of it. Method: the second begins before the first
has committed. Negative control: without the lock of the school's months the second goes on at once, and the damage is
done.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import connections

from makegood.actions.close_pay_period import close_pay_period
from makegood.domain.ledger import operations as ledger
from makegood.domain.ledger import periods
from makegood.domain.ledger.models import Transfer, TransferKind
from makegood.domain.ledger.operations import Posting
from makegood.domain.ledger.periods import EarlierMonthOpen
from makegood.domain.schools.context import in_school
from makegood.domain.timeline.doors import Door
from makegood.quantities import Money
from tests.cast import Cast, book, make_cast

pytestmark = pytest.mark.django_db(transaction=True)

NOW = datetime(2026, 12, 5, 12, tzinfo=UTC)
OCTOBER, NOVEMBER, DECEMBER = (date(2026, month, 1) for month in (10, 11, 12))
# How long the first waits for the second: a moment where the lock keeps it back, until it has ended where nothing does.
KEPT_BACK_SECONDS, FREE_SECONDS = 0.5, 60
Deed = Callable[[], Any]


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture(params=[True, False], ids=["locked", "not locked"])
def is_locked(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bool:
    if not request.param:
        monkeypatch.setattr(periods, "_lock", lambda *_which: None)
    return bool(request.param)


def make_pay(cast: Cast) -> Deed:
    """The pay of a lesson in October."""
    lesson = book(cast, starts_at=datetime(2026, 10, 10, 12, tzinfo=UTC))
    posting = Posting(
        kind=TransferKind.LESSON_PAY,
        source=lesson.pk,
        membership_id=cast.tara.pk,
        amount=Money(1200, "USD"),
        month_on=OCTOBER,
    )

    def pay() -> None:
        with in_school(cast.school.pk):
            ledger.settle(school_id=cast.school.pk, reversals=[], postings=[posting], now=NOW)

    return pay


def make_close(cast: Cast) -> Deed:
    def close() -> None:
        close_pay_period(school=cast.school, month_on=NOVEMBER, closed_by_id=None, door=Door.WEB, now=NOW)

    return close


def do_both(cast: Cast, first: Deed, second: Deed, *, is_locked: bool) -> Future[Any]:
    """Do the first, let the second begin and give it time, and commit the first; how the second ended."""

    def run() -> Any:
        try:
            return second()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as threads:
        with in_school(cast.school.pk):
            first()
            begun = threads.submit(run)
            wait([begun], timeout=KEPT_BACK_SECONDS if is_locked else FREE_SECONDS)
            assert begun.done() is not is_locked
        wait([begun])
        return begun


def month_of_pay(cast: Cast) -> date:
    with in_school(cast.school.pk):
        return Transfer.objects.select_related("period").get().period.starts_on


def test_a_month_is_not_closed_over_pay_that_is_under_way(cast: Cast, is_locked: bool) -> None:
    closed = do_both(cast, make_pay(cast), make_close(cast), is_locked=is_locked)

    assert isinstance(closed.exception(), EarlierMonthOpen) is is_locked
    assert month_of_pay(cast) == OCTOBER


def test_pay_goes_behind_a_month_whose_closing_is_under_way(cast: Cast, is_locked: bool) -> None:
    paid = do_both(cast, make_close(cast), make_pay(cast), is_locked=is_locked)

    assert paid.exception() is None
    assert month_of_pay(cast) == (DECEMBER if is_locked else OCTOBER)
