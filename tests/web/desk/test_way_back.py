"""Who finds that a student is right leads on to giving the time back: nothing moves or is booked by itself."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from makegood import clock
from makegood.actions.book_lesson import book_lesson
from makegood.actions.cancel_for_student import cancel_for_student
from makegood.domain.incidents.models import Incident
from makegood.domain.lessons.models import DeskCase, Lesson, LessonMove, LessonStatus
from makegood.domain.notifications.models import Message
from makegood.domain.people.models import Membership, Role, RoleGrant
from makegood.domain.schools.context import in_school
from makegood.domain.timeline.doors import Door
from makegood.rules.facts import Decision
from tests.cast import LONG_AGO, Cast, add_member, book, make_cast, report
from tests.moves import DAY, FRIDAY, NOW, THURSDAY, WEDNESDAY, decide_last, leave, lesson_of, moves_of, open_mornings
from tests.objections import deny, moved_by_desk, object_to
from tests.web.emergency_page import text_of
from tests.web.signed_in import sign_in
from tests.web.test_screens import FRAME_STATEMENTS, MOST, count_statements

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)


@pytest.fixture
def cast(monkeypatch: pytest.MonkeyPatch) -> Cast:
    monkeypatch.setattr(clock, "now", lambda: NOW + 5 * MINUTE)
    made = make_cast()
    open_mornings(made)
    with in_school(made.school.pk):
        # Whoever made the move does not end the objection to it.
        RoleGrant.objects.create(school=made.school, membership=made.rhea, role=Role.DESK, granted_at=LONG_AGO)
    return made


@pytest.fixture
def lesson(cast: Cast) -> Lesson:
    return book(cast, starts_at=WEDNESDAY)


def browser_of(member: Membership) -> Client:
    client = Client()
    sign_in(client, member.person)
    return client


def take(cast: Cast, lesson: Lesson) -> None:
    """Somebody else books the time that the lesson had."""
    with in_school(cast.school.pk):
        sue = add_member(cast.school, code="sue", name="Sue", role=Role.STUDENT, zone="UTC")
    book_lesson(
        school=cast.school, actor=sue, teacher_id=cast.tara.pk, starts_at=lesson.starts_at, minutes=50,
        lesson_type="regular", request_id=uuid.uuid4(), door=Door.WEB, now=NOW,
    )  # fmt: skip


def denied(cast: Cast, lesson: Lesson) -> str:
    """The page of Sam's objection to Desi's move from Wednesday to Thursday."""
    deny(cast, moved_by_desk(cast, lesson, lesson.starts_at + DAY, now=NOW), now=NOW)
    return page_of(cast, lesson)


def cancelled_and_denied(cast: Cast, lesson: Lesson) -> str:
    """The page of Sam's objection to Tara's cancelling for them."""
    cancel_for_student(
        school=cast.school, actor=cast.tara, lesson_id=lesson.pk, asked="email", note="", request_id=uuid.uuid4(),
        door=Door.WEB, now=NOW,
    )  # fmt: skip
    object_to(cast, lesson, now=NOW + MINUTE)
    return page_of(cast, lesson)


def page_of(cast: Cast, lesson: Lesson) -> str:
    with in_school(cast.school.pk):
        case = DeskCase.objects.get(lesson=lesson)
    return f"/marigold/desk/requests/{case.pk}/"


def parsed(content: bytes) -> BeautifulSoup:
    return BeautifulSoup(content, "html.parser")


def end(client: Client, page: str, outcome: str) -> tuple[str, BeautifulSoup]:
    """End the request on its page; which page follows, and the card on it that says what comes next."""
    hidden = parsed(client.get(page).content).select("main form.form input[type=hidden]")
    sent = {str(one["name"]): str(one.get("value", "")) for one in hidden}
    answered = client.post(page, sent | {"outcome": outcome, "reason": "I called both"}, follow=True)
    assert "Ended and recorded." in text_of(answered.content)
    return answered.request["PATH_INFO"], parsed(answered.content)


def door_of(page: BeautifulSoup) -> str:
    (door,) = page.select("section[aria-labelledby=next] a.btn")
    return str(door["href"])


def press_door(client: Client, page: BeautifulSoup) -> BeautifulSoup:
    return parsed(client.get(door_of(page)).content)


def page_of_session(client: Client, lesson: Lesson) -> str:
    return text_of(client.get(f"/marigold/desk/calendar/sessions/{lesson.pk}/").content)


def leads_back_to(address: str, page: BeautifulSoup) -> int:
    """How many links of the page lead there: one above it, and the one that does nothing."""
    return len(page.select(f'main a[href="{address}"]'))


def next_of(page: BeautifulSoup) -> str:
    return " ".join(one.text for one in page.select("section[aria-labelledby=next]"))


def test_a_move_that_was_not_agreed_to_leads_to_the_former_time(cast: Cast, lesson: Lesson) -> None:
    page, rhea = denied(cast, lesson), browser_of(cast.rhea)
    assert count_statements(rhea, page) - FRAME_STATEMENTS <= MOST

    before = next_of(parsed(rhea.get(page).content))
    address, ended = end(rhea, page, "accepted")
    moving = press_door(rhea, ended)

    assert (before, address) == ("", page)
    assert "The former time, Wed 21 Oct, 09:00, can still be chosen." in next_of(ended)
    # Nothing moved yet, and both were told so.
    assert "the session stays at its time until the desk moves it again" in ended.text
    with in_school(cast.school.pk):
        ends = Message.objects.filter(kind="desk_case_ended", channel="in_app").order_by("recipient__code")
        said = [(one.recipient.code, str(one.values["outcome"])) for one in ends.select_related("recipient")]
    word = "the student did not agree to this move; the session stays at its time until the desk moves it again"
    assert said == [("sam", word), ("tara", word)]
    chosen = moving.select("input[type=radio][name=starts_at][checked]")
    assert [one["value"] for one in chosen] == [f"{WEDNESDAY:%Y-%m-%dT%H:%M:%S%z}"]
    assert lesson_of(cast, lesson.pk).starts_at == THURSDAY
    # Whoever else wants it, the time stays chosen.
    (teacher,) = moving.select('nav a[href*="requested_by=teacher"]')
    of_teacher = rhea.get(f"/marigold/desk/calendar/sessions/{lesson.pk}/move/{teacher['href']}")
    assert len(parsed(of_teacher.content).select("input[name=starts_at][checked]")) == 1
    assert [leads_back_to(page, one) for one in (moving, parsed(of_teacher.content))] == [2, 2]
    # A request about another session leads nowhere.
    other = book(cast, starts_at=WEDNESDAY + 60 * MINUTE)
    assert count_statements(rhea, door_of(ended)) - FRAME_STATEMENTS <= MOST
    elsewhere = door_of(ended).replace(f"/{lesson.pk}/", f"/{other.pk}/")
    assert leads_back_to(page, parsed(rhea.get(elsewhere).content)) == 0


def test_a_former_time_that_was_taken_is_said_and_another_one_chosen(cast: Cast, lesson: Lesson) -> None:
    page, rhea = denied(cast, lesson), browser_of(cast.rhea)
    take(cast, lesson)

    _address, ended = end(rhea, page, "accepted")
    moving = press_door(rhea, ended)

    assert "The former time, Wed 21 Oct, 09:00, cannot be chosen now." in next_of(ended)
    assert "Wed 21 Oct, 09:00 cannot be chosen now. Choose another time." in " ".join(moving.text.split())
    assert moving.select("input[name=starts_at]")
    assert not moving.select("input[name=starts_at][checked], input[name=asked][value=objection]")


def test_after_the_mark_moving_back_costs_the_student_nothing(cast: Cast) -> None:
    """The desk moved it to tomorrow: as the student's own wish the lesson would be used."""
    lesson = book(cast, starts_at=THURSDAY)
    deny(cast, moved_by_desk(cast, lesson, THURSDAY - 2 * DAY, now=NOW), now=NOW)
    rhea = browser_of(cast.rhea)
    _address, ended = end(rhea, page_of(cast, lesson), "accepted")
    door = door_of(ended)

    moving = parsed(rhea.get(door).content)
    (of_student,) = moving.select('nav a[href*="requested_by=student"]')
    as_student = rhea.get(f"/marigold/desk/calendar/sessions/{lesson.pk}/move/{of_student['href']}")
    hidden = moving.select("main form.form input[type=hidden], main form.form input[name=starts_at][checked]")
    sent = {str(one["name"]): str(one.get("value", "")) for one in hidden}
    chosen = [one["value"] for one in moving.select("input[name=asked][checked]")]
    without = f"/marigold/desk/calendar/sessions/{lesson.pk}/move/"
    refused = rhea.post(without, sent | {"asked": "objection", "reason": "Sam did not agree"})
    other = f"{WEDNESDAY:%Y-%m-%dT%H:%M:%S%z}"
    elsewhere = rhea.post(door, sent | {"asked": "objection", "reason": "Sam did not agree", "starts_at": other})
    answered = rhea.post(door, sent | {"asked": "objection", "reason": "Sam did not agree"})

    assert ("The lesson is used" in moving.text, "The lesson is used" in text_of(as_student.content)) == (False, True)
    # That the student objected is only said where they did, and of the time that they want back.
    assert (elsewhere.status_code, "said nothing of another time" in text_of(elsewhere.content)) == (422, True)
    assert (chosen, refused.status_code, answered.status_code) == (["objection"], 422, 302)
    assert "by objecting to the move before" in page_of_session(rhea, lesson)
    assert lesson_of(cast, lesson.pk).starts_at == THURSDAY
    assert moves_of(cast, lesson)[-1] == (THURSDAY - 2 * DAY, THURSDAY, "company")
    with in_school(cast.school.pk):
        assert not Incident.objects.exists()


