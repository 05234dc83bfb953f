"""Whether a time can be booked, and why not: one read of what is there, then pure checks; for one time or a series."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.utils.translation import gettext_noop

from makegood.domain.availability.booking_rules import BookingRuleSet
from makegood.domain.availability.open_times import OpenTimes, read_open_times
from makegood.domain.lessons import offering
from makegood.domain.lessons.booking import LessonTerms
from makegood.domain.lessons.closed_days import ClosedDays, read_closed_days
from makegood.domain.lessons.first_meeting import find_kind_before, opens_after
from makegood.domain.lessons.models import Lesson
from makegood.domain.lessons.queries import find_acquaintance
from makegood.domain.lessons.taken import Taken, is_busy, list_taken, with_break
from makegood.domain.lessons.teaching_loads import GIVEN, day_of, is_on_probation, week_of
from makegood.domain.people.models import Membership
from makegood.domain.schools.models import School
from makegood.quantities import Interval
from makegood.refusal import Refusal

# A week before and after the times that are asked for, and the whole week of each of these two.
_AROUND: Final = timedelta(days=15)
# Beyond it a calendar has no days to look at; nobody books so far, whatever leave they have.
_FARTHEST: Final = timedelta(days=3660)


class TimeRefused(Refusal):
    """This time cannot be booked. `alternatives` are the nearest free starts of the same teacher, by time."""

    def __init__(self, *, alternatives: Sequence[datetime] = (), **values: object) -> None:
        super().__init__(**values)
        self.alternatives = tuple(alternatives)


class TooSoon(TimeRefused):
    """The start is nearer than the school's minimum notice."""

    code = "booking_too_soon"
    sentence = gettext_noop(
        "Lessons can be booked until {hours} hours before they start. Nothing was booked. Choose a later time, or ask "
        "the scheduling desk."
    )


class TooFar(TimeRefused):
    """The start is beyond the school's booking horizon."""

    code = "booking_too_far"
    sentence = gettext_noop(
        "Lessons can be booked up to {days} days ahead. Nothing was booked. Choose an earlier time."
    )


class NoSuchTime(TimeRefused):
    """On the day on which the clocks go forward nobody's clock shows this time."""

    code = "booking_no_such_time"
    sentence = gettext_noop(
        "This time does not exist on that day: the clocks go forward then. Nothing was booked. Choose another time."
    )


class TimeTwice(TimeRefused):
    """In the night in which the clocks go back they show this time twice, and nobody said which is meant."""

    code = "booking_time_twice"
    sentence = gettext_noop(
        "The clocks go back in that night, and this time comes twice. Nothing was booked. Choose which of the two you "
        "mean."
    )


class AlreadyPast(TimeRefused):
    """The start lies behind."""

    code = "booking_in_the_past"
    sentence = gettext_noop("This time is past. Nothing was booked. Choose a later one.")


class OutsideAvailability(TimeRefused):
    """The teacher is not open then, or does not start lessons at such a minute."""

    code = "outside_availability"
    sentence = gettext_noop(
        "The teacher does not teach at this time. Nothing was booked. Choose one of the free times."
    )


class Holiday(TimeRefused):
    """The school is closed on that day."""

    code = "holiday"
    sentence = gettext_noop(
        "“{name}” is a holiday of the school. Nothing was booked. Choose another day; a week of weekly lessons can be "
        "left out."
    )


class SlotTaken(TimeRefused):
    """The teacher's time is booked or kept for somebody else, or for a lesson that they take."""

    code = "slot_taken"
    sentence = gettext_noop("This time has just been taken. Nothing was booked. Choose another free time.")


class StudentDoubleBooked(TimeRefused):
    """The student has another lesson then, or gives one."""

    code = "student_double_booked"
    sentence = gettext_noop(
        "There is another lesson of the student at this time. Nothing was booked. Choose another time."
    )


