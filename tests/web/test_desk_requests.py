"""The desk's list of requests, and the page that ends one."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from datetime import datetime

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from makegood import clock
from makegood.domain.people.models import Membership
from tests.cast import Cast, book, make_cast, report
from tests.objections import DAY, HOUR, NOON, objected, with_problem
from tests.web.emergency_page import text_of
from tests.web.signed_in import sign_in

pytestmark = pytest.mark.django_db

PAGE = "/marigold/desk/requests/"


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def stand_at(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    return lambda instant: monkeypatch.setattr(clock, "now", lambda: instant)


def browser_of(member: Membership) -> Client:
    client = Client()
    sign_in(client, member.person)
    client.get("/marigold/")
    return client


def test_the_list_is_by_time_to_the_session_with_a_count_and_a_filter(
    cast: Cast, stand_at: Callable[[datetime], None]
) -> None:
    objected(cast, book(cast, starts_at=NOON + 3 * DAY))
    stand_at(NOON + 2 * HOUR)
    with_problem(cast)
    objected(cast, book(cast, starts_at=NOON + 2 * DAY))
    desi = browser_of(cast.desi)

    page = BeautifulSoup(desi.get(PAGE).content, "html.parser")
    filtered = text_of(desi.get(PAGE, {"kind": "problem"}).content)

    count = page.select_one(f'nav a[href="{PAGE}"] .count')
    assert count is not None
    assert count.get_text(strip=True).startswith("3")
    rows = [" ".join(row.get_text(" ").split()) for row in page.select("main ul.rows li")]
    assert [re.findall(r"Session of \w+ \d+", row)[0] for row in rows] == [
        "Session of Fri 23",
        "Session of Sat 24",
        "Session of Wed 21",
    ]
    assert "No sound" in filtered
    assert "I never wrote." not in filtered


def test_the_desk_sees_the_price_accepts_and_finds_it_under_ended(
    cast: Cast, stand_at: Callable[[datetime], None]
) -> None:
    case = objected(cast, book(cast, starts_at=NOON + 2 * DAY))
    stand_at(NOON + 2 * HOUR)
    desi = browser_of(cast.desi)
    url = f"{PAGE}{case.pk}/"

    page = desi.get(url)
    form = dict(re.findall(r'name="(request_id|seen)" value="([^"]*)"', page.content.decode()))
    unsaid = desi.post(url, {**form, "outcome": "accepted", "reason": ""})
    done = desi.post(url, {**form, "outcome": "accepted", "reason": "Sam was right."}, follow=True)
    after = desi.get(url)
    late = desi.post(url, {**form, "request_id": str(uuid.uuid4()), "outcome": "rejected", "reason": "No"}, follow=True)

    assert "Penalty of the teacher: US$0.30 , on the statement of October 2026" in text_of(page.content)
    assert "Incidents in October 0 1" in text_of(page.content)
    assert unsaid.status_code == 422
    assert "Ended and recorded. The teacher and the student were told." in text_of(done.content)
    assert "What came of it: the student did not ask for this, and it was corrected." in text_of(done.content)
    assert "Sam was right." in text_of(after.content)
    assert "End this request" not in text_of(after.content)
    assert "Somebody dealt with this already" in text_of(late.content)


def test_the_page_shows_new_effects_when_something_changed(cast: Cast, stand_at: Callable[[datetime], None]) -> None:
    case = objected(cast, book(cast, starts_at=NOON + 2 * DAY))
    stand_at(NOON + 2 * HOUR)
    desi = browser_of(cast.desi)
    url = f"{PAGE}{case.pk}/"
    form = dict(re.findall(r'name="(request_id|seen)" value="([^"]*)"', desi.get(url).content.decode()))
    report(cast, book(cast, starts_at=NOON + 3 * DAY), now=NOON + HOUR)

    changed = desi.post(url, {**form, "outcome": "accepted", "reason": "Sam was right."})
    again = dict(re.findall(r'name="(request_id|seen)" value="([^"]*)"', changed.content.decode()))
    done = desi.post(url, {**again, "outcome": "accepted", "reason": "Sam was right."}, follow=True)

    assert (changed.status_code, "Something changed while you were here." in text_of(changed.content)) == (409, True)
    assert "Ended and recorded." in text_of(done.content)


@pytest.mark.parametrize(
    ("asked", "words"),
    [("email", "by e-mail"), ("chat", "in the chat"), ("in_lesson", "in a session"), ("other", "in another way")],
)
def test_an_objection_is_judged_with_what_the_teacher_put_on_record(
    cast: Cast, stand_at: Callable[[datetime], None], asked: str, words: str
) -> None:
    case = objected(cast, book(cast, starts_at=NOON + 2 * DAY), asked=asked, note="Sam has an exam <b>then</b>.")
    stand_at(NOON + 2 * HOUR)

    page = BeautifulSoup(browser_of(cast.desi).get(f"{PAGE}{case.pk}/").content, "html.parser")

    said = [" ".join(row.get_text(" ").split()) for row in page.select("section[aria-labelledby=claims] li")]
    assert said == [
        f"The teacher says: the student asked {words} Wed 21 Oct, 20:00 Sam has an exam <b>then</b>.",
        "The student says: I did not ask for this Wed 21 Oct, 21:00 I never wrote.",
    ]
