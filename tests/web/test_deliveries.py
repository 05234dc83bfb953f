"""The desk's list of messages that did not arrive, and sending one again."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from makegood import clock
from makegood.actions.send_message import send_message
from makegood.domain.notifications.models import Channel, Message
from makegood.domain.people.models import Membership, Role
from makegood.domain.schools.context import in_school
from makegood.domain.timeline.models import Event
from makegood.web.desk.deliveries import say_error
from tests.cast import Cast, add_member, book, make_cast, report
from tests.mailbox import Mailbox, mailbox
from tests.web.emergency_page import text_of
from tests.web.signed_in import sign_in

__all__ = ["mailbox"]

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 10, 21, 12, 0, tzinfo=UTC)
NOW = NOON - timedelta(minutes=50)
PAGE = "/marigold/desk/deliveries/"


@pytest.fixture
def stand_at(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Let the server's clock show so many minutes after the report."""

    def stand(minutes: int) -> None:
        monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(minutes=minutes))

    stand(1)
    return stand


@pytest.fixture
def cast(stand_at: Callable[[int], None]) -> Cast:
    assert stand_at is not None
    cast = make_cast()
    report(cast, book(cast, starts_at=NOON), now=NOW)
    return cast


def mail_to(cast: Cast, member: Membership) -> Message:
    with in_school(cast.school.pk):
        return Message.objects.get(recipient=member, channel=Channel.EMAIL, again_of=None)


def fail(cast: Cast, mailbox: Mailbox, *members: Membership) -> None:
    """Let the mail server refuse these members' messages for good."""
    mailbox.answer = "550 no such mailbox"
    for member in members:
        send_message(school_id=cast.school.pk, message_id=mail_to(cast, member).pk, now=NOW)
    mailbox.answer = "250 OK"


def browser_of(member: Membership) -> Client:
    client = Client()
    sign_in(client, member.person)
    client.get("/marigold/")
    return client


def test_a_refused_message_is_listed_with_person_subject_and_reason(cast: Cast, mailbox: Mailbox) -> None:
    fail(cast, mailbox, cast.sam)

    page = browser_of(cast.desi).get(PAGE).content
    row = BeautifulSoup(page, "html.parser").select_one("main ul.rows")

    assert row is not None
    text = " ".join(row.get_text(" ").split())
    assert "Sam Studies Given up Tara Teaches cannot teach on Wed 21 Oct" in text
    assert "The mail server does not know this mailbox." in text
    count = BeautifulSoup(page, "html.parser").select_one(f'nav a[href="{PAGE}"] .count')
    assert count is not None
    assert count.get_text(strip=True).startswith("1")


def test_a_message_is_late_after_a_quarter_of_an_hour_and_has_no_button(
    cast: Cast, stand_at: Callable[[int], None]
) -> None:
    desi = browser_of(cast.desi)

    stand_at(15)
    assert "Every message has left the house." in text_of(desi.get(PAGE).content)
    stand_at(16)
    page = desi.get(PAGE).content

    assert text_of(page).count("We keep trying.") == 3
    assert "We have not tried to send it yet." in text_of(page)
    assert b"again/" not in page


def test_a_message_that_waits_for_the_end_of_quiet_hours_is_not_late(
    cast: Cast, stand_at: Callable[[int], None]
) -> None:
    with in_school(cast.school.pk):
        waiting = Message.objects.get(pk=mail_to(cast, cast.sam).pk)
        Message.objects.create(
            **{
                field: getattr(waiting, field)
                for field in ("school_id", "event_id", "recipient_id", "channel", "kind", "values", "created_at")
            },
            effect_key="later",
            send_after=NOW + timedelta(minutes=30),
        )
    desi = browser_of(cast.desi)

    stand_at(40)
    assert text_of(desi.get(PAGE).content).count("We keep trying.") == 3
    stand_at(46)
    assert text_of(desi.get(PAGE).content).count("We keep trying.") == 4


