"""The page of an objection to a move: the word recorded with that move, and whoever made it does not end it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse

from makegood import clock
from makegood.domain.lessons.models import DeskCase, LessonMove
from makegood.domain.lessons.move_objections import make_token
from makegood.domain.people.models import Membership, Role, RoleGrant
from makegood.domain.schools.context import in_school
from tests.cast import LONG_AGO, Cast, book, make_cast
from tests.moves import FRIDAY, NOW, THURSDAY, WEDNESDAY, open_mornings
from tests.objections import deny, moved_by_desk
from tests.web.emergency_page import text_of
from tests.web.signed_in import sign_in

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)


@pytest.fixture
def cast(monkeypatch: pytest.MonkeyPatch) -> Cast:
    monkeypatch.setattr(clock, "now", lambda: NOW + 5 * MINUTE)
    made = make_cast()
    open_mornings(made)
    return made


def page_of(cast: Cast, made: LessonMove) -> str:
    with in_school(cast.school.pk):
        case = DeskCase.objects.get(move=made)
    return f"/marigold/desk/requests/{case.pk}/"


def browser_of(member: Membership) -> Client:
    client = Client()
    sign_in(client, member.person)
    return client


def test_each_objection_shows_the_move_it_is_to(cast: Cast) -> None:
    lesson = book(cast, starts_at=WEDNESDAY)
    first = moved_by_desk(cast, lesson, THURSDAY, now=NOW, reason="The first room is closed")
    deny(cast, first, note="Not Thursday", now=NOW)
    second = moved_by_desk(cast, lesson, FRIDAY, asked="email", now=NOW + MINUTE, reason="The second room is closed")
    link = reverse("not_agreed", kwargs={"token": make_token(second)})
    form = BeautifulSoup(Client().get(link).content, "html.parser").select("main form input[type=hidden]")

    said = text_of(Client().post(link, {str(one["name"]): str(one["value"]) for one in form} | {"note": "No"}).content)
    desi = browser_of(cast.desi)
    page, other = text_of(desi.get(page_of(cast, first)).content), text_of(desi.get(page_of(cast, second)).content)

    assert "Thank you. The scheduling desk was told." in said
    assert "the student said so by phone" in page
    assert "The first room is closed" in page
    assert "The second room is closed" not in page
    assert "From Wed 21 Oct, 09:00 to Thu 22 Oct, 09:00" in page
    assert "the student said so by e-mail" in other
    assert "The second room is closed" in other
    assert "From Thu 22 Oct, 09:00 to Fri 23 Oct, 09:00" in other
    assert page.count("Not Thursday") == 1
    assert "I did not agree to the move to Thu 22 Oct, 09:00" not in page
    assert "I did not agree to the move to Thu 22 Oct, 09:00" in other


def test_whoever_made_the_move_reads_that_somebody_else_ends_it(cast: Cast) -> None:
    made = moved_by_desk(cast, book(cast, starts_at=WEDNESDAY), THURSDAY, now=NOW)
    deny(cast, made, now=NOW)
    page = page_of(cast, made)
    desi = browser_of(cast.desi)
    alone = BeautifulSoup(desi.get(page).content, "html.parser")
    with in_school(cast.school.pk):
        RoleGrant.objects.create(school=cast.school, membership=cast.rhea, role=Role.DESK, granted_at=LONG_AGO)
    sent = {str(one["name"]): str(one.get("value", "")) for one in alone.select("main form input[type=hidden]")}

    shown = desi.get(page)
    refused = desi.post(page, sent | {"outcome": "settled", "reason": "It is fine"})

    assert alone.select("main form.form")
    assert "You moved this session yourself, so somebody else of the desk has to end this request." in text_of(
        shown.content
    )
    assert not BeautifulSoup(shown.content, "html.parser").select("main form.form")
    assert refused.status_code == 409
    assert "Somebody else of the desk has to end this request." in text_of(refused.content)
    assert BeautifulSoup(browser_of(cast.rhea).get(page).content, "html.parser").select("main form.form")
