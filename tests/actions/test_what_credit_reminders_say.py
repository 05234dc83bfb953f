"""What reminders of lesson credits say, to whom by mail, and when no mail leaves any more."""

from __future__ import annotations

from datetime import datetime

import pytest

from makegood.actions import choose_how_to_be_told as choosing
from makegood.actions.send_message import send_message
from makegood.domain.notifications.links import page_of
from makegood.domain.notifications.models import Channel, Message, Topic
from makegood.domain.notifications.quiet_hours import Quiet
from makegood.domain.notifications.texts import render
from makegood.domain.notifications.wishes import CHOSEN
from makegood.domain.people.models import Person
from makegood.domain.schools.context import in_school
from tests.bookings import book, give_credits
from tests.cast import Cast
from tests.credit_reminders import (
    AFTER_THE_END,
    DAY,
    END,
    ENDS_ON,
    FIRST,
    HOUR,
    MINUTE,
    SECOND,
    make_cast_with_credits,
    remind,
)
from tests.mailbox import Mailbox, mailbox, plain_text

__all__ = ["mailbox"]

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_cast_with_credits()


def be_told(cast: Cast, *, off: tuple[tuple[Topic, Channel], ...] = (), quiet: Quiet | None = None) -> None:
    wanted = {(topic, channel): (topic, channel) not in off for topic in Topic for channel in CHOSEN}
    choosing.choose_how_to_be_told(member=cast.sam, wanted=wanted, quiet=quiet, now=FIRST - 9 * DAY)


def by_mail(cast: Cast) -> Message:
    with in_school(cast.school.pk):
        return Message.objects.select_related("recipient__person", "school").get(
            kind="credits_expiring", channel="email"
        )


def what_became_of(message: Message, *, now: datetime) -> str | None:
    """Why it was dropped when its turn came; None: it went out."""
    send_message(school_id=message.school_id, message_id=message.pk, now=now)
    with in_school(message.school_id):
        message.refresh_from_db()
        assert (message.sent_at is None) == (message.dropped_at is not None)
        return message.dropped_because


def test_it_speaks_the_students_language_and_names_the_last_whole_day_on_their_clock(
    cast: Cast, mailbox: Mailbox
) -> None:
    give_credits(cast, 3, expires_on=ENDS_ON)
    give_credits(cast, 4)
    remind(cast, FIRST)

    message = by_mail(cast)
    said = render(message)
    assert said.subject == "Lesson credits to use by Fri 18 Dec: 3"
    assert said.paragraphs[:2] == (
        "Lesson credits that expire if you do not use them: 3. You now have 7 in all.",
        "Book with them by Fri 18 Dec: they expire on Sat 19 Dec, 11:00. The lesson itself may be later.",
    )
    assert said.parts[2].link == page_of(message)
    assert page_of(message).endswith("/marigold/book/")

    Person.objects.filter(pk=cast.sam.person_id).update(language="de", zone="Pacific/Auckland")
    with in_school(cast.school.pk):
        Message.objects.filter(pk=message.pk).update(sent_at=FIRST)
    remind(cast, SECOND)
    with in_school(cast.school.pk):
        message = Message.objects.select_related("recipient__person").get(kind="credits_expiring", sent_at=None)
        said = render(message)
    # There it is five in the morning of the next day.
    assert said.subject == "Bis Sa., 19. Dez. zu verwendendes Stundenguthaben: 3"
    assert "Es verfällt am So., 20. Dez., 05:00" in said.body
    assert what_became_of(message, now=SECOND) is None
    assert "/marigold/book/" in plain_text(mailbox.mails[0])


def test_for_a_student_on_the_schools_clock_the_last_day_is_the_schools(cast: Cast) -> None:
    Person.objects.filter(pk=cast.sam.person_id).update(zone="Asia/Manila")
    give_credits(cast, 3, expires_on=ENDS_ON)
    remind(cast, FIRST)

    said = render(by_mail(cast)).paragraphs[1]
    assert said.startswith("Book with them by Sat 19 Dec: they expire on Sun 20 Dec, 00:00.")


def test_on_the_day_itself_that_day_is_named(cast: Cast) -> None:
    """Where the job was down; in New York the credits end at eleven in the morning."""
    give_credits(cast, 3, expires_on=ENDS_ON)
    remind(cast, END - HOUR)

    said = render(by_mail(cast)).paragraphs[1]
    assert said.startswith("Book with them by Sat 19 Dec: they expire on Sat 19 Dec, 11:00.")


def test_no_mail_where_the_student_does_not_want_one_and_in_quiet_hours_it_waits(cast: Cast) -> None:
    give_credits(cast, 3, expires_on=ENDS_ON)
    be_told(cast, off=((Topic.LESSONS, Channel.EMAIL),))
    remind(cast, FIRST)
    with in_school(cast.school.pk):
        assert [row.channel for row in Message.objects.filter(kind="credits_expiring")] == ["in_app"]

    # At eight in the evening in New York.
    be_told(cast, quiet=Quiet(19 * 60, 7 * 60))
    remind(cast, SECOND)
    assert by_mail(cast).send_after == SECOND + 11 * HOUR


@pytest.mark.parametrize(("lessons", "dropped"), [(0, None), (1, None), (2, "credits_are_gone")])
def test_a_mail_that_waits_is_dropped_where_all_were_used_meanwhile(
    cast: Cast, mailbox: Mailbox, lessons: int, dropped: str | None
) -> None:
    give_credits(cast, 2, expires_on=ENDS_ON)
    give_credits(cast, 2)
    be_told(cast, quiet=Quiet(19 * 60, 7 * 60))
    remind(cast, FIRST)
    for number in range(lessons):
        book(cast, starts_at=AFTER_THE_END + number * HOUR, now=FIRST + HOUR)

    assert what_became_of(by_mail(cast), now=FIRST + 11 * HOUR) == dropped
    assert len(mailbox.mails) == int(dropped is None)


@pytest.mark.parametrize(("at", "dropped"), [(END - MINUTE, None), (END, "credits_are_gone")])
def test_no_mail_leaves_after_the_end(cast: Cast, mailbox: Mailbox, at: datetime, dropped: str | None) -> None:
    give_credits(cast, 2, expires_on=ENDS_ON)
    remind(cast, SECOND)

    assert what_became_of(by_mail(cast), now=at) == dropped
    assert len(mailbox.mails) == int(dropped is None)
