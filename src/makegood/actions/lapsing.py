"""What was held or asked for and not confirmed in time ends: before each booking, and swept every minute."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from functools import partial

from makegood.actions.change_messages import tell_of_lapse, tell_of_lapse_at_school
from makegood.actions.lesson_locks import LockedLesson
from makegood.actions.lesson_messages import lesson_values
from makegood.actions.one_by_one import one_by_one
from makegood.actions.transactions import in_one_transaction
from makegood.domain.ledger import credits as lesson_credits
from makegood.domain.ledger.periods import month_of
from makegood.domain.lessons.models import Lesson, LessonStatus, MoveAnswer, MoveRequest, WaitsFor
from makegood.domain.lessons.move_requests import end, list_unanswered
from makegood.domain.lessons.queries import find_lesson
from makegood.domain.lessons.releasing import list_teachers_with_lapsed, release_lapsed
from makegood.domain.lessons.series import group_by_series
from makegood.domain.notifications.kinds import MessageKind, Side
from makegood.domain.notifications.occurrences import occurrence_of
from makegood.domain.notifications.operations import Announcement, announce
from makegood.domain.people.roster import lock_member
from makegood.domain.schools.models import School
from makegood.domain.timeline import operations as timeline
from makegood.domain.timeline.doors import Door
from makegood.domain.timeline.kinds import EventKind
from makegood.rules.storing import values_to_json


def let_lapse(
    *,
    school: School,
    teacher_id: int,
    student_id: int | None = None,
    locked_ids: Collection[int] = (),
    now: datetime,
) -> Sequence[Lesson]:
    """Release what has lapsed of the locked teacher and student: credits go back, and both sides of a request are told.

    Of what they learn only what is with teachers among `locked_ids`; the sweep finds the others.
    A hold ends silently: nobody but its holder knew of it. A time that somebody asked to move to ends the asking.
    """
    released = release_lapsed(
        school_id=school.pk, teacher_id=teacher_id, student_id=student_id, locked_ids=locked_ids, now=now
    )
    kept = [lesson.pk for lesson in released if lesson.keeps_time_for_id is not None]
    requested = [lesson for lesson in released if lesson.waits_for and lesson.keeps_time_for_id is None]
    if requested:
        lesson_credits.give_back(
            school_id=school.pk,
            lesson_ids=[lesson.pk for lesson in requested],
            month_on=month_of(at=now, zone=school.zone),
            now=now,
        )
    for together in group_by_series(requested):
        _tell(school, together, now)
    for request in list_unanswered(school_id=school.pk, hold_ids=kept) if kept else ():
        _end(request, now)
    return released


def sweep_lapsed(*, school: School, now: datetime) -> int:
    """Release everything that has lapsed, teacher by teacher, each in a transaction of its own. Returns how many."""
    teacher_ids = in_one_transaction(school.pk, partial(list_teachers_with_lapsed, school_id=school.pk, now=now))
    return sum(
        one_by_one(
            (
                f"teacher {one} of school {school.slug}",
                partial(in_one_transaction, school.pk, partial(_sweep_teacher, school, one, now)),
            )
            for one in teacher_ids
        )
    )


def _sweep_teacher(school: School, teacher_id: int, now: datetime) -> int:
    lock_member(school_id=school.pk, membership_id=teacher_id)
    return len(let_lapse(school=school, teacher_id=teacher_id, now=now))


def _end(request: MoveRequest, now: datetime) -> None:
    """Nobody answered in time; whoever knew of it is told where the lesson stays, unless it is off by now."""
    end(asked=request, outcome=MoveAnswer.Outcome.LAPSED, answered_by_id=None, door=Door.JOB, now=now)
    lesson = request.lesson
    event = timeline.record(
        school_id=request.school_id,
        kind=EventKind.MOVE_LAPSED,
        at=now,
        door=Door.JOB,
        actor_id=None,
        lesson_id=lesson.pk,
        values=values_to_json({"former_starts_at": lesson.starts_at}),
    )
    if lesson.status == LessonStatus.BOOKED:
        locked = LockedLesson(lesson=lesson, teacher=lesson.teacher, student=lesson.student)
        if request.waits_for is WaitsFor.SCHOOL:
            tell_of_lapse_at_school(event=event, locked=locked, kept=request.hold, now=now)
        else:
            tell_of_lapse(event=event, locked=locked, now=now)


def _tell(school: School, lapsed: Sequence[Lesson], now: datetime) -> None:
    """One message of what was asked for at once, however many lessons it is; each has its own event."""
    lesson = find_lesson(school_id=school.pk, lesson_id=lapsed[0].pk)
    assert lesson is not None
    event, *_others = timeline.record_for_lessons(
        school_id=school.pk,
        kind=EventKind.TIME_LAPSED,
        at=now,
        door=Door.JOB,
        actor_id=None,
        lesson_ids=[one.pk for one in lapsed],
    )
    announce(
        event=event,
        announcements=[
            Announcement(
                recipient_id=recipient_id,
                kind=MessageKind.BOOKING_EXPIRED,
                values=lesson_values(lesson=lesson, teacher=lesson.teacher, side=side),
                series=[occurrence_of(one) for one in lapsed] if len(lapsed) > 1 else (),
            )
            for recipient_id, side in ((lesson.teacher_id, Side.TEACHER), (lesson.student_id, Side.STUDENT))
            if recipient_id is not None
        ],
        now=now,
    )
