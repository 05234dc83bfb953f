"""The desk's page of moving: what it means for whom wants it first; the student can deny having asked or agreed."""

from __future__ import annotations

import re
import uuid

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from makegood import clock
from makegood.actions.cancel_for_school import cancel_for_school
from makegood.domain.lessons.models import DeskCase, Lesson
from makegood.domain.notifications.models import Message
from makegood.domain.notifications.texts import render
from makegood.domain.people.models import Membership, Role, RoleGrant
from makegood.domain.schools.context import in_school
from makegood.domain.timeline.doors import Door
from tests.cast import LONG_AGO, Cast, book, make_cast
from tests.moves import FRIDAY, LATE, NOW, THURSDAY, WEDNESDAY, confirm, keep, lesson_of, open_mornings
from tests.web.emergency_page import text_of
from tests.web.signed_in import sign_in

pytestmark = pytest.mark.django_db

AT = f"{THURSDAY:%Y-%m-%dT%H:%M:%S%z}"


@pytest.fixture
def cast(monkeypatch: pytest.MonkeyPatch) -> Cast:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    made = make_cast()
    open_mornings(made)
    return made


@pytest.fixture
def lesson(cast: Cast) -> Lesson:
    return book(cast, starts_at=WEDNESDAY)


@pytest.fixture
def desk(cast: Cast) -> Client:
    client = Client()
    sign_in(client, cast.desi.person)
    return client


def session_of(lesson: Lesson) -> str:
    return f"/marigold/desk/calendar/sessions/{lesson.pk}/"


def send(client: Client, lesson: Lesson, side: str, **fields: str) -> BeautifulSoup:
    """Fill in the form of the page as it is shown now, and read what comes back."""
    address = f"{session_of(lesson)}move/?requested_by={side}"
    page = BeautifulSoup(client.get(address).content, "html.parser")
    hidden = {str(one["name"]): str(one.get("value", "")) for one in page.select("main form.form input[type=hidden]")}
    sent = {"asked": "phone", "reason": "Called at noon", "starts_at": AT} | fields
    return BeautifulSoup(client.post(address, hidden | sent, follow=True).content, "html.parser")


def told(cast: Cast, member: Membership) -> str:
    return all_told(cast, member)[0]


def all_told(cast: Cast, member: Membership) -> list[str]:
    with in_school(cast.school.pk):
        rows = Message.objects.filter(recipient=member, channel="in_app").order_by("pk")
        return [render(row).body for row in rows.select_related("recipient__person", "school")]


@pytest.mark.parametrize(
    ("side", "means", "button", "said"),
    [
        ("student", "Moving it is free until", "Move this session, free", "How you asked, as the desk recorded it"),
        ("teacher", "it counts like a cancellation", "Move this session, penalty US$0.30", "It costs you nothing."),
        ("company", "the school is answerable for it", "Move this session, free", "The school moved your lesson"),
    ],
)
def test_what_it_means_stands_there_first_and_is_what_happens(
    cast: Cast, lesson: Lesson, desk: Client, side: str, means: str, button: str, said: str
) -> None:
    shown = BeautifulSoup(desk.get(session_of(lesson)).content, "html.parser")
    (link,) = shown.select("main a[href$='/move/']")
    page = text_of(desk.get(f"{link['href']}?requested_by={side}").content)
    assert means in page
    assert button in page

    done = send(desk, lesson, side)

    assert "The session moved, and both were told." in done.get_text()
    assert lesson_of(cast, lesson.pk).starts_at == THURSDAY
    assert said in told(cast, cast.sam)
    (undo,) = done.select("main form[action$='/move/undo/']")
    desk.post(str(undo["action"]))
    assert lesson_of(cast, lesson.pk).starts_at == WEDNESDAY


def test_what_moved_and_was_cancelled_since_is_not_moved_back(cast: Cast, lesson: Lesson, desk: Client) -> None:
    done = send(desk, lesson, "company")
    (undo,) = done.select("main form[action$='/move/undo/']")
    cancel_for_school(
        school=cast.school, actor=cast.desi, lesson_id=lesson.pk, shown_as_paid=False, reason="Closed",
        request_id=uuid.uuid4(), door=Door.WEB, now=NOW,
    )  # fmt: skip

    assert "/move/undo/" not in desk.get(session_of(lesson)).content.decode()
    desk.post(str(undo["action"]))
    assert lesson_of(cast, lesson.pk).starts_at == THURSDAY


