"""Whose lesson it is. Every verb of its two people asks here: having been booked once is not enough."""

from __future__ import annotations

from typing import Final

from makegood.domain.lessons.attending import side_of
from makegood.domain.lessons.models import Lesson, Side
from makegood.domain.lessons.operations import LessonNotFound
from makegood.domain.people.models import Membership, Role
from makegood.domain.people.roster import holds_role

_ROLES: Final = {Side.TEACHER: Role.TEACHER, Side.STUDENT: Role.STUDENT}


def find_own_side(*, lesson: Lesson, actor: Membership) -> Side | None:
    """As which side the actor takes part in the lesson; None for anybody else.

    So it is for whoever left the school or holds the role no longer.
    """
    side = side_of(lesson=lesson, member_id=actor.pk)
    if side is None or not holds_role(school_id=lesson.school_id, membership_id=actor.pk, roles=(_ROLES[side],)):
        return None
    return side


def refuse_unless_teaches(*, lesson: Lesson, actor: Membership) -> None:
    """Raise LessonNotFound unless the actor is the lesson's teacher, and still a teacher of the school."""
    if find_own_side(lesson=lesson, actor=actor) is not Side.TEACHER:
        raise LessonNotFound


def refuse_unless_takes(*, lesson: Lesson, actor: Membership) -> None:
    """Raise LessonNotFound unless the actor is the lesson's student, and still a student of the school."""
    if find_own_side(lesson=lesson, actor=actor) is not Side.STUDENT:
        raise LessonNotFound
