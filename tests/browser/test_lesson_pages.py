"""The pages of booked lessons: sound on a phone and a desk, in both themes; and the weight of the service worker."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import expect

from makegood.actions.cancel_for_student import cancel_for_student
from makegood.actions.join_lesson import join_lesson
from makegood.domain.people.models import Membership
from makegood.domain.timeline.doors import Door
from tests import bookings
from tests.browser.conftest import Visit
from tests.browser.looks import (
    PERSON_BYTES,
    PHONE,
    STAFF_BYTES,
    assert_page_is_sound,
    assert_sound_in_every_look,
    take_picture,
)
from tests.cast import Cast, book, make_cast
from tests.moves import (
    FRIDAY,
    NOW,
    THURSDAY,
    WEDNESDAY,
    ask,
    give_credits,
    keep,
    lesson_of,
    open_mornings,
    reschedule,
    set_rules,
)
from tests.objections import objected, with_problem
from tests.web.signed_in import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

MOST_BYTES_OF_THE_WORKER = 3 * 1024
# In pixels, on a phone.
SMALLEST_TARGET = 44


@pytest.fixture
def cast(at: Callable[[datetime], None]) -> Cast:
    at(NOW)
    made = make_cast()
    open_mornings(made)
    set_rules(made, requires_credits=True)
    return made


def cookies_of(member: Membership) -> dict[str, str]:
    client = Client()
    sign_in(client, member.person)
    return {settings.SESSION_COOKIE_NAME: client.cookies[settings.SESSION_COOKIE_NAME].value}


def look_at(visit: Visit, member: Membership, pages: dict[str, str], *, budget: int, looks: str = "every") -> None:
    """Hold pages to what they owe: in every look, or on a phone in the light only."""
    cookies = cookies_of(member)
    for name, path in pages.items():
        page, watch = visit(f"/marigold/{path}", look=PHONE, cookies=cookies)
        if looks == "every":
            assert_sound_in_every_look(page, watch, name=f"lesson {name}", language="en", budget=budget)
        else:
            take_picture(page, name=f"lesson {name}", look=PHONE)
            assert_page_is_sound(page, watch, budget=budget)


def test_pages_of_a_student_who_changes_lessons_are_sound(visit: Visit, cast: Cast) -> None:
    soon = book(cast, starts_at=NOW + timedelta(hours=3))
    give_credits(cast, 3, used_by=soon)
    moving = book(cast, starts_at=FRIDAY)
    held = keep(cast, moving, starts_at=FRIDAY + timedelta(hours=1))
    pages = {
        "cancel late": f"lessons/{soon.pk}/cancel/",
        "new time": f"lessons/{moving.pk}/reschedule/",
        "new time kept": f"lessons/{moving.pk}/reschedule/{held.hold_id}/",
    }
    look_at(visit, cast.sam, pages, budget=PERSON_BYTES)


@pytest.mark.parametrize("path", ["lessons/", "lessons/messages/"])
def test_a_finger_hits_one_link_of_a_message_and_not_the_next(visit: Visit, cast: Cast, path: str) -> None:
    give_credits(cast, 3)
    bookings.book(cast, starts_at=FRIDAY, now=NOW)
    page, _watch = visit(f"/marigold/{path}", look=PHONE, cookies=cookies_of(cast.sam))
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")

    ways = [page.get_by_role("link", name=name).bounding_box() for name in ("Move it to another time", "Cancel it")]

    move, cancel = [box for box in ways if box is not None]
    assert move["height"] >= SMALLEST_TARGET
    assert cancel["height"] >= SMALLEST_TARGET
    assert cancel["y"] >= move["y"] + move["height"]


def test_messages_with_links_in_them_are_sound(visit: Visit, cast: Cast) -> None:
    give_credits(cast, 3)
    booked = bookings.book(cast, starts_at=FRIDAY, now=NOW)
    off = bookings.book(cast, starts_at=THURSDAY, now=NOW)
    cancel_for_student(
        school=cast.school, actor=cast.tara, lesson_id=off.lesson_id, asked="chat", note="", request_id=uuid.uuid4(),
        door=Door.WEB, now=NOW,
    )  # fmt: skip
    ask(cast, lesson_of(cast, booked.lesson_id), starts_at=FRIDAY + timedelta(hours=1))

    look_at(visit, cast.sam, {"messages": "lessons/"}, budget=PERSON_BYTES)
    look_at(visit, cast.tara, {"inbox": "messages/"}, budget=PERSON_BYTES)


def test_pages_of_a_student_with_lessons_are_sound(visit: Visit, cast: Cast) -> None:
    lesson = book(cast, starts_at=WEDNESDAY)
    asked = ask(cast, lesson)
    give_credits(cast, 3)
    looked_at = {"booking": f"book/?teacher={cast.tara.pk}&kind=regular:50", "notifications": "notifications/"}
    look_at(visit, cast.sam, looked_at, budget=PERSON_BYTES)
    pages = {
        "mine": "lessons/",
        "of a student": f"lessons/{lesson.pk}/",
        "teacher asks": f"lessons/moves/{asked.move_request_id}/",
    }
    look_at(visit, cast.sam, pages, budget=PERSON_BYTES, looks="phone")


def test_pages_about_what_the_school_is_asked_are_sound(visit: Visit, cast: Cast) -> None:
    set_rules(cast, needs_approval=True)
    lesson = book(cast, starts_at=WEDNESDAY)
    reschedule(cast, lesson, to=THURSDAY)
    bookings.book(cast, starts_at=FRIDAY, now=NOW)
    mine = {"waiting for the school": "lessons/", "new time asked for": f"lessons/{lesson.pk}/reschedule/"}
    look_at(visit, cast.sam, mine, budget=PERSON_BYTES)
    look_at(visit, cast.desi, {"approvals waiting": "desk/approvals/"}, budget=STAFF_BYTES)


def test_pages_of_a_teacher_with_sessions_are_sound(visit: Visit, cast: Cast) -> None:
    soon = book(cast, starts_at=NOW + timedelta(minutes=5))
    lesson = book(cast, starts_at=THURSDAY)
    looked_at = {"session": f"sessions/{soon.pk}/", "cancel session": f"sessions/{lesson.pk}/cancel/"}
    look_at(visit, cast.tara, looked_at, budget=PERSON_BYTES)
    pages = {
        "students": "students/",
        "upcoming": f"students/{cast.sam.pk}/lessons/",
        "cancel session too late": f"sessions/{soon.pk}/cancel/",
        "move session": f"sessions/{lesson.pk}/move/",
    }
    look_at(visit, cast.tara, pages, budget=PERSON_BYTES, looks="phone")


def test_pages_of_the_desk_about_lessons_are_sound(visit: Visit, cast: Cast, at: Callable[[datetime], None]) -> None:
    # Two days on, nothing has been sent: every message is late.
    at(NOW + timedelta(days=2, hours=8))
    case = objected(cast, book(cast, starts_at=FRIDAY))
    with_problem(cast)
    looked_at = {"requests": "desk/requests/", "deliveries": "desk/deliveries/"}
    look_at(visit, cast.desi, looked_at, budget=STAFF_BYTES)
    pages = {
        "request": f"desk/requests/{case.pk}/",
        "calendar of the school": "desk/calendar/",
        "absences": "desk/absences/",
        "approvals": "desk/approvals/",
    }
    look_at(visit, cast.desi, pages, budget=STAFF_BYTES, looks="phone")


def test_the_page_of_a_session_says_who_came_while_it_is_open(
    visit: Visit, cast: Cast, at: Callable[[datetime], None]
) -> None:
    lesson = book(cast, starts_at=NOW + timedelta(minutes=5))
    join_lesson(school=cast.school, actor=cast.tara, lesson_id=lesson.pk, door=Door.WEB, now=NOW)
    page, watch = visit(f"/marigold/sessions/{lesson.pk}/", cookies=cookies_of(cast.tara), is_alone=True)
    page.clock.install()
    page.reload()
    card = page.locator("section", has=page.get_by_role("heading", name="Who is here"))
    expect(card).to_contain_text("counts as late from")
    join_lesson(school=cast.school, actor=cast.sam, lesson_id=lesson.pk, door=Door.WEB, now=NOW + timedelta(minutes=1))
    at(NOW + timedelta(minutes=2))

    page.clock.fast_forward(31_000)

    expect(card).not_to_contain_text("counts as late from")
    expect(card).not_to_contain_text("Not here so far")
    assert watch.complaints == []


def test_the_service_worker_weighs_little() -> None:
    answer = Client().get("/sw.js")

    assert answer.status_code == 200
    assert len(answer.getvalue()) <= MOST_BYTES_OF_THE_WORKER
