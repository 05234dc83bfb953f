"""Where lessons are held: the owner sets it for the school, teachers for theirs, and the desk for a teacher."""

from __future__ import annotations

from datetime import datetime

from makegood.actions.availability_changes import TeacherNotFound
from makegood.actions.booking_steps import refuse_unless_desk
from makegood.actions.school_calendar_changes import refuse_unless_owner
from makegood.actions.teacher_messages import tell_of_change
from makegood.actions.transactions import in_one_transaction
from makegood.domain.lessons import video_links
from makegood.domain.notifications.kinds import MessageKind
from makegood.domain.people.models import Membership, Role
from makegood.domain.people.roster import holds_role
from makegood.domain.schools.models import School
from makegood.domain.timeline import operations as timeline
from makegood.domain.timeline.doors import Door
from makegood.domain.timeline.kinds import EventKind


def set_video_link(*, school: School, actor: Membership, link: str, door: Door, now: datetime) -> None:
    """Hold lessons of teachers without a link of their own at this one, from now on; "" takes it away.

    What is so already is not written again. Raises NotTheOwner, and what `video_links.check_link` raises.
    """
    kept = video_links.check_link(link)

    def work() -> None:
        refuse_unless_owner(school=school, actor=actor)
        _write(school=school, actor=actor, teacher_id=None, link=kept, door=door, now=now)

    in_one_transaction(school.pk, work)


def set_own_video_link(*, school: School, actor: Membership, link: str, door: Door, now: datetime) -> None:
    """Hold the teacher's own lessons at this link from now on; "" takes it away, and the school's holds.

    What is so already is not written again. Raises TeacherNotFound, and what `video_links.check_link` raises.
    """
    kept = video_links.check_link(link)

    def work() -> None:
        _refuse_unless_teacher(school, actor.pk)
        _write(school=school, actor=actor, teacher_id=actor.pk, link=kept, door=door, now=now)

    in_one_transaction(school.pk, work)


def set_video_link_of_teacher(
    *, school: School, actor: Membership, teacher_id: int, link: str, door: Door, now: datetime
) -> None:
    """The desk does `set_own_video_link` on behalf of a teacher: it is recorded as that, and the teacher is told.

    Raises NotTheDesk, TeacherNotFound, and what `video_links.check_link` raises.
    """
    kept = video_links.check_link(link)

    def work() -> None:
        refuse_unless_desk(school=school, actor=actor)
        _refuse_unless_teacher(school, teacher_id)
        _write(school=school, actor=actor, teacher_id=teacher_id, link=kept, door=door, now=now)

    in_one_transaction(school.pk, work)


def _refuse_unless_teacher(school: School, member_id: int) -> None:
    """Raise TeacherNotFound for anybody who does not teach in this school now."""
    if not holds_role(school_id=school.pk, membership_id=member_id, roles=(Role.TEACHER,)):
        raise TeacherNotFound


def _write(*, school: School, actor: Membership, teacher_id: int | None, link: str, door: Door, now: datetime) -> None:
    if not video_links.set_link(
        school_id=school.pk, teacher_id=teacher_id, link=link, set_by_id=actor.person_id, door=door, now=now
    ):
        return
    event = timeline.record(
        school_id=school.pk,
        kind=EventKind.VIDEO_LINK_SET if link else EventKind.VIDEO_LINK_TAKEN_AWAY,
        at=now,
        door=door,
        actor_id=actor.person_id,
        on_behalf_of_id=None if teacher_id == actor.pk else teacher_id,
        values={"link": link} if link else {},
    )
    if teacher_id is not None:
        tell_of_change(
            event=event,
            actor=actor,
            teacher_id=teacher_id,
            kind=MessageKind.VIDEO_LINK_SET if link else MessageKind.VIDEO_LINK_TAKEN_AWAY,
            values={"video_link": link} if link else {},
            now=now,
        )