class DayFull(TimeRefused):
    """The teacher gives no more lessons on that day."""

    code = "day_full"
    sentence = gettext_noop(
        "The teacher gives at most {most} lessons a day, and that day is full. Nothing was booked. Choose another day."
    )


class ProbationFull(TimeRefused):
    """A teacher on probation gives no more lessons in that week."""

    code = "probation_full"
    sentence = gettext_noop(
        "The teacher is new and gives at most {most} lessons a week; that week is full. Nothing was booked. Choose "
        "another week or another teacher."
    )


class FirstLessonHad(Refusal):
    """The student and the teacher have met already."""

    code = "first_lesson_had"
    sentence = gettext_noop(
        "“{name}” is for a first meeting, and you two have met or will meet. Nothing was booked. Choose another kind "
        "of lesson."
    )


class FirstMeetingNeeded(Refusal):
    """The school asks for a first meeting, and this lesson would come before it."""

    code = "first_meeting_needed"
    sentence = gettext_noop(
        "The first lesson with a teacher is “{name}”, and this one would come before it. Nothing was booked. Book "
        "“{name}” first; other lessons can follow it."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Leave:
    """What need not be asked for, because somebody who may said so.

    `any_time`: outside the teacher's open time. `any_notice`: nearer or farther than the school's rules say.
    `on_holidays`: also on a day on which the school is closed, which is not a teacher's to give; beside `any_time`.
    """

    any_time: bool = False
    any_notice: bool = False
    on_holidays: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Diary:
    """Everything that decides whether a teacher and a student have time within a span, read at once.

    Either may teach and learn: what they do in the other role takes their time, too.

    `moves` is the lesson that is to move: it keeps its time until then, but its teacher gives no lesson more by it.
    """

    teacher: Membership
    terms: LessonTerms
    rules: BookingRuleSet
    opens: OpenTimes
    closed: ClosedDays | None
    taken: tuple[Taken, ...]
    now: datetime
    leave: Leave
    moves: int | None = None

    def find_refusal(self, start: datetime) -> TimeRefused | None:
        """Why a lesson cannot start then, None when it can."""
        lesson = Interval(start, start + timedelta(minutes=self.terms.minutes))
        blocked = with_break(lesson, minutes=self.terms.buffer_minutes)
        refusal = self._against_rules(start, lesson)
        if refusal is None and is_busy(self.taken, member_id=self.terms.student_id, during=lesson):
            refusal = StudentDoubleBooked()
        if refusal is None and is_busy(self.taken, member_id=self.teacher.pk, during=blocked):
            refusal = SlotTaken()
        return refusal or self._when_full(start)

    def _against_rules(self, start: datetime, lesson: Interval) -> TimeRefused | None:
        rules = self.rules
        if start <= self.now:
            return AlreadyPast()
        if not self.leave.any_notice:
            if start < self.now + timedelta(minutes=rules.minimum_notice_minutes):
                return TooSoon(hours=-(-rules.minimum_notice_minutes // 60))
            if start >= self.now + timedelta(days=rules.horizon_days):
                return TooFar(days=rules.horizon_days)
        if self.leave.any_time:
            name = self.closed.find_name(lesson) if self.closed is not None else None
            return Holiday(name=name) if name is not None else None
        if not self.opens.is_a_start(start, slot_minutes=rules.slot_minutes) or not self.opens.covers(lesson):
            return OutsideAvailability()
        return None

    def _when_full(self, start: datetime) -> TimeRefused | None:
        zone, rules = self.teacher.person.zone, self.rules
        others = [one for one in self.taken if one.lesson_id != self.moves and one.status in GIVEN]
        starts = [one.starts_at for one in others if one.teacher_id == self.teacher.pk]
        if sum(one in day_of(start, zone) for one in starts) >= rules.max_lessons_per_day:
            return DayFull(most=rules.max_lessons_per_day)
        if is_on_probation(teacher=self.teacher, rules=rules, at=start):
            most = rules.probation_max_lessons_per_week
            if sum(one in week_of(start, zone) for one in starts) >= most:
                return ProbationFull(most=most)
        return None


def read_diary(
    *,
    school: School,
    teacher: Membership,
    terms: LessonTerms,
    rules: BookingRuleSet,
    starts: Sequence[datetime],
    now: datetime,
    leave: Leave,
    moves: int | None = None,
    with_around: bool = False,
) -> Diary:
    """Read what decides about lessons at `starts`: two statements, whatever their number. `teacher` with its person.

    `moves` is the lesson that would move there, None for one that is booked anew. `with_around`: and what is given
    around these times, for `nearest_times.find_nearest_in`. Raises TooFar, AlreadyPast for times ten years away.
    """
    if max(starts) - now > _FARTHEST:
        raise TooFar(days=rules.horizon_days)
    if now - min(starts) > _FARTHEST:
        raise AlreadyPast
    zone = teacher.person.zone
    span = week_of if is_on_probation(teacher=teacher, rules=rules, at=min(starts)) else day_of
    from_at = span(min(starts), zone).start
    until_at = span(max(starts), zone).end
    assert until_at is not None
    # A lesson over midnight reaches into the next day.
    until_at = max(until_at, max(starts) + timedelta(minutes=terms.minutes + terms.buffer_minutes))
    opens = (
        OpenTimes({}, 0)
        if leave.any_time
        else read_open_times(school_id=school.pk, teacher_id=teacher.pk, from_at=from_at, until_at=until_at)
    )
    # Open times leave holidays out; who need not ask for them is told of these.
    asks_closed = leave.any_time and not leave.on_holidays
    closed = read_closed_days(school=school, from_at=from_at, until_at=until_at) if asks_closed else None
    around = _AROUND if with_around else timedelta(0)
    taken = list_taken(
        school_id=school.pk,
        teacher_id=teacher.pk,
        student_id=terms.student_id,
        from_at=from_at - around,
        until_at=until_at + around,
    )
    return Diary(
        teacher=teacher,
        terms=terms,
        rules=rules,
        opens=opens,
        closed=closed,
        taken=taken,
        now=now,
        leave=leave,
        moves=moves,
    )


def refuse_wrong_first(
    *, school_id: int, terms: LessonTerms, first_at: datetime, is_meeting_needed: bool, count: int = 1
) -> None:
    """What is a first lesson comes first, once; `first_at` is when the first of `count` lessons would start.

    Raises FirstLessonHad for a first lesson of two who have met, or will, and for more than one; and where a meeting is
    needed FirstMeetingNeeded for another lesson before it.
    """
    if not terms.offer.is_first:
        if is_meeting_needed:
            refuse_before_meeting(
                school_id=school_id,
                teacher_id=terms.teacher_id,
                student_id=terms.student_id,
                lesson_type=terms.offer.code,
                starts_at=first_at,
            )
        return
    how = find_acquaintance(school_id=school_id, teacher_id=terms.teacher_id, student_id=terms.student_id)
    if count > 1 or how.has_first:
        raise FirstLessonHad(name=terms.offer.name)


def refuse_before_meeting(
    *,
    school_id: int,
    teacher_id: int,
    student_id: int,
    lesson_type: str,
    starts_at: datetime,
    moves: Lesson | None = None,
) -> None:
    """Raise FirstMeetingNeeded for a time at which two people will not have met, unless they meet by this lesson.

    `moves` is the lesson that would move there, None for one that is to be booked.
    """
    how = find_acquaintance(school_id=school_id, teacher_id=teacher_id, student_id=student_id)
    if starts_at > opens_after(how.met_at, moves_from=moves.starts_at if moves is not None else None):
        return
    kind = find_kind_before(offers=offering.list_offers(school_id=school_id), lesson_type=lesson_type)
    if kind is not None:
        raise FirstMeetingNeeded(name=kind.name)
