"""Who is told that one side of a lesson says that the other is missing. Texts: `domain.notifications`."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from makegood.actions.lesson_locks import LockedLesson
from makegood.actions.lesson_messages import lesson_values
from makegood.domain.lessons.models import LessonClaim, Side
from makegood.domain.lessons.statuses import OPEN
from makegood.domain.notifications import kinds
from makegood.domain.notifications.kinds import MessageKind
from makegood.domain.notifications.operations import Announcement, announce
from makegood.domain.people.models import Membership, Role
from makegood.domain.people.roster import list_with_role
from makegood.domain.schools.models import School
from makegood.domain.timeline.models import Event
from makegood.rules.sentences import Value

_TO_THE_OTHER: Final = {
    LessonClaim.Kind.OTHER_ABSENT: MessageKind.ABSENCE_CLAIMED,
    LessonClaim.Kind.OTHER_LATE: MessageKind.LATE_CLAIMED,
}


def tell_of_claim(
    *,
    school: School,
    locked: LockedLesson,
    claim: LessonClaim,
    claimed_by: Membership,
    do_both_claim: bool,
    by_itself_at: datetime,
    event: Event,
    now: datetime,
) -> None:
    """The other side hears what is said of them, the desk what waits for it: an absence, or that both say it.

    What was written with it is for the desk alone. That somebody is late waits for nobody. `by_itself_at`: then what
    was seen is recorded, unless the desk decides before.
    """
    told = _to_the_other(school, locked, claim, by_itself_at if now < by_itself_at else None)
    if claim.kind == LessonClaim.Kind.OTHER_ABSENT:
        kind = MessageKind.BOTH_CLAIM_DESK if do_both_claim else MessageKind.ABSENCE_CLAIMED_DESK
        told += _to_desk(school, locked, kind, claim, claimed_by)
    announce(event=event, announcements=told, now=now)


def _to_the_other(
    school: School, locked: LockedLesson, claim: LessonClaim, until: datetime | None
) -> list[Announcement]:
    lesson = locked.lesson
    is_by_teacher = claim.side == Side.TEACHER
    other = locked.student if is_by_teacher else locked.teacher
    if other is None:
        return []
    side = kinds.Side.STUDENT if is_by_teacher else kinds.Side.TEACHER
    values = lesson_values(lesson=lesson, teacher=locked.teacher, side=side)
    values |= {"desk_email": school.desk_email, "desk_phone": school.desk_phone}
    if lesson.status in OPEN and until is not None:
        values["until"] = until
    return [Announcement(recipient_id=other.pk, kind=_TO_THE_OTHER[LessonClaim.Kind(claim.kind)], values=values)]


def _to_desk(
    school: School, locked: LockedLesson, kind: MessageKind, claim: LessonClaim, claimed_by: Membership
) -> list[Announcement]:
    values: dict[str, Value] = {
        **lesson_values(lesson=locked.lesson, teacher=locked.teacher, side=kinds.Side.DESK),
        "reporter": claimed_by.display_name,
    }
    if claim.note:
        values["note"] = claim.note
    desk = list_with_role(school_id=school.pk, role=Role.DESK)
    return [Announcement(recipient_id=member.pk, kind=kind, values=values) for member in desk]
