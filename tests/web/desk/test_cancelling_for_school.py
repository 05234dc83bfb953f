"""The desk cancels for the school: what it means for both first; the student has the lesson back, and both read why."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, timedelta
from importlib import resources
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from makegood import clock
from makegood.actions.cancel_for_school import PayChangedSince, cancel_for_school
from makegood.actions.cancelling import Cancelled, ChangedSince
from makegood.actions.desk_lessons import OwnLesson
from makegood.actions.publish_policy_version import publish_policy_version
from makegood.actions.reasons import ReasonMissing
from makegood.domain.incidents.models import Incident
from makegood.domain.ledger.queries import find_paid_lessons
from makegood.domain.lessons.models import Lesson
from makegood.domain.lessons.operations import LessonNotFound, LessonNotOpen
from makegood.domain.notifications.models import Message
from makegood.domain.notifications.texts import render
from makegood.domain.penalties.models import Assessment
from makegood.domain.people.models import Membership, Role, RoleGrant
from makegood.domain.schools.context import in_school
from makegood.domain.timeline.doors import Door
from makegood.domain.timeline.kinds import EventKind
from makegood.domain.timeline.models import Event
from tests.cast import LONG_AGO, Cast, book, make_cast
from tests.moves import DAY, NOW, WEDNESDAY, count_credits, give_credits, lesson_of
from tests.web.emergency_page import text_of
from tests.web.signed_in import sign_in

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)


@pytest.fixture
def cast(monkeypatch: pytest.MonkeyPatch) -> Cast:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    return make_cast()


@pytest.fixture
def lesson(cast: Cast) -> Lesson:
    return book(cast, starts_at=WEDNESDAY)


@pytest.fixture
def desk(cast: Cast) -> Client:
    client = Client()
    sign_in(client, cast.desi.person)
    return client


def cancel(cast: Cast, lesson: Lesson, **changes: Any) -> Cancelled:
    values: dict[str, Any] = {
        "school": cast.school, "actor": cast.desi, "lesson_id": lesson.pk, "shown_as_paid": False,
        "reason": "The rooms are closed", "request_id": uuid.uuid4(), "door": Door.WEB, "now": NOW,
    }  # fmt: skip
    return cancel_for_school(**(values | changes))


def page_of(lesson: Lesson) -> str:
    return f"/marigold/desk/calendar/sessions/{lesson.pk}/cancel-for-school/"


def send(client: Client, lesson: Lesson, **fields: str) -> BeautifulSoup:
    """Fill in the form of the page as it is shown now, and read what comes back."""
    page = BeautifulSoup(client.get(page_of(lesson)).content, "html.parser")
    hidden = {str(one["name"]): str(one["value"]) for one in page.select("main form.form input[type=hidden]")}
    answer = client.post(page_of(lesson), hidden | {"reason": "The rooms are closed"} | fields, follow=True)
    return BeautifulSoup(answer.content, "html.parser")


def told(cast: Cast, member: Membership) -> str:
    with in_school(cast.school.pk):
        rows = Message.objects.filter(recipient=member).select_related("recipient__person").order_by("pk")
        return render(rows[0]).body


def publish_with_pay(cast: Cast) -> None:
    """From November on the school pays for what it cancels."""
    document = (resources.files("makegood.presets") / "25hoon.toml").read_text(encoding="utf-8")
    assert "company_is_paid = false" in document
    published = publish_policy_version(
        school=cast.school, document=document.replace("company_is_paid = false", "company_is_paid = true"),
        in_force_from_on=date(2026, 11, 1), published_by_id=None, change_note="", door=Door.COMMAND, now=NOW,
    )  # fmt: skip
    assert published.problems == ()


def test_the_student_has_the_lesson_back_and_it_counts_for_nothing(cast: Cast, lesson: Lesson, desk: Client) -> None:
    give_credits(cast, 1, used_by=lesson)
    session = BeautifulSoup(desk.get(f"/marigold/desk/calendar/sessions/{lesson.pk}/").content, "html.parser")
    (link,) = session.select("main a[href$='/cancel-for-school/']")
    shown = text_of(desk.get(str(link["href"])).content)
    assert "The student gets the lesson back, with its lesson credits" in shown
    assert "Not paid" in shown
    assert "Cancel this session, nobody is charged or paid" in shown

    done = send(desk, lesson)

    assert "The lesson is the student's to book again, and the teacher is not paid." in done.get_text()
    assert lesson_of(cast, lesson.pk).status == "cancelled"
    assert count_credits(cast) == 1
    with in_school(cast.school.pk):
        incident = Incident.objects.get()
        assessment = Assessment.objects.get()
        event = Event.objects.get(kind=EventKind.CANCELLED_FOR_SCHOOL)
    assert (incident.requested_by, incident.kind, incident.reported_at) == ("company", "cancelled", NOW)
    assert (assessment.band, assessment.penalty_minor, assessment.counted_for, assessment.paid) == (None, 0, [], False)
    assert (event.actor_id, event.on_behalf_of_id, event.reason) == (cast.desi.person_id, None, "The rooms are closed")


def test_both_read_why_and_the_calendars_take_it_out(cast: Cast, lesson: Lesson, desk: Client) -> None:
    send(desk, lesson)

    assert "It costs you nothing: the lesson is yours to book again." in told(cast, cast.sam)
    assert "It counts for nothing, and it is not paid." in told(cast, cast.tara)
    for member in (cast.sam, cast.tara):
        assert "The reason given: The rooms are closed" in told(cast, member)
    client = Client()
    sign_in(client, cast.sam.person)
    page = text_of(client.get(f"/marigold/lessons/{lesson.pk}/").content)
    assert "Cancelled by the school. It costs you nothing." in page
    assert "The rooms are closed" in page


def test_the_teacher_is_paid_where_the_policy_at_the_lesson_says_so(cast: Cast, desk: Client) -> None:
    publish_with_pay(cast)
    lesson = book(cast, starts_at=datetime(2026, 11, 4, 1, tzinfo=UTC))
    assert "Paid: US$12.00" in text_of(desk.get(page_of(lesson)).content)

    send(desk, lesson)

    assert "What you are paid for it: US$12.00." in told(cast, cast.tara)
    with in_school(cast.school.pk):
        assert lesson.pk in find_paid_lessons(school_id=cast.school.pk, lesson_ids=[lesson.pk])


def test_nothing_is_cancelled_for_another_pay_another_time_or_without_a_reason(cast: Cast, lesson: Lesson) -> None:
    for changes, refusal in (
        ({"shown_as_paid": True}, PayChangedSince),
        ({"shown_version": lesson.version + 1}, ChangedSince),
        ({"reason": " "}, ReasonMissing),
        ({"now": WEDNESDAY}, LessonNotOpen),
    ):
        with pytest.raises(refusal):
            cancel(cast, lesson, **changes)

    assert lesson_of(cast, lesson.pk).status == "booked"
    with in_school(cast.school.pk):
        assert not Incident.objects.exists()


def test_a_form_that_arrives_twice_gets_the_first_answer(cast: Cast, lesson: Lesson) -> None:
    request_id = uuid.uuid4()

    first = cancel(cast, lesson, request_id=request_id, shown_version=lesson.version)
    again = cancel(cast, lesson, request_id=request_id, shown_version=lesson.version)

    assert (first.is_replay, again.is_replay, again.reference) == (False, True, first.reference)


def test_nobody_does_it_to_an_own_session_or_without_the_desk(cast: Cast, lesson: Lesson) -> None:
    with in_school(cast.school.pk):
        for member in (cast.tara, cast.sam):
            RoleGrant.objects.create(school=cast.school, membership=member, role=Role.DESK, granted_at=LONG_AGO)
    for member in (cast.tara, cast.sam):
        with pytest.raises(OwnLesson):
            cancel(cast, lesson, actor=member)
    for member in (cast.tom, cast.rhea, cast.owen):
        with pytest.raises(LessonNotFound):
            cancel(cast, lesson, actor=member)


def test_it_is_undone_within_the_minutes_and_the_lesson_takes_place(
    cast: Cast, lesson: Lesson, desk: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    give_credits(cast, 1, used_by=lesson)
    done = send(desk, lesson)
    (form,) = done.select("main form[action$='/cancel/undo/']")

    desk.post(str(form["action"]))

    assert lesson_of(cast, lesson.pk).status == "booked"
    assert count_credits(cast) == 0
    send(desk, lesson)
    monkeypatch.setattr(clock, "now", lambda: NOW + 6 * MINUTE)
    desk.post(str(form["action"]))
    assert lesson_of(cast, lesson.pk).status == "cancelled"


def test_a_lesson_without_a_student_is_cancelled_and_its_teacher_told(cast: Cast, lesson: Lesson) -> None:
    with in_school(cast.school.pk):
        Lesson.objects.filter(pk=lesson.pk).update(student=None, title="Kenji", version=lesson.version + 1)

    cancel(cast, lesson, now=WEDNESDAY - DAY)

    assert "The school cancelled the session with Kenji" in told(cast, cast.tara)
