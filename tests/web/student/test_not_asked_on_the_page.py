"""The page of a lesson that a teacher cancelled for its student leads to saying: I did not ask for this."""

from __future__ import annotations

from datetime import datetime

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from makegood import clock
from makegood.domain.incidents.objections import OPEN_FOR
from makegood.domain.lessons.models import Lesson
from makegood.domain.people.models import Membership
from tests.cast import Cast, book, make_cast
from tests.moves import FRIDAY, THURSDAY, open_mornings
from tests.objections import DAY, HOUR, NOON, cancelled, cancelled_by_sam, deny, moved_by_desk, object_to
from tests.web.emergency_page import text_of
from tests.web.signed_in import sign_in

pytestmark = pytest.mark.django_db

SAID = "You said that you did not ask for this."


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def lesson(cast: Cast) -> Lesson:
    return book(cast, starts_at=NOON + 2 * DAY)


def page_of(
    member: Membership, lesson: Lesson, monkeypatch: pytest.MonkeyPatch, *, at: datetime = NOON + HOUR
) -> tuple[str, str]:
    """What the page of the lesson says, and where its button leads, "" without one."""
    monkeypatch.setattr(clock, "now", lambda: at)
    client = Client()
    sign_in(client, member.person)
    where = "sessions" if member.code == "tara" else "lessons"
    content = client.get(f"/marigold/{where}/{lesson.pk}/").content
    links = BeautifulSoup(content, "html.parser").select("main a.btn")
    leads = (str(link["href"]) for link in links if link.get_text() == "I did not ask for this")
    return text_of(content), next(leads, "")


def test_it_leads_to_the_form_and_then_says_that_it_was_said(
    cast: Cast, lesson: Lesson, monkeypatch: pytest.MonkeyPatch
) -> None:
    cancelled(cast, lesson)
    before, link = page_of(cast.sam, lesson, monkeypatch)
    client = Client()
    sign_in(client, cast.sam.person)
    form = client.get(link).content
    object_to(cast, lesson, now=NOON + HOUR)

    after, gone = page_of(cast.sam, lesson, monkeypatch)

    assert "Tara Teaches cancelled it and says that you asked for it." in before
    assert BeautifulSoup(form, "html.parser").select_one(f"main a[href='/marigold/lessons/{lesson.pk}/']")
    assert "lessons" not in str(BeautifulSoup(Client().get(link).content, "html.parser").select_one("main"))
    assert SAID in after
    assert (SAID in before, gone) == (False, "")


def test_to_the_student_it_is_you_and_what_they_deny_is_no_fact(
    cast: Cast, lesson: Lesson, monkeypatch: pytest.MonkeyPatch
) -> None:
    cancelled(cast, lesson)
    before = page_of(cast.sam, lesson, monkeypatch)[0]
    object_to(cast, lesson, now=NOON + HOUR)

    after = page_of(cast.sam, lesson, monkeypatch)[0]
    to_teacher = page_of(cast.tara, lesson, monkeypatch)[0]

    assert "When Cancelled at your wish" in before
    assert "Cancelled for you. How you asked, as it was recorded: by e-mail ." in before
    assert "the student" not in before
    assert "When Cancelled, and disputed" in after
    assert "Cancelled for you. It was recorded that you asked by e-mail ; you say that you did not." in after
    assert "You said: I did not ask for this." in after
    assert "at your wish" not in after
    assert "Cancelled at the student's wish" in to_teacher
    assert "How the student asked: by e-mail ." in to_teacher


def test_only_the_last_move_before_a_denial_is_said_to_be_denied(
    cast: Cast, lesson: Lesson, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_mornings(cast)
    moved_by_desk(cast, lesson, THURSDAY, now=NOON)
    deny(cast, moved_by_desk(cast, lesson, FRIDAY, now=NOON + HOUR), now=NOON + HOUR)

    said = page_of(cast.sam, lesson, monkeypatch)[0]

    assert said.count("How you agreed, as it was recorded: by phone .") == 1
    assert said.count("It was recorded that you agreed by phone ; you say that you did not.") == 1
    assert "You said: I did not agree to this move." in said


def test_it_is_no_business_of_the_teacher_and_ends(cast: Cast, lesson: Lesson, monkeypatch: pytest.MonkeyPatch) -> None:
    cancelled(cast, lesson)
    last = lesson.starts_at + OPEN_FOR

    assert page_of(cast.tara, lesson, monkeypatch)[1] == ""
    assert page_of(cast.sam, lesson, monkeypatch, at=last)[1]
    assert not page_of(cast.sam, lesson, monkeypatch, at=last + HOUR)[1]


def test_who_cancelled_themself_asked(cast: Cast, lesson: Lesson, monkeypatch: pytest.MonkeyPatch) -> None:
    cancelled_by_sam(cast, lesson)

    said, link = page_of(cast.sam, lesson, monkeypatch)

    assert "It costs you nothing." in said
    assert link == ""
