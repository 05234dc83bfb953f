"""What a student reads about cancelling is about the student: the policy for teachers says "you" to teachers."""

from __future__ import annotations

from dataclasses import replace

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from makegood import clock
from makegood.domain.policies.queries import Timetable
from tests.bookings import NOW, set_rules
from tests.cast import Cast, make_cast
from tests.web.emergency_page import text_of
from tests.web.signed_in import sign_in

pytestmark = pytest.mark.django_db

PAGE = "/marigold/for-students/"
NOTE = "This page is written for teachers: “you” is the teacher, and penalties are theirs."


@pytest.fixture
def cast(monkeypatch: pytest.MonkeyPatch) -> Cast:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    return make_cast()


def test_the_menu_of_a_student_leads_to_the_students_side(client: Client, cast: Cast) -> None:
    sign_in(client, cast.sam.person)

    links = {str(a["href"]) for a in BeautifulSoup(client.get("/marigold/lessons/").content, "html.parser").select("a")}

    assert PAGE in links
    assert not links & {"/marigold/policy/", "/marigold/emergencies/"}


def test_it_says_what_becomes_of_lesson_and_credits(client: Client, cast: Cast) -> None:
    plain = text_of(client.get(PAGE).content)
    set_rules(cast, requires_credits=True, needs_approval=True)
    full = text_of(client.get(PAGE).content)

    assert "You can move or cancel a lesson free of charge until 24 hours before it starts" in plain
    assert "you do not get it back, and your teacher is paid. The same holds for a lesson that you miss." in plain
    assert "It costs you nothing: you get the lesson back." in plain
    assert "Your school approves" not in plain
    assert "When you cancel, you get its lesson credits back." in full
    assert "It costs you nothing: you get the lesson credits back." in full
    assert "Your school approves what you book and what you move." in full
    for words in ("US$", "your penalt", "Situation"):
        assert words not in full


def test_it_follows_a_policy_that_uses_nothing(client: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    find = Timetable.find_at

    def generous(self: Timetable, at: object) -> object:
        found = find(self, at)  # type: ignore[arg-type]
        assert found is not None
        policy = replace(found.policy, students=replace(found.policy.students, paid_kinds=()))
        return replace(found, policy=policy)

    monkeypatch.setattr(Timetable, "find_at", generous)

    said = text_of(client.get(PAGE).content)

    assert "Later than that you get it back, too." in said
    assert "the lesson is used" not in said


@pytest.mark.parametrize("path", ["/marigold/policy/", "/marigold/emergencies/"])
def test_pages_for_teachers_say_so_to_students(client: Client, cast: Cast, path: str) -> None:
    def said(member: object) -> tuple[bool, bool]:
        browser = Client()
        if member is not None:
            sign_in(browser, member.person)  # type: ignore[attr-defined]
            browser.get("/marigold/")
        content = browser.get(path).content
        return NOTE in text_of(content), PAGE in content.decode()

    assert said(cast.sam) == (True, True)
    assert said(cast.tara) == (False, False)
    assert said(None) == (False, True)
