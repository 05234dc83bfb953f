"""Pays the demo's teachers month by month, and closes each month on its pay day, except the last two."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime
from functools import partial
from zoneinfo import ZoneInfo

from makegood.actions.close_pay_period import close_pay_period
from makegood.actions.lesson_pay import settle_lesson_pay
from makegood.demo.mishaps import month_of, payday_of
from makegood.demo.schools import DemoSchool
from makegood.domain.lessons.models import Lesson, LessonStatus
from makegood.domain.people.models import Membership
from makegood.domain.schools.models import School
from makegood.domain.timeline.doors import Door
from makegood.rules.windows import next_month_start


class Payroll:
    """The lessons that are to be paid and have not been."""

    def __init__(self, *, demo: DemoSchool, school: School, closed_by: Membership) -> None:
        self._demo = demo
        self._school = school
        self._closed_by = closed_by
        self._due: dict[int, Lesson] = {}
        self._paid: set[int] = set()

    def add_taught(self, lessons: Iterable[Lesson]) -> None:
        """Pay those that were taught."""
        for lesson in lessons:
            if lesson.status == LessonStatus.TAUGHT:
                self.add_paid(lesson)

    def add_paid(self, lesson: Lesson) -> None:
        """Pay a lesson, once."""
        if lesson.pay_minor and lesson.pk not in self._paid:
            self._due[lesson.pk] = lesson

    def steps(self, *, now: datetime) -> Iterator[tuple[datetime, Callable[[], None]]]:
        """When what is to be done until `now`: at the end of each month its pay, on its pay day its closing.

        The running month and the one before stay open.
        """
        if self._demo.currency is None or not self._due:
            return
        month_on = month_of(min(lesson.starts_at for lesson in self._due.values()), self._demo)
        last_month_on = month_of(now, self._demo)
        while month_on < last_month_on:
            following_on = next_month_start(month_on)
            yield self._midnight(following_on), partial(self.pay, now=self._midnight(following_on))
            if self.is_closed_by(now, month_on):
                yield (
                    payday_of(month_on, self._demo),
                    partial(self.close, month_on, now=payday_of(month_on, self._demo)),
                )
            month_on = following_on

    def is_closed_by(self, now: datetime, month_on: date) -> bool:
        """Whether the month is neither the running one nor the one before."""
        return next_month_start(month_on) < month_of(now, self._demo)

    def pay(self, *, now: datetime) -> None:
        """Post the pay of every lesson due that has ended; each to its month, or to the next open one (D20)."""
        ended = [lesson for lesson in self._due.values() if lesson.ends_at <= now]
        settle_lesson_pay(school=self._school, lesson_ids=[lesson.pk for lesson in ended], now=now)
        for lesson in ended:
            self._paid.add(lesson.pk)
            del self._due[lesson.pk]

    def close(self, month_on: date, *, now: datetime) -> None:
        """Post what is due, then close the month."""
        self.pay(now=now)
        close_pay_period(
            school=self._school, month_on=month_on, closed_by_id=self._closed_by.person_id, door=Door.WEB, now=now
        )

    def _midnight(self, day: date) -> datetime:
        return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(self._demo.zone)).astimezone(UTC)
