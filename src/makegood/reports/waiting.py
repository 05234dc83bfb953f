"""How much waits for the desk and for tech support, in one statement, because every page of theirs shows it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from makegood.domain.lessons.desk_cases import ABSENCES, REQUESTS, open_by_kind
from makegood.domain.lessons.models import DeskCase
from makegood.domain.notifications.undelivered import undelivered_as
from makegood.domain.people.models import Role

_UNDELIVERED = "undelivered"


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """How many requests, absences and messages that did not arrive are open for a role."""

    requests: int
    absences: int
    undelivered: int


def count_waiting(*, school_id: int, role: Role, now: datetime) -> Waiting:
    """What waits for whoever holds the role; tech support ends problems only."""
    cases = open_by_kind(school_id=school_id, kinds=[*REQUESTS, *ABSENCES])
    found = dict(cases.union(undelivered_as(what=_UNDELIVERED, school_id=school_id, now=now), all=True))
    requests = REQUESTS if role is Role.DESK else (DeskCase.Kind.PROBLEM,)
    return Waiting(
        requests=sum(found.get(kind, 0) for kind in requests),
        absences=sum(found.get(kind, 0) for kind in ABSENCES),
        undelivered=found.get(_UNDELIVERED, 0),
    )
