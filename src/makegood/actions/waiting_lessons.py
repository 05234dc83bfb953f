"""What answering a lesson that waits for somebody has in common: finding it, locking it, letting it go."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_noop

from makegood.actions.availability_changes import TeacherNotFound
from makegood.actions.booking_order import BookingOrder
from makegood.actions.booking_steps import Parties, StudentNotFound, in_one_booking
from makegood.domain.ledger import credits as lesson_credits
from makegood.domain.ledger.periods import month_of
from makegood.domain.lessons import booking, releasing
from makegood.domain.lessons import operations as lessons
from makegood.domain.lessons.models import Lesson, LessonStatus, ReleaseReason, WaitsFor
from makegood.domain.lessons.operations import LessonNotFound
from makegood.domain.lessons.queries import find_lesson
from makegood.domain.lessons.statuses import WAITING
from makegood.domain.people.models import Membership
from makegood.domain.schools.context import in_school
from makegood.domain.schools.models import School
from makegood.domain.timeline.doors import Door
from makegood.refusal import Refusal


class TeacherLeft(TeacherNotFound):
    """The teacher left the school, or teaches no longer: it can only be ended."""

    code = "teacher_left"
    sentence = gettext_noop(
        "The teacher no longer teaches at this school, so this cannot be booked or moved. Nothing was done. It can "
        "only be refused or taken back."
    )


class StudentLeft(StudentNotFound):
    """The student left the school, or learns no longer: it can only be ended."""

    code = "student_left"
    sentence = gettext_noop(
        "The student no longer learns at this school, so this cannot be booked or moved. Nothing was done. It can "
        "only be refused or taken back."
    )


@contextmanager
def naming_who_left() -> Iterator[None]:
    """Say of a lesson that waits which of its two people left since. Raises TeacherLeft, StudentLeft."""
    try:
        yield
    except TeacherNotFound as error:
        raise TeacherLeft from error
    except StudentNotFound as error:
        raise StudentLeft from error


class NothingToAnswer(Refusal):
    """It does not wait any more: somebody answered, it lapsed, or it was taken back."""

    code = "nothing_to_answer"
    sentence = gettext_noop("This does not wait for an answer any more. Nothing was done. Look at the list again.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What became of the lesson, or of all lessons of its series that waited with it."""

    lesson_ids: tuple[int, ...]
    status: LessonStatus
    is_replay: bool = False


def answer_waiting(
    *,
    school: School,
    actor: Membership,
    lesson_id: int,
    concerns: Callable[[Lesson], bool],
    may: Callable[[Lesson], bool],
    route: str,
    content: Mapping[str, object],
    reason: str,
    request_id: uuid.UUID,
    door: Door,
    now: datetime,
    work: Callable[[BookingOrder, Parties, Sequence[Lesson]], LessonStatus],
    ends: bool,
) -> Answered:
    """Run `work` on the locked lesson, or on those of its series that stand as it does, in one transaction.

    `concerns` says whether the actor has to do with the lesson at all, also when it waits no longer (the same request
    again gets its first answer); otherwise it is LessonNotFound. `may` says whether it waits for the actor. What `ends`
    the waiting can be done also when the other side left. Raises LessonNotFound, NothingToAnswer when it does not wait,
    TeacherLeft, StudentLeft, and what `work` raises.
    """
    with in_school(school.pk):
        found = find_lesson(school_id=school.pk, lesson_id=lesson_id)
        if found is None or found.student_id is None or not concerns(found):
            raise LessonNotFound
        if found.keeps_time_for_id is not None:  # What waits there is a move request.
            raise LessonNotFound
    asked = BookingOrder.about(
        found, school=school, actor=actor, request_id=request_id, door=door, now=now, reason=reason
    )

    def once(parties: Parties) -> dict[str, Any]:
        first = lessons.lock_lesson(school_id=school.pk, lesson_id=lesson_id)
        waits = (first.status, first.waits_for)
        if first.status not in WAITING or not may(first):
            raise NothingToAnswer
        together: Sequence[Lesson] = [first]
        if first.series_id is not None:
            whole = booking.lock_series(school_id=school.pk, series_id=first.series_id)
            together = [lesson for lesson in whole if (lesson.status, lesson.waits_for) == waits]
        status = work(asked, parties, together)
        return {"lesson_ids": [lesson.pk for lesson in together], "status": status.value}

    content = {"lesson": lesson_id, **content}
    with naming_who_left():
        answer, is_replay = in_one_booking(asked=asked, route=route, content=content, work=once, ends=ends)
    return Answered(lesson_ids=tuple(answer["lesson_ids"]), status=LessonStatus(answer["status"]), is_replay=is_replay)


def let_them_go(*, asked: BookingOrder, waiting: Sequence[Lesson], why: ReleaseReason) -> LessonStatus:
    """Release the locked lessons and give their credits back."""
    releasing.release(
        lessons=waiting,
        why=why,
        released_by_id=asked.actor.person_id,
        door=asked.door,
        now=asked.now,
        note=asked.reason,
    )
    lesson_credits.give_back(
        school_id=asked.school.pk,
        lesson_ids=[lesson.pk for lesson in waiting],
        month_on=month_of(at=asked.now, zone=asked.school.zone),
        now=asked.now,
    )
    return LessonStatus.RELEASED


def waits_for_school(lesson: Lesson) -> bool:
    """Whether the school's word is asked for."""
    return lesson.waits_for == WaitsFor.SCHOOL


def waits_for_student(lesson: Lesson) -> bool:
    """Whether the student's word is asked for."""
    return lesson.waits_for == WaitsFor.STUDENT
