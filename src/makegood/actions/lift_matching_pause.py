"""The desk ends a pause of matching before its time."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any, Final

from django.utils.translation import gettext_noop

from makegood.actions.booking_steps import refuse_unless_desk
from makegood.actions.openness_messages import Happened, tell_teacher
from makegood.actions.reasons import check_reason
from makegood.actions.transactions import in_one_transaction
from makegood.domain.availability import openness
from makegood.domain.notifications.kinds import MessageKind
from makegood.domain.people.models import Membership
from makegood.domain.people.roster import lock_member
from makegood.domain.schools.models import School
from makegood.domain.timeline import requests
from makegood.domain.timeline.doors import Door
from makegood.domain.timeline.kinds import EventKind
from makegood.refusal import Refusal

ROUTE: Final = "lift_matching_pause"


class MatchingPauseNotFound(Refusal):
    """No such pause in this school."""

    code = "matching_pause_not_found"
    sentence = gettext_noop("We could not find this pause of matching. Open the page again from your list.")


class MatchingPauseOver(Refusal):
    """It ended by its time, or somebody lifted it."""

    code = "matching_pause_over"
    sentence = gettext_noop("This pause of matching is over already, so nothing was changed.")


class OwnMatchingPause(Refusal):
    """Nobody lifts an own pause."""

    code = "own_matching_pause"
    sentence = gettext_noop("This is your own pause, so somebody else at the desk must end it. Nothing was changed.")


def lift_matching_pause(
    *, school: School, actor: Membership, pause_id: int, reason: str, request_id: uuid.UUID, door: Door, now: datetime
) -> bool:
    """End a pause of matching now; whether this very request had done so before.

    In one transaction, in this order: refuse who is not at the desk; lock the teacher; answer a replay; record the
    lift; tell the teacher with the reason. What was refused meanwhile stays refused. Raises NotTheDesk,
    MatchingPauseNotFound, MatchingPauseOver, OwnMatchingPause, ReasonMissing, ReasonUnreadable, DifferentRequest.
    """
    checked = check_reason(reason)
    key: dict[str, Any] = {
        "school_id": school.pk,
        "person_id": actor.person_id,
        "route": ROUTE,
        "key": request_id,
        "content": {"pause": pause_id, "reason": checked},
    }

    def work() -> bool:
        refuse_unless_desk(school=school, actor=actor)
        pause = openness.find_pause(school_id=school.pk, pause_id=pause_id)
        if pause is None:
            raise MatchingPauseNotFound
        teacher = lock_member(school_id=school.pk, membership_id=pause.teacher_id)
        if requests.find_answer(**key) is not None:
            return True
        if teacher.person_id == actor.person_id:
            raise OwnMatchingPause
        if pause.ends_at <= now or openness.find_lift(pause=pause) is not None:
            raise MatchingPauseOver
        openness.write_lift(
            pause=pause, lifted_by_id=actor.person_id, reason=checked, door=door, request_id=request_id, now=now
        )
        happened = Happened(kind=EventKind.MATCHING_PAUSE_LIFTED, actor_id=actor.person_id, door=door, reason=checked)
        tell_teacher(
            teacher=teacher,
            happened=happened,
            kind=MessageKind.MATCHING_PAUSE_LIFTED,
            values={"paused_until": pause.ends_at, "reason": checked},
            now=now,
        )
        requests.record_answer(**key, answer={"pause": pause_id}, now=now)
        return False

    return in_one_transaction(school.pk, work)
