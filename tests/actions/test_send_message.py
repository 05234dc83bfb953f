"""Messages leave the outbox through a real mail server, each once; failures are kept."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from makegood.actions.send_message import send_message
from makegood.actions.sweep import LOST_AFTER, sweep
from makegood.domain.notifications.catalog import TEMPLATES
from makegood.domain.notifications.delivery import DeliveryFailed
from makegood.domain.notifications.kinds import PAGE_OF_SIDE
from makegood.domain.notifications.models import DeliveryAttempt, Message
from makegood.domain.schools.context import in_school
from tests.cast import Cast, book, make_cast, report
from tests.mailbox import Mailbox, mailbox, plain_text

__all__ = ["mailbox"]

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 10, 21, 12, 0, tzinfo=UTC)
NOW = NOON - timedelta(minutes=30)


@pytest.fixture
def cast() -> Cast:
    cast = make_cast()
    report(cast, book(cast, starts_at=NOON), now=NOW)
    return cast


def unsent(cast: Cast) -> list[int]:
    with in_school(cast.school.pk):
        return list(Message.objects.filter(sent_at=None, failed_at=None).order_by("pk").values_list("pk", flat=True))


def test_every_mail_goes_out_once_however_often_its_job_runs(cast: Cast, mailbox: Mailbox) -> None:
    messages = unsent(cast)

    for message_id in messages * 2:
        send_message(school_id=cast.school.pk, message_id=message_id, now=NOW)

    addresses = [str(mail["To"]) for mail in mailbox.mails]
    assert sorted(address.split("<")[1] for address in addresses) == [
        "desi@marigold.example>",
        "sam@marigold.example>",
        "tara@marigold.example>",
    ]
    assert unsent(cast) == []


def test_the_student_reads_kind_words_in_the_own_zone(cast: Cast, mailbox: Mailbox) -> None:
    for message_id in unsent(cast):
        send_message(school_id=cast.school.pk, message_id=message_id, now=NOW)

    mail = next(mail for mail in mailbox.mails if "sam@" in str(mail["To"]))
    assert mail["Subject"] == "Tara Teaches cannot teach on Wed 21 Oct, 08:00 (New York)"
    paragraphs = plain_text(mail).replace("\r\n", "\n").strip().split("\n\n")
    assert paragraphs[:3] == [
        "Your lesson with Tara Teaches on Wed 21 Oct, 08:00 (New York) cannot take place. We are sorry.",
        "Tara Teaches: Wed 21 Oct, 20:00, Manila.",
        "This is not your fault and costs you nothing.",
    ]


def test_the_teacher_reads_reference_price_and_deadline(cast: Cast, mailbox: Mailbox) -> None:
    for message_id in unsent(cast):
        send_message(school_id=cast.school.pk, message_id=message_id, now=NOW)

    text = plain_text(next(mail for mail in mailbox.mails if "tara@" in str(mail["To"])))
    assert "The penalty is US$1.00." in text
    assert "Send proof by Wed 28 Oct, 23:59 to support@marigold.example, and name the reference." in text
    assert "you have until Wed 4 Nov, 23:59." in text
    assert text.count("Times without a city are your time: Manila.") == 1
    assert text.rstrip().splitlines()[-1].startswith("See it in Makegood: http")
    assert "/marigold/cases/" in text.rstrip().splitlines()[-1]


def test_every_kind_of_message_leads_to_a_page_that_exists() -> None:
    for template in TEMPLATES.values():
        for page in [template.page] if template.page else PAGE_OF_SIDE.values():
            place = {"school": "marigold"} | ({"reference": "ABCD-EFG"} if page.endswith(":case") else {})
            assert reverse(page, kwargs=place).startswith("/marigold/")


def test_a_mailbox_that_is_busy_is_tried_again_and_one_that_refuses_is_not(cast: Cast, mailbox: Mailbox) -> None:
    first, second, _third = unsent(cast)
    mailbox.answer = "451 try later"
    with pytest.raises(DeliveryFailed):
        send_message(school_id=cast.school.pk, message_id=first, now=NOW)
    mailbox.answer = "554 no such person"
    send_message(school_id=cast.school.pk, message_id=second, now=NOW)

    assert first in unsent(cast)
    assert second not in unsent(cast)
    with in_school(cast.school.pk):
        assert list(DeliveryAttempt.objects.order_by("pk").values_list("message_id", "permanent")) == [
            (first, False),
            (second, True),
        ]


def test_a_lost_job_is_found_by_the_sweep(cast: Cast) -> None:
    assert sweep(now=NOW + LOST_AFTER) == 0
    assert sweep(now=NOW + LOST_AFTER + timedelta(seconds=1)) == len(unsent(cast))
