"""The desk cancels a lesson because the school does: nobody is charged, and the student has the lesson back (D31)."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.utils.translation import gettext_noop

from makegood.actions import change_messages
from makegood.actions.cancelling import (
    Cancelled,
    RecordedCancellation,
    cancel_once,
    record_cancellation,
    refuse_unless_as_shown,
)
from makegood.actions.desk_lessons import lock_for_desk, refuse_own
from makegood.actions.lesson_locks import LockedLesson
from makegood.actions.reasons import check_reason
from makegood.domain.lessons.operations import refuse_unless_booked
from makegood.domain.people.models import Membership
from makegood.domain.policies.queries import get_timetable
from makegood.domain.schools.models import School
from makegood.domain.timeline import operations as timeline
from makegood.domain.timeline.doors import Door
from makegood.domain.timeline.kinds import EventKind
from makegood.refusal import Refusal
from makegood.rules.facts import RequestedBy

ROUTE = "cancel_for_school"


class PayChangedSince(Refusal):
    """The page said that the teacher is paid, or not, and by now the policy says otherwise."""

    code = "pay_changed_since"
    sentence = gettext_noop(
        "What this means for the teacher changed while you were here. Nothing was cancelled. Look at it again, then "
        "decide."
    )


def cancel_for_school(
    *,
    school: School,
    actor: Membership,
    lesson_id: int,
    shown_as_paid: bool,
    reason: str,
    request_id: uuid.UUID,
    door: Door,
    now: datetime,
    shown_version: int | None = None,
) -> Cancelled:
    """Cancel for the school, with a reason that both sides read; `shown_as_paid`: what the page said of the teacher.

    In one transaction, in the order of `cancel_for_student`: the school is answerable, so it counts for nothing and
    costs nobody anything; the policy in force at the lesson says whether the teacher is paid; the credits come back.

    Raises LessonNotFound (also for whoever is not at the desk), OwnLesson, LessonNotOpen, ChangedSince,
    PayChangedSince, ReasonMissing, ReasonUnreadable, DifferentRequest, NoPolicyInForce.
    """
    why = check_reason(reason)
    content = {"lesson_id": lesson_id, "shown_as_paid": shown_as_paid, "reason": why}

    def work(locked: LockedLesson) -> RecordedCancellation:
        refuse_own(locked=locked, actor=actor)
        refuse_unless_booked(lesson=locked.lesson, now=now)
        refuse_unless_as_shown(locked=locked, shown_version=shown_version)
        recorded = record_cancellation(
            school=school,
            locked=locked,
            timetable=get_timetable(school_id=school.pk),
            actor=actor,
            note=why,
            request_id=request_id,
            door=door,
            now=now,
            announce=True,
            requested_by=RequestedBy.COMPANY,
        )
        if recorded.is_paid is not shown_as_paid:
            raise PayChangedSince
        event = timeline.record(
            school_id=school.pk,
            kind=EventKind.CANCELLED_FOR_SCHOOL,
            at=now,
            door=door,
            actor_id=actor.person_id,
            reason=why,
            lesson_id=lesson_id,
            incident_id=recorded.incident.pk,
        )
        change_messages.tell_of_cancelling_for_school(
            school=school, event=event, locked=locked, is_paid=recorded.is_paid, reason=why, now=now
        )
        return recorded

    return cancel_once(
        school=school,
        actor=actor,
        route=ROUTE,
        key=request_id,
        content=content,
        lock=lambda: lock_for_desk(school=school, actor=actor, lesson_id=lesson_id),
        work=work,
        now=now,
    )
