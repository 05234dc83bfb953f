"""What every move of a lesson has in common: whose it is, at what terms, and how it happens. Shared by the verbs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext_noop

from makegood.actions import booking_messages, change_messages
from makegood.actions.booking_order import BookingOrder
from makegood.actions.booking_steps import Parties, tell_timeline, use_credits
from makegood.actions.cancelling import record_cancellation
from makegood.actions.lesson_locks import LockedLesson
from makegood.actions.own_lessons import find_own_side
from makegood.actions.taking_steps import tell_of_other_time
from makegood.domain.lessons import booking, moving
from makegood.domain.lessons import operations as lessons
from makegood.domain.lessons.booking import LessonState, LessonTerms
from makegood.domain.lessons.marks import mark_of
from makegood.domain.lessons.models import Lesson, LessonMove, LessonStatus
from makegood.domain.lessons.moving import Move
from makegood.domain.lessons.offering import Offer, PayPlan
from makegood.domain.lessons.operations import LessonNotFound
from makegood.domain.lessons.other_times import USED
from makegood.domain.lessons.queries import find_lesson
from makegood.domain.penalties import pricing, quotes
from makegood.domain.penalties.history import gather_facts
from makegood.domain.penalties.models import Quote
from makegood.domain.penalties.pricing import Priced
from makegood.domain.people.models import Membership
from makegood.domain.policies.queries import Timetable, get_timetable
from makegood.domain.schools.context import in_school
from makegood.domain.schools.models import School
from makegood.domain.timeline import operations as timeline
from makegood.domain.timeline.kinds import EventKind
from makegood.domain.timeline.models import Event
from makegood.quantities import Money
from makegood.refusal import Refusal
from makegood.rules.facts import RequestedBy
from makegood.rules.sentences import Value
from makegood.rules.storing import values_to_json


class MovePriceChanged(Refusal):
    """What was shown is not what holds now. Nothing was asked or moved."""

    code = "move_price_changed"
    sentence = gettext_noop(
        "The price changed while you were here. Nothing was asked. Look at the new price, then decide."
    )


class MovingNoLongerFree(Refusal):
    """The page said that moving is free, and it no longer is. Nothing was done."""

    code = "moving_no_longer_free"
    sentence = gettext_noop(
        "The free time ended while you were here. Nothing was moved. Look at what it means now, then decide."
    )


class NoStudentToMoveWith(Refusal):
    """An imported lesson does not say whom it is with."""

    code = "no_student_to_move_with"
    sentence = gettext_noop(
        "The school's file does not say whom this lesson is with, so it cannot be moved here. Nothing was changed. "
        "Ask the scheduling desk."
    )


def find_own(*, school: School, actor: Membership, lesson_id: int) -> Lesson:
    """The lesson that the actor teaches or takes. Raises LessonNotFound, NoStudentToMoveWith."""
    with in_school(school.pk):
        found = find_lesson(school_id=school.pk, lesson_id=lesson_id)
        if found is None or found.keeps_time_for_id is not None or find_own_side(lesson=found, actor=actor) is None:
            raise LessonNotFound
    if found.student_id is None:
        raise NoStudentToMoveWith
    return found


def lock_movable(*, asked: BookingOrder, parties: Parties, lesson_id: int) -> LockedLesson:
    """Lock the lesson of the locked two, booked and still to come. Raises LessonNotFound, LessonNotOpen."""
    lesson = lessons.lock_lesson(school_id=asked.school.pk, lesson_id=lesson_id)
    if (lesson.teacher_id, lesson.student_id) != (asked.teacher_id, asked.student_id):
        raise LessonNotFound
    lessons.refuse_unless_booked(lesson=lesson, now=asked.now)
    return LockedLesson(lesson=lesson, teacher=parties.teacher, student=parties.student)


def terms_of(*, lesson: Lesson, parties: Parties) -> LessonTerms:
    """The lesson's own terms: a lesson that moves is still what was booked, whatever the school offers by now."""
    pay = None
    if lesson.pay_minor is not None and lesson.currency is not None:
        pay = PayPlan(steps=((None, Money(lesson.pay_minor, lesson.currency)),))
    return LessonTerms(
        teacher_id=parties.teacher.pk,
        student_id=parties.student.pk,
        offer=Offer(code=lesson.lesson_type, name=lesson.title, minutes=(lesson.minutes,), credits=lesson.credits),
        minutes=lesson.minutes,
        credits=lesson.credits,
        pay=pay,
        buffer_minutes=parties.rules.buffer_minutes,
    )


def free_minutes_of(*, school: School, starts_at: datetime) -> int:
    """How long before a lesson at `starts_at` the student gives it up free. Raises NoPolicyInForce."""
    return get_timetable(school_id=school.pk).get_at(starts_at).policy.students.cancel_free_minutes


def move_there(
    *,
    asked: BookingOrder,
    parties: Parties,
    locked: LockedLesson,
    starts_at: datetime,
    is_free: bool,
    asked_at: datetime,
    announce: bool = True,
) -> Lesson:
    """Move the locked lesson to the time that was kept, as its student asked; not free: use it, and book another one.

    `asked_at` is when the student asked for it, which may be long before the school's word.

    Returns the lesson at the new time. Raises NotEnoughCredits.
    """
    if not is_free:
        done = use_and_book(
            asked=asked, parties=parties, locked=locked, starts_at=starts_at, reported_by=parties.student,
            asked_at=asked_at, announce=announce,
        )  # fmt: skip
        if announce:
            change_messages.tell_of_cancelling_by_student(
                event=done.cancelled, locked=locked, is_used=done.is_paid, free_until=done.free_until, now=asked.now
            )
            booking_messages.tell_both(asked=asked, event=done.booked, parties=parties, lessons=[done.another])
        return done.another
    _move(asked, parties, locked, starts_at, announce=announce)
    return locked.lesson


