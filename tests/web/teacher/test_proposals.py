"""A teacher proposes a time, the student answers, and both see what became of it."""

from __future__ import annotations

import re
import uuid
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from makegood import clock
from makegood.domain.lessons.models import Lesson, LessonStatus
from makegood.domain.people.models import Person, Role
from makegood.domain.schools.context import in_school
from tests.bookings import NOW, TUESDAY_NINE, book, open_mornings
from tests.cast import Cast, add_member, make_cast
from tests.web.emergency_page import text_of
from tests.web.signed_in import sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast(monkeypatch: pytest.MonkeyPatch) -> Cast:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    made = make_cast()
    open_mornings(made)
    book(made)
    return made


def propose(client: Client, cast: Cast, **changes: str) -> Any:
    sign_in(client, cast.tara.person)
    sent = {
        "kind": "regular:50", "day_on": "2026-11-26", "at": "19:30", "note": "Before your exam",
        "request_id": str(uuid.uuid4()),
    }  # fmt: skip
    return client.post(f"/marigold/students/{cast.sam.pk}/propose/", sent | changes)


def proposed(cast: Cast) -> Lesson:
    with in_school(cast.school.pk):
        return Lesson.objects.exclude(starts_at=TUESDAY_NINE).get()


def read(client: Client, cast: Cast) -> str:
    sign_in(client, cast.tara.person)
    return words_in(client.get(f"/marigold/students/{cast.sam.pk}/lessons/").content)


def words_in(content: bytes) -> str:
    """The text of a page, with commas where they are read."""
    return text_of(content).replace(" ,", ",")


def test_a_proposal_is_asked_accepted_and_shown_to_both(client: Client, cast: Cast) -> None:
    kept = propose(client, cast)
    lesson = proposed(cast)
    waiting = read(client, cast)
    sign_in(client, cast.sam.person)
    asked = text_of(client.get("/marigold/lessons/").content)
    page = text_of(client.get("/marigold/book/proposals/").content)
    client.post(f"/marigold/book/proposals/{lesson.pk}/", {"answer": "accept", "request_id": str(uuid.uuid4())})

    assert kept.status_code == 302
    # 19:30 in Manila.
    assert lesson.starts_at.isoformat() == "2026-11-26T11:30:00+00:00"
    assert "Thu 26 Nov, 19:30 Lesson Waits for the student Student's time: 06:30" in waiting
    assert "Your note: Before your exam" in waiting
    assert "Tara Teaches proposes Thu 26 Nov, 06:30." in asked
    assert "Your teacher writes: Before your exam" in page
    assert proposed(cast).status == LessonStatus.BOOKED
    assert "19:30 Lesson Accepted" in read(client, cast)


def test_a_declined_proposal_shows_why(client: Client, cast: Cast) -> None:
    propose(client, cast)
    sign_in(client, cast.sam.person)
    answer = {"answer": "decline", "reason": "I work then", "request_id": str(uuid.uuid4())}
    client.post(f"/marigold/book/proposals/{proposed(cast).pk}/", answer)

    said = read(client, cast)

    assert "Declined" in said
    assert "The answer: I work then" in said


def test_a_teacher_takes_a_proposal_back_once(client: Client, cast: Cast) -> None:
    propose(client, cast)
    address = f"/marigold/students/{cast.sam.pk}/proposals/{proposed(cast).pk}/take-back/"

    first = client.post(address, {"request_id": str(uuid.uuid4())})
    again = client.post(address, {"request_id": str(uuid.uuid4())})

    assert (first.status_code, again.status_code) == (302, 302)
    assert proposed(cast).status == LessonStatus.RELEASED
    assert "You took it back" in read(client, cast)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"day_on": ""}, "Choose a day."),
        ({"at": "25:00"}, "Type a time like 15:30."),
        ({"kind": "regular:7"}, "Choose a kind of lesson from the list."),
        ({"kind": "meet_your_teacher:25"}, "Choose a kind of lesson from the list."),
        ({"day_on": "2026-11-24", "at": "09:30"}, "There is another lesson of the student at this time."),
        ({"day_on": "2026-11-20"}, "This time is past."),
    ],
)
def test_what_cannot_be_proposed_is_said_at_its_field(
    client: Client, cast: Cast, changes: dict[str, str], said: str
) -> None:
    answer = propose(client, cast, **changes)

    assert answer.status_code == 422
    assert said in text_of(answer.content)
    # What was typed is still there.
    assert "Before your exam" in text_of(answer.content)


