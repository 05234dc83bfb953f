"""What every change of availability does: who may, the lock, the replay, the calendar weeks, and what lies outside."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.translation import gettext_noop

from makegood.actions.reasons import LONGEST_REASON, ReasonUnreadable
from makegood.actions.teacher_messages import tell_of_change
from makegood.actions.transactions import in_one_transaction
from makegood.database.texts import can_be_stored
from makegood.domain.availability import expansion, plans, queries, weeks
from makegood.domain.availability.operations import Made
from makegood.domain.lessons.blocking import list_open_between
from makegood.domain.notifications.kinds import MessageKind
from makegood.domain.people.models import Membership, Role
from makegood.domain.people.roster import holds_role, lock_members
from makegood.domain.schools.models import School
from makegood.domain.timeline import operations as timeline
from makegood.domain.timeline import requests
from makegood.domain.timeline.doors import Door
from makegood.domain.timeline.kinds import EventKind
from makegood.quantities import Interval
from makegood.refusal import Refusal


class TeacherNotFound(Refusal):
    """No such teacher for this person; the answer is the same when it is somebody else's calendar."""

    code = "teacher_not_found"
    sentence = gettext_noop("We could not find this teacher. Open the page again from your list.")


class ReasonNeeded(Refusal):
    """Staff say why they change somebody else's calendar."""

    code = "availability_reason_needed"
    sentence = gettext_noop(
        "You change somebody else's calendar, so a reason of at most {most} letters is needed. Nothing was changed."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarOrder:
    """Who asks for a change of whose calendar, and how. `actor` is the teacher, or the desk with a reason."""

    actor: Membership
    teacher_id: int
    reason: str
    request_id: uuid.UUID
    door: Door
    now: datetime

    @property
    def made(self) -> Made:
        """The same as the rows keep it."""
        return Made(
            at=self.now, by_id=self.actor.person_id, door=self.door, request_id=self.request_id, reason=self.reason
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What a change wrote: the days that differ now and the event that tells it. No days: nothing was changed."""

    days: tuple[date, ...]
    kind: EventKind
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class AvailabilityChanged:
    """The days that differ now, and the booked lessons that lie outside availability; these were not touched.

    `is_replay`: the same request was answered before, and this is the first answer.
    """

    days: tuple[date, ...]
    outside_lesson_ids: tuple[int, ...]
    is_replay: bool = False


def change_availability(
    *,
    school: School,
    asked: CalendarOrder,
    route: str,
    content: Mapping[str, Any],
    write: Callable[[Membership], Written],
) -> AvailabilityChanged:
    """Run one change in one transaction.

    In this order: lock the teacher; refuse strangers; give a repeated request its first answer; `write` the rows;
    write the calendar weeks; timeline and, if somebody else did it, the message; find the lessons outside; keep the
    answer. Lessons are only read.

    Raises TeacherNotFound, ReasonNeeded, DifferentRequest, and what `write` raises.
    """

    def work() -> AvailabilityChanged:
        teacher = _lock(school, asked)
        whole = {**content, "teacher": asked.teacher_id, "reason": asked.reason}
        key: dict[str, Any] = {
            "school_id": school.pk,
            "person_id": asked.actor.person_id,
            "route": route,
            "key": asked.request_id,
        }
        earlier = requests.find_answer(**key, content=whole)
        if earlier is not None:
            return _answered(earlier)
        written = write(teacher)
        if written.days:
            weeks.write_available(
                school_id=school.pk, school_zone=school.zone, zones={teacher.pk: teacher.person.zone}, now=asked.now
            )
            _tell(school, asked, teacher, written)
        outside = list_outside(school=school, teacher=teacher, now=asked.now)
        answer = {"days": [day.isoformat() for day in written.days], "outside": list(outside)}
        requests.record_answer(**key, content=whole, answer=answer, now=asked.now)
        return AvailabilityChanged(days=written.days, outside_lesson_ids=outside)

    return in_one_transaction(school.pk, work)


def list_outside(*, school: School, teacher: Membership, now: datetime) -> tuple[int, ...]:
    """The ids of the teacher's open lessons to come that are not wholly inside availability, by start."""
    booked = list_open_between(school_id=school.pk, teacher_id=teacher.pk, from_at=now)
    if not booked:
        return ()
    from_at, until_at = booked[0].starts_at, max(lesson.ends_at for lesson in booked)
    first_on, last_on = (from_at - timedelta(days=2)).date(), (until_at + timedelta(days=2)).date()
    plan = queries.get_plan(
        school_id=school.pk, teacher_id=teacher.pk, zone=teacher.person.zone, from_on=first_on, until_on=last_on
    )
    holidays = queries.list_holidays(school_id=school.pk, from_on=first_on, until_on=last_on)
    closed = plans.closed_days(days=[holiday.day_on for holiday in holidays], zone=school.zone)
    opens = expansion.subtract(plan.list_opens(from_at=from_at, until_at=until_at), closed)
    return tuple(
        lesson.pk for lesson in booked if not expansion.is_covered(Interval(lesson.starts_at, lesson.ends_at), opens)
    )


def _lock(school: School, asked: CalendarOrder) -> Membership:
    locked = lock_members(school_id=school.pk, membership_ids=[asked.teacher_id])
    teaches = holds_role(school_id=school.pk, membership_id=asked.teacher_id, roles=(Role.TEACHER,))
    if not locked or not teaches:
        raise TeacherNotFound
    if asked.actor.pk != asked.teacher_id:
        if not holds_role(school_id=school.pk, membership_id=asked.actor.pk, roles=(Role.DESK,)):
            raise TeacherNotFound
        if not 0 < len(asked.reason.strip()) <= LONGEST_REASON:
            raise ReasonNeeded(most=LONGEST_REASON)
    if not can_be_stored(asked.reason):
        raise ReasonUnreadable
    return locked[0]


def _answered(earlier: Mapping[str, Any]) -> AvailabilityChanged:
    return AvailabilityChanged(
        days=tuple(date.fromisoformat(day) for day in earlier["days"]),
        outside_lesson_ids=tuple(earlier["outside"]),
        is_replay=True,
    )


def _tell(school: School, asked: CalendarOrder, teacher: Membership, written: Written) -> None:
    event = timeline.record(
        school_id=school.pk,
        kind=written.kind,
        at=asked.now,
        door=asked.door,
        actor_id=asked.actor.person_id,
        on_behalf_of_id=None if asked.actor.pk == teacher.pk else teacher.pk,
        reason=asked.reason,
        values={"teacher": teacher.display_name, **written.values},
    )
    tell_of_change(
        event=event,
        actor=asked.actor,
        teacher_id=teacher.pk,
        kind=MessageKind.AVAILABILITY_CHANGED,
        values={"first_on": min(written.days), "reason": asked.reason},
        now=asked.now,
    )