def test_the_teacher_reads_what_it_costs_and_whom_to_ask(cast: Cast, lesson: Lesson, desk: Client) -> None:
    send(desk, lesson, "teacher")

    body = told(cast, cast.tara)
    assert "The penalty for moving it: US$0.30." in body
    assert "If you did not ask for this, write to the scheduling desk: desk@marigold.example." in body


def test_the_student_says_that_they_did_not_agree_and_the_desk_looks(cast: Cast, lesson: Lesson, desk: Client) -> None:
    send(desk, lesson, "company")
    found = re.search(r"/m/\S+/", told(cast, cast.sam))
    assert found is not None
    sam = Client()
    sign_in(sam, cast.sam.person)
    own_page = f"/marigold/lessons/{lesson.pk}/"
    assert 'href="/m/' in sam.get(own_page).content.decode()
    anybody = Client()
    page = BeautifulSoup(anybody.get(found[0]).content, "html.parser")
    assert "You did not agree to move this lesson?" in page.get_text()
    hidden = {str(one["name"]): str(one["value"]) for one in page.select("main form input[type=hidden]")}

    said = text_of(anybody.post(found[0], hidden | {"note": "Nobody called me"}).content)
    again = text_of(anybody.post(found[0], hidden | {"note": "Nobody called me"}).content)

    assert "Thank you. The scheduling desk was told." in said
    assert "Thank you. The scheduling desk was told." in again
    assert 'href="/m/' not in sam.get(own_page).content.decode()
    with in_school(cast.school.pk):
        case = DeskCase.objects.get()
    assert (case.kind, case.incident_id, case.note) == ("not_agreed", None, "Nobody called me")
    request = f"/marigold/desk/requests/{case.pk}/"
    read = text_of(desk.get(request).content)
    assert "The desk moved it and recorded: the student said so by phone" in read
    assert "Accept: the student did not ask" not in read
    form = BeautifulSoup(desk.get(request).content, "html.parser").select("main form input[type=hidden]")
    sent = {str(one["name"]): str(one.get("value", "")) for one in form}
    desk.post(request, sent | {"outcome": "settled", "reason": "We moved it back"})
    with in_school(cast.school.pk):
        case.refresh_from_db()
    assert case.outcome == "settled"


def test_a_link_about_a_move_that_is_none_any_more_has_ended(cast: Cast, lesson: Lesson, desk: Client) -> None:
    done = send(desk, lesson, "student")
    found = re.search(r"/m/\S+/", told(cast, cast.sam))
    assert found is not None
    (undo,) = done.select("main form[action$='/move/undo/']")
    desk.post(str(undo["action"]))

    assert "This link has ended" in text_of(Client().get(found[0]).content)
    with in_school(cast.school.pk):
        assert not DeskCase.objects.exists()


def test_the_reason_of_a_late_move_reaches_both_in_both_messages(
    monkeypatch: pytest.MonkeyPatch, cast: Cast, lesson: Lesson, desk: Client
) -> None:
    monkeypatch.setattr(clock, "now", lambda: LATE)

    send(desk, lesson, "student")

    for member in (cast.sam, cast.tara):
        assert ["The reason given: Called at noon" in body for body in all_told(cast, member)] == [True, True]


def test_a_late_move_is_undone_whole_where_the_desk_lands(
    monkeypatch: pytest.MonkeyPatch, cast: Cast, lesson: Lesson, desk: Client
) -> None:
    monkeypatch.setattr(clock, "now", lambda: LATE)

    done = send(desk, lesson, "student")

    assert "The former session is used, and this one is booked. Both were told." in done.get_text()
    assert "Undo this booking" not in done.get_text()
    (undo,) = done.select("main form[action$='/undo-late/']")
    assert "Another time is booked: " in text_of(desk.get(session_of(lesson)).content)
    assert "/undo/" not in desk.get(f"{session_of(lesson)}cancel/").content.decode()
    empty = desk.post(str(undo["action"]), follow=True)
    assert "The page arrived incomplete. Nothing was done." in text_of(empty.content)
    sent = {str(one["name"]): str(one["value"]) for one in undo.select("input[type=hidden]")}
    after = desk.post(str(undo["action"]), sent, follow=True)
    assert after.redirect_chain[-1][0] == session_of(lesson)
    assert "The session is at its former time again. Both were told." in text_of(after.content)
    assert lesson_of(cast, lesson.pk).status == "booked"
    again = desk.post(str(undo["action"]), sent | {"request_id": str(uuid.uuid4())}, follow=True)
    assert "This can be undone for 5 minutes" in text_of(again.content)


