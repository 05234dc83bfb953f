"""How much waits for the desk and for tech support, in one statement, because every page of theirs shows it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from makegood.domain.lessons.desk_cases import ABSENCES, REQUESTS, open_by_kind
from makegood.domain.lessons.models import DeskCase
from makegood.domain.notifications.kinds import Side
from makegood.domain.notifications.queries import unread_in_app_as
from makegood.domain.notifications.undelivered import undelivered_as
from makegood.domain.people.models import Role

_UNDELIVERED = "undelivered"
_UNREAD = "unread"


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """How many requests, absences and messages that did not arrive are open for a role, and are unread by a member."""

    requests: int
    absences: int
    undelivered: int
    unread: int


def count_waiting(*, school_id: int, role: Role, member_id: int, sides: frozenset[Side], now: datetime) -> Waiting:
    """What waits for whoever holds the role; tech support ends problems only. `sides`: of the member's messages."""
    cases = open_by_kind(school_id=school_id, kinds=[*REQUESTS, *ABSENCES], now=now)
    undelivered = undelivered_as(what=_UNDELIVERED, school_id=school_id, now=now)
    unread = unread_in_app_as(what=_UNREAD, school_id=school_id, recipient_id=member_id, sides=sides)
    found = dict(cases.union(undelivered, unread, all=True))
    requests = REQUESTS if role is Role.DESK else (DeskCase.Kind.PROBLEM,)
    return Waiting(
        requests=sum(found.get(kind, 0) for kind in requests),
        absences=sum(found.get(kind, 0) for kind in ABSENCES),
        undelivered=found.get(_UNDELIVERED, 0),
        unread=found.get(_UNREAD, 0),
    )
