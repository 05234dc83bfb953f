"""Weekly lessons, credits and what else books: sound on a phone and a desk, in both themes."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from django.conf import settings
from django.test import Client

from makegood.actions.propose_lesson import propose_lesson
from makegood.actions.set_lesson_type import set_lesson_type
from makegood.actions.set_pay_rate import set_pay_rate
from makegood.domain.lessons.offering import Offer
from makegood.domain.people.models import Membership, Role
from makegood.domain.schools.context import in_school
from makegood.domain.timeline.doors import Door
from makegood.quantities import Money
from makegood.web.parts.case_lists import PAGE_SIZE
from tests.bookings import NOW, TUESDAY_NINE, book, give_credits, open_mornings, set_rules
from tests.browser.conftest import Visit
from tests.browser.looks import (
    PERSON_BYTES,
    STAFF_BYTES,
    Look,
    assert_page_is_sound,
    assert_sound_in_every_look,
    take_picture,
)
from tests.cast import Cast, add_member, make_cast
from tests.web.signed_in import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

FIRST = (TUESDAY_NINE + timedelta(days=7)).strftime("%Y-%m-%dT%H:%M:%SZ")


@pytest.fixture
def cast(at: Callable[[datetime], None]) -> Cast:
    at(NOW)
    made = make_cast()
    open_mornings(made)
    set_rules(made, requires_credits=True)
    give_credits(made, 4, expires_on=date(2027, 1, 31))
    book(made, starts_at=TUESDAY_NINE + timedelta(days=14))
    return made


def cookies_of(member: Membership) -> dict[str, str]:
    client = Client()
    sign_in(client, member.person)
    return {settings.SESSION_COOKIE_NAME: client.cookies[settings.SESSION_COOKIE_NAME].value}


def test_pages_of_a_student_are_sound(visit: Visit, cast: Cast) -> None:
    teacher = f"/marigold/book/teachers/{cast.tara.pk}/"
    pages = {
        "teacher page": teacher,
        "weekly": f"{teacher}weekly/?kind=regular:50&first={FIRST}&weeks=5",
        "credits": "/marigold/book/credits/",
        "book": "/marigold/book/",
    }
    for name, path in pages.items():
        page, watch = visit(path, look=Look(width=390), cookies=cookies_of(cast.sam))
        assert_sound_in_every_look(page, watch, name=name, language="en", budget=PERSON_BYTES)


def test_pages_of_a_student_without_credits_are_sound(visit: Visit, cast: Cast) -> None:
    for days in range(3):
        book(cast, starts_at=TUESDAY_NINE + timedelta(days=days))
    propose_lesson(
        school=cast.school, actor=cast.tara, student_id=cast.sam.pk, starts_at=TUESDAY_NINE + timedelta(days=8),
        minutes=50, lesson_type="regular", note="", request_id=uuid.uuid4(), door=Door.WEB, now=NOW,
    )  # fmt: skip
    pages = {
        "short of credits": "/marigold/book/",
        "short of credits, teacher": f"/marigold/book/teachers/{cast.tara.pk}/",
        "short of credits, proposal": "/marigold/book/proposals/",
        "lessons and messages": "/marigold/lessons/",
    }
    for name, path in pages.items():
        page, watch = visit(path, look=Look(width=390), cookies=cookies_of(cast.sam))
        assert_sound_in_every_look(page, watch, name=name, language="en", budget=PERSON_BYTES)


def test_on_a_phone_the_next_lesson_is_in_sight_and_a_kind_of_lesson_can_be_read(visit: Visit, cast: Cast) -> None:
    set_lesson_type(
        school=cast.school, actor=cast.owen, offer=Offer(code="regular", name="Conversation for work", minutes=(25,)),
        door=Door.WEB, now=NOW,
    )  # fmt: skip
    for days in range(3):
        book(cast, starts_at=TUESDAY_NINE + timedelta(days=days), minutes=25)
    phone = Look(width=390)

    page, _watch = visit("/marigold/lessons/", look=phone, cookies=cookies_of(cast.sam))
    place = page.locator(".next").bounding_box()
    assert place is not None
    assert place["y"] + place["height"] < 844
    tops = page.locator(".sess .act").first.locator(".btn").evaluate_all("them => them.map(one => one.offsetTop)")
    assert len(tops) == 2
    assert len(set(tops)) == 1, "the buttons of a lesson stand beside each other"

    page, _watch = visit("/marigold/book/", look=phone, cookies=cookies_of(cast.sam))
    room = page.locator("#book-kind").evaluate(
        """list => {
            const style = getComputedStyle(list), pen = document.createElement("canvas").getContext("2d");
            pen.font = style.font;
            const widest = Math.max(...[...list.options].map(one => pen.measureText(one.text).width));
            return list.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight) - widest;
        }"""
    )
    assert room >= 0


def test_pages_of_the_desk_and_of_a_proposing_teacher_are_sound(visit: Visit, cast: Cast) -> None:
    propose_lesson(
        school=cast.school, actor=cast.tara, student_id=cast.sam.pk, starts_at=TUESDAY_NINE + timedelta(days=2),
        minutes=50, lesson_type="regular", note="Before your exam", request_id=uuid.uuid4(), door=Door.WEB, now=NOW,
    )  # fmt: skip
    pages = {
        "propose": (cast.tara, f"/marigold/students/{cast.sam.pk}/propose/"),
        "proposals": (cast.tara, f"/marigold/students/{cast.sam.pk}/lessons/"),
        "asked": (cast.sam, "/marigold/lessons/"),
        "desk students": (cast.desi, "/marigold/desk/students/"),
        "desk student": (cast.desi, f"/marigold/desk/students/{cast.sam.pk}/"),
        "desk book": (cast.desi, f"/marigold/desk/students/{cast.sam.pk}/book/"),
        "desk credits": (cast.desi, f"/marigold/desk/students/{cast.sam.pk}/credits/"),
        "desk file": (cast.desi, "/marigold/desk/students/credits/"),
    }
    for name, (member, path) in pages.items():
        page, watch = visit(path, look=Look(width=390), cookies=cookies_of(member))
        take_picture(page, name=name, look=Look(width=390))
        assert_page_is_sound(page, watch, budget=STAFF_BYTES)
        if name == "desk book":
            page.emulate_media(color_scheme="dark")
            fields = page.locator("[name=any_time], [name=at]")
            filled = fields.evaluate_all("them => them.map(one => getComputedStyle(one).backgroundColor)")
            assert len(set(filled)) == 1, "an unticked box is as light as a field that is empty"


def test_a_full_page_of_students_is_short_on_a_phone(visit: Visit, cast: Cast) -> None:
    with in_school(cast.school.pk):
        for number in range(PAGE_SIZE):
            add_member(cast.school, code=f"p{number}", name=f"Page {number:02}", role=Role.STUDENT, zone="Asia/Manila")

    page, watch = visit("/marigold/desk/students/", look=Look(width=390), cookies=cookies_of(cast.desi))

    assert page.locator("tbody tr").count() == PAGE_SIZE
    assert page.evaluate("document.querySelector('tbody').getBoundingClientRect().height") < PAGE_SIZE * 72
    assert_sound_in_every_look(page, watch, name="desk students", language="en", budget=STAFF_BYTES)


def test_pages_of_what_is_offered_are_sound(visit: Visit, cast: Cast) -> None:
    for offered in ("Exam practice", "Exam"):
        set_lesson_type(
            school=cast.school, actor=cast.owen, offer=Offer(code="exam", name=offered, minutes=(50,)),
            door=Door.WEB, now=NOW,
        )  # fmt: skip
    for amount in (1200, 1400):
        set_pay_rate(
            school=cast.school, actor=cast.owen, teacher_id=cast.tara.pk, lesson_type="exam", minutes=50,
            amount=Money(amount, "USD"), door=Door.WEB, now=NOW,
        )  # fmt: skip
    pages = {"lesson types": "lesson-types/", "lesson type": "lesson-types/exam/", "rates": "pay-rates/"}
    for name, path in pages.items():
        page, watch = visit(f"/marigold/owner/{path}", look=Look(width=390), cookies=cookies_of(cast.owen))
        take_picture(page, name=name, look=Look(width=390))
        assert_page_is_sound(page, watch, budget=STAFF_BYTES)
