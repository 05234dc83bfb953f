"""Many incidents at once, for files of history."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final

from makegood.domain.incidents.models import Incident, IncidentDecision
from makegood.domain.incidents.queries import decision_of, with_standing_decision
from makegood.domain.incidents.references import make_reference
from makegood.domain.schools.many_rows import add_rows
from makegood.domain.timeline.doors import Door
from makegood.rules import facts
from makegood.rules.facts import Decision

# The same line of the same school's file always makes the same request, so that no race can record it twice.
_REQUESTS: Final = uuid.UUID("5b2f6a57-3f0c-4a86-9d7d-1f2f2c8f6f10")


def list_by_external_id(*, school_id: int) -> Mapping[str, Incident]:
    """Incidents that came from files, by the id they have there, with their standing decision."""
    rows = with_standing_decision(school_id=school_id).exclude(external_id=None)
    return {row.external_id: row for row in rows}


def add_imported(
    *,
    school_id: int,
    incidents: Sequence[tuple[facts.Incident, int, int]],
    reported_by_id: int | None,
    door: Door,
) -> Sequence[Incident]:
    """Write incidents from a file, each given with its lesson and teacher (ids); `incident` is its id in the file."""
    references = _make_references(school_id, len(incidents))
    rows = [
        Incident(
            school_id=school_id,
            reference=reference,
            request_id=uuid.uuid5(_REQUESTS, f"{school_id}:{incident.incident}"),
            lesson_id=lesson_id,
            teacher_id=teacher_id,
            kind=incident.kind,
            requested_by=incident.requested_by,
            lesson_starts_at=incident.lesson_starts_at,
            lesson_minutes=incident.lesson_minutes,
            lesson_type=incident.lesson_type,
            lesson_pay_minor=incident.lesson_pay.amount_minor if incident.lesson_pay is not None else None,
            currency=incident.lesson_pay.currency if incident.lesson_pay is not None else None,
            booked_at=incident.booked_at,
            engagement=incident.engagement or "",
            country=incident.country or "",
            reported_at=incident.reported_at,
            taught_minutes=incident.taught_minutes,
            reason=incident.reason or "",
            door=door,
            reported_by_id=reported_by_id,
            external_id=incident.incident,
        )
        for (incident, lesson_id, teacher_id), reference in zip(incidents, references, strict=True)
    ]
    return add_rows(rows)


def add_decisions(
    *, school_id: int, decisions: Iterable[tuple[Incident, Decision]], reason: str, door: Door, now: datetime
) -> Sequence[IncidentDecision]:
    """Write decisions that a file brings, each the next of its incident; they have no reviewer of ours."""
    decided = list(decisions)
    # Rows of `list_by_external_id` may have decisions; those just added have none.
    known = [incident.pk for incident, _ in decided if decision_of(incident) is not None]
    rows = IncidentDecision.objects.filter(school_id=school_id, incident_id__in=known).order_by("number")
    last = {row.incident_id: row.number for row in rows}
    return add_rows(
        [
            IncidentDecision(
                school_id=school_id,
                incident=incident,
                number=last.get(incident.pk, 0) + 1,
                decision=decision,
                reason=reason,
                decided_at=now,
                door=door,
                request_id=uuid.uuid5(_REQUESTS, f"{incident.request_id}:{last.get(incident.pk, 0) + 1}"),
            )
            for incident, decision in decided
        ]
    )


def _make_references(school_id: int, count: int) -> Sequence[str]:
    """So many references that no case of the school has, all different."""
    made: set[str] = set()
    while len(made) < count:
        fresh = {make_reference() for _ in range(count - len(made))}
        taken = Incident.objects.filter(school_id=school_id, reference__in=fresh).values_list("reference", flat=True)
        made |= fresh - set(taken)
    return list(made)
