"""Which day and which times a student is shown who moves a lesson."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from makegood import clock
from makegood.domain.availability.expansion import WallRange
from tests import bookings
from tests import cast as casting
from tests.bookings import NOW, TUESDAY_NINE, book
from tests.cast import make_cast
from tests.web.signed_in import sign_in

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("until", "folds"), [(720, []), (1440, [True, False, False])])
def test_many_times_are_folded(client: Client, monkeypatch: pytest.MonkeyPatch, until: int, folds: list[bool]) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    cast = make_cast()
    bookings.open_mornings(cast, ranges=(WallRange(540, until),))
    booked = book(cast, starts_at=TUESDAY_NINE)
    sign_in(client, cast.sam.person)

    # A Tuesday of New York holds a night, a morning and an evening of Manila.
    address = f"/marigold/lessons/{booked.lesson_id}/reschedule/?day=2026-11-24"
    page = BeautifulSoup(client.get(address).content, "html.parser")

    assert [day.has_attr("open") for day in page.select("form details")] == folds
    assert page.select("button[name=starts_at]")


@pytest.mark.parametrize(
    ("starts_at", "day"),
    [
        # Tuesday 8 December in New York: it has other free times.
        (datetime(2026, 12, 9, 1, tzinfo=UTC), "2026-12-08"),
        # Friday at ten in the evening there is Saturday in Manila, when Tara teaches this one only.
        (datetime(2026, 12, 12, 3, tzinfo=UTC), "2026-12-13"),
        # Behind the horizon nothing can be chosen: the last day is nearest.
        (datetime(2027, 6, 2, 1, tzinfo=UTC), "last"),
    ],
)
def test_the_day_of_the_lesson_is_shown_or_the_next_with_a_free_time(
    client: Client, monkeypatch: pytest.MonkeyPatch, starts_at: datetime, day: str
) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    cast = make_cast()
    bookings.open_mornings(cast)
    lesson = casting.book(cast, starts_at=starts_at)
    sign_in(client, cast.sam.person)
    address = f"/marigold/lessons/{lesson.pk}/reschedule/"

    days = shown_days(client, address)
    later = shown_days(client, f"{address}?day=2026-11-24")

    assert days.index("current") == (len(days) - 2 if day == "last" else days.index(day) - 1)
    assert later[later.index("current") + 1] == "2026-11-24"


def shown_days(client: Client, address: str) -> list[str]:
    """The days that can be chosen; "current" stands before the one that is shown."""
    page = BeautifulSoup(client.get(address).content, "html.parser")
    found: list[str] = []
    for link in page.select("nav li a[href^='?day=']"):
        if link.get_text() not in {"Earlier", "Later"}:
            found += ["current"] * link.has_attr("aria-current") + [str(link["href"]).removeprefix("?day=")]
    return found
