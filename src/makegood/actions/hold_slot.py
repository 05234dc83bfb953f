"""A student keeps a free time while making up their mind."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from makegood.actions.booking_order import BookingOrder
from makegood.actions.booking_steps import (
    Parties,
    in_one_booking,
    make_lesson_terms,
    refuse_unless_bookable,
    tell_timeline,
)
from makegood.domain.ledger.credits import refuse_unless_enough
from makegood.domain.lessons import booking, releasing
from makegood.domain.lessons.booking import LessonState
from makegood.domain.lessons.models import LessonStatus, ReleaseReason
from makegood.domain.people.models import Membership
from makegood.domain.schools.models import School
from makegood.domain.timeline.doors import Door
from makegood.domain.timeline.kinds import EventKind

ROUTE: Final = "hold_slot"


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotHeld:
    """The time is kept until `held_until`; `is_replay`: by the same request as before."""

    lesson_id: int
    held_until: datetime
    is_replay: bool = False


def hold_slot(
    *,
    school: School,
    actor: Membership,
    teacher_id: int,
    starts_at: datetime,
    minutes: int,
    lesson_type: str,
    request_id: uuid.UUID,
    door: Door,
    now: datetime,
) -> SlotHeld:
    """Hold a free time of a teacher for the student who asks; an earlier hold of theirs is let go.

    In one transaction, in the order of `in_one_booking`. A time that its student could not pay for is not kept. Raises
    NotEnoughCredits, TimeRefused with the nearest free times, TeacherPaused, FirstLessonHad, FirstMeetingNeeded,
    TypeNotOffered, LengthNotOffered, TeacherNotFound, StudentNotFound, DifferentRequest.
    """
    asked = BookingOrder(
        school=school,
        actor=actor,
        teacher_id=teacher_id,
        student_id=actor.pk,
        request_id=request_id,
        door=door,
        now=now,
    )

    def work(parties: Parties) -> dict[str, Any]:
        if parties.holds:
            releasing.release(
                lessons=parties.holds, why=ReleaseReason.LET_GO, released_by_id=actor.person_id, door=door, now=now
            )
        terms = make_lesson_terms(asked=asked, rules=parties.rules, lesson_type=lesson_type, minutes=minutes)
        refuse_unless_enough(school_id=school.pk, student_id=actor.pk, needed=terms.credits, now=now)
        refuse_unless_bookable(asked=asked, parties=parties, terms=terms, starts_at=starts_at)
        until = min(starts_at, now + timedelta(minutes=parties.rules.hold_minutes))
        (lesson,) = booking.take(
            school_id=school.pk,
            terms=terms,
            starts=[starts_at],
            state=LessonState(status=LessonStatus.HELD, held_until=until),
        )
        tell_timeline(asked=asked, kind=EventKind.SLOT_HELD, lessons=[lesson], values={"until": until})
        return {"lesson_id": lesson.pk, "held_until": until.isoformat()}

    content = {
        "teacher": teacher_id,
        "starts_at": starts_at.isoformat(),
        "minutes": minutes,
        "lesson_type": lesson_type,
    }
    answer, is_replay = in_one_booking(asked=asked, route=ROUTE, content=content, work=work, holds=True)
    return SlotHeld(
        lesson_id=answer["lesson_id"],
        held_until=datetime.fromisoformat(answer["held_until"]),
        is_replay=is_replay,
    )
