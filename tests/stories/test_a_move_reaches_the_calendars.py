"""A booked lesson moves in the calendars of both: the same event, asked for again with a higher number."""

from __future__ import annotations

import pytest

from makegood.actions.send_message import send_message
from makegood.actions.undo_reschedule import undo_reschedule
from makegood.domain.notifications.models import Message
from makegood.domain.schools.context import in_school
from makegood.domain.timeline.doors import Door
from tests import bookings
from tests.calendar_reading import CalendarProgram, read_calendar
from tests.cast import Cast, make_cast
from tests.mailbox import Mailbox, mailbox
from tests.moves import FRIDAY, NOW, THURSDAY, WEDNESDAY, answer, ask, lesson_of, open_mornings, reschedule

__all__ = ["mailbox"]

pytestmark = pytest.mark.django_db


def send_all(cast: Cast) -> None:
    with in_school(cast.school.pk):
        unsent = list(Message.objects.filter(sent_at=None).order_by("pk").values_list("pk", flat=True))
    for message_id in unsent:
        send_message(school_id=cast.school.pk, message_id=message_id, now=NOW)


def files_to(mailbox: Mailbox, name: str) -> list[bytes]:
    mails = [mail for mail in mailbox.mails if f"{name}@" in str(mail["To"])]
    parts = [part for mail in mails for part in mail.walk() if part.get_content_type() == "application/ics"]
    return [bytes(part.get_payload(decode=True)) for part in parts]  # type: ignore[arg-type]


def test_every_move_is_the_same_event_with_a_higher_number_for_both(mailbox: Mailbox) -> None:
    cast = make_cast()
    open_mornings(cast)
    booked = bookings.book(cast, starts_at=WEDNESDAY, now=NOW)
    send_all(cast)
    reschedule(cast, lesson_of(cast, booked.lesson_id), to=THURSDAY)
    send_all(cast)
    undo_reschedule(school=cast.school, actor=cast.sam, lesson_id=booked.lesson_id, door=Door.WEB, now=NOW)
    send_all(cast)
    answer(cast, ask(cast, lesson_of(cast, booked.lesson_id), starts_at=FRIDAY))
    send_all(cast)

    for name in ("sam", "tara"):
        files = files_to(mailbox, name)
        calendars = [read_calendar(file) for file in files]
        assert [calendar.method for calendar in calendars] == ["REQUEST"] * 4
        assert [calendar.events[0].dtstart for calendar in calendars] == [WEDNESDAY, THURSDAY, WEDNESDAY, FRIDAY]
        assert len({calendar.events[0].uid for calendar in calendars}) == 1
        numbers = [calendar.events[0].sequence for calendar in calendars]
        assert numbers == sorted(set(numbers))
        program = CalendarProgram()
        for file in files:
            program.receive(file)
        (event,) = program.events
        assert event.dtstart == FRIDAY
