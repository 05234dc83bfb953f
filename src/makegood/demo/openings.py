"""When a teacher and a student of the demo could have a lesson: in open hours, free for both, and both awake."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from makegood.demo.bookings import Calendar
from makegood.demo.schools import Home
from makegood.demo.waking_hours import is_awake
from makegood.domain.availability import expansion, queries
from makegood.domain.availability.booking_rules import BookingRuleSet
from makegood.domain.availability.plans import TeacherPlan
from makegood.domain.people.models import Membership
from makegood.domain.schools.models import School
from makegood.quantities import Interval

_STEP: Final = timedelta(minutes=30)
_DAY: Final = timedelta(days=1)


class Openings:
    """Free times, by the plan of everything that is booked and by the availability that teachers set."""

    def __init__(self, *, school: School, rules: BookingRuleSet, calendar: Calendar) -> None:
        self._school = school
        self._rules = rules
        self._calendar = calendar

    def starts(
        self, *, teacher: Membership, student: Membership, minutes: int, from_at: datetime, until_at: datetime
    ) -> Iterator[datetime]:
        """Every half hour in `[from_at, until_at)` at which a lesson could start, in order."""
        length = timedelta(minutes=minutes)
        plan = self._plan(teacher, from_at)
        home = Home(zone=student.person.zone, country="")
        for open_time in plan.list_opens(from_at=from_at, until_at=until_at):
            assert open_time.end is not None, "open times end"
            start = open_time.start
            while start + length <= open_time.end:
                if start >= from_at and is_awake(start, home) and self._is_free(teacher, student, start, length):
                    yield start
                start += _STEP

    def find_closed(self, *, teacher: Membership, starts: Sequence[datetime], minutes: int) -> Sequence[datetime]:
        """Those of the starts, which are in order, at which the teacher is not open for so long."""
        length = timedelta(minutes=minutes)
        opens = self._plan(teacher, starts[0]).list_opens(from_at=starts[0] - _DAY, until_at=starts[-1] + _DAY)
        merged = expansion.merge_intervals(opens)
        return [start for start in starts if not expansion.is_covered(Interval(start, start + length), merged)]

    def take(self, *, teacher: Membership, student: Membership, start: datetime, minutes: int) -> None:
        """Remember that the time is booked."""
        wanted = Interval(start, start + timedelta(minutes=minutes))
        self._calendar.add(teacher.code, wanted)
        self._calendar.add(student.code, wanted)

    def _plan(self, teacher: Membership, from_at: datetime) -> TeacherPlan:
        zone = teacher.person.zone
        from_on = from_at.astimezone(ZoneInfo(zone)).date() - _DAY
        return queries.get_plan(school_id=self._school.pk, teacher_id=teacher.pk, zone=zone, from_on=from_on)

    def _is_free(self, teacher: Membership, student: Membership, start: datetime, length: timedelta) -> bool:
        end = start + length
        # Whoever teaches before needs the buffer, too: what the plan books has none of its own.
        buffer = timedelta(minutes=self._rules.buffer_minutes)
        return self._calendar.is_free(teacher.code, Interval(start - buffer, end + buffer)) and self._calendar.is_free(
            student.code, Interval(start, end)
        )
