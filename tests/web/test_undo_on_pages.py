"""An answer is undone on the page where it was given: a button without script, until when, and what it says after."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from makegood import clock
from makegood.actions.book_lesson import book_lesson
from makegood.actions.propose_lesson import propose_lesson
from makegood.actions.take_back_move import take_back_move
from makegood.domain.incidents.models import Incident
from makegood.domain.lessons.models import Lesson
from makegood.domain.people.models import Role
from makegood.domain.schools.context import in_school
from makegood.domain.timeline.doors import Door
from tests.cast import Cast, add_member, book, make_cast
from tests.moves import NOW, THURSDAY, WEDNESDAY, ask, asked_of, confirm, keep, lesson_of, open_mornings, set_rules
from tests.web.emergency_page import text_of
from tests.web.signed_in import sign_in

pytestmark = pytest.mark.django_db

UNTIL = "you can undo this answer. The question is open again then, and everybody who was told of it hears that."


@pytest.fixture
def cast(monkeypatch: pytest.MonkeyPatch) -> Cast:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    made = make_cast()
    open_mornings(made)
    return made


@pytest.fixture
def lesson(cast: Cast) -> Lesson:
    return book(cast, starts_at=WEDNESDAY)


def signed_in(cast: Cast, code: str) -> Client:
    client = Client()
    sign_in(client, getattr(cast, code).person)
    return client


def press_undo(client: Client, page: bytes) -> Any:
    """Send the form of the card as a browser without script does; the page that comes then."""
    soup = BeautifulSoup(page, "html.parser")
    (form,) = [one for one in soup.find_all("form") if str(one.get("action", "")).endswith("/undo/")]
    sent = {str(one["name"]): str(one["value"]) for one in form.select("input[type=hidden]")}
    return client.post(str(form["action"]), sent, follow=True)


def once(**values: str) -> dict[str, str]:
    return {"request_id": str(uuid.uuid4()), **values}


def test_a_student_undoes_having_declined_where_the_proposals_stand(
    cast: Cast, lesson: Lesson, monkeypatch: pytest.MonkeyPatch
) -> None:
    proposed = propose_lesson(
        school=cast.school, actor=cast.tara, student_id=cast.sam.pk, starts_at=THURSDAY, minutes=50,
        lesson_type="regular", note="", request_id=uuid.uuid4(), door=Door.WEB, now=NOW,
    ).lesson_id  # fmt: skip
    sam = signed_in(cast, "sam")
    address = f"/marigold/book/proposals/{proposed}/"
    declined = sam.post(address, once(answer="decline", reason=""), follow=True)

    assert f"Tara Teaches Wednesday 21 October , 21:00 to 21:50 Until 02:05 {UNTIL}" in text_of(declined.content)
    undone = press_undo(sam, declined.content)
    said = text_of(undone.content)
    assert "Your answer is undone. The proposal waits for you again." in said
    assert "The time is kept for you until" in said
    assert UNTIL not in said

    # Late, or by somebody else, there is no button, and its address says why.
    monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(minutes=6))
    assert UNTIL not in text_of(sam.get(f"/marigold/book/proposals/?answered={proposed}").content)
    again = text_of(sam.post(f"{address}undo/", once(), follow=True).content)
    assert "This answer cannot be undone any more" in again
    for odd in ("x", "0", str(10**30), "-1"):
        assert sam.get(f"/marigold/book/proposals/?answered={odd}").status_code == 200


def test_the_desk_undoes_approving_and_refusing_where_it_answers(cast: Cast, lesson: Lesson) -> None:
    set_rules(cast, needs_approval=True)
    requested = book_lesson(
        school=cast.school, actor=cast.sam, teacher_id=cast.tara.pk, starts_at=THURSDAY, minutes=50,
        lesson_type="regular", request_id=uuid.uuid4(), door=Door.WEB, now=NOW,
    ).lesson_id  # fmt: skip
    desi = signed_in(cast, "desi")
    approved = desi.post(f"/marigold/desk/approvals/{requested}/", once(answer="approve", reason=""), follow=True)
    session = desi.get(f"/marigold/desk/calendar/sessions/{requested}/")

    said = text_of(approved.content)
    assert f"Sam Studies , Tara Teaches Thursday 22 October , 09:00 to 09:50 Until 14:05 {UNTIL}" in said
    assert UNTIL in text_of(session.content)
    assert "Undo this booking" not in text_of(session.content)
    undone = press_undo(desi, session.content)
    assert "Your answer is undone. It waits for the school again, and who was told hears it." in text_of(undone.content)
    with in_school(cast.school.pk):
        again = Lesson.objects.get(status="requested").pk
    refused = desi.post(f"/marigold/desk/approvals/{again}/", once(answer="refuse", reason="Full"), follow=True)
    assert "Waits until" in text_of(press_undo(desi, refused.content).content)


def test_the_desk_undoes_its_word_about_a_move(cast: Cast, lesson: Lesson) -> None:
    set_rules(cast, needs_approval=True)
    confirm(cast, lesson, keep(cast, lesson).hold_id)
    desi = signed_in(cast, "desi")
    for answer in ({"answer": "approve", "reason": ""}, {"answer": "refuse", "reason": "Full"}):
        address = f"/marigold/desk/approvals/moves/{asked_of(cast, lesson)}/"
        answered = desi.post(address, once(**answer), follow=True)
        assert UNTIL in text_of(answered.content)
        assert "Waits until" in text_of(press_undo(desi, answered.content).content)
        assert lesson_of(cast, lesson.pk).starts_at == WEDNESDAY


@pytest.mark.parametrize(
    ("answer", "said"), [("agree", "Your lesson moved"), ("keep", "Your lesson stays where it is")]
)
def test_a_student_undoes_an_answer_about_another_time(cast: Cast, lesson: Lesson, answer: str, said: str) -> None:
    asked = ask(cast, lesson).move_request_id
    sam = signed_in(cast, "sam")
    answered = sam.post(f"/marigold/lessons/moves/{asked}/", once(answer=answer, note=""), follow=True)

    assert said in text_of(answered.content)
    undone = press_undo(sam, answered.content)
    assert undone.request["PATH_INFO"] == f"/marigold/lessons/moves/{asked_of(cast, lesson)}/"
    page = text_of(undone.content)
    assert "Your answer is undone. Your teacher was told, and you can answer again." in page
    assert "Tara Teaches asks for another time" in page
    assert lesson_of(cast, lesson.pk).starts_at == WEDNESDAY
    # An old link leads to what is asked now, and says no longer that the lesson moved.
    old = sam.get(f"/marigold/lessons/moves/{asked}/", follow=True)
    assert old.request["PATH_INFO"] == undone.request["PATH_INFO"]
    take_back_move(school=cast.school, actor=cast.tara, move_request_id=asked_of(cast, lesson), door=Door.WEB, now=NOW)
    assert "Your lesson moved" not in text_of(sam.get(f"/marigold/lessons/moves/{asked}/").content)


def test_the_case_of_a_move_that_was_undone_says_so(cast: Cast, lesson: Lesson) -> None:
    asked = ask(cast, lesson).move_request_id
    sam = signed_in(cast, "sam")
    answered = sam.post(
        f"/marigold/lessons/moves/{asked}/", once(answer="agree", note="", says_side="teacher"), follow=True
    )
    press_undo(sam, answered.content)
    with in_school(cast.school.pk):
        reference = Incident.objects.get().reference

    page = text_of(signed_in(cast, "tara").get(f"/marigold/cases/{reference}/").content)

    assert "The move was undone, Mon 19 Oct, 14:00 . The session went back to its former time." in page
    assert "What happened The move was undone; the session went back to its former time" in page
    assert "The move was undone. It is treated as if it had never happened." in page
    assert "mistake" not in page
    assert "recorded wrongly" not in page
    of_reviewer = text_of(signed_in(cast, "rhea").get(f"/marigold/disputes/{reference}/").content)
    assert "What happened The move was undone; the session went back to its former time" in of_reviewer


def test_what_somebody_took_meanwhile_is_said(cast: Cast, lesson: Lesson) -> None:
    asked = ask(cast, lesson).move_request_id
    sam = signed_in(cast, "sam")
    answered = sam.post(f"/marigold/lessons/moves/{asked}/", once(answer="keep", note=""), follow=True)
    with in_school(cast.school.pk):
        sue = add_member(cast.school, code="sue", name="Sue", role=Role.STUDENT, zone="Asia/Manila")
    book_lesson(
        school=cast.school, actor=sue, teacher_id=cast.tara.pk, starts_at=THURSDAY, minutes=50, lesson_type="regular",
        request_id=uuid.uuid4(), door=Door.WEB, now=NOW,
    )  # fmt: skip

    assert "was booked for something else since" in text_of(press_undo(sam, answered.content).content)
