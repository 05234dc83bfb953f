"""What every booking does: the locks, lapsed times first, the terms, the checks, the credits, the event."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final, TypeVar

from django.db import IntegrityError
from django.utils.translation import gettext_noop

from makegood.actions.availability_changes import TeacherNotFound
from makegood.actions.booking_order import BookingOrder
from makegood.actions.lapsing import let_lapse
from makegood.actions.transactions import Busy, in_one_transaction
from makegood.domain.availability.booking_rules import BookingRuleSet
from makegood.domain.availability.queries import get_rules
from makegood.domain.ledger import credits as lesson_credits
from makegood.domain.ledger.periods import month_of
from makegood.domain.lessons import booking, offering, time_checks
from makegood.domain.lessons.booking import LessonState, LessonTerms
from makegood.domain.lessons.models import Lesson, LessonStatus, WaitsFor
from makegood.domain.lessons.nearest_times import Nearest, find_nearest
from makegood.domain.lessons.queries import have_met
from makegood.domain.lessons.time_checks import Leave, SlotTaken, StudentDoubleBooked
from makegood.domain.penalties.pauses import Pause, list_pauses
from makegood.domain.people.models import Membership, Role
from makegood.domain.people.roster import Pair, holds_role, list_members
from makegood.domain.schools.models import School
from makegood.domain.timeline import operations as timeline
from makegood.domain.timeline import requests
from makegood.domain.timeline.kinds import EventKind
from makegood.domain.timeline.models import Event
from makegood.refusal import Refusal
from makegood.rules.sentences import Value
from makegood.rules.storing import values_to_json

# How long a proposal or a request waits for its answer, if the lesson does not start before.
ANSWER_WITHIN: Final = timedelta(hours=48)
UNDO_WITHIN: Final = timedelta(minutes=5)
# One student's holds change that often while they wait for each other only by a program.
_TRIES_TO_LOCK: Final = 10

Result = TypeVar("Result")


class StudentNotFound(Refusal):
    """No such student for this person."""

    code = "student_not_found"
    sentence = gettext_noop("We could not find this student. Open the page again from your list.")


class NotTheDesk(Refusal):
    """Booking for others and giving credits is the desk's."""

    code = "not_the_desk"
    sentence = gettext_noop("Only the scheduling desk can do this. Nothing was changed.")


class TeacherPaused(Refusal):
    """A consequence keeps the teacher from being booked then."""

    code = "teacher_paused"
    sentence = gettext_noop(
        "The teacher takes no bookings at this time. Nothing was booked. Choose another time or another teacher."
    )


