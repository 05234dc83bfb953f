"""The owner says what is offered and what it pays; what was said before stays readable."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from makegood import clock
from makegood.actions.set_pay_rate import OtherCurrency, set_pay_rate
from makegood.domain.lessons import offering
from makegood.domain.lessons.models import PayRate
from makegood.domain.lessons.offering import Offer
from makegood.domain.schools.context import in_school
from makegood.domain.timeline.doors import Door
from makegood.quantities import Money
from makegood.web.owner.lesson_types import make_code
from tests.bookings import NOW
from tests.cast import Cast, make_cast
from tests.web.emergency_page import text_of
from tests.web.signed_in import sign_in

pytestmark = pytest.mark.django_db

TYPES = "/marigold/owner/lesson-types/"
RATES = "/marigold/owner/pay-rates/"


@pytest.fixture
def cast(monkeypatch: pytest.MonkeyPatch) -> Cast:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    return make_cast()


@pytest.fixture
def owner(client: Client, cast: Cast) -> Client:
    sign_in(client, cast.owen.person)
    return client


def offers(cast: Cast) -> dict[str, Offer]:
    with in_school(cast.school.pk):
        return {offer.code: offer for offer in offering.list_offers(school_id=cast.school.pk)}


def rate(**changes: str) -> dict[str, str]:
    return {"teacher": "", "kind": "regular:50", "amount": "12.50", "currency": "USD"} | changes


def set_rate(client: Client, **changes: str) -> Any:
    return client.post(RATES, rate(**changes))


def test_a_type_is_added_changed_and_its_past_shown(owner: Client, cast: Cast) -> None:
    sent = {"name": "Exam practice", "minutes": "50, 25", "credits": "2", "is_offered": "on"}
    added = owner.post(f"{TYPES}new/", sent)
    owner.post(f"{TYPES}exam_practice/", {**sent, "name": "Exams", "minutes": "90"})
    said = text_of(owner.get(TYPES).content)

    assert added.status_code == 302
    exam = offers(cast)["exam_practice"]
    assert (exam.name, exam.minutes, exam.credits, exam.is_offered) == ("Exams", (90,), 2, True)
    assert "Exams" in said
    assert "Set 2 times" in said
    assert "Exam practice , 25 min, 50 min, 2 credits" in said
    # Those that the school started with are still there.
    assert "Meet your teacher" in said


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"name": ""}, "Type a name."),
        ({"minutes": "fifty"}, "Type whole numbers with commas between them, like 25, 50."),
        ({"minutes": "25, 51"}, "A type has 1 to 12 lengths between 5 and 240 minutes, in steps of 5."),
        ({"minutes": "0"}, "A type has 1 to 12 lengths between 5 and 240 minutes, in steps of 5."),
        ({"credits": "21"}, "Type a whole number from 0 to 20."),
    ],
)
def test_a_type_that_cannot_be_kept_is_refused(owner: Client, cast: Cast, changes: dict[str, str], said: str) -> None:
    answer = owner.post(f"{TYPES}new/", {"name": "Exam", "minutes": "50", "credits": "1"} | changes)

    assert answer.status_code == 422
    assert said in text_of(answer.content)
    assert sorted(offers(cast)) == ["meet_your_teacher", "regular"]


@pytest.mark.parametrize(
    ("name", "code"),
    [("Exam practice", "exam_practice"), ("Exam", "exam_2"), ("会話", "type"), ("2 to 1", "to_1"), ("New", "new_2")],
)
def test_each_type_has_a_code_of_its_own(name: str, code: str) -> None:
    assert make_code(name, {"new", "exam"}) == code


def test_a_rate_is_set_and_the_one_before_is_shown(owner: Client, cast: Cast) -> None:
    empty = text_of(owner.get(RATES).content)
    for amount in ("12.50", "14", "14"):
        set_rate(owner, amount=amount)
    set_rate(owner, teacher=str(cast.tara.pk), amount="15.25")
    said = text_of(owner.get(RATES).content)

    assert "No rate is set, so new sessions are booked without pay." in empty
    assert "Every teacher Lesson , 50 min US$14.00 since 23 November 2026 Before US$12.50 from 23 November 2026" in said
    assert "Tara Teaches Lesson , 50 min US$15.25" in said
    with in_school(cast.school.pk):
        assert PayRate.objects.count() == 3


def test_a_rate_that_begins_later_is_shown_beside_the_one_that_holds(owner: Client, cast: Cast) -> None:
    set_rate(owner, amount="12.50")
    for amount in ("13", "14"):
        said = owner.post(RATES, rate(amount=amount, from_on="2027-01-01"), follow=True)
    page = text_of(owner.get(RATES).content)

    assert "The rate is set for sessions that start on Fri 1 Jan or later. What is booked keeps its pay." in text_of(
        said.content
    )
    assert "US$12.50 since 23 November 2026 US$14.00 for sessions from 1 January 2027 on" in page
    assert "US$13.00" not in page
    with in_school(cast.school.pk):
        assert list(PayRate.objects.order_by("number").values_list("amount_minor", "from_on")) == [
            (1250, None), (1300, date(2027, 1, 1)), (1400, date(2027, 1, 1)),
        ]  # fmt: skip


def test_a_first_rate_that_begins_later_is_shown_before_it_holds(owner: Client) -> None:
    set_rate(owner, amount="14", from_on="2027-01-01")

    assert "Every teacher Lesson , 50 min US$14.00 for sessions from 1 January 2027 on" in text_of(
        owner.get(RATES).content
    )


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", ["Every teacher", "Every teacher", "Tara Teaches", "Tom Teaches"]),
        ("?teacher=TARA", ["Tara Teaches"]),
        ("?teacher=+teaches+", ["Tara Teaches", "Tom Teaches"]),
        ("?type=meet_your_teacher", ["Every teacher", "Tom Teaches"]),
        ("?teacher=tom&type=regular", []),
        ("?teacher=%3Cb%3E", []),
    ],
)
def test_rates_are_searched_by_teacher_and_type(owner: Client, cast: Cast, query: str, names: list[str]) -> None:
    set_rate(owner)
    set_rate(owner, kind="meet_your_teacher:25")
    set_rate(owner, teacher=str(cast.tara.pk))
    set_rate(owner, teacher=str(cast.tom.pk), kind="meet_your_teacher:25")

    page = BeautifulSoup(owner.get(f"{RATES}{query}").content, "html.parser")
    rates = page.select_one("section[aria-labelledby=rates]")
    assert rates is not None
    search = rates.select_one("form.filters[method=get]")
    assert search is not None

    assert [one.get_text() for one in rates.select("ul.rows > li > div strong:first-child")][::2] == names
    assert [str(one["name"]) for one in search.select("input, select")] == ["teacher", "type"]
    assert ("No rate fits." in rates.get_text()) == (names == [])


def test_what_was_searched_for_stands_in_the_fields_again(owner: Client, cast: Cast) -> None:
    set_rate(owner)

    page = BeautifulSoup(owner.get(f"{RATES}?teacher=%22%3E%3Cb%3E&type=regular").content, "html.parser")
    name, chosen = page.select_one("#filter-teacher"), page.select_one("#filter-type option[selected]")
    assert name is not None
    assert chosen is not None

    assert (name["value"], chosen.get_text()) == ('"><b>', "Lesson")


def test_without_a_rate_there_is_nothing_to_search(owner: Client) -> None:
    assert "filter-teacher" not in owner.get(RATES).content.decode()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"amount": "-1"}, "Type an amount like 12.50."),
        ({"amount": "x"}, "Type an amount like 12.50."),
        ({"amount": "1.005"}, "This currency has no smaller coin."),
        ({"currency": "usd"}, "Type three capital letters, like USD."),
        ({"currency": "EUR"}, "The policy of the school counts in USD, so pay is in USD."),
        ({"kind": "regular:51"}, "Choose a kind of lesson from the list."),
        ({"teacher": "987654"}, "Choose a teacher from the list."),
        ({"from_on": "soon"}, "This is not a day."),
        ({"from_on": "2026-11-22"}, "A rate starts today or later, at most 731 days ahead."),
        ({"from_on": "9999-12-31"}, "A rate starts today or later, at most 731 days ahead."),
        ({"from_on": "0001-01-01"}, "A rate starts today or later, at most 731 days ahead."),
    ],
)
def test_a_rate_that_makes_no_sense_is_refused(owner: Client, cast: Cast, changes: dict[str, str], said: str) -> None:
    answer = set_rate(owner, **changes)

    assert answer.status_code == 422
    assert said in text_of(answer.content)
    with in_school(cast.school.pk):
        assert PayRate.objects.count() == 0


def test_pay_is_in_the_currency_of_the_policy(cast: Cast) -> None:
    with pytest.raises(OtherCurrency):
        set_pay_rate(
            school=cast.school, actor=cast.owen, teacher_id=None, lesson_type="regular", minutes=50,
            amount=Money(1500, "EUR"), door=Door.WEB, now=NOW,
        )  # fmt: skip


def test_a_school_that_does_not_pay_here_says_so(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    other = make_cast(slug="larkspur", preset="talaera")
    sign_in(client, other.owen.person)

    page = client.get("/larkspur/owner/pay-rates/")

    assert "This school does not pay its teachers here" in text_of(page.content)
    assert "Set a rate" not in text_of(page.content)
