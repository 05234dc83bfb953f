"""Consequences that keep teachers from being booked, and those that let new students find other teachers first."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import F, Q, QuerySet, Value

from makegood.database.compiled import compiled, is_any_of
from makegood.domain.availability.openness import standing_pauses
from makegood.domain.penalties.models import Consequence
from makegood.rules.facts import ConsequenceKind

# Nobody books inside a pause; matching alone is about students whom the teacher does not know. To be deprioritized
# forbids nothing: it says in which order new students are proposed to teachers.
_READ: Final = (
    ConsequenceKind.PAUSE_ACCOUNT,
    ConsequenceKind.HOLD_SCHEDULE,
    ConsequenceKind.PAUSE_MATCHING,
    ConsequenceKind.DEPRIORITIZE,
)


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What consequences do to the booking of teachers: `pauses` that hold now or later, of those who have one.

    `last_resort`: who is deprioritized now, so that new students are proposed to them only where no other suitable
    teacher is free (D26). It is about bookings made during it, like a pause of matching, whenever the lesson is.
    """

    pauses: Mapping[int, Sequence[Pause]]
    last_resort: frozenset[int]


def list_pauses(*, school_id: int, teacher_ids: Collection[int], now: datetime) -> Mapping[int, Sequence[Pause]]:
    """The pauses of these teachers that hold now or later, by teacher; only those who have one. One statement.

    What follows from their incidents, and what follows from calendars that are open for too little: whoever books and
    whoever shows free times asks here.
    """
    return read_limits(school_id=school_id, teacher_ids=teacher_ids, now=now).pauses


def read_limits(*, school_id: int, teacher_ids: Collection[int], now: datetime) -> Limits:
    """The pauses of these teachers, and who of them is the last resort of new students. One statement."""
    found: dict[int, list[Pause]] = {}
    last: set[int] = set()
    for teacher_id, kind, starts_at, ends_at, is_of_calendar in _standing_limits(
        school_id=school_id, teacher_ids=teacher_ids, now=now
    ):
        if kind != ConsequenceKind.DEPRIORITIZE:
            pause = Pause(ConsequenceKind(kind), starts_at, ends_at, is_of_calendar=is_of_calendar)
            found.setdefault(teacher_id, []).append(pause)
        elif starts_at <= now:
            last.add(teacher_id)
    return Limits(pauses=found, last_resort=frozenset(last))


@compiled
def _standing_limits(school_id: int, teacher_ids: Collection[int], now: datetime) -> QuerySet[Any, tuple[Any, ...]]:
    """Those that are not over; teachers gather many that are."""
    columns = ("teacher_id", "of_kind", "starts_at", "ends_at", "is_of_calendar")
    of_incidents = Consequence.objects.filter(is_any_of("teacher_id", teacher_ids), school_id=school_id)
    of_incidents = of_incidents.filter(Q(ends_at=None) | Q(ends_at__gt=now), kind__in=_READ, ends=None).annotate(
        of_kind=F("kind"), is_of_calendar=Value(False)
    )
    of_calendars = standing_pauses(school_id=school_id, teacher_ids=teacher_ids).filter(ends_at__gt=now)
    of_calendars = of_calendars.annotate(
        of_kind=Value(ConsequenceKind.PAUSE_MATCHING.value), is_of_calendar=Value(True)
    )
    return of_incidents.values_list(*columns).union(of_calendars.values_list(*columns), all=True)