class TakesNoNewStudents(TeacherPaused):
    """Matching pauses, and the two have never met."""

    code = "takes_no_new_students"
    sentence = gettext_noop(
        "This teacher takes no new students at the moment. Nothing was booked. Choose another teacher, or ask the "
        "scheduling desk."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Parties:
    """The locked teacher and student, the school's rules, and when the teacher pauses.

    `holds` are what the student holds, locked with their teachers, where the booking asked for them.
    """

    teacher: Membership
    student: Membership
    rules: BookingRuleSet
    pauses: Sequence[Pause]
    holds: Sequence[Lesson] = ()


class _TeacherNotLocked(Exception):
    """While this waited for its locks, the student held a time of a teacher that it did not know to lock."""


def in_one_booking(
    *,
    asked: BookingOrder,
    route: str,
    content: Mapping[str, object],
    work: Callable[[Parties], dict[str, Any]],
    holds: bool = False,
    ends: bool = False,
) -> tuple[Mapping[str, Any], bool]:
    """Run one booking in one transaction; returns its answer, and whether the same request had been answered before.

    In this order: lock the teacher and the student (`holds`: and the teachers of what the student holds); give a
    repeated request its first answer; release what has lapsed; read the rules and the pauses; `work`; keep the answer.
    A time that somebody took in spite of the locks is refused by the database; that is a SlotTaken, too. `ends`: the
    work only ends what waits, which whoever is still there may do also when the other one left. Raises TeacherNotFound,
    StudentNotFound, OwnTeacher, and Busy when the student's holds change again and again.
    """
    asked.refuse_one_for_both()

    def once() -> tuple[Mapping[str, Any], bool]:
        pair = booking.lock_pair(
            school_id=asked.school.pk,
            teacher_id=asked.teacher_id,
            student_id=asked.student_id,
            now=asked.now,
            with_holds=holds,
        )
        teacher, student = _find_both(asked, pair, ends=ends)
        key: dict[str, Any] = {
            "school_id": asked.school.pk,
            "person_id": asked.actor.person_id,
            "route": route,
            "key": asked.request_id,
        }
        earlier = requests.find_answer(**key, content=content)
        if earlier is not None:
            return earlier, True
        let_lapse(
            school=asked.school,
            teacher_id=asked.teacher_id,
            student_id=asked.student_id,
            locked_ids=pair.locked_ids,
            now=asked.now,
        )
        parties = read_parties(asked=asked, teacher=teacher, student=student)
        if holds:
            parties = replace(parties, holds=_list_holds(asked, pair.locked_ids))
        answer = work(parties)
        requests.record_answer(**key, content=content, answer=answer, now=asked.now)
        return answer, False

    for _ in range(_TRIES_TO_LOCK):
        try:
            return in_one_transaction(asked.school.pk, once)
        except _TeacherNotLocked:
            continue
        except IntegrityError as error:
            raise taken_by(error) from error
    raise Busy


def _find_both(asked: BookingOrder, pair: Pair, *, ends: bool) -> tuple[Membership, Membership]:
    """The locked two; who left is among them only where something ends, and is never the one who ends it."""
    if pair.teacher is None and not (ends and asked.actor.pk != asked.teacher_id):
        raise TeacherNotFound
    if pair.student is None and not (ends and asked.actor.pk != asked.student_id):
        raise StudentNotFound
    if pair.teacher is not None and pair.student is not None:
        return pair.teacher, pair.student
    both = list_members(school_id=asked.school.pk, membership_ids=[asked.teacher_id, asked.student_id])
    found = {member.pk: member for member in both}
    return found[asked.teacher_id], found[asked.student_id]


def _list_holds(asked: BookingOrder, locked_ids: Collection[int]) -> Sequence[Lesson]:
    """What the student holds, locked. Raises _TeacherNotLocked where its teacher is not: a week is written under it."""
    held = booking.list_holds(school_id=asked.school.pk, student_id=asked.student_id)
    if any(one.teacher_id not in locked_ids for one in held):
        raise _TeacherNotLocked
    return held


def read_parties(*, asked: BookingOrder, teacher: Membership, student: Membership) -> Parties:
    """The two with the school's rules and the teacher's pauses; the teacher's person is loaded.

    A pause because too little was open keeps new students away, but not the desk, which books for them.
    """
    school_id, now = asked.school.pk, asked.now
    rules = get_rules(school_id=school_id)
    pauses = list_pauses(school_id=school_id, teacher_ids=[teacher.pk], now=now).get(teacher.pk, ())
    if asked.on_behalf_of_id is not None:
        pauses = [pause for pause in pauses if not pause.is_of_calendar]
    return Parties(teacher=teacher, student=student, rules=rules, pauses=pauses)


def taken_by(error: IntegrityError) -> Exception:
    """The refusal for an exclusion constraint of lessons; the error itself for anything else."""
    if "a_teacher_has_no_overlapping_live_lessons" in str(error):
        return SlotTaken()
    if "a_student_has_no_overlapping_live_lessons" in str(error):
        return StudentDoubleBooked()
    return error


def make_lesson_terms(
    *, asked: BookingOrder, rules: BookingRuleSet, lesson_type: str, minutes: int, with_pay: bool = True
) -> LessonTerms:
    """What the lesson would be; what it pays is read for who writes it. Raises TypeNotOffered, LengthNotOffered."""
    offer = offering.get_offer(school_id=asked.school.pk, code=lesson_type)
    offering.check_offer(offer=offer, minutes=minutes, by_student=asked.is_by_student)
    pay = None
    if with_pay and asked.school.pays_teachers:
        pay = offering.make_pay_plan(
            school_id=asked.school.pk,
            zone=asked.school.zone,
            teacher_id=asked.teacher_id,
            lesson_type=lesson_type,
            minutes=minutes,
        )
    return LessonTerms(
        teacher_id=asked.teacher_id,
        student_id=asked.student_id,
        offer=offer,
        minutes=minutes,
        credits=offer.credits if rules.requires_credits else 0,
        pay=pay,
        buffer_minutes=rules.buffer_minutes,
    )


def refuse_unless_bookable(
    *, asked: BookingOrder, parties: Parties, terms: LessonTerms, starts_at: datetime, leave: Leave | None = None
) -> None:
    """Raise the refusal for one time, with the nearest free ones.

    Raises TimeRefused, TeacherPaused, FirstLessonHad, FirstMeetingNeeded.
    """
    refuse_wrong_first(asked=asked, parties=parties, terms=terms, first_at=starts_at)
    refuse_unless_free(asked=asked, parties=parties, terms=terms, starts_at=starts_at, leave=leave)


def refuse_wrong_first(
    *, asked: BookingOrder, parties: Parties, terms: LessonTerms, first_at: datetime, count: int = 1
) -> None:
    """Raise the refusal of lessons that cannot be two people's first; the desk may let another kind be it.

    Raises FirstLessonHad, FirstMeetingNeeded.
    """
    time_checks.refuse_wrong_first(
        school_id=asked.school.pk,
        terms=terms,
        first_at=first_at,
        is_meeting_needed=parties.rules.first_meeting_required and asked.on_behalf_of_id is None,
        count=count,
    )


def refuse_unless_free(
    *,
    asked: BookingOrder,
    parties: Parties,
    terms: LessonTerms,
    starts_at: datetime,
    leave: Leave | None = None,
    moves: int | None = None,
) -> None:
    """Raise the refusal for one time, with the nearest free ones; `moves` is the lesson that would move there.

    Raises TimeRefused, TeacherPaused.
    """
    diary = time_checks.read_diary(
        school=asked.school,
        teacher=parties.teacher,
        terms=terms,
        rules=parties.rules,
        starts=[starts_at],
        now=asked.now,
        leave=leave or Leave(),
        moves=moves,
    )
    refusal = diary.find_refusal(starts_at)
    if refusal is not None:
        refusal.alternatives = list_alternatives(asked=asked, parties=parties, terms=terms, at=starts_at)
        raise refusal
    refuse_if_paused(asked=asked, parties=parties, starts_at=starts_at)


def list_alternatives(
    *, asked: BookingOrder, parties: Parties, terms: LessonTerms, at: datetime
) -> tuple[datetime, ...]:
    """The nearest free starts that the teacher does not pause at."""
    return read_nearest(asked=asked, parties=parties, terms=terms, starts=[at]).list_around(at)


def read_nearest(*, asked: BookingOrder, parties: Parties, terms: LessonTerms, starts: Sequence[datetime]) -> Nearest:
    """The free starts around all of `starts`, without those that the teacher pauses at."""
    nearest = find_nearest(
        school_id=asked.school.pk,
        teacher=parties.teacher,
        terms=terms,
        rules=parties.rules,
        starts=starts,
        now=asked.now,
    )
    return nearest.without(read_pauses(asked=asked, parties=parties)) if parties.pauses else nearest


def refuse_if_paused(*, asked: BookingOrder, parties: Parties, starts_at: datetime) -> None:
    """Raise TeacherPaused where a pause of the teacher forbids this lesson (D17), for new students one of matching."""
    if read_pauses(asked=asked, parties=parties)(starts_at):
        raise pause_refusal(asked=asked, parties=parties, starts_at=starts_at)


def read_pauses(*, asked: BookingOrder, parties: Parties) -> Callable[[datetime], bool]:
    """Tells of many starts whether a pause forbids them; at most one statement, whatever their number."""
    is_new = any(pause.is_for_new_students for pause in parties.pauses) and not have_met(
        school_id=asked.school.pk, teacher_id=asked.teacher_id, student_id=asked.student_id
    )
    return lambda at: any(pause.forbids(starts_at=at, now=asked.now, is_new_student=is_new) for pause in parties.pauses)


def pause_refusal(*, asked: BookingOrder, parties: Parties, starts_at: datetime) -> TeacherPaused:
    """The refusal for a time that is paused: for everybody, or for students who are new to the teacher."""
    of_all = [pause for pause in parties.pauses if not pause.is_for_new_students]
    if any(pause.forbids(starts_at=starts_at, now=asked.now, is_new_student=True) for pause in of_all):
        return TeacherPaused()
    return TakesNoNewStudents()


def state_of_booking(*, asked: BookingOrder, rules: BookingRuleSet, first_at: datetime) -> LessonState:
    """Booked at once, or asked for where the school approves what others than the desk book."""
    if rules.needs_approval and asked.on_behalf_of_id is None:
        return waiting(asked=asked, waits_for=WaitsFor.SCHOOL, first_at=first_at)
    return LessonState(status=LessonStatus.BOOKED, booked_at=asked.now)


def waiting(*, asked: BookingOrder, waits_for: WaitsFor, first_at: datetime) -> LessonState:
    """Asked for: until the answer is due, at the start of the (first) lesson at the latest."""
    until = min(first_at, asked.now + ANSWER_WITHIN)
    return LessonState(status=LessonStatus.REQUESTED, waits_for=waits_for, held_until=until)


def use_credits(*, asked: BookingOrder, lessons: Sequence[Lesson]) -> None:
    """Take what the lessons cost from their locked student. Raises NotEnoughCredits."""
    lesson_credits.use(
        school_id=asked.school.pk,
        student_id=asked.student_id,
        credits_of_lessons={lesson.pk: lesson.credits for lesson in lessons},
        month_on=month_of(at=asked.now, zone=asked.school.zone),
        now=asked.now,
    )


def tell_timeline(
    *, asked: BookingOrder, kind: EventKind, lessons: Sequence[Lesson], values: Mapping[str, Value] | None = None
) -> Event:
    """One event on each of the lessons; returns the first."""
    events = timeline.record_for_lessons(
        school_id=asked.school.pk,
        kind=kind,
        at=asked.now,
        door=asked.door,
        actor_id=asked.actor.person_id,
        on_behalf_of_id=asked.on_behalf_of_id,
        reason=asked.reason,
        lesson_ids=[lesson.pk for lesson in lessons],
        values=values_to_json(values or {}),
    )
    return events[0]


def refuse_unless_desk(*, school: School, actor: Membership) -> None:
    """Raise NotTheDesk for anybody who is not at this school's desk now, whatever page they came from."""
    if not holds_role(school_id=school.pk, membership_id=actor.pk, roles=(Role.DESK,)):
        raise NotTheDesk
