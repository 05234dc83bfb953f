"""Reminders a day and an hour before: each once, only while they are true."""

from __future__ import annotations

import threading
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connections

from makegood.actions.remind import remind
from makegood.actions.send_message import send_message
from makegood.domain.lessons.models import Lesson
from makegood.domain.lessons.moving import Move, move
from makegood.domain.notifications.calendars import uid_of
from makegood.domain.notifications.models import Message
from makegood.domain.schools.context import in_school
from makegood.domain.timeline.doors import Door
from makegood.rules.facts import RequestedBy
from tests.bookings import book_weekly, lesson_of, open_mornings
from tests.calendar_reading import read_calendar
from tests.cast import Cast, book, make_cast, report
from tests.mailbox import Mailbox, mailbox

__all__ = ["mailbox"]

STARTS = datetime(2026, 10, 21, 12, 0, tzinfo=UTC)
DAY_BEFORE = STARTS - timedelta(hours=24)
HOUR_BEFORE = STARTS - timedelta(hours=1)


def reminders(cast: Cast) -> list[tuple[str, str, str]]:
    with in_school(cast.school.pk):
        rows = Message.objects.filter(kind__startswith="reminder").select_related("recipient").order_by("pk")
        return sorted((row.recipient.code, row.kind, row.channel) for row in rows)


def on_both_channels(kind: str) -> list[tuple[str, str, str]]:
    return sorted((code, kind, channel) for code in ("sam", "tara") for channel in ("email", "in_app"))


@pytest.mark.django_db
def test_both_sides_are_reminded_once_a_day_and_once_an_hour_before() -> None:
    cast = make_cast()
    book(cast, starts_at=STARTS)

    counts = [remind(now=DAY_BEFORE + timedelta(minutes=minutes)) for minutes in (-1, 0, 5, 10)]
    assert counts == [0, 1, 0, 0]
    assert reminders(cast) == on_both_channels("reminder_24h")
    counts = [remind(now=HOUR_BEFORE + timedelta(minutes=minutes)) for minutes in (-1, 0, 5, 60)]
    assert counts == [0, 1, 0, 0]
    assert reminders(cast) == sorted(on_both_channels("reminder_24h") + on_both_channels("reminder_1h"))


@pytest.mark.django_db
@pytest.mark.parametrize(("hours", "is_reminded"), [(27, True), (26, True), (25, False), (3, False)])
def test_who_booked_shortly_before_is_not_reminded(hours: int, is_reminded: bool) -> None:
    cast = make_cast()
    with in_school(cast.school.pk):
        Lesson.objects.create(
            school=cast.school, teacher=cast.tara, student=cast.sam, starts_at=STARTS,
            ends_at=STARTS + timedelta(minutes=50), blocked=(STARTS, STARTS + timedelta(minutes=50)),
            booked_at=STARTS - timedelta(hours=hours),
        )  # fmt: skip

    assert remind(now=DAY_BEFORE) == int(is_reminded)


@pytest.mark.django_db
def test_a_reminder_of_a_lesson_that_moved_meanwhile_is_dropped_and_the_new_time_gets_its_own(mailbox: Mailbox) -> None:
    cast = make_cast()
    lesson = book(cast, starts_at=STARTS)
    remind(now=DAY_BEFORE)
    with in_school(cast.school.pk):
        move(
            lesson=lesson,
            to=Move(
                to_starts_at=STARTS + timedelta(days=3), to_ends_at=STARTS + timedelta(days=3, minutes=50),
                requested_by=RequestedBy.STUDENT, moved_by_id=cast.sam.person_id, on_behalf_of_id=None, door=Door.WEB,
                reason="", request_id=uuid.uuid4(),
            ),
            buffer_minutes=0,
            now=DAY_BEFORE,
        )  # fmt: skip
        unsent = list(Message.objects.filter(sent_at=None).values_list("pk", flat=True))
    for message_id in unsent:
        send_message(school_id=cast.school.pk, message_id=message_id, now=DAY_BEFORE + timedelta(minutes=1))

    assert mailbox.mails == []
    with in_school(cast.school.pk):
        dropped = Message.objects.filter(pk__in=unsent).values_list("dropped_because", flat=True)
        assert list(dropped) == ["lesson_has_another_time"] * 2
    assert remind(now=DAY_BEFORE + timedelta(days=3)) == 1


