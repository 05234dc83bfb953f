"""A lesson that somebody at the desk changes for others: never one of their own. Shared by the verbs."""

from __future__ import annotations

from django.utils.translation import gettext_noop

from makegood.actions.booking_steps import Parties
from makegood.actions.lesson_locks import LockedLesson, lock_with_people
from makegood.domain.lessons.models import Lesson
from makegood.domain.lessons.operations import LessonNotFound
from makegood.domain.lessons.queries import find_lesson
from makegood.domain.people.models import Membership, Role
from makegood.domain.people.roster import holds_role, list_with_role
from makegood.domain.schools.models import School
from makegood.refusal import Refusal


class OwnLesson(Refusal):
    """Nobody at the desk cancels or moves a lesson that they teach or take: what it costs would be theirs to say."""

    code = "own_lesson"
    sentence = gettext_noop(
        "You are one of the two people of this session, so somebody else at the desk has to do this. Nothing was done."
    )


def find_for_desk(*, school: School, actor: Membership, lesson_id: int) -> Lesson:
    """The lesson, for somebody at the desk now. Raises LessonNotFound, also for a time that is kept for a lesson."""
    found = find_lesson(school_id=school.pk, lesson_id=lesson_id)
    if found is None or found.keeps_time_for_id is not None:
        raise LessonNotFound
    if not holds_role(school_id=school.pk, membership_id=actor.pk, roles=(Role.DESK,)):
        raise LessonNotFound
    return found


def lock_for_desk(*, school: School, actor: Membership, lesson_id: int) -> LockedLesson:
    """The same lesson, locked with its people. Raises LessonNotFound."""
    find_for_desk(school=school, actor=actor, lesson_id=lesson_id)
    return lock_with_people(school_id=school.pk, lesson_id=lesson_id)


def is_own(*, teacher: Membership, student: Membership | None, actor: Membership) -> bool:
    """Whether one of a lesson's two people is the actor, under whatever membership."""
    return actor.person_id in {member.person_id for member in (teacher, student) if member is not None}


def refuse_own(*, locked: LockedLesson, actor: Membership) -> None:
    """Raise OwnLesson for one of the locked lesson's two people."""
    if is_own(teacher=locked.teacher, student=locked.student, actor=actor):
        raise OwnLesson


def refuse_own_answer(*, parties: Parties, actor: Membership) -> None:
    """Raise OwnLesson for one of the two whom a booking or a move is about, where somebody else can answer it.

    Who is alone at the desk answers: it would lapse otherwise.
    """
    teacher, student = parties.teacher, parties.student
    if not is_own(teacher=teacher, student=student, actor=actor):
        return
    people = {teacher.person_id, student.person_id, actor.person_id}
    desk = list_with_role(school_id=teacher.school_id, role=Role.DESK)
    if any(member.person_id not in people for member in desk):
        raise OwnLesson
