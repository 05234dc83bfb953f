"""What every move of a lesson has in common: whose it is, at what terms, and how it happens. Shared by the verbs."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_noop

from makegood.actions.booking_steps import Asked, Parties
from makegood.actions.lesson_locks import LockedLesson
from makegood.actions.own_lessons import find_own_side
from makegood.domain.lessons import operations as lessons
from makegood.domain.lessons.booking import Terms
from makegood.domain.lessons.models import Lesson
from makegood.domain.lessons.offering import Offer, PayPlan
from makegood.domain.lessons.operations import LessonNotFound
from makegood.domain.lessons.queries import find_lesson
from makegood.domain.people.models import Membership
from makegood.domain.policies.queries import get_timetable
from makegood.domain.schools.context import in_school
from makegood.domain.schools.models import School
from makegood.quantities import Money
from makegood.refusal import Refusal


class NoStudentToMoveWith(Refusal):
    """An imported lesson does not say whom it is with."""

    code = "no_student_to_move_with"
    sentence = gettext_noop(
        "The school's file does not say whom this lesson is with, so it cannot be moved here. Nothing was changed. "
        "Ask the scheduling desk."
    )


def find_own(*, school: School, actor: Membership, lesson_id: int) -> Lesson:
    """The lesson that the actor teaches or takes. Raises LessonNotFound, NoStudentToMoveWith."""
    with in_school(school.pk):
        found = find_lesson(school_id=school.pk, lesson_id=lesson_id)
        if found is None or found.keeps_time_for_id is not None or find_own_side(lesson=found, actor=actor) is None:
            raise LessonNotFound
    if found.student_id is None:
        raise NoStudentToMoveWith
    return found


def lock_movable(*, asked: Asked, parties: Parties, lesson_id: int) -> LockedLesson:
    """Lock the lesson of the locked two, booked and still to come. Raises LessonNotFound, LessonNotOpen."""
    lesson = lessons.lock_lesson(school_id=asked.school.pk, lesson_id=lesson_id)
    if (lesson.teacher_id, lesson.student_id) != (asked.teacher_id, asked.student_id):
        raise LessonNotFound
    lessons.refuse_unless_booked(lesson=lesson, now=asked.now)
    return LockedLesson(lesson=lesson, teacher=parties.teacher, student=parties.student)


def terms_of(*, lesson: Lesson, parties: Parties) -> Terms:
    """The lesson's own terms: a lesson that moves is still what was booked, whatever the school offers by now."""
    pay = None
    if lesson.pay_minor is not None and lesson.currency is not None:
        pay = PayPlan(steps=((None, Money(lesson.pay_minor, lesson.currency)),))
    return Terms(
        teacher_id=parties.teacher.pk,
        student_id=parties.student.pk,
        offer=Offer(code=lesson.lesson_type, name=lesson.title, minutes=(lesson.minutes,), credits=lesson.credits),
        minutes=lesson.minutes,
        credits=lesson.credits,
        pay=pay,
        buffer_minutes=parties.rules.buffer_minutes,
    )


def free_minutes_of(*, school: School, starts_at: datetime) -> int:
    """How long before a lesson at `starts_at` the student gives it up free. Raises NoPolicyInForce."""
    return get_timetable(school_id=school.pk).get_at(starts_at).policy.students.cancel_free_minutes
