"""The emergency page with what people send by mistake, twice, or on purpose; always without a script."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.http import HttpResponse
from django.test import Client

from makegood.domain.incidents.models import Incident
from makegood.domain.schools.context import in_school
from tests.believable import NOW, Believable
from tests.web.conftest import Stand
from tests.web.emergency_page import buttons, read_form, text_of
from tests.web.signed_in import sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def url(client: Client, world: Believable) -> str:
    sign_in(client, world.cast.tara.person)
    return f"/marigold/sessions/{world.next_lesson.pk}/emergency/"


def count_incidents(world: Believable) -> int:
    with in_school(world.school.pk):
        return Incident.objects.count()


def send(client: Client, url: str, **changes: str) -> HttpResponse:
    return client.post(url, {**read_form(client.get(url).content), "claim": "2", **changes})


def test_page_chooses_the_situation_and_puts_the_amount_into_the_button(client: Client, url: str) -> None:
    page = client.get(url).content

    assert read_form(page)["situation"] == "2"
    assert buttons(page) == {"2": "Report emergency, penalty US$0.30"}
    assert "Number 4 in this month would add at least US$3.40 and pause the account for 7 days." in text_of(page)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"situation": "", "claim": ""}, "Choose what is happening."),
        ({"situation": "9", "claim": ""}, "Choose what is happening."),
        ({"claim": "7"}, "Choose what is happening."),
        ({"situation": "1"}, "You chose one situation and pressed the button of another."),
        ({"situation": "3", "claim": "3"}, "Situation 3 does not fit the time of this session."),
        ({"reason": "bad_hair"}, "This reason is not on the list."),
        ({"note": "x" * 501}, "The note is too long. Shorten it to 500 characters."),
        ({"note": "a\0b"}, "The note contains a character that cannot be stored."),
        ({"quote": "forged"}, "The price on this page could not be read."),
        ({"quote": ""}, "The page arrived incomplete. Nothing was sent."),
        ({"request_id": "not-an-id"}, "The page arrived incomplete. Nothing was sent."),
    ],
)
def test_bad_input_is_named_keeps_what_was_typed_and_writes_nothing(
    client: Client, world: Believable, url: str, changes: dict[str, str], words: str
) -> None:
    before = count_incidents(world)

    answer = send(client, url, **{"note": "my own words", **changes})

    assert answer.status_code == 422
    assert words in text_of(answer.content)
    assert "<title>Error: " in answer.content.decode()
    assert ("note" in changes) or "my own words" in answer.content.decode()
    assert count_incidents(world) == before


def test_a_double_tap_and_a_retry_lead_to_the_same_confirmation(client: Client, world: Believable, url: str) -> None:
    sent = {**read_form(client.get(url).content), "claim": "2", "note": "Power is out"}

    answers = [client.post(url, sent) for _ in range(3)]

    assert {(answer.status_code, answer.headers["Location"]) for answer in answers} == {
        (302, answers[0].headers["Location"])
    }
    assert count_incidents(world) == len(world.references) + 1


def test_the_confirmation_says_what_the_fourth_did_to_the_first_three(
    client: Client, world: Believable, url: str
) -> None:
    third = send(client, url)
    far_url = f"/marigold/sessions/{world.far_lesson.pk}/emergency/"
    promised = text_of(client.get(far_url).content)
    fourth = send(client, far_url, claim="3", situation="3")

    said = [text_of(client.get(answer.headers["Location"]).content) for answer in (third, fourth)]

    assert "Your earlier penalties went up" not in said[0]
    assert "Earlier penalties go up by US$5.40" in promised
    assert "Your earlier penalties went up by US$5.40" in said[1]


def test_going_back_and_sending_other_words_says_that_it_was_reported(
    client: Client, world: Believable, url: str
) -> None:
    sent = {**read_form(client.get(url).content), "claim": "2"}
    client.post(url, sent)

    answers = [client.post(url, {**sent, "note": "more"}), client.get(url)]

    assert [answer.status_code for answer in answers] == [409, 409]
    assert all("You already reported this session" in text_of(answer.content) for answer in answers)
    assert count_incidents(world) == len(world.references) + 1


def test_a_new_price_is_shown_with_both_buttons_before_anything_is_sent(
    client: Client, world: Believable, url: str, stand_at: Stand
) -> None:
    sent = {**read_form(client.get(url).content), "claim": "2", "note": "my own words", "reason": "power_outage"}
    stand_at(NOW + timedelta(minutes=19))

    asked_again = client.post(url, sent)

    assert asked_again.status_code == 409
    said = text_of(asked_again.content)
    assert "The price changed while you were here" in said
    assert buttons(asked_again.content) == {"2": "Report emergency, penalty US$1.00"}
    assert "Keep the session" in said
    assert "my own words" in asked_again.content.decode()
    assert count_incidents(world) == len(world.references)
    accepted = client.post(url, {**read_form(asked_again.content), "claim": "2", "note": "my own words"})
    assert accepted.status_code == 302


def test_enter_in_a_field_looks_at_the_price_and_reports_nothing(client: Client, world: Believable, url: str) -> None:
    answer = send(client, url, claim="", look="1")

    assert answer.status_code == 200
    assert count_incidents(world) == len(world.references)


def test_during_the_session_each_answer_has_its_own_price(
    client: Client, world: Believable, url: str, stand_at: Stand
) -> None:
    stand_at(world.next_lesson.starts_at + timedelta(minutes=5))

    page = client.get(url).content

    assert buttons(page) == {
        "1_begun": "Report emergency, no penalty", "1_not_begun": "Report emergency, penalty US$3.00",
    }  # fmt: skip
    sent = {**read_form(page), "claim": "1_begun"}
    assert client.post(url, sent).status_code == 302


def test_after_the_session_there_is_nothing_to_report(
    client: Client, world: Believable, url: str, stand_at: Stand
) -> None:
    stand_at(world.next_lesson.ends_at)

    assert "is over or was cancelled" in text_of(client.get(url).content)


def test_somebody_elses_and_no_session_do_not_exist(client: Client, world: Believable) -> None:
    sign_in(client, world.cast.tom.person)
    urls = [f"/marigold/sessions/{number}/emergency/" for number in (world.next_lesson.pk, 987654)]

    answers = [client.get(url) for url in urls] + [client.post(url, {"request_id": str(uuid.uuid4())}) for url in urls]

    assert [answer.status_code for answer in answers] == [404] * 4


def test_school_without_money_shows_what_counts_and_no_price(client: Client, world_without_money: Believable) -> None:
    sign_in(client, world_without_money.cast.tara.person)
    page = client.get(f"/larkspur/sessions/{world_without_money.next_lesson.pk}/emergency/").content

    said = text_of(page)

    assert buttons(page) == {"2": "Report emergency"}
    assert "No penalty in money. It counts for your standing." in said
    assert "This would be number 3." in said
    assert "US$" not in said
