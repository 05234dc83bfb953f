"""Which teachers are at a threshold now, and what holds for them: the owner's view of counters."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import F, OuterRef, Q, Subquery

from makegood.domain.incidents.models import Incident
from makegood.domain.incidents.queries import with_standing_decision
from makegood.domain.penalties.history import make_history
from makegood.domain.penalties.models import Assessment, Consequence
from makegood.domain.people.models import Membership
from makegood.domain.policies.queries import InForce
from makegood.domain.schools.models import School
from makegood.reports.cases import ConsequenceView, view_consequence
from makegood.rules.standing import CounterStanding, standing

# Longer than any window that a policy may name; the rules say afterwards what of it counts.
_LONGEST_WINDOW: Final = timedelta(days=2 * 366)


@dataclass(frozen=True, slots=True, kw_only=True)
class TeacherStanding:
    """A teacher whose `counter` has reached a threshold, and the consequences that hold now."""

    teacher: Membership
    counter: CounterStanding
    consequences: tuple[ConsequenceView, ...]


def list_standings(*, school: School, version: InForce, now: datetime) -> Sequence[TeacherStanding]:
    """Everybody who is at a threshold of the version in force, highest count first; 4 statements, fewer for nobody.

    Who cannot be there is left out by the stored assessments: the newest incident of a window was counted together with
    every older one of it, so its assessment holds at least the count of now. The rules then say what counts now.
    """
    candidates = _find_candidates(school, version, now)
    if not candidates:
        return []
    rows: dict[int, list[Incident]] = {}
    for row in with_standing_decision(school_id=school.pk).filter(teacher_id__in=candidates).order_by("pk"):
        rows.setdefault(row.teacher_id, []).append(row)
    members = Membership.objects.filter(school_id=school.pk, pk__in=candidates)
    holding = _list_consequences(school, candidates, now)
    found = [
        TeacherStanding(teacher=member, counter=counter, consequences=tuple(holding.get(member.pk, ())))
        for member in members
        for counter in _counters(school, version, member.pk, rows[member.pk], now)
    ]
    return sorted(found, key=lambda one: (-one.counter.count, one.teacher.display_name, one.teacher.pk))


def _find_candidates(school: School, version: InForce, now: datetime) -> set[int]:
    newest = Assessment.objects.filter(school_id=school.pk, incident_id=OuterRef("pk")).order_by("-number")
    rows = Incident.objects.filter(school_id=school.pk, lesson_starts_at__gt=now - _LONGEST_WINDOW)
    counted = rows.annotate(counts=Subquery(newest.values("counts")[:1])).values_list("teacher_id", "counts")
    firsts = _first_thresholds(version)
    return {
        teacher_id
        for teacher_id, counts in counted
        if any((counts or {}).get(name, 0) >= first for name, first in firsts.items())
    }


def _first_thresholds(version: InForce) -> Mapping[str, int]:
    empty = standing(history=[], policy=version.policy, now=version.starts_at)
    return {counter.counter: counter.thresholds[0] for counter in empty.counters if counter.thresholds}


def _counters(
    school: School, version: InForce, teacher_id: int, rows: Sequence[Incident], now: datetime
) -> list[CounterStanding]:
    history = make_history(school_id=school.pk, teacher_id=teacher_id, rows=rows, names_rows=False)
    found = standing(history=history.incidents, policy=version.policy, now=now)
    return [counter for counter in found.counters if counter.thresholds and counter.count >= counter.thresholds[0]]


def _list_consequences(school: School, teacher_ids: Collection[int], now: datetime) -> dict[int, list[ConsequenceView]]:
    rows = Consequence.objects.filter(
        Q(ends_at=None) | Q(ends_at__gt=now),
        school_id=school.pk,
        teacher_id__in=teacher_ids,
        starts_at__lte=now,
        ends=None,
    )
    found: dict[int, list[ConsequenceView]] = {}
    ordered = rows.select_related("incident").annotate(ended_at=F("ends__ended_at")).order_by("starts_at", "pk")
    for row in ordered:
        found.setdefault(row.teacher_id, []).append(view_consequence(row))
    return found
