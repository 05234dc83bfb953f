"""The desk cancels for a student who called: the price first, then it is on record on the student's behalf."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from makegood import clock
from makegood.actions.cancel_by_desk import cancel_by_desk
from makegood.actions.cancelling import FreeTimePassed
from makegood.actions.desk_lessons import OwnLesson
from makegood.domain.lessons.models import Lesson
from makegood.domain.lessons.operations import LessonNotFound
from makegood.domain.notifications.models import Message
from makegood.domain.notifications.texts import render
from makegood.domain.people.models import Membership, Role, RoleGrant
from makegood.domain.schools.context import in_school
from makegood.domain.timeline.doors import Door
from makegood.domain.timeline.kinds import EventKind
from makegood.domain.timeline.models import Event
from tests.cast import LONG_AGO, Cast, add_member, book, make_cast
from tests.web.emergency_page import text_of
from tests.web.signed_in import sign_in

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 10, 21, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def lesson(cast: Cast) -> Lesson:
    return book(cast, starts_at=NOON)


def desk_at(cast: Cast, monkeypatch: pytest.MonkeyPatch, *, hours_before: float) -> Client:
    monkeypatch.setattr(clock, "now", lambda: NOON - hours_before * HOUR)
    client = Client()
    sign_in(client, cast.desi.person)
    return client


def send(client: Client, lesson: Lesson, **fields: str) -> BeautifulSoup:
    """Fill in the form of the page as it is shown now, and read what comes back."""
    address = f"/marigold/desk/calendar/sessions/{lesson.pk}/cancel/"
    page = BeautifulSoup(client.get(address).content, "html.parser")
    hidden = {str(one["name"]): str(one["value"]) for one in page.select("main form input[type=hidden]")}
    answer = client.post(address, hidden | {"asked": "phone", "note": "Called at noon"} | fields, follow=True)
    return BeautifulSoup(answer.content, "html.parser")


def told(cast: Cast, member: Membership) -> str:
    with in_school(cast.school.pk):
        rows = Message.objects.filter(recipient=member).select_related("recipient__person").order_by("pk")
        return render(rows[0]).body


def cancel(cast: Cast, actor: Membership, lesson: Lesson, *, shown_as_free: bool, now: datetime) -> object:
    return cancel_by_desk(
        school=cast.school, actor=actor, lesson_id=lesson.pk, shown_as_free=shown_as_free, asked="phone", note="",
        request_id=uuid.uuid4(), door=Door.WEB, now=now,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("hours_before", "price", "kind", "said"),
    [
        (24, "Cancel this session, free", EventKind.CANCELLED_BY_STUDENT, "It costs you nothing"),
        (23.9, "Cancel this session, it is used", EventKind.CANCELLED_LATE_BY_STUDENT, "so the lesson is used"),
    ],
)
def test_the_price_stands_on_the_button_and_is_what_the_student_is_told(
    cast: Cast, lesson: Lesson, monkeypatch: pytest.MonkeyPatch, hours_before: float, price: str, kind: str, said: str
) -> None:
    client = desk_at(cast, monkeypatch, hours_before=hours_before)
    session = BeautifulSoup(client.get(f"/marigold/desk/calendar/sessions/{lesson.pk}/").content, "html.parser")
    (link,) = session.select("main a[href$='/cancel/']")
    assert price in text_of(client.get(str(link["href"])).content)

    done = send(client, lesson)

    assert "Session cancelled" in done.get_text()
    with in_school(cast.school.pk):
        lesson.refresh_from_db()
        event = Event.objects.get(kind=kind)
    assert lesson.status == "cancelled"
    assert (event.actor_id, event.on_behalf_of_id) == (cast.desi.person_id, cast.sam.pk)
    body = told(cast, cast.sam)
    assert said in body
    assert "How you asked, as the desk recorded it: by phone" in body
    assert "write to the scheduling desk: desk@marigold.example" in body
    assert "Sam Studies cancelled the session" in told(cast, cast.tara)


def test_only_who_cancelled_takes_it_back_and_only_at_once(
    cast: Cast, lesson: Lesson, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = desk_at(cast, monkeypatch, hours_before=30)
    send(client, lesson)
    undo = f"/marigold/desk/calendar/sessions/{lesson.pk}/cancel/undo/"
    with in_school(cast.school.pk):
        other = add_member(cast.school, code="dora", name="Dora", role=Role.DESK, zone="UTC")
    another = Client()
    sign_in(another, other.person)

    assert another.post(undo).status_code == 404
    assert client.post(undo).status_code == 302

    with in_school(cast.school.pk):
        lesson.refresh_from_db()
    assert lesson.status == "booked"
    send(client, lesson)
    monkeypatch.setattr(clock, "now", lambda: NOON - 29 * HOUR)
    client.post(undo)
    with in_school(cast.school.pk):
        lesson.refresh_from_db()
    assert lesson.status == "cancelled"


def test_what_was_shown_as_free_is_not_cancelled_once_it_is_not(cast: Cast, lesson: Lesson) -> None:
    with pytest.raises(FreeTimePassed):
        cancel(cast, cast.desi, lesson, shown_as_free=True, now=NOON - 23 * HOUR)


def test_nobody_cancels_a_session_of_their_own_here_and_nobody_without_the_desk(cast: Cast, lesson: Lesson) -> None:
    with in_school(cast.school.pk):
        for member in (cast.tara, cast.sam):
            RoleGrant.objects.create(school=cast.school, membership=member, role=Role.DESK, granted_at=LONG_AGO)
    for member in (cast.tara, cast.sam):
        with pytest.raises(OwnLesson):
            cancel(cast, member, lesson, shown_as_free=True, now=NOON - 30 * HOUR)
    for member in (cast.tom, cast.rhea, cast.owen):
        with pytest.raises(LessonNotFound):
            cancel(cast, member, lesson, shown_as_free=True, now=NOON - 30 * HOUR)


def test_how_the_student_asked_must_be_said(cast: Cast, lesson: Lesson, monkeypatch: pytest.MonkeyPatch) -> None:
    client = desk_at(cast, monkeypatch, hours_before=30)

    assert "Choose how the student asked." in send(client, lesson, asked="").get_text()

    with in_school(cast.school.pk):
        lesson.refresh_from_db()
    assert lesson.status == "booked"


def test_no_page_offers_what_is_refused_to_one_of_the_two_people(
    cast: Cast, lesson: Lesson, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOON - 30 * HOUR)
    with in_school(cast.school.pk):
        RoleGrant.objects.create(school=cast.school, membership=cast.tara, role=Role.DESK, granted_at=LONG_AGO)
    client = Client()
    sign_in(client, cast.tara.person)
    session = f"/marigold/desk/calendar/sessions/{lesson.pk}/"

    assert "Cancel for the student" not in text_of(client.get(session).content)
    assert client.get(f"{session}cancel/").status_code == 404
