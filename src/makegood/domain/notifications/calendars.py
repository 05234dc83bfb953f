"""Lessons as events of calendar files (RFC 5545), for mails (RFC 5546) and for private feeds."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings
from icalendar import Calendar, Event, vCalAddress, vText

from makegood.domain.notifications.kinds import CalendarMethod
from makegood.domain.notifications.occurrences import Occurrence

PRODUCT: Final = "-//Makegood//Lessons//EN"


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """Somebody's name and e-mail address."""

    name: str
    email: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarLesson:
    """One event. `summary` and `description` are in the reader's language; `written_at` is when this was so."""

    school_id: int
    occurrence: Occurrence
    summary: str
    description: str
    link: str
    is_cancelled: bool
    written_at: datetime


def uid_of(*, school_id: int, lesson_id: int) -> str:
    """The same for a lesson's whole life, in mails and feeds, for both sides."""
    return f"lesson-{school_id}-{lesson_id}@{urlsplit(settings.ADDRESS).hostname or 'localhost'}"


def mail_file(*, lesson: CalendarLesson, method: CalendarMethod, organizer: Party, attendee: Party) -> bytes:
    """The calendar object of a mail: one event, to be put into the attendee's calendar or taken out of it."""
    calendar = new_calendar()
    calendar.add("method", method.value)
    event = new_event(lesson)
    event.add("organizer", _address(organizer))
    participant = _address(attendee)
    participant.params["ROLE"] = vText("REQ-PARTICIPANT")
    # The lesson is booked in Makegood; an answer by mail would reach nobody.
    participant.params["PARTSTAT"] = vText("ACCEPTED")
    participant.params["RSVP"] = vText("FALSE")
    event.add("attendee", participant)
    calendar.add_component(event)
    file: bytes = calendar.to_ical()
    return file


def file_of_all(*, lessons: Sequence[CalendarLesson], organizer: Party) -> bytes:
    """Several lessons in one file, to be imported at once.

    It is published (RFC 5546, 3.2.1) and not a request to the attendee: a request has one UID, and programs take only
    its first event. Without an attendee it asks for no answer.
    """
    calendar = new_calendar()
    calendar.add("method", "PUBLISH")
    for lesson in lessons:
        event = new_event(lesson)
        event.add("organizer", _address(organizer))
        calendar.add_component(event)
    file: bytes = calendar.to_ical()
    return file


def new_calendar() -> Calendar:
    """An empty calendar of ours."""
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    return calendar


def new_feed(*, name: str, zone: tzinfo) -> Calendar:
    """An empty calendar to subscribe to: it has no METHOD, a name, and says how often to ask again.

    Programs show its times in `zone` where they ask a calendar for one; the times themselves are in UTC.
    """
    calendar = new_calendar()
    calendar.add("x-wr-calname", clean_line(name))
    calendar.add("name", clean_line(name))
    calendar.add("x-wr-timezone", str(zone))
    calendar.add("refresh-interval", timedelta(hours=1), parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT1H")
    return calendar


def new_event(lesson: CalendarLesson) -> Event:
    """The lesson's event. SEQUENCE is the lesson's version, so a late mail never undoes a newer one.

    Times are in UTC, because a lesson is an instant that two people in two zones agreed on (docs/decisions, 0010).
    """
    occurrence = lesson.occurrence
    event = Event()
    event.add("uid", uid_of(school_id=lesson.school_id, lesson_id=occurrence.lesson_id))
    event.add("sequence", occurrence.version)
    event.add("dtstamp", lesson.written_at.astimezone(UTC).replace(microsecond=0))
    event.add("last-modified", lesson.written_at.astimezone(UTC).replace(microsecond=0))
    event.add("dtstart", occurrence.starts_at.astimezone(UTC))
    event.add("dtend", occurrence.ends_at.astimezone(UTC))
    event.add("status", "CANCELLED" if lesson.is_cancelled else "CONFIRMED")
    event.add("transp", "TRANSPARENT" if lesson.is_cancelled else "OPAQUE")
    event.add("summary", clean_line(lesson.summary))
    event.add("description", "\n".join(clean_line(line) for line in lesson.description.split("\n")))
    event.add("url", clean_line(lesson.link))
    return event


def clean_line(text: str) -> str:
    """Text that cannot end a line of the file: controls and line breaks, bare CR and U+2028 too, become spaces."""
    plain = "".join(" " if unicodedata.category(char) in {"Cc", "Zl", "Zp", "Cs"} else char for char in text)
    return " ".join(plain.split())


def _address(party: Party) -> vCalAddress:
    address = vCalAddress(f"mailto:{clean_line(party.email).replace(' ', '')}")
    address.params["CN"] = vText(clean_line(party.name).replace('"', "'"))
    return address
