"""A time that is kept for a move stands in the desk's week with whose answer it waits for, and where that is given."""

from __future__ import annotations

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from makegood import clock
from makegood.domain.lessons.models import Lesson
from makegood.domain.schools.context import in_school
from tests.cast import Cast, book, make_cast
from tests.moves import FRIDAY, NOW, WEDNESDAY, ask, open_mornings, reschedule, set_rules
from tests.web.signed_in import sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast(monkeypatch: pytest.MonkeyPatch) -> Cast:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    made = make_cast()
    open_mornings(made)
    return made


def kept_for(cast: Cast, lesson: Lesson) -> Lesson:
    with in_school(cast.school.pk):
        return Lesson.objects.get(keeps_time_for=lesson)


def test_a_time_kept_for_a_move_says_whose_answer_it_waits_for(client: Client, cast: Cast) -> None:
    of_teacher, of_student = book(cast, starts_at=WEDNESDAY), book(cast, starts_at=FRIDAY)
    ask(cast, of_teacher)
    set_rules(cast, needs_approval=True)
    reschedule(cast, of_student, to=FRIDAY + timedelta(hours=1))
    asked, wished = kept_for(cast, of_teacher), kept_for(cast, of_student)
    sign_in(client, cast.desi.person)

    week = BeautifulSoup(client.get("/marigold/desk/calendar/").content, "html.parser")

    states = {}
    for row in week.select(".agenda tbody tr"):
        lesson_id = int(str(row.select("a")[0]["href"]).rstrip("/").rpartition("/")[2])
        said = " ".join(row.find_all(["th", "td"])[-1].get_text(" ").split())
        states[lesson_id] = (said, [str(link["href"]) for link in row.select(".how a")])
    assert states[asked.pk] == ("Waits for the student", [])
    door = f"/marigold/desk/approvals/#lesson-{wished.pk}"
    assert states[wished.pk] == ("Waits for an answer Approve or refuse", [door])
    approvals = BeautifulSoup(client.get("/marigold/desk/approvals/").content, "html.parser")
    assert len(approvals.select(f"section#lesson-{wished.pk} form")) == 1
