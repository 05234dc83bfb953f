"""What asking a student to move a lesson would cost the teacher now, unless the student confirms having asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from makegood.actions.desk_lessons import find_for_desk
from makegood.actions.moving_steps import NoStudentToMoveWith, find_own
from makegood.actions.transactions import in_one_transaction
from makegood.domain.lessons.models import Lesson
from makegood.domain.lessons.operations import LessonNotFound, refuse_unless_booked
from makegood.domain.lessons.permissions import is_teacher_of
from makegood.domain.penalties import pricing, quotes
from makegood.domain.penalties.history import gather_facts
from makegood.domain.penalties.pricing import Priced
from makegood.domain.people.models import Membership
from makegood.domain.people.roster import lock_member
from makegood.domain.policies.queries import InForce, Timetable, get_timetable
from makegood.domain.schools.models import School


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveQuote:
    """A stored quote; `token` goes into the form, and its id is the form's id."""

    token: str
    lesson: Lesson
    version: InForce
    timetable: Timetable
    priced: Priced


def quote_move(*, school: School, actor: Membership, lesson_id: int, now: datetime) -> MoveQuote:
    """Price moving the actor's own lesson at `now`, store the price and sign it; the teacher is locked meanwhile.

    Raises LessonNotFound (also for somebody else's lesson), LessonNotOpen, NoStudentToMoveWith, NoPolicyInForce.
    """

    def work() -> MoveQuote:
        lock_member(school_id=school.pk, membership_id=actor.pk)
        lesson = find_own(school=school, actor=actor, lesson_id=lesson_id)
        if not is_teacher_of(membership_id=actor.pk, lesson=lesson):
            raise LessonNotFound
        return _quote(school, actor, lesson, now)

    return in_one_transaction(school.pk, work)


def quote_move_at_desk(
    *, school: School, actor: Membership, lesson_id: int, teacher_id: int, now: datetime
) -> MoveQuote:
    """The same of a lesson of this teacher that the desk would move at the teacher's wish.

    Raises LessonNotFound (also for whoever is not at the desk), LessonNotOpen, NoStudentToMoveWith, NoPolicyInForce.
    """

    def work() -> MoveQuote:
        teacher = lock_member(school_id=school.pk, membership_id=teacher_id)
        lesson = find_for_desk(school=school, actor=actor, lesson_id=lesson_id)
        if lesson.teacher_id != teacher_id:
            raise LessonNotFound
        if lesson.student_id is None:
            raise NoStudentToMoveWith
        return _quote(school, teacher, lesson, now)

    return in_one_transaction(school.pk, work)


def _quote(school: School, teacher: Membership, lesson: Lesson, now: datetime) -> MoveQuote:
    """What moving costs the locked teacher, stored. Raises LessonNotOpen, NoPolicyInForce."""
    refuse_unless_booked(lesson=lesson, now=now)
    timetable = get_timetable(school_id=school.pk)
    version = timetable.get_at(lesson.starts_at)
    history = gather_facts(school_id=school.pk, teacher_id=teacher.pk, names_rows=False)
    priced = pricing.price_move(lesson=lesson, teacher=teacher, history=history, timetable=timetable, asked_at=now)
    stored = quotes.store(
        lesson=lesson,
        teacher_id=teacher.pk,
        version=version.version,
        history=history,
        prices={quotes.MOVED: priced.quote},
        now=now,
        valid_until=priced.quote.valid_until,
    )
    return MoveQuote(token=quotes.sign(stored.pk), lesson=lesson, version=version, timetable=timetable, priced=priced)
