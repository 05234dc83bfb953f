"""A planned lesson of the demo. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from makegood.demo.people import DemoPerson
from makegood.demo.schools import DemoSchool
from makegood.quantities import Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoLesson:
    """A lesson to be booked; people by their codes. `number` orders the lessons of a plan from 1."""

    teacher: str
    student: str
    starts_at: datetime
    minutes: int
    title: str
    lesson_type: str
    booked_at: datetime
    pay_minor: int | None
    number: int = 0

    @property
    def ends_at(self) -> datetime:
        """The scheduled end."""
        return self.starts_at + timedelta(minutes=self.minutes)

    @property
    def interval(self) -> Interval:
        """From start to end."""
        return Interval(self.starts_at, self.ends_at)

    @staticmethod
    def of(
        *,
        school: DemoSchool,
        teacher: DemoPerson,
        student: DemoPerson,
        starts_at: datetime,
        minutes: int,
        title: str,
        lesson_type: str,
        booked_at: datetime,
    ) -> DemoLesson:
        """The lesson with the pay that this teacher has for this length."""
        return DemoLesson(
            teacher=teacher.code,
            student=student.code,
            starts_at=starts_at,
            minutes=minutes,
            title=title,
            lesson_type=lesson_type,
            booked_at=booked_at,
            pay_minor=pay_minor_of(school, teacher, minutes),
        )


def pay_minor_of(school: DemoSchool, teacher: DemoPerson, minutes: int) -> int | None:
    """What a lesson of this length pays; None in a school that does not pay its teachers here.

    Each teacher has a rate of their own, in steps of 5 cents per 25 minutes; parts of a cent go to the school.
    """
    if school.pay_per_25_minutes_minor is None:
        return None
    low, high = school.pay_per_25_minutes_minor
    rate = low + int(teacher.code[1:]) * 35 % (high - low + 5)
    return rate * minutes // 25
