"""Calendar files: an independent parser reads exactly what was meant, whatever people are called."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from makegood.domain.notifications.calendars import CalendarLesson, Party, clean_line, mail_file, uid_of
from makegood.domain.notifications.kinds import CalendarMethod
from makegood.domain.notifications.occurrences import Occurrence
from tests.calendar_reading import read_calendar

STARTS = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
WRITTEN = datetime(2026, 10, 21, 12, 0, 7, 250_000, tzinfo=UTC)
DESK = Party(name="Marigold", email="desk@marigold.example")
SAM = Party(name="Sam Studies", email="sam@marigold.example")
NASTY = [
    "Zoë Ωmega 山田 🎓" * 6,
    "x\r\nATTENDEE:mailto:evil@example.org",
    "x\rSTATUS:CANCELLED",
    "x\nBEGIN:VEVENT",
    "x\u2028y\u2029z\x85w\x0bv\x0cu",
    'quotes " and \\ backslash; semicolon, comma: colon ^n ^^',
    "\\n\\;\\,",
    "x\0y",
]


def lesson(summary: str = "Lesson with Tara", description: str = "One line", *, version: int = 3) -> CalendarLesson:
    return CalendarLesson(
        school_id=7,
        occurrence=Occurrence(lesson_id=42, version=version, starts_at=STARTS, ends_at=STARTS + timedelta(minutes=50)),
        summary=summary,
        description=description,
        link="https://makegood.example/marigold/",
        is_cancelled=False,
        written_at=WRITTEN,
    )


def request(of: CalendarLesson, attendee: Party = SAM) -> bytes:
    return mail_file(lesson=of, method=CalendarMethod.REQUEST, organizer=DESK, attendee=attendee)


def test_a_request_says_who_when_and_which_version() -> None:
    calendar = read_calendar(request(lesson()))

    (event,) = calendar.events
    assert calendar.method == "REQUEST"
    assert (event.uid, event.sequence) == (uid_of(school_id=7, lesson_id=42), 3)
    assert (event.dtstart, event.dtend) == (STARTS, STARTS + timedelta(minutes=50))
    assert event.dtstamp == event.last_modified == WRITTEN.replace(microsecond=0)
    assert event.status == "CONFIRMED"
    assert event.organizer is not None
    assert str(event.organizer.uri) == "mailto:desk@marigold.example"
    assert [str(attendee.uri) for attendee in event.attendees] == ["mailto:sam@marigold.example"]


def test_times_are_in_utc_so_no_zone_is_defined() -> None:
    file = request(lesson())

    assert b"DTSTART:20261025T003000Z\r\nDTEND:20261025T012000Z\r\n" in file
    assert b"VTIMEZONE" not in file


@pytest.mark.parametrize("text", NASTY)
def test_nobodys_name_adds_a_line(text: str) -> None:
    attendee = Party(name=text, email=text)

    (event,) = read_calendar(request(lesson(text, f"{text}\n{text}"), attendee)).events

    assert event.summary == clean_line(text)
    assert len(event.attendees) == 1
    assert event.status == "CONFIRMED"


@settings(max_examples=500, deadline=None)
@given(summary=st.text(max_size=120), first=st.text(max_size=120), second=st.text(max_size=120), name=st.text())
def test_every_text_comes_back_as_it_went_in(summary: str, first: str, second: str, name: str) -> None:
    description = f"{first} |\n| {second}"
    calendar = read_calendar(request(lesson(summary, description), Party(name=name, email="sam@marigold.example")))

    (event,) = calendar.events
    assert (event.summary or "") == clean_line(summary)
    assert event.description == "\n".join(clean_line(line) for line in description.split("\n"))
    assert [str(attendee.uri) for attendee in event.attendees] == ["mailto:sam@marigold.example"]