def test_a_student_undoes_an_own_late_move_whole(monkeypatch: pytest.MonkeyPatch, cast: Cast, lesson: Lesson) -> None:
    monkeypatch.setattr(clock, "now", lambda: LATE)
    sam = Client()
    sign_in(sam, cast.sam.person)
    another = confirm(cast, lesson, keep(cast, lesson, now=LATE).hold_id, shown_as_free=False, now=LATE).lesson_id

    page = BeautifulSoup(sam.get(f"/marigold/book/{another}/booked/").content, "html.parser")

    assert "Undo this booking" not in page.get_text()
    (undo,) = page.select("main form[action$='/undo-late/']")
    sent = {str(one["name"]): str(one["value"]) for one in undo.select("input[type=hidden]")}
    after = text_of(sam.post(str(undo["action"]), sent, follow=True).content)
    assert "Your lesson is at its former time again. Your teacher was told." in after
    assert lesson_of(cast, lesson.pk).status == "booked"
    assert lesson_of(cast, another).status == "released"


def test_a_page_that_stayed_open_while_the_student_moved_shows_the_new_time_and_asks_again(
    cast: Cast, lesson: Lesson, desk: Client
) -> None:
    old = BeautifulSoup(desk.get(f"{session_of(lesson)}move/").content, "html.parser")
    (version,) = old.select("main input[name=shown_version]")
    confirm(cast, lesson, keep(cast, lesson, starts_at=FRIDAY).hold_id)

    page = send(desk, lesson, "company", shown_version=str(version["value"]))

    said = page.get_text()
    assert "This session changed while you were here" in said
    assert "Nothing was moved. Look at its time, then decide." in said
    assert [one.get_text() for one in page.select("textarea[name=reason]")] == ["\nCalled at noon"]
    assert lesson_of(cast, lesson.pk).starts_at == FRIDAY
    assert "The session moved, and both were told." in send(desk, lesson, "company").get_text()


def test_without_how_or_why_the_page_says_so_and_nothing_moves(cast: Cast, lesson: Lesson, desk: Client) -> None:
    page = send(desk, lesson, "company", asked="", reason="").get_text()
    nobodys = send(desk, lesson, "company", requested_by="").get_text()

    assert "Without the student's word nothing moves." in page
    assert "Say why it moves." in page
    assert "The page arrived incomplete. Nothing was done." in nobodys
    assert lesson_of(cast, lesson.pk).starts_at == WEDNESDAY


def test_no_page_offers_what_is_refused_to_one_of_the_two_people(cast: Cast, lesson: Lesson) -> None:
    with in_school(cast.school.pk):
        RoleGrant.objects.create(school=cast.school, membership=cast.tara, role=Role.DESK, granted_at=LONG_AGO)
    client = Client()
    sign_in(client, cast.tara.person)

    assert "/move/" not in client.get(session_of(lesson)).content.decode()
    assert client.get(f"{session_of(lesson)}move/").status_code == 404


def test_a_form_that_is_sent_again_after_its_undo_does_not_say_that_it_moved(
    cast: Cast, lesson: Lesson, desk: Client
) -> None:
    sent = {"request_id": str(uuid.uuid4()), "shown_version": str(lesson.version), "shown_as": "free"}
    assert "The session moved, and both were told." in text_of(str(send(desk, lesson, "company", **sent)).encode())
    desk.post(f"{session_of(lesson)}move/undo/", follow=True)

    again = text_of(str(send(desk, lesson, "company", **sent)).encode())

    assert lesson_of(cast, lesson.pk).starts_at == WEDNESDAY
    assert "The session moved" not in again
