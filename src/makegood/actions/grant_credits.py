"""The desk gives a student lesson credits."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.utils.translation import gettext_noop

from makegood.actions.booking_steps import StudentNotFound, refuse_unless_desk
from makegood.actions.credit_steps import MOST_CREDITS, OwnCredits, tell_of_credits
from makegood.actions.reasons import check_reason
from makegood.actions.transactions import in_one_transaction
from makegood.domain.ledger import credits as lesson_credits
from makegood.domain.ledger.credits import LAST_DAY, NewGrant
from makegood.domain.ledger.periods import month_of
from makegood.domain.people.models import Membership, Role
from makegood.domain.people.roster import holds_role, lock_members
from makegood.domain.schools.days import today_in
from makegood.domain.schools.models import School
from makegood.domain.timeline import operations as timeline
from makegood.domain.timeline import requests
from makegood.domain.timeline.doors import Door
from makegood.domain.timeline.kinds import EventKind
from makegood.refusal import Refusal

ROUTE: Final = "grant_credits"


class CreditsUnusable(Refusal):
    """Not a number of credits, or a last day that lies behind."""

    code = "credits_unusable"
    sentence = gettext_noop("Give 1 to {most} credits that expire after today, or never. Nothing was changed.")


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditsGranted:
    """How many credits the student has now."""

    left: int
    is_replay: bool = False


def grant_credits(
    *,
    school: School,
    actor: Membership,
    student_id: int,
    count: int,
    expires_on: date | None,
    reason: str,
    request_id: uuid.UUID,
    door: Door,
    now: datetime,
) -> CreditsGranted:
    """Give credits, posted in the present month, and tell the student. `expires_on`: the first day without them.

    Raises NotTheDesk, OwnCredits, StudentNotFound, CreditsUnusable, ReasonMissing, DifferentRequest.
    """
    why = check_reason(reason)
    if not 0 < count <= MOST_CREDITS or (
        expires_on is not None and not today_in(school=school, now=now) < expires_on <= LAST_DAY
    ):
        raise CreditsUnusable(most=MOST_CREDITS)

    def work() -> CreditsGranted:
        refuse_unless_desk(school=school, actor=actor)
        if student_id == actor.pk:
            raise OwnCredits
        locked = lock_members(school_id=school.pk, membership_ids=[student_id])
        if not locked or not holds_role(school_id=school.pk, membership_id=student_id, roles=(Role.STUDENT,)):
            raise StudentNotFound
        key: dict[str, Any] = {"school_id": school.pk, "person_id": actor.person_id, "route": ROUTE, "key": request_id}
        content = {
            "student": student_id,
            "count": count,
            "expires_on": expires_on.isoformat() if expires_on else "",
            "reason": why,
        }
        earlier = requests.find_answer(**key, content=content)
        if earlier is not None:
            return CreditsGranted(left=earlier["left"], is_replay=True)
        new = NewGrant(
            student_id=student_id,
            credits=count,
            expires_on=expires_on,
            reason=why,
            granted_by_id=actor.person_id,
            door=door,
            request_id=request_id,
        )
        lesson_credits.grant(school_id=school.pk, new=new, month_on=month_of(at=now, zone=school.zone), now=now)
        left = lesson_credits.count_left(school_id=school.pk, student_id=student_id, now=now)
        event = timeline.record(
            school_id=school.pk,
            kind=EventKind.CREDITS_GRANTED,
            at=now,
            door=door,
            actor_id=actor.person_id,
            on_behalf_of_id=student_id,
            reason=why,
            values={"student": locked[0].display_name, "count": count},
        )
        tell_of_credits(
            school=school, event=event, student_id=student_id, count=count, expires_on=expires_on, left=left, now=now
        )
        requests.record_answer(**key, content=content, answer={"left": left}, now=now)
        return CreditsGranted(left=left)

    return in_one_transaction(school.pk, work)