def move_as(
    *,
    asked: BookingOrder,
    parties: Parties,
    lesson: Lesson,
    starts_at: datetime,
    requested_by: RequestedBy,
    on_behalf_of_id: int | None,
    incident_id: int | None = None,
) -> LessonMove:
    """Give the locked lesson its new time; `requested_by` is answerable, and `incident_id` what it counts by."""
    return moving.move(
        lesson=lesson,
        to=Move(
            to_starts_at=starts_at,
            to_ends_at=starts_at + lesson.length,
            requested_by=requested_by,
            moved_by_id=asked.actor.person_id,
            on_behalf_of_id=on_behalf_of_id,
            door=asked.door,
            reason=asked.reason,
            request_id=asked.request_id,
            incident_id=incident_id,
        ),
        buffer_minutes=parties.rules.buffer_minutes,
        now=asked.now,
    )


def _move(asked: BookingOrder, parties: Parties, locked: LockedLesson, starts_at: datetime, *, announce: bool) -> None:
    made = move_as(
        asked=asked,
        parties=parties,
        lesson=locked.lesson,
        starts_at=starts_at,
        requested_by=RequestedBy.STUDENT,
        on_behalf_of_id=asked.on_behalf_of_id,
    )
    values = {"former_starts_at": made.from_starts_at, "starts_at": made.to_starts_at}
    event = tell_timeline(asked=asked, kind=EventKind.MOVED_BY_STUDENT, lessons=[locked.lesson], values=values)
    if announce:
        change_messages.tell_of_moving(
            event=event, locked=locked, former_starts_at=made.from_starts_at, reason=asked.reason, now=asked.now
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class UsedAndBooked:
    """The lesson at the new time, and the events that tell of the used one and of the booking.

    `is_paid` and `free_until` are of the used one.
    """

    another: Lesson
    cancelled: Event
    booked: Event
    is_paid: bool
    free_until: datetime


def use_and_book(
    *,
    asked: BookingOrder,
    parties: Parties,
    locked: LockedLesson,
    starts_at: datetime,
    reported_by: Membership,
    asked_at: datetime,
    announce: bool = True,
    values: Mapping[str, Value] | None = None,
) -> UsedAndBooked:
    """Leave the locked lesson where it is: its student moves too late, so it is used (D29). Book another one.

    `asked_at` is when the student asked, `reported_by` who put it on record. The caller tells both. The two name each
    other, for neither is undone alone (`undo_late_move`). Raises NotEnoughCredits.
    """
    lesson = locked.lesson
    terms = terms_of(lesson=lesson, parties=parties)
    recorded = record_cancellation(
        school=asked.school,
        locked=locked,
        timetable=get_timetable(school_id=asked.school.pk),
        actor=reported_by,
        note=asked.reason,
        request_id=asked.request_id,
        door=asked.door,
        now=asked.now,
        announce=announce,
        asked_at=asked_at,
    )
    cancelled = timeline.record(
        school_id=asked.school.pk,
        kind=EventKind.CANCELLED_LATE_BY_STUDENT if recorded.is_paid else EventKind.CANCELLED_BY_STUDENT,
        at=asked.now,
        door=asked.door,
        actor_id=asked.actor.person_id,
        on_behalf_of_id=asked.on_behalf_of_id,
        reason=recorded.incident.reason,
        lesson_id=lesson.pk,
        incident_id=recorded.incident.pk,
        values=values_to_json({"another_starts_at": starts_at, **(values or {})}),
    )
    state = LessonState(status=LessonStatus.BOOKED, booked_at=asked.now)
    (another,) = booking.take(school_id=asked.school.pk, terms=terms, starts=[starts_at], state=state)
    use_credits(asked=asked, lessons=[another])
    booked = tell_timeline(asked=asked, kind=EventKind.LESSON_BOOKED, lessons=[another], values={USED: lesson.pk})
    tell_of_other_time(asked=asked, off=lesson, booked=another)
    minutes = free_minutes_of(school=asked.school, starts_at=lesson.starts_at)
    return UsedAndBooked(
        another=another,
        cancelled=cancelled,
        booked=booked,
        is_paid=recorded.is_paid,
        free_until=mark_of(starts_at=lesson.starts_at, minutes=minutes),
    )


def price_as_promised(
    *, lesson: Lesson, teacher: Membership, stored: Quote, timetable: Timetable, asked_at: datetime
) -> Priced:
    """The price of a locked teacher's move now, asked for at `asked_at`. Raises MovePriceChanged if not as promised."""
    history = gather_facts(school_id=lesson.school_id, teacher_id=teacher.pk)
    priced = pricing.price_move(lesson=lesson, teacher=teacher, history=history, timetable=timetable, asked_at=asked_at)
    if quotes.make_promise(priced.quote, lesson=lesson) != stored.prices.get(quotes.MOVED):
        raise MovePriceChanged
    return priced
