"""A day with many free times is folded by part of the day where a student moves a lesson, as where they book one."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from makegood import clock
from makegood.domain.availability.expansion import WallRange
from tests import bookings
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