def test_support_sends_it_again_once_and_it_arrives(cast: Cast, mailbox: Mailbox) -> None:
    fail(cast, mailbox, cast.sam)
    with in_school(cast.school.pk):
        support = add_member(cast.school, code="olga", name="Olga Supports", role=Role.SUPPORT, zone="UTC")
    first, olga = mail_to(cast, cast.sam), browser_of(support)
    form = BeautifulSoup(olga.get(PAGE).content, "html.parser").select_one("main form[action$='again/']")
    assert form is not None
    sent = {str(field["name"]): str(field["value"]) for field in form.select("input[name=request_id]")}

    for _tap in range(2):
        assert olga.post(str(form["action"]), sent).status_code == 302
    other = olga.post(str(form["action"]), {"request_id": str(uuid.uuid4())})

    assert other.status_code == 409
    assert "already sent again" in text_of(other.content)
    with in_school(cast.school.pk):
        again = Message.objects.get(again_of=first)
        event = Event.objects.get(pk=again.event_id)
        assert (again.kind, again.values, again.channel) == (first.kind, first.values, first.channel)
        assert (event.kind, event.actor_id) == ("message_sent_again", support.person_id)
    assert "Every message has left the house." in text_of(olga.get(PAGE).content)
    send_message(school_id=cast.school.pk, message_id=again.pk, now=NOW)
    assert ["sam@marigold.example" in str(mail["To"]) for mail in mailbox.mails] == [True]


def test_a_message_sent_again_that_fails_is_listed_itself(cast: Cast, mailbox: Mailbox) -> None:
    fail(cast, mailbox, cast.sam)
    first, desi = mail_to(cast, cast.sam), browser_of(cast.desi)
    desi.post(f"{PAGE}{first.pk}/again/", {"request_id": str(uuid.uuid4())})
    with in_school(cast.school.pk):
        again = Message.objects.get(again_of=first)
    mailbox.answer = "552 mailbox full"
    send_message(school_id=cast.school.pk, message_id=again.pk, now=NOW)

    page = desi.get(PAGE).content

    assert f"{PAGE}{again.pk}/again/" in page.decode()
    assert f"{PAGE}{first.pk}/again/" not in page.decode()
    assert "The mailbox is full." in text_of(page)


def test_what_was_not_given_up_is_not_sent_again(cast: Cast) -> None:
    refused = browser_of(cast.desi).post(f"{PAGE}{mail_to(cast, cast.sam).pk}/again/", {})

    assert refused.status_code == 409
    assert "This message was not given up" in text_of(refused.content)


def test_a_message_of_another_school_does_not_exist(cast: Cast, mailbox: Mailbox) -> None:
    fail(cast, mailbox, cast.sam)
    elsewhere = make_cast(slug="harbor")
    desi = browser_of(elsewhere.desi)

    assert desi.post(f"/harbor/desk/deliveries/{mail_to(cast, cast.sam).pk}/again/", {}).status_code == 404
    assert "Sam Studies" not in text_of(desi.get("/harbor/desk/deliveries/").content)


def test_the_list_takes_the_same_statements_for_one_and_for_three(cast: Cast, mailbox: Mailbox) -> None:
    desi = browser_of(cast.desi)

    def count() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert desi.get(PAGE).status_code == 200
        return len(captured)

    fail(cast, mailbox, cast.sam)
    of_one = count()
    fail(cast, mailbox, cast.tara, cast.desi)

    assert count() == of_one


@pytest.mark.parametrize(
    ("channel", "error", "words"),
    [
        ("email", "", "We have not tried"),
        ("email", "(451, b'try later')", "busy"),
        ("email", "(452, b'4.2.2 over quota')", "full"),
        ("email", "{'sam@marigold.example': (550, b'unknown')}", "does not know this mailbox"),
        ("email", "(554, b'no')", "refused the message"),
        ("email", "[Errno 111] Connection refused", "could not be reached"),
        ("push", "The browser takes no more messages.", "no longer takes messages"),
        ("push", "The push service answered 599.", "did not take it"),
    ],
)
def test_errors_are_said_in_plain_words(channel: str, error: str, words: str) -> None:
    assert words in str(say_error(channel=channel, error=error))
