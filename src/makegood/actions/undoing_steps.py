"""What undoing a booking and undoing a cancellation are made of. Shared by the verbs; one of them does both."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from makegood.actions import booking_messages, change_messages
from makegood.actions.booking_order import BookingOrder
from makegood.actions.booking_steps import UNDO_WITHIN, Parties, tell_timeline
from makegood.actions.kept_times import free_with_lesson
from makegood.actions.lesson_credits import use_again
from makegood.actions.lesson_locks import LockedLesson
from makegood.actions.own_lessons import find_own_side
from makegood.actions.settlement import Cause, settle
from makegood.actions.waiting_lessons import let_them_go
from makegood.domain.incidents import operations as incidents
from makegood.domain.incidents.models import Incident
from makegood.domain.incidents.operations import NotWithdrawable, WithdrawnTooLate
from makegood.domain.ledger.credits import NotEnoughCredits
from makegood.domain.lessons import claims
from makegood.domain.lessons import operations as lessons
from makegood.domain.lessons.keeping import list_with_kept
from makegood.domain.lessons.models import Lesson, LessonStatus, ReleaseReason
from makegood.domain.lessons.operations import TooLateToUndo
from makegood.domain.lessons.queries import have_moved
from makegood.domain.lessons.room import refuse_without_room
from makegood.domain.notifications.kinds import MessageKind
from makegood.domain.people.models import Membership, Role
from makegood.domain.people.roster import holds_role
from makegood.domain.policies.queries import get_timetable
from makegood.domain.schools.models import School
from makegood.domain.timeline import operations as timeline
from makegood.domain.timeline.doors import Door
from makegood.domain.timeline.kinds import EventKind
from makegood.domain.timeline.models import Event
from makegood.domain.timeline.queries import find_last_of_lesson
from makegood.quantities import Interval
from makegood.rules.facts import Kind, RequestedBy

# Whoever approved undoes that alone: what the student asked for waits again (`undo_answer`).
_MADE_BY: Final = (EventKind.LESSON_BOOKED, EventKind.LESSON_REQUESTED, EventKind.BOOKING_APPROVED)
# A teacher's own cancelling is withdrawn as a report (`withdraw_incident`).
_CANCELLED_FOR: Final = (RequestedBy.STUDENT, RequestedBy.COMPANY)


def may_undo(lesson: Lesson, actor: Membership) -> bool:
    """Whether the actor is still one of the two, or at the desk, which books, moves and cancels for others."""
    return find_own_side(lesson=lesson, actor=actor) is not None or holds_role(
        school_id=lesson.school_id, membership_id=actor.pk, roles=(Role.DESK,)
    )


def is_fresh(lesson: Lesson, now: datetime) -> bool:
    """Whether the lesson was booked within the undo minutes, and is to come."""
    is_new = lesson.booked_at is not None and now <= lesson.booked_at + UNDO_WITHIN
    return lesson.status == LessonStatus.BOOKED and is_new and now < lesson.starts_at


def are_fresh(undone: Sequence[Lesson], now: datetime) -> bool:
    """Whether nothing happened to any of what is undone together."""
    if not all(is_fresh(lesson, now) for lesson in undone):
        return False
    return not have_moved(school_id=undone[0].school_id, lesson_ids=[lesson.pk for lesson in undone])


def find_own_booking(*, lesson: Lesson, actor: Membership) -> Event | None:
    """The event of the actor's own booking of the lesson; None: somebody else booked or approved it."""
    made = find_last_of_lesson(school_id=lesson.school_id, lesson_id=lesson.pk, kinds=_MADE_BY)
    if made is None or made.kind == EventKind.BOOKING_APPROVED or made.actor_id != actor.person_id:
        return None
    return made


def release_undone(*, asked: BookingOrder, parties: Parties, undone: Sequence[Lesson]) -> None:
    """Make none of the locked lessons: their time is free, their credits come back, both are told."""
    let_them_go(asked=asked, waiting=undone, why=ReleaseReason.UNDONE)
    event = tell_timeline(asked=asked, kind=EventKind.BOOKING_UNDONE, lessons=undone)
    # Times that the student was choosing for one of them.
    by_id, door = asked.actor.person_id, asked.door
    for lesson in list_with_kept(school_id=asked.school.pk, lesson_ids=[one.pk for one in undone]):
        free_with_lesson(lesson=lesson, teacher=parties.teacher, by_id=by_id, door=door, now=asked.now)
    booking_messages.tell_both(
        asked=asked, event=event, parties=parties, lessons=undone, kind=MessageKind.BOOKING_UNDONE
    )


def is_own_cancellation(incident: Incident, actor: Membership) -> bool:
    """Whether the actor cancelled a lesson for its student or for the school, or as its student."""
    return (
        incident.kind == Kind.CANCELLED
        and incident.requested_by in _CANCELLED_FOR
        and incident.reported_by_id == actor.person_id
    )


def undo_minutes_of(*, school: School, lesson: Lesson) -> int:
    """For how long the policy lets whoever cancelled this lesson take it back."""
    return get_timetable(school_id=school.pk).get_at(lesson.starts_at).policy.reporting.undo_minutes


def find_cancellation_end(*, incident: Incident, undo_minutes: int) -> datetime | None:
    """Until when (included) a cancellation can be taken back; None once somebody objected to it."""
    if claims.has_objection(school_id=incident.school_id, incident_id=incident.pk):
        return None
    return incidents.find_undo_end(incident=incident, undo_minutes=undo_minutes)


def take_back_cancellation(
    *, school: School, actor: Membership, locked: LockedLesson, incident: Incident, door: Door, now: datetime
) -> None:
    """Let the locked lesson take place as booked: the effect of voiding (D16). Its people are told.

    Raises TooLateToUndo after the minutes, once somebody objected or decided, or the credits were spent; FullSince,
    ClosedSince, TimeTakenSince.
    """
    lesson = locked.lesson
    undo_minutes = undo_minutes_of(school=school, lesson=lesson)
    until = find_cancellation_end(incident=incident, undo_minutes=undo_minutes)
    if until is None or now > until:
        raise TooLateToUndo(minutes=undo_minutes)
    try:
        incidents.withdraw(
            incident=incident, withdrawn_by_id=actor.person_id, door=door, undo_minutes=undo_minutes, now=now
        )
    except (NotWithdrawable, WithdrawnTooLate) as error:
        raise TooLateToUndo(minutes=undo_minutes) from error
    refuse_without_room(
        school=school,
        teacher=locked.teacher,
        student_id=lesson.student_id,
        times=[Interval(lesson.starts_at, lesson.ends_at)],
        since=incident.reported_at or now,
    )
    lessons.return_to_booked(lesson=lesson)
    settle(
        school=school,
        teacher_id=locked.teacher.pk,
        timetable=get_timetable(school_id=school.pk),
        cause=Cause(incident_id=incident.pk, actor_id=actor.person_id, door=door),
        why=incident.reference,
        now=now,
    )
    try:
        use_again(school=school, lesson=lesson, now=now)
    except NotEnoughCredits as error:
        # The credit came back and was spent on another lesson since.
        raise TooLateToUndo(minutes=undo_minutes) from error
    event = timeline.record(
        school_id=school.pk,
        kind=EventKind.CANCELLATION_UNDONE,
        at=now,
        door=door,
        actor_id=actor.person_id,
        lesson_id=lesson.pk,
        incident_id=incident.pk,
    )
    change_messages.tell_of_undoing(event=event, locked=locked, now=now)
