"""*Book a lesson* names a deprioritized teacher last; whoever chooses them sees their times."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from makegood import clock
from makegood.domain.availability.expansion import WallRange
from makegood.domain.people.models import Role
from makegood.domain.schools.context import in_school
from tests.bookings import NOW, open_mornings
from tests.cast import add_member, make_cast
from tests.pauses import deprioritize
from tests.web.signed_in import sign_in

pytestmark = pytest.mark.django_db


def test_a_new_student_finds_the_teacher_last_and_by_name(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    cast = make_cast(preset="talaera")
    open_mornings(cast, cast.tara, cast.tom)
    deprioritize(cast, cast.tara)
    with in_school(cast.school.pk):
        new = add_member(cast.school, code="nia", name="Nia New", role=Role.STUDENT, zone="Asia/Manila")
    sign_in(client, new.person)

    def read(address: str) -> tuple[list[str], bool]:
        page = BeautifulSoup(client.get(address).content, "html.parser")
        slots = page.select(f'button[name=slot][value^="{cast.tara.pk}|"]')
        return [one.get_text() for one in page.select("#book-teacher option")], bool(slots)

    names = ["Any teacher", "Tom Teaches", "Tara Teaches"]
    # Tom is free at other times than she is, so each has some.
    assert read("/marigold/book/") == (names, True)
    assert read(f"/marigold/book/?teacher={cast.tara.pk}") == (names, True)
    assert read(f"/marigold/book/teachers/{cast.tara.pk}/") == ([], True)
    open_mornings(cast, cast.tom, ranges=(WallRange(0, 1440),), weekdays=7)
    assert read("/marigold/book/") == (names, False)
    assert read(f"/marigold/book/?teacher={cast.tara.pk}") == (names, True)