def test_where_nothing_can_be_given_back_nothing_comes_next(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    ignored, lesson = book(cast, starts_at=WEDNESDAY), book(cast, starts_at=WEDNESDAY + 60 * MINUTE)
    rhea = browser_of(cast.rhea)
    page = denied(cast, ignored)

    address, ended = end(rhea, page, "nothing_to_do")
    assert (address, next_of(ended)) == (page, "")
    page = denied(cast, lesson)
    _address, ended = end(rhea, page, "accepted")
    assert "can still be chosen" in next_of(ended)

    def seen(client: Client = rhea) -> str:
        return next_of(parsed(client.get(page).content))

    # Who takes part in it leaves it to somebody else.
    with in_school(cast.school.pk):
        RoleGrant.objects.create(school=cast.school, membership=cast.tara, role=Role.DESK, granted_at=LONG_AGO)
    assert (seen(browser_of(cast.tara)), seen() != "") == ("", True)
    # Too near to choose it, then past.
    monkeypatch.setattr(clock, "now", lambda: lesson.starts_at - 5 * MINUTE)
    assert "cannot be chosen now" in seen()
    moving = " ".join(press_door(rhea, parsed(rhea.get(page).content)).text.split())
    assert "cannot be chosen now. Choose another time." in moving
    monkeypatch.setattr(clock, "now", lambda: lesson.starts_at)
    assert seen() == ""
    # Nor once the lesson moved on.
    monkeypatch.setattr(clock, "now", lambda: NOW + 5 * MINUTE)
    assert seen() != ""
    moved_by_desk(cast, lesson, FRIDAY, now=NOW + MINUTE)
    assert seen() == ""


def test_a_cancellation_that_was_not_asked_for_leads_to_booking_it_again(cast: Cast, lesson: Lesson) -> None:
    page, desi = cancelled_and_denied(cast, lesson), browser_of(cast.desi)
    assert next_of(parsed(desi.get(page).content)) == ""

    address, ended = end(desi, page, "accepted")
    assert count_statements(desi, page) - FRAME_STATEMENTS <= MOST
    booking = press_door(desi, ended)

    assert address == page
    assert "The session stays cancelled. Its time, Wed 21 Oct, 09:00, is still free." in next_of(ended)
    assert lesson_of(cast, lesson.pk).status == LessonStatus.CANCELLED
    form = booking.select("main form.form")[0]
    filled = {str(one["name"]): str(one.get("value", "")) for one in form.select("input")}
    assert leads_back_to(page, booking) == 2
    assert count_statements(desi, door_of(ended)) - FRAME_STATEMENTS <= MOST
    assert (filled["day_on"], filled["at"], filled["instead_of"]) == ("2026-10-21", "09:00", str(lesson.pk))
    sent = {**filled, "teacher": str(cast.tara.pk), "kind": "regular:50", "reason": "It was a mistake"}
    sent = {name: value for name, value in sent.items() if name not in {"any_time", "any_notice"}}
    assert desi.post(f"/marigold/desk/students/{cast.sam.pk}/book/", sent).status_code == 302
    # It is had once.
    assert next_of(parsed(desi.get(page).content)) == ""


def test_the_time_of_a_cancelled_session_that_was_taken_is_not_filled_in(cast: Cast, lesson: Lesson) -> None:
    page, desi = cancelled_and_denied(cast, lesson), browser_of(cast.desi)
    take(cast, lesson)

    _address, ended = end(desi, page, "accepted")
    booking = press_door(desi, ended)

    assert "Its time, Wed 21 Oct, 09:00, can no longer be booked." in next_of(ended)
    assert [one.get("value", "") for one in booking.select("input[name=day_on], input[name=at]")] == ["", ""]


def test_a_time_outside_the_open_times_is_booked_again_with_a_tick(cast: Cast) -> None:
    lesson = book(cast, starts_at=WEDNESDAY + 300 * MINUTE)
    page, desi = cancelled_and_denied(cast, lesson), browser_of(cast.desi)

    _address, ended = end(desi, page, "accepted")
    door = door_of(ended)
    filled = {
        str(one["name"]): str(one.get("value", "")) for one in parsed(desi.get(door).content).select("form input")
    }
    sent = {**filled, "teacher": str(cast.tara.pk), "kind": "regular:50", "reason": "It was a mistake"}
    del sent["any_time"], sent["any_notice"]

    assert "is still free, but outside the open times or the booking rules" in next_of(ended)
    assert count_statements(desi, page) - FRAME_STATEMENTS <= MOST
    assert desi.post(door, sent).status_code == 422
    assert desi.post(door, sent | {"any_time": "on"}).status_code == 302


def test_the_time_is_not_called_free_while_the_teacher_pauses_or_left(cast: Cast, lesson: Lesson) -> None:
    page, desi = cancelled_and_denied(cast, lesson), browser_of(cast.desi)
    _address, ended = end(desi, page, "accepted")
    reported = [book(cast, starts_at=NOW - DAY * day + 60 * MINUTE) for day in range(1, 5)]

    for one in reported:
        report(cast, one, now=one.starts_at - 120 * MINUTE)
    paused = next_of(parsed(desi.get(page).content))
    leave(cast, cast.tara)
    left = next_of(parsed(desi.get(page).content))

    assert "is still free" in next_of(ended)
    assert ("can no longer be booked" in paused, "can no longer be booked" in left) == (True, True)


def test_what_the_move_cost_the_teacher_is_named_until_the_case_is_voided(cast: Cast, lesson: Lesson) -> None:
    desi, rhea = browser_of(cast.desi), browser_of(cast.rhea)
    moving = f"/marigold/desk/calendar/sessions/{lesson.pk}/move/?requested_by=teacher"
    hidden = parsed(desi.get(moving).content).select("main form.form input[type=hidden]")
    sent = {str(one["name"]): str(one.get("value", "")) for one in hidden}
    at = f"{THURSDAY:%Y-%m-%dT%H:%M:%S%z}"
    desi.post(moving, sent | {"asked": "phone", "reason": "Tara called", "starts_at": at})
    with in_school(cast.school.pk):
        made, incident = LessonMove.objects.get(), Incident.objects.get()
    deny(cast, made, now=NOW + 5 * MINUTE)
    page = page_of(cast, lesson)

    _address, ended = end(rhea, page, "accepted")
    (link,) = ended.select('section[aria-labelledby=next] a[href*="/cases/"]')
    case = rhea.get(str(link["href"]))
    decide_last(cast, decision=Decision.VOIDED)

    assert "The move is on the teacher's record" in next_of(ended)
    assert (incident.reference in link.text, case.status_code) == (True, 200)
    assert count_statements(rhea, page) - FRAME_STATEMENTS <= MOST
    after = next_of(parsed(rhea.get(page).content))
    assert ("on the teacher's record" in after, "can still be chosen" in after) == (False, True)
