"""Consequences that keep teachers from being booked."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import F, QuerySet, Value

from makegood.database.compiled import compiled, is_any_of
from makegood.domain.availability.openness import standing_pauses
from makegood.domain.penalties.models import Consequence
from makegood.rules.facts import ConsequenceKind

# Nobody books inside; matching alone is about students whom the teacher does not know.
_PAUSES: Final = (ConsequenceKind.PAUSE_ACCOUNT, ConsequenceKind.HOLD_SCHEDULE, ConsequenceKind.PAUSE_MATCHING)


@dataclass(frozen=True, slots=True)
class Pause:
    """From when to when (None: until somebody ends it) a teacher takes no bookings, or no new students.

    `is_of_calendar`: it follows from too little that was open, not from an incident.
    """

    kind: ConsequenceKind
    starts_at: datetime
    ends_at: datetime | None
    is_of_calendar: bool = False

    @property
    def is_for_new_students(self) -> bool:
        """Whether students who know the teacher may still book."""
        return self.kind is ConsequenceKind.PAUSE_MATCHING

    def forbids(self, *, starts_at: datetime, now: datetime, is_new_student: bool) -> bool:
        """Whether a lesson at `starts_at` must not be booked at `now`.

        A pause of the account or the schedule is about lessons inside it; a pause of matching is about bookings made
        during it.
        """
        at = now if self.is_for_new_students else starts_at
        if self.is_for_new_students and not is_new_student:
            return False
        return self.starts_at <= at and (self.ends_at is None or at < self.ends_at)


def list_pauses(*, school_id: int, teacher_ids: Collection[int], now: datetime) -> Mapping[int, Sequence[Pause]]:
    """The pauses of these teachers that hold now or later, by teacher; only those who have one. One statement.

    What follows from their incidents, and what follows from calendars that are open for too little: whoever books and
    whoever shows free times asks here.
    """
    found: dict[int, list[Pause]] = {}
    for teacher_id, kind, starts_at, ends_at, is_of_calendar in _standing_pauses(
        school_id=school_id, teacher_ids=teacher_ids
    ):
        if ends_at is None or ends_at > now:
            pause = Pause(ConsequenceKind(kind), starts_at, ends_at, is_of_calendar=is_of_calendar)
            found.setdefault(teacher_id, []).append(pause)
    return found


@compiled
def _standing_pauses(school_id: int, teacher_ids: Collection[int]) -> QuerySet[Any, tuple[Any, ...]]:
    columns = ("teacher_id", "of_kind", "starts_at", "ends_at", "is_of_calendar")
    of_incidents = Consequence.objects.filter(is_any_of("teacher_id", teacher_ids), school_id=school_id)
    of_incidents = of_incidents.filter(kind__in=_PAUSES, ends=None).annotate(
        of_kind=F("kind"), is_of_calendar=Value(False)
    )
    of_calendars = standing_pauses(school_id=school_id, teacher_ids=teacher_ids).annotate(
        of_kind=Value(ConsequenceKind.PAUSE_MATCHING.value), is_of_calendar=Value(True)
    )
    return of_incidents.values_list(*columns).union(of_calendars.values_list(*columns), all=True)
