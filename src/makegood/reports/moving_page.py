"""What a page about moving one lesson shows its student, or the desk: the price, the free times, what moved already."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from makegood.domain.availability.booking_rules import BookingRuleSet
from makegood.domain.availability.queries import get_rules
from makegood.domain.availability.slots import find_free_starts
from makegood.domain.ledger.credits import count_left
from makegood.domain.lessons import offering
from makegood.domain.lessons.first_meeting import ANY_TIME, find_kind_before, opens_after
from makegood.domain.lessons.marks import is_in_time, mark_of
from makegood.domain.lessons.models import Lesson, LessonMove, LessonStatus, MoveRequest, WaitsFor
from makegood.domain.lessons.move_requests import find_open
from makegood.domain.lessons.moving import find_undo_end, list_moves
from makegood.domain.lessons.queries import find_acquaintance
from makegood.domain.lessons.taken import list_taken, times_of, with_break
from makegood.domain.lessons.teaching_loads import list_full_times
from makegood.domain.penalties.pauses import list_pauses
from makegood.domain.people.models import Membership, Role
from makegood.domain.people.roster import holds_role
from makegood.domain.policies.queries import get_timetable
from makegood.domain.schools.models import School
from makegood.quantities import Interval
from makegood.reports.free_times import FreeTimes, list_free_times

# As far as a teacher looks ahead for one session.
_AHEAD: Final = timedelta(days=28)
# How many lessons a teacher gives is counted by whole days, and weeks of who is new.
_WHOLE_WEEK: Final = timedelta(days=8)


@dataclass(frozen=True, slots=True, kw_only=True)
class MovableLesson:
    """Whether a lesson can move, and what waits to be answered about it: the teacher's request or the student's."""

    is_open: bool
    asked: MoveRequest | None

    @property
    def can_choose(self) -> bool:
        """Whether a time may be chosen now."""
        return self.is_open and self.asked is None

    @property
    def waits_for_school(self) -> bool:
        """Whether the student chose a time that the school has not answered."""
        return self.asked is not None and self.asked.waits_for is WaitsFor.SCHOOL


@dataclass(frozen=True, slots=True, kw_only=True)
class MovingPage(MovableLesson):
    """`free_until`: until when (included) moving is free; after it the lesson is used and another one is booked.

    `credits` is what that other one takes, `credits_left` what the student has (None: it takes none). `undo_until`
    None: nothing to take back (any more). `asked` is what waits to be answered: the teacher asked the student, or
    (`waits_for_school`) the student the school; `needs_approval` says that the next choice would be asked of it.
    """

    is_free: bool
    free_until: datetime
    credits: int
    credits_left: int | None
    moves: tuple[LessonMove, ...]
    undo_until: datetime | None
    needs_approval: bool

    @property
    def former_starts_at(self) -> datetime | None:
        """Where the last move came from, and an undo leads."""
        return self.moves[-1].from_starts_at if self.moves else None

    @property
    def lacks_credits(self) -> bool:
        """Whether the other lesson cannot be booked for want of credits."""
        return not self.is_free and self.credits_left is not None and self.credits_left < self.credits


def find_movable(*, school: School, lesson: Lesson, now: datetime) -> MovableLesson:
    """Whether the lesson can move; at most 1 statement."""
    is_open = lesson.status == LessonStatus.BOOKED and now < lesson.starts_at
    asked = find_open(school_id=school.pk, lesson_id=lesson.pk, now=now) if is_open else None
    return MovableLesson(is_open=is_open, asked=asked)


def make_moving_page(*, school: School, lesson: Lesson, visitor: Membership, now: datetime) -> MovingPage:
    """The page of a student's lesson, for the student or for the desk. Raises NoPolicyInForce."""
    policy = get_timetable(school_id=school.pk).get_at(lesson.starts_at).policy
    minutes = policy.students.cancel_free_minutes
    movable = find_movable(school=school, lesson=lesson, now=now)
    assert lesson.student_id is not None, "nothing moves without a student"
    moves = tuple(list_moves(school_id=school.pk, lesson_id=lesson.pk))
    until = find_undo_end(
        last=moves[-1] if moves else None,
        person_id=visitor.person_id,
        undo_minutes=policy.reporting.undo_minutes,
    )
    can_undo = until is not None and now <= until and movable.is_open and movable.asked is None
    if can_undo and not holds_role(school_id=school.pk, membership_id=lesson.teacher_id, roles=(Role.TEACHER,)):
        can_undo = False
    return MovingPage(
        is_open=movable.is_open,
        is_free=is_in_time(starts_at=lesson.starts_at, minutes=minutes, now=now),
        free_until=mark_of(starts_at=lesson.starts_at, minutes=minutes),
        credits=lesson.credits,
        credits_left=count_left(school_id=school.pk, student_id=lesson.student_id, now=now) if lesson.credits else None,
        moves=moves,
        undo_until=until if can_undo else None,
        asked=movable.asked,
        needs_approval=get_rules(school_id=school.pk).needs_approval,
    )


