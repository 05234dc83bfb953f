"""A student's move where the school approves bookings: what the student, the desk and both afterwards see."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from makegood import clock
from makegood.actions.book_lesson import book_lesson
from makegood.domain.lessons.models import Lesson
from makegood.domain.people.models import Membership, Role, RoleGrant
from makegood.domain.schools.context import in_school
from makegood.domain.timeline.doors import Door
from makegood.reports.moving_page import list_starts_to_move_to
from tests.cast import Cast, add_member, book, make_cast
from tests.moves import FRIDAY, NOW, THURSDAY, WEDNESDAY, lesson_of, open_mornings, reschedule, set_rules
from tests.web.emergency_page import text_of
from tests.web.signed_in import sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast(monkeypatch: pytest.MonkeyPatch) -> Cast:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    made = make_cast()
    open_mornings(made)
    set_rules(made, needs_approval=True)
    return made


@pytest.fixture
def lesson(cast: Cast) -> Lesson:
    return book(cast, starts_at=WEDNESDAY)


def signed_in(cast: Cast, code: str) -> Client:
    client = Client()
    sign_in(client, getattr(cast, code).person)
    return client


def shown_on(client: Client, address: str) -> dict[str, str]:
    """What the page's button to withdraw names."""
    (named,) = BeautifulSoup(client.get(address).content, "html.parser").select("form input[name=shown]")
    return {"shown": str(named["value"])}


def test_a_time_that_the_student_asked_another_teacher_for_is_not_one_to_move_to(cast: Cast, lesson: Lesson) -> None:
    with in_school(cast.school.pk):
        before = list_starts_to_move_to(school=cast.school, lesson=lesson, now=NOW)
        Lesson.objects.create(
            school=cast.school, teacher=cast.tom, student=cast.sam, starts_at=FRIDAY, ends_at=FRIDAY + lesson.length,
            blocked=(FRIDAY, FRIDAY + lesson.length), status="requested", waits_for="school", held_until=THURSDAY,
            title="Lesson",
        )  # fmt: skip
        after = list_starts_to_move_to(school=cast.school, lesson=lesson, now=NOW)

    assert (FRIDAY in before, FRIDAY in after) == (True, False)


def form_of(content: bytes) -> tuple[str, dict[str, str]]:
    """Where the page's form is sent, and what is hidden in it."""
    (form,) = BeautifulSoup(content, "html.parser").select("form.form")
    hidden = {str(one["name"]): str(one["value"]) for one in form.select("input[type=hidden]")}
    return str(form.get("action", "")), hidden


def test_the_student_reads_that_the_school_is_asked_and_the_desk_lets_it_move(cast: Cast, lesson: Lesson) -> None:
    sam, desi = signed_in(cast, "sam"), signed_in(cast, "desi")
    move = f"/marigold/lessons/{lesson.pk}/reschedule/"
    shown = BeautifulSoup(sam.get(f"{move}?day=2026-10-21").content, "html.parser")
    times = [one for one in shown.select("button[name=starts_at]") if "2026-10-22T01:00" in str(one["value"])]
    request_id = str(shown.select("input[name=request_id]")[0]["value"])
    confirming = sam.post(move, {"starts_at": str(times[0]["value"]), "request_id": request_id}, follow=True)
    asked = "Your school has to approve the new time. Your lesson stays where it is until then."
    assert asked in text_of(confirming.content)
    there = "At the new time you can cancel free of charge until Tue 20 Oct, 21:00 ."
    assert there in text_of(confirming.content)

    _here, hidden = form_of(confirming.content)
    waiting = sam.post(confirming.redirect_chain[-1][0], hidden | {"note": ""}, follow=True)

    assert "You chose Wed 21 Oct, 21:00 . The time is kept for you" in text_of(waiting.content)
    assert "Your lesson of Tue 20 Oct, 21:00 stays until then." in text_of(sam.get("/marigold/lessons/").content)
    assert lesson_of(cast, lesson.pk).starts_at == WEDNESDAY
    approvals = desi.get("/marigold/desk/approvals/")
    assert "The student wants to move the session of Wed 21 Oct, 09:00 there." in text_of(approvals.content)

    action, hidden = form_of(approvals.content)
    desi.post(action, hidden | {"answer": "approve", "reason": ""})

    assert lesson_of(cast, lesson.pk).starts_at == THURSDAY
    assert "No booking waits for you." in text_of(desi.get("/marigold/desk/approvals/").content)


def test_the_student_keeps_the_lesson_after_all(cast: Cast, lesson: Lesson) -> None:
    reschedule(cast, lesson)
    sam = signed_in(cast, "sam")

    shown = shown_on(sam, f"/marigold/lessons/{lesson.pk}/reschedule/")
    assert shown_on(sam, "/marigold/lessons/") == shown
    for _tap in range(2):
        said = sam.post(f"/marigold/lessons/{lesson.pk}/reschedule/take-back/", shown, follow=True)

    assert "Your lesson stays where it is." in text_of(said.content)
    assert "Waiting for your school" not in text_of(said.content)
    with in_school(cast.school.pk):
        assert Lesson.objects.get(keeps_time_for=lesson).status == "released"


