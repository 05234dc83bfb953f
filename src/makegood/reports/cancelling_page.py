"""What a page about cancelling one lesson, for its student or for the school, shows: the marks, and what was done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from makegood.domain.incidents.models import Incident
from makegood.domain.incidents.operations import find_undo_end
from makegood.domain.incidents.queries import find_live_of_lesson
from makegood.domain.lessons.claims import has_objection
from makegood.domain.lessons.coming_back import find_hindrance
from makegood.domain.lessons.marks import is_in_time, mark_of
from makegood.domain.lessons.models import Lesson, LessonStatus
from makegood.domain.lessons.other_times import OtherTimeStands
from makegood.domain.penalties.operations import find_live
from makegood.domain.people.models import Membership
from makegood.domain.policies.queries import get_timetable
from makegood.domain.schools.models import School
from makegood.refusal import Refusal
from makegood.rules.facts import Kind, RequestedBy


@dataclass(frozen=True, slots=True, kw_only=True)
class CancellingPage:
    """`mark_at`: until when a teacher cancels for the student; `free_until`: until when it is free for the student.

    `has_begun`: the time has come, whether anybody came or not.
    `pays` is what the policy says of a lesson that the school cancels: whether the teacher is paid (D31).
    `cancelled` is what stands: the lesson was cancelled as the page does it. `is_paid`: all the same; at the student's
    wish it was too late to be free then. `undo_until` is None when this visitor cannot take it back (any more), and
    `undo_hindrance` why it cannot be taken back although the time for it is not over.
    """

    lesson: Lesson
    is_open: bool
    has_begun: bool
    mark_at: datetime
    is_before_mark: bool
    free_until: datetime
    is_free: bool
    pays: bool
    cancelled: Incident | None
    is_paid: bool
    was_by_visitor: bool
    undo_until: datetime | None
    undo_hindrance: Refusal | None


def make_cancelling_page(
    *, school: School, lesson: Lesson, visitor: Membership, requested_by: RequestedBy, now: datetime
) -> CancellingPage:
    """The page on which the visitor cancels as `requested_by` wants. Raises NoPolicyInForce."""
    policy = get_timetable(school_id=school.pk).get_at(lesson.starts_at).policy
    mark_minutes, free_minutes = policy.reporting.mark_minutes, policy.students.cancel_free_minutes
    live = find_live_of_lesson(school_id=school.pk, lesson_id=lesson.pk)
    is_wish = live is not None and live.kind == Kind.CANCELLED and live.requested_by == requested_by
    cancelled = live if is_wish and lesson.status == LessonStatus.CANCELLED else None
    was_by_visitor = cancelled is not None and cancelled.reported_by_id == visitor.person_id
    # A student may give up waiting for a teacher who does not start; the school calls off what is to come.
    until_when = lesson.ends_at if requested_by is RequestedBy.STUDENT else lesson.starts_at
    until, hindrance = None, None
    is_paid = False
    if cancelled is not None:
        is_paid = find_live(school_id=school.pk, incident_ids=[cancelled.pk])[cancelled.pk].paid
        until = find_undo_end(incident=cancelled, undo_minutes=policy.reporting.undo_minutes)
        is_bound = has_objection(school_id=school.pk, incident_id=cancelled.pk)
        until = None if is_bound or not was_by_visitor or until is None or now > until else until
        if until is not None:
            hindrance = find_hindrance(school=school, lesson=lesson, since=cancelled.reported_at or now)
        # A late move is taken back as a whole, at the lesson that it booked.
        until = None if isinstance(hindrance, OtherTimeStands) else until
    return CancellingPage(
        lesson=lesson,
        is_open=lesson.status == LessonStatus.BOOKED and now < until_when,
        has_begun=now >= lesson.starts_at,
        mark_at=mark_of(starts_at=lesson.starts_at, minutes=mark_minutes),
        is_before_mark=is_in_time(starts_at=lesson.starts_at, minutes=mark_minutes, now=now),
        free_until=mark_of(starts_at=lesson.starts_at, minutes=free_minutes),
        is_free=is_in_time(starts_at=lesson.starts_at, minutes=free_minutes, now=now),
        pays=policy.company.company_is_paid,
        cancelled=cancelled,
        is_paid=is_paid,
        was_by_visitor=was_by_visitor,
        undo_until=until,
        undo_hindrance=hindrance,
    )
