"""A school with many teachers who are open around the clock, and many students; and the deeds that race."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from makegood.actions.answer_proposal import answer_proposal
from makegood.actions.approve_booking import approve_booking, decline_booking
from makegood.actions.book_for_somebody import book_for_somebody
from makegood.actions.book_lesson import book_held_lesson, book_lesson
from makegood.actions.book_series import book_series
from makegood.actions.book_series_for_somebody import book_series_for_somebody
from makegood.actions.cancel_by_desk import cancel_by_desk
from makegood.actions.cancel_by_student import cancel_by_student
from makegood.actions.cancel_for_school import cancel_for_school
from makegood.actions.cancel_for_student import cancel_for_student
from makegood.actions.finish_lesson import finish_lesson
from makegood.actions.hold_slot import hold_slot
from makegood.actions.keep_new_time import keep_new_time
from makegood.actions.let_go import let_go
from makegood.actions.move_by_desk import Shown, move_by_desk
from makegood.actions.propose_series import propose_series
from makegood.actions.quote_emergency import quote_emergency
from makegood.actions.record_incident import record_incident
from makegood.actions.report_emergency import EmergencyReported, PriceChanged, report_emergency
from makegood.actions.reschedule_lesson import reschedule_lesson
from makegood.actions.series_steps import SeriesWish
from makegood.actions.undo_booking import undo_booking
from makegood.domain.availability.expansion import WallRange
from makegood.domain.incidents.recording import LearnedFacts
from makegood.domain.lessons.time_checks import Leave
from makegood.domain.people.models import Membership, Role
from makegood.domain.schools.context import in_school
from makegood.domain.timeline.doors import Door
from makegood.rules.facts import Kind, RequestedBy
from tests.bookings import MONDAY, NOW, give_credits, open_mornings, set_rules
from tests.cast import Cast, add_members, make_cast
from tests.races.arena import Deed

# The first contest is at midnight UTC two days after the crowd's now: beyond the minimum notice.
FIRST = NOW.replace(hour=0) + timedelta(days=2)
AROUND_THE_CLOCK = WallRange(0, 1440)
# Of the horizon of 60 days.
DAYS = 56
# What the shipped policy says of the fourth case in a month, which pauses the account.
NEVER_PAUSES = {"at_count = 4": "at_count = 1000000"}


@dataclass(frozen=True, kw_only=True)
class Contest:
    """A time that students want of a teacher. Nobody of it is in another contest at that time; nor is `spare`."""

    number: int
    teacher: Membership
    spare: Membership
    students: Sequence[Membership]
    starts_at: datetime


@dataclass(frozen=True, kw_only=True)
class Crowd:
    """The cast of a school, and more of its people."""

    cast: Cast
    teachers: Sequence[Membership]
    students: Sequence[Membership]
    now: datetime = NOW

    def contest(self, number: int) -> Contest:
        """Contest `number`; the same people meet again two hours later. Each two teachers share their students."""
        lanes = len(self.teachers) // 2
        lane, share = number % lanes, len(self.students) // lanes
        first = self.now.replace(hour=0) + timedelta(days=2)
        starts_at = first + timedelta(hours=2) * (number // lanes)
        assert starts_at < first + timedelta(days=DAYS), "more contests than there is time"
        return Contest(
            number=number,
            teacher=self.teachers[2 * lane],
            spare=self.teachers[2 * lane + 1],
            students=self.students[lane * share : (lane + 1) * share],
            starts_at=starts_at,
        )

    def book(
        self, student: Membership, teacher: Membership, starts_at: datetime, *, now: datetime | None = None
    ) -> Deed:
        return partial(book_lesson, **self._one(student, teacher, starts_at, now))

    def hold(
        self, student: Membership, teacher: Membership, starts_at: datetime, *, now: datetime | None = None
    ) -> Deed:
        return partial(hold_slot, **self._one(student, teacher, starts_at, now))

    def book_held(self, student: Membership, lesson_id: int, *, now: datetime | None = None) -> Deed:
        return partial(book_held_lesson, **self._about(student, lesson_id, now))

    def undo(self, student: Membership, lesson_id: int, *, now: datetime | None = None) -> Deed:
        return partial(undo_booking, **self._about(student, lesson_id, now))

    def book_by_desk(self, student: Membership, teacher: Membership, starts_at: datetime) -> Deed:
        """At any minute, which only the desk may."""
        values = self._one(self.cast.desi, teacher, starts_at, None)
        return partial(
            book_for_somebody, **values, student_id=student.pk, reason="Asked by phone", leave=Leave(any_time=True)
        )

    def book_weekly(self, student: Membership, teacher: Membership, *, weekday: int, hour: int, count: int) -> Deed:
        """In the student's own zone."""
        wish = weekly(weekday=weekday, hour=hour, count=count)
        return partial(
            book_series, school=self.cast.school, actor=student, teacher_id=teacher.pk, wish=wish,
            request_id=uuid.uuid4(), door=Door.WEB, now=self.now,
        )  # fmt: skip

    def book_weekly_by_desk(
        self, student: Membership, teacher: Membership, *, weekday: int, hour: int, count: int
    ) -> Deed:
        """For a student who asked by phone."""
        wish = weekly(weekday=weekday, hour=hour, count=count)
        return partial(
            book_series_for_somebody, school=self.cast.school, actor=self.cast.desi, teacher_id=teacher.pk,
            student_id=student.pk, wish=wish, reason="Asked by phone", leave=Leave(), request_id=uuid.uuid4(),
            door=Door.WEB, now=self.now,
        )  # fmt: skip

    def propose_weekly(self, teacher: Membership, student: Membership, *, weekday: int, hour: int, count: int) -> Deed:
        """To a student they know, in that student's zone."""
        wish = weekly(weekday=weekday, hour=hour, count=count)
        return partial(
            propose_series, school=self.cast.school, actor=teacher, student_id=student.pk, wish=wish, note="",
            request_id=uuid.uuid4(), door=Door.WEB, now=self.now,
        )  # fmt: skip

    def accept(self, student: Membership, lesson_id: int, *, now: datetime) -> Deed:
        return partial(answer_proposal, **self._about(student, lesson_id, now), accept=True, reason="")

    def let_go(self, student: Membership, lesson_id: int) -> Deed:
        return partial(let_go, **self._about(student, lesson_id, None))

    def approve(self, lesson_id: int) -> Deed:
        return partial(approve_booking, **self._about(self.cast.desi, lesson_id, None))

    def decline(self, lesson_id: int) -> Deed:
        return partial(decline_booking, **self._about(self.cast.desi, lesson_id, None), reason="Full")

    def cancel_for_student(self, teacher: Membership, lesson_id: int, *, now: datetime) -> Deed:
        return partial(cancel_for_student, **self._about(teacher, lesson_id, now), asked="chat", note="")

    def cancel_by_student(self, student: Membership, lesson_id: int, *, now: datetime, shown_as_free: bool) -> Deed:
        return partial(cancel_by_student, **self._about(student, lesson_id, now), shown_as_free=shown_as_free, note="")

    def cancel_by_desk(self, lesson_id: int, *, now: datetime, shown_as_free: bool) -> Deed:
        """As its student asked by phone."""
        about = self._about(self.cast.desi, lesson_id, now)
        return partial(cancel_by_desk, **about, shown_as_free=shown_as_free, asked="phone", note="")

    def cancel_for_school(self, lesson_id: int, *, now: datetime) -> Deed:
        about = self._about(self.cast.desi, lesson_id, now)
        return partial(cancel_for_school, **about, shown_as_paid=False, reason="The office is closed")

    def keep(self, student: Membership, lesson_id: int, starts_at: datetime, *, now: datetime) -> Deed:
        """Choose the new time for a lesson, which is kept until it is confirmed."""
        return partial(keep_new_time, **self._about(student, lesson_id, now), starts_at=starts_at)

    def move(self, student: Membership, lesson_id: int, hold_id: int, *, now: datetime, shown_as_free: bool) -> Deed:
        """Confirm the time that `hold_id` keeps."""
        about = self._about(student, lesson_id, now)
        return partial(reschedule_lesson, **about, hold_id=hold_id, shown_as_free=shown_as_free, note="")

    def move_for_school(self, lesson_id: int, starts_at: datetime, *, now: datetime) -> Deed:
        return partial(
            move_by_desk, **self._about(self.cast.desi, lesson_id, now), requested_by=RequestedBy.COMPANY,
            starts_at=starts_at, asked="phone", reason="The office is closed", shown=Shown(),
        )  # fmt: skip

    def finish(self, teacher: Membership, lesson_id: int, *, now: datetime) -> Deed:
        return partial(
            finish_lesson, school=self.cast.school, actor=teacher, lesson_id=lesson_id, door=Door.WEB, now=now
        )

    def record_no_show(self, lesson_id: int, *, now: datetime) -> Deed:
        learned = LearnedFacts(
            kind=Kind.NO_SHOW, requested_by=RequestedBy.STUDENT, reported_at=None, taught_minutes=0, reason="",
            note="Heard by phone", reported_by_id=self.cast.desi.person_id,
        )  # fmt: skip
        return partial(record_incident, **self._about(self.cast.desi, lesson_id, now), learned=learned)

    def report(self, teacher: Membership, lesson_id: int, *, now: datetime, lesson_begun: bool = False) -> Deed:
        """Look at the price and report; who finds that the price changed looks again."""

        def run() -> EmergencyReported:
            for _look in range(20):
                quote = quote_emergency(school=self.cast.school, actor=teacher, lesson_id=lesson_id, now=now)
                with suppress(PriceChanged):
                    return report_emergency(
                        **self._about(teacher, lesson_id, now), situation=int(quote.fitting),
                        lesson_begun=lesson_begun, reason="", note="", quote_token=quote.token,
                    )  # fmt: skip
            raise AssertionError("the price changed twenty times")

        return run

    def _one(self, actor: Membership, teacher: Membership, starts_at: datetime, now: datetime | None) -> dict[str, Any]:
        return {
            "school": self.cast.school, "actor": actor, "teacher_id": teacher.pk, "starts_at": starts_at,
            "minutes": 50, "lesson_type": "regular", "request_id": uuid.uuid4(), "door": Door.WEB,
            "now": now or self.now,
        }  # fmt: skip

    def _about(self, actor: Membership, lesson_id: int, now: datetime | None) -> dict[str, Any]:
        return {
            "school": self.cast.school, "actor": actor, "lesson_id": lesson_id, "request_id": uuid.uuid4(),
            "door": Door.WEB, "now": now or self.now,
        }  # fmt: skip