def test_a_student_of_somebody_else_is_not_found(client: Client, cast: Cast) -> None:
    with in_school(cast.school.pk):
        sue = add_member(cast.school, code="sue", name="Sue", role=Role.STUDENT, zone="Europe/Berlin")
    lesson = book(cast, actor=sue, starts_at=TUESDAY_NINE.replace(day=25), teacher_id=cast.tara.pk)
    sign_in(client, cast.tom.person)

    assert client.get(f"/marigold/students/{sue.pk}/propose/").status_code == 404
    taken = client.post(f"/marigold/students/{sue.pk}/proposals/{lesson.lesson_id}/take-back/")
    assert taken.status_code == 404


def test_no_proposal_yet_is_said(client: Client, cast: Cast) -> None:
    assert re.search("You have proposed no time yet.", read(client, cast))


def test_the_list_of_proposals_has_the_students_time(client: Client, cast: Cast) -> None:
    propose(client, cast)
    by_day = read(client, cast)
    Person.objects.filter(pk=cast.sam.person_id).update(zone="Asia/Kolkata")
    in_the_evening = read(client, cast)
    Person.objects.filter(pk=cast.sam.person_id).update(zone="Pacific/Auckland")

    assert "19:30 Lesson Waits for the student Student's time: 06:30 to 07:20, New York Your note" in by_day
    assert "Student's time: 17:00 to 17:50, Kolkata Your note" in in_the_evening
    assert "Student's time: Fri 00:30 to 01:20, Auckland Night there Your note" in read(client, cast)


def test_a_teacher_looks_at_the_students_time_before_asking(client: Client, cast: Cast) -> None:
    shown = propose(client, cast, look="yes")

    page = BeautifulSoup(shown.content, "html.parser")
    note = page.select_one("section.note")
    assert note is not None
    assert " ".join(note.get_text(" ").split()).replace(" ,", ",") == (
        "Thursday 26 November, 19:30 to 20:20 Student's time: 06:30 to 07:20, New York "
        "Your student was not asked yet. If this time is meant, ask now."
    )
    assert [str(one["value"]) for one in page.select("input[name=at]")] == ["19:30"]
    with in_school(cast.school.pk):
        assert not Lesson.objects.exclude(starts_at=TUESDAY_NINE).exists()


def test_a_time_in_the_students_night_is_shown_before_it_is_asked_for(client: Client, cast: Cast) -> None:
    # 03:30 in New York.
    shown = propose(client, cast, at="16:30")
    page = BeautifulSoup(shown.content, "html.parser")
    fields = {str(one["name"]): str(one.get("value", "")) for one in page.select("form.form input")}
    other = propose(client, cast, **fields | {"at": "17:00"})
    asked = propose(client, cast, **fields)

    assert "Student's time: 03:30 to 04:20, New York Night there" in words_in(shown.content)
    # What was seen is one time, not all times.
    assert "Student's time: 04:00 to 04:50, New York Night there" in words_in(other.content)
    assert (shown.status_code, other.status_code, asked.status_code) == (200, 200, 302)
    assert proposed(cast).starts_at.isoformat() == "2026-11-26T08:30:00+00:00"


def test_weeks_in_the_students_night_are_marked(client: Client, cast: Cast) -> None:
    sign_in(client, cast.tara.person)
    typed = {"kind": "regular:50", "day_on": "2026-11-26", "at": "16:30", "weeks": "2"}

    page = BeautifulSoup(client.get(f"/marigold/students/{cast.sam.pk}/propose/weekly/", typed).content, "html.parser")

    weeks = [" ".join(one.get_text(" ").split()).replace(" ,", ",") for one in page.select("ol.rows > li")]
    assert [one.endswith("Student's time: 03:30 to 04:20, New York Night there") for one in weeks] == [True, True]
