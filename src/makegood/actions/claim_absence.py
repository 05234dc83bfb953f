"""One side of a lesson says that the other is not there, or came late."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.utils.translation import gettext_noop

from makegood.actions.claim_messages import tell_of_claim
from makegood.actions.lesson_locks import lock_with_people
from makegood.actions.own_lessons import find_own_side
from makegood.actions.transactions import in_one_transaction
from makegood.domain.incidents.queries import find_live_of_lesson, is_attendance_in_question
from makegood.domain.lessons import attending, claiming, desk_cases
from makegood.domain.lessons.claiming import ClaimTooEarly
from makegood.domain.lessons.models import DeskCase, Lesson, LessonClaim, Side
from makegood.domain.lessons.operations import LessonNotFound
from makegood.domain.lessons.queries import find_lesson
from makegood.domain.lessons.statuses import NEVER_A_LESSON
from makegood.domain.penalties.foreseeing import confirmed_until
from makegood.domain.people.models import Membership
from makegood.domain.policies.queries import Timetable, get_timetable
from makegood.domain.schools.models import School
from makegood.domain.timeline import operations as timeline
from makegood.domain.timeline.doors import Door
from makegood.domain.timeline.kinds import EventKind
from makegood.refusal import Refusal

ABSENT_CASE: Final = {Side.STUDENT: DeskCase.Kind.TEACHER_ABSENT, Side.TEACHER: DeskCase.Kind.STUDENT_ABSENT}


class TheyAreHere(Refusal):
    """The page sees the other side right now."""

    code = "they_are_here"
    sentence = gettext_noop(
        "The other side is on the page of the lesson now. Nothing was recorded. If you do not see each other, report "
        "a problem."
    )


class NobodyHadToCome(Refusal):
    """The lesson was called off, so nobody was missing."""

    code = "nobody_had_to_come"
    sentence = gettext_noop(
        "This lesson was cancelled, so nobody had to come. Nothing was recorded. If that is wrong, tell the scheduling "
        "desk."
    )


def claim_absence(
    *,
    school: School,
    actor: Membership,
    lesson_id: int,
    kind: LessonClaim.Kind,
    note: str,
    request_id: uuid.UUID,
    door: Door,
    now: datetime,
    announce: bool = True,
) -> LessonClaim:
    """Record that the actor misses the other side: late, or absent after the wait, both by the policy.

    It can be said until what was seen is recorded by itself, of a lesson that was not called off before anybody had to
    come. It changes nothing by itself: a desk case is opened, and when both sides say it of each other, one more. The
    earlier of two claims stands until the desk decides.

    In one transaction, in this order: lock the people and the lesson; the claim; desk cases; event; outbox, for the
    other side and, where it waits for it, the desk. Raises LessonNotFound (also for somebody else's lesson),
    ClaimTooEarly, NotUnderWay, NobodyHadToCome, TheyAreHere, ClaimNoteTooLong, DifferentRequest.
    """
    assert kind in (LessonClaim.Kind.OTHER_ABSENT, LessonClaim.Kind.OTHER_LATE), (
        "the other kinds have verbs of their own"
    )
    checked = claiming.check_note(note)

    def work() -> LessonClaim:
        found = find_lesson(school_id=school.pk, lesson_id=lesson_id)
        side = find_own_side(lesson=found, actor=actor) if found is not None else None
        if found is None or side is None:
            raise LessonNotFound
        locked = lock_with_people(school_id=school.pk, lesson_id=lesson_id)
        timetable = get_timetable(school_id=school.pk)
        attendance = attending.find_attendance(lesson=locked.lesson, now=now)
        by_itself_at = confirmed_until(lesson=locked.lesson, attendance=attendance, timetable=timetable)
        if now >= by_itself_at:
            raise attending.NotUnderWay
        _refuse_unless_claimable(locked.lesson, kind, timetable, now)
        if attendance.is_here(Side.STUDENT if side == Side.TEACHER else Side.TEACHER, now):
            raise TheyAreHere
        earlier = claiming.list_of_present_time(lesson=locked.lesson)
        made = claiming.claim(
            lesson=locked.lesson, side=side, kind=kind, note=checked, door=door, request_id=request_id, now=now
        )
        if any(one.pk == made.pk for one in earlier):
            return made
        do_both_claim = _open_cases(locked.lesson, made, earlier, actor, now)
        event = timeline.record(
            school_id=school.pk,
            kind=EventKind.ABSENCE_CLAIMED,
            at=now,
            door=door,
            actor_id=actor.person_id,
            reason=checked,
            lesson_id=lesson_id,
        )
        if announce:
            tell_of_claim(
                school=school, locked=locked, claim=made, claimed_by=actor, do_both_claim=do_both_claim,
                by_itself_at=by_itself_at, event=event, now=now,
            )  # fmt: skip
        return made

    return in_one_transaction(school.pk, work)


def _refuse_unless_claimable(lesson: Lesson, kind: LessonClaim.Kind, timetable: Timetable, now: datetime) -> None:
    """Raise ClaimTooEarly while one still has to wait, NotUnderWay when there was no lesson.

    Raises NobodyHadToCome for one that was called off.
    """
    if lesson.status in NEVER_A_LESSON:
        raise attending.NotUnderWay
    live = find_live_of_lesson(school_id=lesson.school_id, lesson_id=lesson.pk)
    if not is_attendance_in_question(lesson=lesson, live=live):
        raise NobodyHadToCome
    waiting = timetable.waiting_at(lesson.starts_at)
    wait = waiting.late_after if kind == LessonClaim.Kind.OTHER_LATE else waiting.wait_for(lesson.length)
    if now < lesson.starts_at + wait:
        raise ClaimTooEarly


def _open_cases(
    lesson: Lesson, made: LessonClaim, earlier: Sequence[LessonClaim], actor: Membership, now: datetime
) -> bool:
    """Open what the desk is to look at. Returns whether both sides say it of each other."""
    if made.kind != LessonClaim.Kind.OTHER_ABSENT:
        return False
    desk_cases.open_case(
        lesson=lesson,
        kind=ABSENT_CASE[Side(made.side)],
        claim=made,
        note=made.note,
        opened_by_id=actor.person_id,
        now=now,
    )
    others = [one for one in earlier if one.kind == LessonClaim.Kind.OTHER_ABSENT and one.side != made.side]
    if others:
        desk_cases.open_case(
            lesson=lesson,
            kind=DeskCase.Kind.BOTH_CLAIM,
            claim=others[0],
            opened_by_id=actor.person_id,
            now=now,
        )
    return bool(others)
