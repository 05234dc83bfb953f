"""Sessions with one student on one day have doors that differ, and what explains a door stands with it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from makegood import clock
from tests.cast import Cast, book, make_cast
from tests.moves import NOW, THURSDAY
from tests.web.signed_in import sign_in

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def cast(monkeypatch: pytest.MonkeyPatch) -> Cast:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    made = make_cast()
    # The first stands above the others; the next three are to be reported, the last three to be cancelled.
    for start in (NOW + HOUR, *(NOW + (2 + n) * HOUR for n in range(3)), *(THURSDAY + n * HOUR for n in range(3))):
        book(made, starts_at=start)
    return made


def test_doors_of_one_day_differ_by_their_time(client: Client, cast: Cast) -> None:
    names = []
    for member, page in ((cast.tara, "dashboard"), (cast.sam, "lessons")):
        sign_in(client, member.person)
        found = BeautifulSoup(client.get(f"/marigold/{page}/").content, "html.parser")
        names.append([" ".join(one.get_text().split()) for one in found.select(".act .btn")])

    of_teacher, of_student = names
    assert "cancel session with Sam Studies on Thursday 22 October, 09:00" in of_teacher
    assert "Report an emergency for the session with Sam Studies on Monday 19 October, 16:00" in of_teacher
    assert "Ask to move the session with Sam Studies on Thursday 22 October, 10:00" in of_teacher
    assert "Choose another time for the lesson with Tara Teaches on Wednesday 21 October, 21:00" in of_student
    assert [len(set(found)) for found in names] == [len(found) for found in names]


def test_what_explains_a_door_stands_with_it(client: Client, cast: Cast) -> None:
    sign_in(client, cast.tara.person)

    page = BeautifulSoup(client.get("/marigold/dashboard/").content, "html.parser")

    notes = {
        (door.select(".btn")[0].contents[0].get_text(strip=True), door.select("p")[0].get_text(strip=True)[:20])
        for door in page.select(".act .door")
    }
    assert notes == {("Report an emergency", "Starts within 24 hou"), ("cancel session", "For the student, unt")}
    assert page.select(".act > p") == []
