"""Calendar files read by somebody else's parser, and by the letter of RFC 5545."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ical.calendar import Calendar
from ical.calendar_stream import IcsCalendarStream
from ical.event import Event


def read_calendar(file: bytes) -> Calendar:
    """The calendar as an independent parser understands it, after the lines were checked by the letter."""
    assert_lines_are_right(file)
    return IcsCalendarStream.calendar_from_ics(file.decode())


def assert_lines_are_right(file: bytes) -> None:
    """CRLF ends every line and stands nowhere else, no line has more than 75 octets, no character is torn."""
    assert file.endswith(b"\r\n")
    lines = file.split(b"\r\n")[:-1]
    assert not [line for line in lines if b"\r" in line or b"\n" in line]
    assert max(map(len, lines)) <= 75
    for line in lines:
        line.decode()
    unfolded = file.replace(b"\r\n ", b"").decode().split("\r\n")[:-1]
    assert not [line for line in unfolded if not re.match(r"[A-Z-]+[;:]", line)]


class CalendarProgram:
    """What a calendar does with mails: by UID, the highest SEQUENCE wins, a CANCEL takes the event out.

    Of a request it sees the first event alone, as mail programs do; a file that is imported is taken whole.
    """

    def __init__(self) -> None:
        self._latest: dict[str, tuple[int, str, Event]] = {}

    def receive(self, file: bytes) -> None:
        calendar = read_calendar(file)
        assert calendar.method is not None
        for event in calendar.events if calendar.method == "PUBLISH" else calendar.events[:1]:
            assert event.uid is not None
            assert event.sequence is not None
            known = self._latest.get(event.uid)
            if known is None or known[0] <= event.sequence:
                self._latest[event.uid] = (event.sequence, calendar.method, event)

    @property
    def events(self) -> Iterable[Event]:
        return [event for _, method, event in self._latest.values() if method in {"REQUEST", "PUBLISH"}]