def weekly(*, weekday: int, hour: int, count: int) -> SeriesWish:
    """So many weeks from the days of the first contests on, on the student's clock."""
    first_on: date = MONDAY + timedelta(days=2 + weekday)
    return SeriesWish(first_on=first_on, starts_minute=hour * 60, minutes=50, lesson_type="regular", count=count)


def make_crowd(
    *,
    teachers: int,
    students: int,
    slug: str = "marigold",
    now: datetime = NOW,
    credits_each: int = 0,
    pauses: bool = True,
    **rules: Any,
) -> Crowd:
    """Everybody in the cast's school from the Monday `now` on, under `rules` that leave room; credits for students.

    Without `pauses` a teacher reports as often as a race wants, and is booked all the same.
    """  # fmt: skip
    cast = make_cast(slug=slug, but={} if pauses else NEVER_PAUSES)
    set_rules(cast, now=now, **({"max_lessons_per_day": 48} | rules))
    with in_school(cast.school.pk):
        teaching = add_members(
            cast.school, [(f"t{one}", f"Teacher {one}", Role.TEACHER, "Asia/Manila") for one in range(teachers)]
        )
        studying = add_members(
            cast.school, [(f"s{one}", f"Student {one}", Role.STUDENT, "Europe/Berlin") for one in range(students)]
        )
    open_mornings(cast, *teaching, ranges=(AROUND_THE_CLOCK,), weekdays=7, now=now)
    if credits_each:
        for student in studying:
            give_credits(cast, credits_each, student=student)
    return Crowd(cast=cast, teachers=teaching, students=studying, now=now)
