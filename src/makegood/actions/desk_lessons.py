"""What somebody at the desk does with lessons for others, and does not do with their own. Shared by the verbs."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext_noop

from makegood.actions.booking_steps import Parties
from makegood.actions.lesson_locks import LockedLesson, lock_with_people
from makegood.domain.lessons.models import Lesson
from makegood.domain.lessons.operations import LessonNotFound
from makegood.domain.lessons.queries import find_lesson
from makegood.domain.lessons.time_checks import Leave
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


class OwnExceptions(Refusal):
    """Nobody at the desk leaves the school's rules aside for a lesson that they will teach or take."""

    code = "own_exceptions"
    sentence = gettext_noop(
        "You would be one of the two people of this session, so it keeps to the teacher's open times and to the "
        "booking rules. Nothing was booked. Choose a free time, or ask somebody else at the desk."
    )


class OwnStudent(Refusal):
    """Nobody at the desk books a student for themselves: a teacher's own word is not the student's."""

    code = "own_student"
    sentence = gettext_noop(
        "You would teach this session yourself, so you do not book it for your student. Nothing was booked. Propose it "
        "to your student, or ask somebody else at the desk."
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


def is_own(*, teacher: Membership | None, student: Membership | None, actor: Membership) -> bool:
    """Whether one of a lesson's two people, as far as they are known, is the actor, under whatever membership."""
    return actor.person_id in {member.person_id for member in (teacher, student) if member is not None}


def refuse_own(*, locked: LockedLesson, actor: Membership) -> None:
    """Raise OwnLesson for one of the locked lesson's two people."""
    if is_own(teacher=locked.teacher, student=locked.student, actor=actor):
        raise OwnLesson


def refuse_own_answer(*, parties: Parties, actor: Membership) -> None:
    """Raise OwnLesson for one of the two whom a booking or a move is about, where somebody else can answer it.

    Who is alone at the desk answers: it would lapse otherwise.
    """
    if is_left_to_others(teacher=parties.teacher, student=parties.student, actor=actor):
        raise OwnLesson


def refuse_own_student(*, parties: Parties, actor: Membership) -> None:
    """Raise OwnStudent where the teacher is the actor, and somebody else at the desk can book."""
    if is_left_to_others(teacher=parties.teacher, student=None, actor=actor):
        raise OwnStudent


def refuse_own_leave(*, parties: Parties, actor: Membership, leave: Leave) -> None:
    """Raise OwnExceptions where one of the two leaves rules aside, and somebody else can judge whether to."""
    if leave != Leave() and is_left_to_others(teacher=parties.teacher, student=parties.student, actor=actor):
        raise OwnExceptions


def is_left_to_others(*, teacher: Membership | None, student: Membership | None, actor: Membership) -> bool:
    """Whether a lesson is the actor's own and somebody at the desk, who is neither of its two people, is there for it.

    At most one statement, and none for a lesson of others.
    """
    return which_are_left_to_others(pairs=[(teacher, student)], actor=actor)[0]


def which_are_left_to_others(
    *, pairs: Sequence[tuple[Membership | None, Membership | None]], actor: Membership
) -> list[bool]:
    """The same of many lessons, each by its teacher and its student, in at most one statement."""
    own = [is_own(teacher=teacher, student=student, actor=actor) for teacher, student in pairs]
    if not any(own):
        return own
    desk = {member.person_id for member in list_with_role(school_id=actor.school_id, role=Role.DESK)}
    others = desk - {actor.person_id}
    return [
        is_its_own and bool(others - {member.person_id for member in pair if member is not None})
        for is_its_own, pair in zip(own, pairs, strict=True)
    ]