def test_a_move_that_was_approved_meanwhile_is_not_said_to_have_stayed(cast: Cast, lesson: Lesson) -> None:
    reschedule(cast, lesson)
    sam, desi = signed_in(cast, "sam"), signed_in(cast, "desi")
    shown = shown_on(sam, "/marigold/lessons/")
    action, hidden = form_of(desi.get("/marigold/desk/approvals/").content)
    desi.post(action, hidden | {"answer": "approve", "reason": ""})
    assert lesson_of(cast, lesson.pk).starts_at == THURSDAY

    said = text_of(sam.post(f"/marigold/lessons/{lesson.pk}/reschedule/take-back/", shown, follow=True).content)

    assert "This request has ended. Nothing was changed." in said
    assert "Your lesson stays where it is." not in said


def test_the_desk_reads_that_the_teacher_left_and_refuses_instead(cast: Cast, lesson: Lesson) -> None:
    reschedule(cast, lesson)
    desi = signed_in(cast, "desi")
    action, hidden = form_of(desi.get("/marigold/desk/approvals/").content)
    with in_school(cast.school.pk):
        Membership.objects.filter(pk=cast.tara.pk).update(ended_at=NOW)

    approved = desi.post(action, hidden | {"answer": "approve", "reason": ""})
    refused = desi.post(action, hidden | {"answer": "refuse", "reason": "She left"}, follow=True)

    assert approved.status_code == 409
    assert "The teacher no longer teaches at this school" in text_of(approved.content)
    # Beside the request, which can be refused there.
    assert form_of(approved.content)[0] == action
    assert "No booking waits for you." in text_of(refused.content)


def test_an_old_page_does_not_withdraw_what_waits_by_now(cast: Cast, lesson: Lesson) -> None:
    address = f"/marigold/lessons/{lesson.pk}/reschedule/take-back/"
    sam = signed_in(cast, "sam")
    reschedule(cast, lesson)
    old = shown_on(sam, "/marigold/lessons/")
    sam.post(address, old)
    reschedule(cast, lesson, to=FRIDAY)

    said = [text_of(sam.post(address, sent, follow=True).content) for sent in (old, {})]

    assert "This request has ended. Nothing was changed." in said[0]
    assert "The page arrived incomplete. Nothing was done." in said[1]
    assert sam.post(address, {"shown": 987654321}).status_code == 404
    with in_school(cast.school.pk):
        waiting = Lesson.objects.filter(keeps_time_for=lesson, status="requested")
        assert [one.starts_at for one in waiting] == [FRIDAY]


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"answer": "refuse", "reason": ""}, "Say why, in at most 500 letters. Nothing was done."),
        ({"answer": "refuse", "reason": "x" * 501}, "The note is too long. Shorten it to 500 characters."),
        ({"answer": "perhaps", "reason": "Full"}, "Choose whether you approve or refuse it."),
    ],
)
def test_what_the_desk_cannot_answer_is_said_and_what_was_typed_stays(
    cast: Cast, lesson: Lesson, sent: dict[str, str], said: str
) -> None:
    reschedule(cast, lesson)
    desi = signed_in(cast, "desi")
    action, hidden = form_of(desi.get("/marigold/desk/approvals/").content)

    answered = desi.post(action, hidden | sent)

    assert answered.status_code == 422
    assert said in text_of(answered.content)
    typed = BeautifulSoup(answered.content, "html.parser").select("input[name=reason]")
    assert [one["value"] for one in typed] == [sent["reason"]]
    assert lesson_of(cast, lesson.pk).starts_at == WEDNESDAY


def test_whoever_is_at_the_desk_is_not_asked_about_their_own(cast: Cast, lesson: Lesson) -> None:
    reschedule(cast, lesson)
    with in_school(cast.school.pk):
        sue = add_member(cast.school, code="sue", name="Sue Studies", role=Role.STUDENT, zone="Europe/Berlin")
        grant = RoleGrant.objects.create(
            school=cast.school, membership=cast.sam, role=Role.DESK, granted_at=cast.desi.joined_at
        )
    values: dict[str, Any] = {"teacher_id": cast.tara.pk, "minutes": 50, "lesson_type": "regular", "door": Door.WEB}
    for student, hours in ((cast.sam, 1), (sue, 2)):
        start = FRIDAY + timedelta(hours=hours)
        book_lesson(school=cast.school, actor=student, starts_at=start, request_id=uuid.uuid4(), now=NOW, **values)

    def asked(code: str) -> list[tuple[bool, bool]]:
        """Of the move, of Sam's booking and of Sue's: whether the page has buttons, and whether it says why not."""
        page = BeautifulSoup(signed_in(cast, code).get("/marigold/desk/approvals/").content, "html.parser")
        return [(bool(one.select("button")), "somebody else" in one.text) for one in page.select("section.card")]

    assert asked("sam") == [(False, True), (False, True), (True, False)]
    assert asked("desi") == [(True, False)] * 3
    # Alone at the desk, Sam answers, as nobody else does.
    with in_school(cast.school.pk):
        RoleGrant.objects.filter(role=Role.DESK).exclude(pk=grant.pk).update(ended_at=NOW)
    assert asked("sam") == [(True, False)] * 3