def list_times_to_move_to(
    *, school: School, lesson: Lesson, student: Membership, day: date | None, now: datetime
) -> FreeTimes:
    """The free times of the lesson's own teacher, as long as the lesson is; none before the two have met."""
    rules = get_rules(school_id=school.pk)
    return list_free_times(
        school=school,
        student=student,
        teacher_id=lesson.teacher_id,
        minutes=lesson.minutes,
        day=day,
        now=now,
        after_meeting=_comes_after_meeting(school, lesson, rules),
        rules=rules,
        moves=lesson,
    )


def list_starts_to_move_to(*, school: School, lesson: Lesson, now: datetime) -> Sequence[datetime]:
    """Free starts of the lesson's teacher in the coming weeks at which its student has or awaits no other, in order."""
    rules = get_rules(school_id=school.pk)
    until_at = now + min(_AHEAD, timedelta(days=rules.horizon_days))
    free = find_free_starts(
        school_id=school.pk,
        teacher_ids=[lesson.teacher_id],
        from_at=now,
        until_at=until_at,
        lesson_minutes=lesson.minutes,
        rules=rules,
        now=now,
    )
    student_id = lesson.student_id
    assert student_id is not None, "somebody is asked"
    taken = list_taken(
        school_id=school.pk,
        teacher_id=lesson.teacher_id,
        student_id=student_id,
        from_at=now - _WHOLE_WEEK,
        until_at=until_at + _WHOLE_WEEK,
    )
    # What the student only holds gives way.
    kept = [one for one in taken if not (one.student_id == lesson.student_id and one.status == LessonStatus.HELD)]
    of_student, of_teacher = times_of(kept, member_id=student_id), times_of(kept, member_id=lesson.teacher_id)

    def is_either_busy(at: datetime) -> bool:
        new = Interval(at, at + lesson.length)
        blocked = with_break(new, minutes=rules.buffer_minutes)
        return any(one.overlaps(new) for one in of_student) or any(one.overlaps(blocked) for one in of_teacher)

    given = [one.starts_at for one in taken if one.teacher_id == lesson.teacher_id and one.lesson_id != lesson.pk]
    pauses = list_pauses(school_id=school.pk, teacher_ids=[lesson.teacher_id], now=now).get(lesson.teacher_id, ())
    full = list_full_times(teacher=lesson.teacher, starts=given, rules=rules)
    opens = ANY_TIME
    if _comes_after_meeting(school, lesson, rules):
        how = find_acquaintance(school_id=school.pk, teacher_id=lesson.teacher_id, student_id=student_id)
        opens = opens_after(how.met_at, moves_from=lesson.starts_at)
    return [
        at
        for at in free.list_of(lesson.teacher_id)
        if at > opens
        and not full.holds(lesson.teacher_id, at)
        and not is_either_busy(at)
        and not any(pause.forbids(starts_at=at, now=now, is_new_student=False) for pause in pauses)
    ]


def _comes_after_meeting(school: School, lesson: Lesson, rules: BookingRuleSet) -> bool:
    """Whether the lesson's people meet before it, where the school asks for that."""
    if not rules.first_meeting_required:
        return False
    offers = offering.list_offers(school_id=school.pk)
    return find_kind_before(offers=offers, lesson_type=lesson.lesson_type) is not None
