"""A sender killed at any statement: every message arrives, none is stamped without, and a second copy is known as one.

`MAKEGOOD_KILLS` says how many kills there are.
"""

from __future__ import annotations

import os
import random
import signal
from collections import Counter
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from makegood.actions.send_message import send_message
from makegood.domain.notifications.models import DeliveryAttempt, Message
from makegood.domain.schools.context import in_school
from tests.cast import Cast, book, make_cast, report
from tests.killing import run_and_be_killed
from tests.mailbox import Mailbox, mailbox

__all__ = ["mailbox"]

KILLS = int(os.environ.get("MAKEGOOD_KILLS", "50"))
STARTS = datetime(2026, 10, 21, 12, 0, tzinfo=UTC)
NOW = STARTS - timedelta(minutes=30)
STATEMENTS = 8


def send_and_be_killed(cast: Cast, message_id: int, number: int, *, is_after: bool) -> int:
    send = partial(send_message, school_id=cast.school.pk, message_id=message_id, now=NOW)
    return run_and_be_killed(send, number, is_after=is_after)


@pytest.mark.django_db(transaction=True)
def test_every_message_arrives_however_often_its_sender_is_killed(mailbox: Mailbox) -> None:
    cast = make_cast()
    for number in range(3):
        report(cast, book(cast, starts_at=STARTS + timedelta(hours=number)), now=NOW)
    with in_school(cast.school.pk):
        messages = list(Message.objects.filter(sent_at=None).order_by("pk").values_list("pk", flat=True))
    chance = random.Random(20261021)

    ends = Counter(
        send_and_be_killed(cast, chance.choice(messages), chance.randrange(STATEMENTS), is_after=chance.random() < 0.5)
        for _ in range(KILLS)
    )
    for message_id in messages:
        send_message(school_id=cast.school.pk, message_id=message_id, now=NOW)

    assert set(ends) <= {0, -signal.SIGKILL}
    assert ends[-signal.SIGKILL] > KILLS // 4
    copies = Counter(str(mail["Message-ID"]) for mail in mailbox.mails)
    assert len(copies) == len(messages)
    # The mail server accepts before the row can be stamped; a kill between the two is the only second copy.
    assert sum(copies.values()) - len(messages) <= ends[-signal.SIGKILL]
    with in_school(cast.school.pk):
        assert not Message.objects.filter(pk__in=messages, sent_at=None).exists()
        assert Counter(DeliveryAttempt.objects.values_list("message_id", flat=True)) == dict.fromkeys(messages, 1)
