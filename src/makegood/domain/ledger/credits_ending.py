"""What of students' lesson credits will be over on a day to come, if nobody uses them before.

It is what the hourly job would take then (`credits_over`). What a booked lesson took is not in it, wherever that lesson
lies: it took that when it was booked.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.db.models import Exists, OuterRef

from makegood.domain.availability import expansion
from makegood.domain.ledger.credits_over import find_standings
from makegood.domain.ledger.models import CreditGrant
from makegood.domain.people.models import Role
from makegood.domain.people.roster import holding
from makegood.domain.schools.models import School

# So many students are looked at by one statement.
_AT_ONCE: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How many of a student's credits end; `given_at` is when the first of them were given."""

    credits: int
    given_at: datetime


def ends_at(*, school: School, expires_on: date) -> datetime:
    """When credits end whose first day without them is `expires_on` (the school's days)."""
    return expansion.start_at(day=expires_on, minute=0, zone=school.zone)


def list_students_by_end(*, school_id: int, after_on: date, until_on: date) -> Mapping[date, Sequence[int]]:
    """Who was given credits that end after the one day and until the other, by the first day without them.

    Only who studies in the school now; whether any of these credits are left is not looked at.
    """
    given = CreditGrant.objects.filter(
        Exists(holding(school_id=school_id, membership_id=OuterRef("student_id"), role=Role.STUDENT)),
        school_id=school_id,
        expires_on__gt=after_on,
        expires_on__lte=until_on,
    )
    found: dict[date, list[int]] = {}
    rows = given.values_list("expires_on", "student_id").distinct().order_by("expires_on", "student_id")
    for expires_on, student_id in rows:
        assert expires_on is not None, "it ends after a day"
        found.setdefault(expires_on, []).append(student_id)
    return found


def find_endings(*, school: School, student_ids: Collection[int], expires_on: date) -> Mapping[int, Ending]:
    """What each of these students would lose as `expires_on` begins; who would lose nothing is left out."""
    end, ids = ends_at(school=school, expires_on=expires_on), sorted(student_ids)
    lost: dict[int, dict[int, int]] = {}
    for start in range(0, len(ids), _AT_ONCE):
        standings = find_standings(school_id=school.pk, student_ids=ids[start : start + _AT_ONCE], now=end)
        for student_id, standing in standings.items():
            its = {one.grant_id: one.credits for one in standing.over if one.expires_on == expires_on}
            if its:
                lost[student_id] = its
    grants = CreditGrant.objects.filter(school_id=school.pk).in_bulk({one for its in lost.values() for one in its})
    return {
        student_id: Ending(credits=sum(its.values()), given_at=min(grants[one].granted_at for one in its))
        for student_id, its in lost.items()
    }
