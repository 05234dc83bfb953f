"""Undo an answer to a proposal, or to a booking that the school approves, while nothing came of it: it waits again."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from makegood.actions import undoing_messages
from makegood.actions.booking_order import BookingOrder
from makegood.actions.booking_steps import Parties, in_one_booking, tell_timeline, use_credits
from makegood.actions.kept_times import free_with_lesson
from makegood.actions.lesson_locks import has_one_left
from makegood.actions.own_lessons import find_own_side
from makegood.actions.undoing import AnswerNotYours, AnswerUndoTooLate, end_of_undo, saying_what_came_since
from makegood.actions.waiting_lessons import let_them_go
from makegood.domain.lessons import booking, offering
from makegood.domain.lessons import operations as lessons
from makegood.domain.lessons.asking_again import wait_again
from makegood.domain.lessons.keeping import list_with_kept
from makegood.domain.lessons.models import Lesson, LessonStatus, ReleaseReason, Side, WaitsFor
from makegood.domain.lessons.operations import LessonNotFound
from makegood.domain.lessons.queries import find_acquaintance, find_lesson, have_moved
from makegood.domain.lessons.room import refuse_without_room
from makegood.domain.lessons.series import list_of_series
from makegood.domain.people.models import Membership, Role
from makegood.domain.people.roster import holds_role
from makegood.domain.schools.context import in_school
from makegood.domain.schools.models import School
from makegood.domain.timeline.doors import Door
from makegood.domain.timeline.kinds import EventKind
from makegood.domain.timeline.models import Event
from makegood.domain.timeline.queries import find_last_of_lesson, list_notes, list_with_same_event
from makegood.quantities import Interval
from makegood.rules.sentences import Value
from makegood.rules.storing import values_from_json

ROUTE: Final = "undo_answer"
# The answers that can be undone, and where each leaves the lesson.
_LEAVES: Final[Mapping[str, LessonStatus]] = {
    EventKind.PROPOSAL_DECLINED: LessonStatus.RELEASED,
    EventKind.BOOKING_REFUSED: LessonStatus.RELEASED,
    EventKind.BOOKING_APPROVED: LessonStatus.BOOKED,
}
_ANSWERS: Final = (EventKind.PROPOSAL_DECLINED, EventKind.BOOKING_REFUSED, EventKind.BOOKING_APPROVED)
_UNDONE: Final = (EventKind.ANSWER_UNDONE, EventKind.APPROVAL_UNDONE)
# What says until when the school's word was waited for.
_REQUESTED: Final = (EventKind.LESSON_REQUESTED, EventKind.PROPOSAL_ACCEPTED, EventKind.REQUESTED_AGAIN)


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerUndone:
    """The lessons that wait again, in place of those that had been answered."""

    lesson_ids: tuple[int, ...]
    is_replay: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Given:
    """An answer, the lessons that it was about, and until when it was waited for."""

    event: Event
    together: Sequence[Lesson]
    waits_until: datetime

    @property
    def waits_for(self) -> WaitsFor:
        return WaitsFor.STUDENT if self.event.kind == EventKind.PROPOSAL_DECLINED else WaitsFor.SCHOOL


def undo_answer(
    *, school: School, actor: Membership, lesson_id: int, request_id: uuid.UUID, door: Door, now: datetime
) -> AnswerUndone:
    """Undo the actor's own answer, a series whole: what was declined, refused or approved waits for its answer again.

    In one transaction, after the steps of `in_one_booking`: lock the lessons; refuse after the undo minutes and when
    anything came of it; what was booked is released; the same times wait again, until they did before, and use their
    lesson credits; timeline; outbox: whoever was told of the answer.

    Raises LessonNotFound (also for what is not the actor's to answer), AnswerNotYours, AnswerUndoTooLate,
    TimeTakenSince, FullSince, ClosedSince, TeacherLeftSince, StudentLeftSince, CreditsSpentSince, DifferentRequest.
    """
    with in_school(school.pk):
        found = find_lesson(school_id=school.pk, lesson_id=lesson_id)
        if found is None or found.student_id is None or found.keeps_time_for_id is not None:
            raise LessonNotFound
        answered = find_last_of_lesson(school_id=school.pk, lesson_id=lesson_id, kinds=_ANSWERS)
        if answered is None or not _may_answer(found, answered, actor):
            raise LessonNotFound
        if answered.actor_id != actor.person_id:
            raise AnswerNotYours
    asked = BookingOrder.about(found, school=school, actor=actor, request_id=request_id, door=door, now=now)

    def work(parties: Parties) -> dict[str, Any]:
        first = lessons.lock_lesson(school_id=school.pk, lesson_id=lesson_id)
        whole: Sequence[Lesson] = [first]
        if first.series_id is not None:
            whole = booking.lock_series(school_id=school.pk, series_id=first.series_id)
        given = _find_given(first, whole, now)
        if given is None or given.event.pk != answered.pk:
            raise AnswerUndoTooLate
        return {"lesson_ids": [lesson.pk for lesson in _undo(asked, parties, given)]}

    with saying_what_came_since():
        answer, is_replay = in_one_booking(asked=asked, route=ROUTE, content={"lesson": lesson_id}, work=work)
    return AnswerUndone(lesson_ids=tuple(answer["lesson_ids"]), is_replay=is_replay)


def find_answer_undo_end(*, lesson: Lesson, actor: Membership, now: datetime) -> datetime | None:
    """Until when the actor can undo having answered a lesson, a series whole; None when not, or not any more.

    What a page says with it, `undo_answer` does, unless time, room or credits were taken since. No statement for a
    lesson that was neither released nor booked just now.
    """
    if lesson.student_id is None or lesson.keeps_time_for_id is not None or not _may_be_fresh(lesson, now):
        return None
    whole: Sequence[Lesson] = [lesson]
    if lesson.series_id is not None:
        whole = list_of_series(school_id=lesson.school_id, series_id=lesson.series_id)
    given = _find_given(lesson, whole, now)
    if given is None or given.event.actor_id != actor.person_id or not _may_answer(lesson, given.event, actor):
        return None
    if has_one_left(lesson=lesson):
        return None
    return end_of_undo(answered_at=given.event.at, waits_until=given.waits_until, now=now)


def _may_be_fresh(lesson: Lesson, now: datetime) -> bool:
    if lesson.status == LessonStatus.RELEASED:
        return lesson.held_until is not None and now < lesson.held_until
    booked_at = lesson.booked_at
    return (
        lesson.status == LessonStatus.BOOKED
        and booked_at is not None
        and end_of_undo(answered_at=booked_at, waits_until=lesson.starts_at, now=now) is not None
    )


def _may_answer(lesson: Lesson, answered: Event, actor: Membership) -> bool:
    """Whether it would be the actor's to answer if it waited: the student's proposal, or at the desk."""
    if answered.kind == EventKind.PROPOSAL_DECLINED:
        return find_own_side(lesson=lesson, actor=actor) is Side.STUDENT
    return holds_role(school_id=lesson.school_id, membership_id=actor.pk, roles=(Role.DESK,))


def _find_given(first: Lesson, whole: Sequence[Lesson], now: datetime) -> _Given | None:
    """The answer to a lesson, of its series whole, as long as nothing came of it; None otherwise."""
    last = find_last_of_lesson(school_id=first.school_id, lesson_id=first.pk, kinds=(*_ANSWERS, *_UNDONE))
    if last is None or last.kind not in _LEAVES:
        return None
    ids = list_with_same_event(event=last, lesson_ids=[lesson.pk for lesson in whole])
    together = [lesson for lesson in whole if lesson.pk in ids]
    if any(lesson.status != _LEAVES[last.kind] for lesson in together):
        return None
    waits_until = first.held_until
    if last.kind == EventKind.BOOKING_APPROVED:
        if any(lesson.booked_at != last.at for lesson in together):
            return None
        if have_moved(school_id=first.school_id, lesson_ids=[lesson.pk for lesson in together]):
            return None
        requested = find_last_of_lesson(school_id=first.school_id, lesson_id=first.pk, kinds=_REQUESTED)
        until = None if requested is None else values_from_json(requested.values).get("until")
        waits_until = until if isinstance(until, datetime) else None
    if waits_until is None or end_of_undo(answered_at=last.at, waits_until=waits_until, now=now) is None:
        return None
    return _Given(event=last, together=together, waits_until=waits_until)


def _undo(asked: BookingOrder, parties: Parties, given: _Given) -> Sequence[Lesson]:
    """Returns what waits again."""
    was_approved = given.event.kind == EventKind.BOOKING_APPROVED
    if was_approved:
        let_them_go(asked=asked, waiting=given.together, why=ReleaseReason.UNDONE)
        # Times that the student was choosing for one of them.
        for lesson in list_with_kept(school_id=asked.school.pk, lesson_ids=[one.pk for one in given.together]):
            free_with_lesson(
                lesson=lesson, teacher=parties.teacher, by_id=asked.actor.person_id, door=asked.door, now=asked.now
            )
    _refuse_second_first(given.together[0])
    refuse_without_room(
        school=asked.school,
        teacher=parties.teacher,
        student_id=asked.student_id,
        times=[Interval(lesson.starts_at, lesson.ends_at) for lesson in given.together],
        since=given.event.at,
    )
    until = given.waits_until
    again = wait_again(lessons=given.together, waits_for=given.waits_for, until=until, request_id=asked.request_id)
    waits_for_student = given.waits_for is WaitsFor.STUDENT
    if not waits_for_student:
        use_credits(asked=asked, lessons=again)
    undone = EventKind.APPROVAL_UNDONE if was_approved else EventKind.ANSWER_UNDONE
    event = tell_timeline(asked=asked, kind=undone, lessons=given.together, values={"until": until})
    asked_again = EventKind.PROPOSED_AGAIN if waits_for_student else EventKind.REQUESTED_AGAIN
    note = _find_note(given.together[0])
    values: dict[str, Value] = {"until": until} if note is None else {"until": until, "note": note}
    tell_timeline(asked=asked, kind=asked_again, lessons=again, values=values)
    undoing_messages.tell_of_answer(
        asked=asked, event=event, parties=parties, former=given.together, again=again, was_approved=was_approved
    )
    return again


def _refuse_second_first(lesson: Lesson) -> None:
    """Raise AnswerUndoTooLate for a first meeting of two who took another time for it since."""
    offers = offering.list_offers(school_id=lesson.school_id)
    if not any(offer.is_first for offer in offers if offer.code == lesson.lesson_type):
        return
    assert lesson.student_id is not None, "two people meet"
    how = find_acquaintance(school_id=lesson.school_id, teacher_id=lesson.teacher_id, student_id=lesson.student_id)
    if how.has_first:
        raise AnswerUndoTooLate


def _find_note(lesson: Lesson) -> str | None:
    """What the teacher wrote with a proposal, None for what was none.

    It goes along as a value: who takes the answer back did not write it.
    """
    return list_notes(school_id=lesson.school_id, lesson_ids=[lesson.pk]).get(lesson.pk)
