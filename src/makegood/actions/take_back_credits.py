"""The desk takes back lesson credits that were given by mistake: at once by whoever gave them, later with a reason."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.utils.translation import gettext_noop

from makegood.actions.booking_steps import UNDO_WITHIN, refuse_unless_desk
from makegood.actions.credit_steps import tell_of_taking_back
from makegood.actions.reasons import check_reason
from makegood.actions.transactions import in_one_transaction
from makegood.domain.ledger import credits as lesson_credits
from makegood.domain.ledger.credits import NewCorrection, count_removable, find_grant
from makegood.domain.ledger.models import CreditGrant
from makegood.domain.ledger.periods import month_of
from makegood.domain.people.models import Membership
from makegood.domain.people.roster import lock_member
from makegood.domain.schools.models import School
from makegood.domain.timeline import operations as timeline
from makegood.domain.timeline import requests
from makegood.domain.timeline.doors import Door
from makegood.domain.timeline.kinds import EventKind
from makegood.refusal import Refusal

ROUTE: Final = "take_back_credits"
ROUTE_OF_UNDO: Final = "undo_grant"


class GrantNotFound(Refusal):
    """No such credits of a student of this school."""

    code = "grant_not_found"
    sentence = gettext_noop("We could not find these lesson credits. Open the student’s page again.")


class CreditsNotLeft(Refusal):
    """The student used them, or they were taken back before."""

    code = "credits_not_left"
    sentence = gettext_noop(
        "At most {most} of these lesson credits can be taken back: the rest was used, expired or taken back before. "
        "Nothing was changed."
    )


class GrantUndoTooLate(Refusal):
    """The minutes are over, somebody else gave them, or something became of them."""

    code = "undo_grant_too_late"
    sentence = gettext_noop(
        "This can be undone for 5 minutes, by whoever gave the credits, while all of them are unused. Nothing was "
        "changed. Take back what is left, with a reason."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditsTakenBack:
    """How many credits were taken back, and how many the student has now."""

    count: int
    left: int
    is_replay: bool = False


def take_back_credits(
    *,
    school: School,
    actor: Membership,
    grant_id: int,
    count: int,
    reason: str,
    request_id: uuid.UUID,
    door: Door,
    now: datetime,
) -> CreditsTakenBack:
    """Take back some of what was given, whenever that was: never more than the student has unused, and they are told.

    In one transaction: lock the student; a repeated request gets its first answer; the correction with its posting in
    the present month; event; outbox. Raises NotTheDesk, GrantNotFound, CreditsNotLeft, ReasonMissing, DifferentRequest.
    """
    why = check_reason(reason)

    def check(_given: CreditGrant, most: int) -> int:
        if not 0 < count <= most:
            raise CreditsNotLeft(most=most)
        return count

    content = {"grant": grant_id, "count": count, "reason": why}
    return _take_back(school, actor, grant_id, why, request_id, door, now, route=ROUTE, content=content, check=check)


def undo_grant(
    *, school: School, actor: Membership, grant_id: int, request_id: uuid.UUID, door: Door, now: datetime
) -> CreditsTakenBack:
    """Undo what the actor gave a moment ago, whole, while all of it is unused; the student is told.

    As `take_back_credits`, but without a reason. Raises NotTheDesk, GrantNotFound, GrantUndoTooLate, DifferentRequest.
    """

    def check(given: CreditGrant, most: int) -> int:
        if not _is_fresh(given, actor, now) or most < given.credits:
            raise GrantUndoTooLate
        return given.credits

    content = {"grant": grant_id}
    return _take_back(
        school, actor, grant_id, "", request_id, door, now, route=ROUTE_OF_UNDO, content=content, check=check
    )


def find_grant_undo_end(*, given: CreditGrant, actor: Membership, now: datetime) -> datetime | None:
    """Until when (included) the actor can undo having given these credits; None when not, or not any more."""
    if not _is_fresh(given, actor, now) or count_removable(given=given, now=now) < given.credits:
        return None
    return given.granted_at + UNDO_WITHIN


def _is_fresh(given: CreditGrant, actor: Membership, now: datetime) -> bool:
    # A line of a file is corrected in the other system, too, so it is never undone without a reason.
    is_own = given.granted_by_id == actor.person_id and given.external_id is None
    return is_own and now <= given.granted_at + UNDO_WITHIN


def _take_back(
    school: School,
    actor: Membership,
    grant_id: int,
    reason: str,
    request_id: uuid.UUID,
    door: Door,
    now: datetime,
    *,
    route: str,
    content: Mapping[str, object],
    check: Callable[[CreditGrant, int], int],
) -> CreditsTakenBack:
    def work() -> CreditsTakenBack:
        refuse_unless_desk(school=school, actor=actor)
        given = find_grant(school_id=school.pk, grant_id=grant_id)
        if given is None:
            raise GrantNotFound
        student = lock_member(school_id=school.pk, membership_id=given.student_id)
        key: dict[str, Any] = {"school_id": school.pk, "person_id": actor.person_id, "route": route, "key": request_id}
        earlier = requests.find_answer(**key, content=content)
        if earlier is not None:
            return CreditsTakenBack(count=earlier["count"], left=earlier["left"], is_replay=True)
        count = check(given, count_removable(given=given, now=now))
        new = NewCorrection(
            credits=count, reason=reason, corrected_by_id=actor.person_id, door=door, request_id=request_id
        )
        lesson_credits.correct(given=given, new=new, month_on=month_of(at=now, zone=school.zone), now=now)
        left = lesson_credits.count_left(school_id=school.pk, student_id=student.pk, now=now)
        event = timeline.record(
            school_id=school.pk,
            kind=EventKind.CREDITS_TAKEN_BACK,
            at=now,
            door=door,
            actor_id=actor.person_id,
            on_behalf_of_id=student.pk,
            reason=reason,
            values={"student": student.display_name, "count": count},
        )
        tell_of_taking_back(
            school=school, event=event, student_id=student.pk, count=count, left=left, reason=reason, now=now
        )
        requests.record_answer(**key, content=content, answer={"count": count, "left": left}, now=now)
        return CreditsTakenBack(count=count, left=left)

    return in_one_transaction(school.pk, work)
