"""Keeps the calendar weeks true to the ranges and to the lessons: after each change, every day, and on demand."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from makegood.actions.transactions import in_one_transaction
from makegood.domain.availability import masks, queries, weeks
from makegood.domain.lessons.blocking import list_blocked
from makegood.domain.people.models import Role
from makegood.domain.people.roster import list_with_role, lock_members
from makegood.domain.schools.models import School

# Locked together: short enough that nobody who books meanwhile waits long.
BATCH: Final = 100


def rebuild_calendar(*, school: School, now: datetime) -> int:
    """Write the calendar weeks of all teachers from this week to the booking horizon anew; returns how many teachers.

    In batches, each in its own transaction with its teachers locked; may run at any time and again.
    """
    teacher_ids = in_one_transaction(school.pk, lambda: list_calendar_keepers(school_id=school.pk))
    for first in range(0, len(teacher_ids), BATCH):
        batch = teacher_ids[first : first + BATCH]
        in_one_transaction(school.pk, partial(rebuild_teachers, school=school, teacher_ids=batch, now=now))
    return len(teacher_ids)


def list_calendar_keepers(*, school_id: int) -> Sequence[int]:
    """The teachers of the school, and whoever has availability or calendar weeks still, in the order of locks."""
    live = {member.pk for member in list_with_role(school_id=school_id, role=Role.TEACHER)}
    return sorted(live | set(queries.list_teachers_with_weeks(school_id=school_id)))


def rebuild_teachers(*, school: School, teacher_ids: Collection[int], now: datetime) -> None:
    """Lock these teachers and write their weeks anew, inside the caller's transaction."""
    members = lock_members(school_id=school.pk, membership_ids=teacher_ids)
    zones = {member.pk: member.person.zone for member in members}
    weeks.write_available(school_id=school.pk, school_zone=school.zone, zones=zones, now=now)
    horizon = timedelta(days=queries.get_rules(school_id=school.pk).horizon_days)
    _write_busy(school.pk, list(zones), masks.list_weeks(from_at=now, until_at=now + horizon))


def _write_busy(school_id: int, teacher_ids: Sequence[int], starts: Sequence[datetime]) -> None:
    blocked = list_blocked(
        school_id=school_id, teacher_ids=teacher_ids, from_at=starts[0], until_at=starts[-1] + masks.WEEK
    )
    weeks.set_busy_of_many(school_id=school_id, weeks=starts, blocked=blocked)
