"""Consequences that keep teachers from being booked."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import QuerySet

from makegood.database.compiled import compiled, is_any_of
from makegood.domain.penalties.models import Consequence
from makegood.rules.facts import ConsequenceKind

# Nobody books inside; matching alone is about students whom the teacher does not know.
_PAUSES: Final = (ConsequenceKind.PAUSE_ACCOUNT, ConsequenceKind.HOLD_SCHEDULE, ConsequenceKind.PAUSE_MATCHING)


@dataclass(frozen=True, slots=True)
class Pause:
    """From when to when (None: until somebody ends it) a teacher takes no bookings, or no new students."""

    kind: ConsequenceKind
    starts_at: datetime
    ends_at: datetime | None

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


def pause_of_closed_calendar(*, now: datetime) -> Pause:
    """The pause of matching while a teacher's calendar is open for less than the school's rule asks.

    It is no consequence of an incident and has no row: it ends as soon as enough is open again.
    """
    return Pause(ConsequenceKind.PAUSE_MATCHING, now, None)


def list_pauses(*, school_id: int, teacher_ids: Collection[int], now: datetime) -> Mapping[int, Sequence[Pause]]:
    """The pauses of these teachers that hold now or later, by teacher; only those who have one. One statement."""
    found: dict[int, list[Pause]] = {}
    for row in _standing_pauses(school_id=school_id, teacher_ids=teacher_ids):
        if row.ends_at is None or row.ends_at > now:
            found.setdefault(row.teacher_id, []).append(Pause(ConsequenceKind(row.kind), row.starts_at, row.ends_at))
    return found


@compiled
def _standing_pauses(school_id: int, teacher_ids: Collection[int]) -> QuerySet[Consequence]:
    of_teachers = Consequence.objects.filter(is_any_of("teacher_id", teacher_ids), school_id=school_id)
    return of_teachers.filter(kind__in=_PAUSES, ends=None).order_by("starts_at", "pk")
