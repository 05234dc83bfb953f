"""A booked lesson that everybody wants to end or move, and what they do about it at three moments of its life."""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from django.db import IntegrityError, OperationalError

from makegood.actions.join_lesson import join_lesson
from makegood.actions.start_lesson import start_lesson
from makegood.actions.watch_lessons import watch_lessons
from makegood.domain.lessons.models import Lesson
from makegood.domain.people.models import Membership
from makegood.domain.schools.context import in_school
from makegood.domain.timeline.doors import Door
from tests.races.arena import Deed
from tests.races.crowd import Crowd

# Where no contest of a race is, and not further than the school books ahead.
STUDENT_WANTS = timedelta(days=20)
SCHOOL_WANTS = timedelta(days=30)
# A write that knows no locks sets these.
STALE_FIELDS = ("status", "version", "starts_at", "ends_at", "blocked")


@dataclass(frozen=True, kw_only=True)
class Contested:
    """A booked lesson as it was when everybody came, and its people."""

    crowd: Crowd
    teacher: Membership
    student: Membership
    lesson: Lesson

    def at(self, minutes: float) -> datetime:
        return self.lesson.starts_at + timedelta(minutes=minutes)

    def save_stale_copy(self, *, knows_version: bool = False) -> Deed:
        """Save that the lesson is booked for its time, as code that knows no locks would.

        `knows_version`: with the right number, which leaves the time alone: nothing tells such a write from a new one.
        """
        stale = copy(self.lesson)
        fields = STALE_FIELDS[:2] if knows_version else STALE_FIELDS

        def save() -> str:
            try:
                with in_school(stale.school_id):
                    if knows_version:
                        stale.version = Lesson.objects.values_list("version", flat=True).get(pk=stale.pk)
                    stale.version += 1
                    stale.save(update_fields=fields)
            except (OperationalError, IntegrityError) as error:
                assert "stale write" in str(error) or "does not go from" in str(error)  # noqa: PT017 - others are bugs
                return "refused"
            return "saved"

        return save

    def start(self, *, now: datetime) -> Deed:
        return partial(
            start_lesson, school=self.crowd.cast.school, actor=self.teacher, lesson_id=self.lesson.pk, door=Door.WEB,
            now=now,
        )  # fmt: skip

    def keep(self, *, now: datetime) -> Deed:
        return self.crowd.keep(self.student, self.lesson.pk, self.lesson.starts_at + STUDENT_WANTS, now=now)

    def move(self, *, now: datetime, shown_as_free: bool) -> Deed:
        """The student has chosen the new time by then, and is about to confirm it."""
        kept = self.keep(now=now)().hold_id
        return self.crowd.move(self.student, self.lesson.pk, kept, now=now, shown_as_free=shown_as_free)

    def move_for_school(self, *, now: datetime) -> Deed:
        return self.crowd.move_for_school(self.lesson.pk, self.lesson.starts_at + SCHOOL_WANTS, now=now)


def before_the_mark(one: Contested) -> list[Deed]:
    """Whoever moves it leaves a lesson to cancel; whoever ends it leaves none to move."""
    now = one.at(-30 * 60)
    return [*_early(one), one.move(now=now, shown_as_free=True)]


def _early(one: Contested) -> list[Deed]:
    now, lesson_id = one.at(-30 * 60), one.lesson.pk
    return [
        one.crowd.cancel_for_student(one.teacher, lesson_id, now=now),
        one.crowd.cancel_by_student(one.student, lesson_id, shown_as_free=True, now=now),
        one.crowd.report(one.teacher, lesson_id, now=now),
        one.move_for_school(now=now),
        one.crowd.cancel_for_school(lesson_id, now=now),
        one.save_stale_copy(),
    ]


def at_the_start(one: Contested) -> list[Deed]:
    """The student moves late, which uses the lesson and books another one."""
    now, lesson_id = one.at(-1), one.lesson.pk
    return [
        one.start(now=now),
        one.crowd.cancel_by_student(one.student, lesson_id, shown_as_free=False, now=now),
        one.crowd.report(one.teacher, lesson_id, now=now),
        one.move(now=now, shown_as_free=False),
        one.crowd.cancel_by_desk(lesson_id, shown_as_free=False, now=now),
        one.save_stale_copy(knows_version=True),
    ]


def at_the_end(one: Contested) -> list[Deed]:
    """Both were there from the start on; the job comes by, and the desk has heard of a no-show."""
    school, lesson_id = one.crowd.cast.school, one.lesson.pk
    for member in (one.student, one.teacher):
        join_lesson(school=school, actor=member, lesson_id=lesson_id, door=Door.WEB, now=one.at(0))
    one.start(now=one.at(0))()
    return [
        one.crowd.finish(one.teacher, lesson_id, now=one.at(49)),
        one.crowd.report(one.teacher, lesson_id, now=one.at(49), lesson_begun=True),
        partial(watch_lessons, now=one.at(180)),
        one.crowd.record_no_show(lesson_id, now=one.at(51)),
        one.save_stale_copy(),
    ]


def afterwards(one: Contested) -> list[Deed]:
    """Everybody again, at the moment that their page was from."""
    early, late, lesson_id = one.at(-30 * 60), one.at(-1), one.lesson.pk
    return [
        *_early(one),
        one.start(now=late),
        one.keep(now=early),
        one.crowd.cancel_by_desk(lesson_id, shown_as_free=True, now=early),
        one.crowd.finish(one.teacher, lesson_id, now=one.at(49)),
        one.save_stale_copy(knows_version=True),
    ]


MOMENTS: tuple[Callable[[Contested], list[Deed]], ...] = (before_the_mark, at_the_start, at_the_end)


def make_contested(crowd: Crowd, number: int) -> Contested:
    contest = crowd.contest(number)
    booked = crowd.book(contest.students[0], contest.teacher, contest.starts_at)()
    with in_school(crowd.cast.school.pk):
        lesson = Lesson.objects.get(pk=booked.lesson_id)
    return Contested(crowd=crowd, teacher=contest.teacher, student=contest.students[0], lesson=lesson)
