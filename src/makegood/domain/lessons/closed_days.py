"""The holidays on which lessons would lie, for who need not ask for the teacher's open time, which leaves them out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from makegood.domain.availability import expansion
from makegood.domain.availability.queries import list_holidays
from makegood.domain.schools.models import School
from makegood.quantities import Interval


@dataclass(frozen=True, slots=True)
class ClosedDays:
    """The names of holidays, which are days of the school's zone."""

    zone: str
    names: Mapping[date, str]

    def find_name(self, lesson: Interval) -> str | None:
        """The holiday that some of the lesson lies on, None: none."""
        days = list_days(lesson, zone=self.zone)
        return next((self.names[day] for day in days if day in self.names), None)


def list_days(lesson: Interval, *, zone: str) -> Sequence[date]:
    """The days of the zone that some of the lesson lies on: its first and, where it is another one, its last."""
    assert lesson.end is not None, "a lesson ends"
    place = ZoneInfo(zone)
    first_on, last_on = lesson.start.astimezone(place).date(), lesson.end.astimezone(place).date()
    ends_as_it_begins = lesson.end <= expansion.start_at(day=last_on, minute=0, zone=zone)
    return [first_on] if ends_as_it_begins or first_on == last_on else [first_on, last_on]


def read_closed_days(*, school: School, from_at: datetime, until_at: datetime) -> ClosedDays:
    """The holidays that a span touches; one statement."""
    place = ZoneInfo(school.zone)
    first_on, last_on = from_at.astimezone(place).date(), until_at.astimezone(place).date()
    found = list_holidays(school_id=school.pk, from_on=first_on, until_on=last_on)
    return ClosedDays(school.zone, {holiday.day_on: holiday.name for holiday in found})