@pytest.mark.django_db
def test_the_reminder_of_a_lesson_of_a_series_brings_it_into_the_calendar(mailbox: Mailbox) -> None:
    """The mail about the series offered its first lesson alone; one that was booked by itself was in its own mail."""
    cast = make_cast()
    open_mornings(cast)
    second = lesson_of(cast, book_weekly(cast).lesson_ids[1])
    alone = book(cast, starts_at=second.starts_at + timedelta(hours=1))
    with in_school(cast.school.pk):
        before = set(Message.objects.values_list("pk", flat=True))
    at = second.starts_at - timedelta(hours=23)
    assert remind(now=at) == 2

    with in_school(cast.school.pk):
        unsent = Message.objects.filter(sent_at=None).exclude(pk__in=before).order_by("pk")
        messages = [(one.pk, one.values["lesson"]) for one in unsent]
    for message_id, _lesson in messages:
        send_message(school_id=cast.school.pk, message_id=message_id, now=at)

    offered = [[part for part in mail.walk() if part.get_content_type() == "text/calendar"] for mail in mailbox.mails]
    assert [(lesson, len(parts)) for (_, lesson), parts in zip(messages, offered, strict=True)] == [
        (second.pk, 1), (second.pk, 1), (alone.pk, 0), (alone.pk, 0),
    ]  # fmt: skip
    calendar = read_calendar(bytes(offered[0][0].get_payload(decode=True)))  # type: ignore[arg-type]
    (event,) = calendar.events
    assert (calendar.method, event.dtstart, event.sequence) == ("REQUEST", second.starts_at, second.version)
    assert event.uid == uid_of(school_id=cast.school.pk, lesson_id=second.pk)


@pytest.mark.django_db
def test_a_reminder_of_a_cancelled_lesson_or_of_one_that_began_is_dropped(mailbox: Mailbox) -> None:
    cast = make_cast()
    off, begun = book(cast, starts_at=STARTS), book(cast, starts_at=STARTS + timedelta(hours=2), teacher=cast.tara)
    remind(now=HOUR_BEFORE)
    remind(now=HOUR_BEFORE + timedelta(hours=2))
    with in_school(cast.school.pk):
        kinds = {"reminder_1h"}
        unsent = {
            row.pk: row.values["lesson"] for row in Message.objects.filter(sent_at=None, kind__in=kinds).order_by("pk")
        }
    report(cast, off, now=STARTS - timedelta(minutes=10))
    for message_id in unsent:
        send_message(school_id=cast.school.pk, message_id=message_id, now=STARTS + timedelta(hours=2))

    assert mailbox.mails == []
    with in_school(cast.school.pk):
        found = {(row.values["lesson"], row.dropped_because) for row in Message.objects.filter(pk__in=unsent)}
    assert found == {(off.pk, "lesson_is_off"), (begun.pk, "lesson_has_begun")}


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_the_same_instant_remind_once() -> None:
    cast = make_cast()
    for number in range(6):
        book(cast, starts_at=STARTS + timedelta(minutes=60 * number))
    start = threading.Barrier(4)
    counts: list[int] = []

    def work() -> None:
        start.wait()
        counts.append(remind(now=DAY_BEFORE + timedelta(hours=5)))
        connections.close_all()

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert sum(counts) + remind(now=DAY_BEFORE + timedelta(hours=5)) == 6
    assert reminders(cast) == sorted(on_both_channels("reminder_24h") * 6)
