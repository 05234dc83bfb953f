"""Many incidents at once, for files of history."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeVar

from makegood.database.many_rows import add_tuples
from makegood.domain.incidents.models import Incident, IncidentDecision, IncidentWithdrawal
from makegood.domain.incidents.references import make_reference
from makegood.domain.timeline.doors import Door
from makegood.rules import facts
from makegood.rules.facts import Decision

# The same line of the same school's file always makes the same request, so that no race can record it twice.
_REQUESTS: Final = uuid.UUID("5b2f6a57-3f0c-4a86-9d7d-1f2f2c8f6f10")
# So many ids stand in one statement. They are looked up by index: joins of tables that have just grown are not.
_AT_ONCE: Final = 5000
Name = TypeVar("Name", int, str)
_COLUMNS: Final = (
    "school_id", "reference", "request_id", "lesson_id", "teacher_id", "kind", "requested_by", "lesson_starts_at",
    "lesson_minutes", "lesson_type", "lesson_pay_minor", "currency", "booked_at", "engagement", "country",
    "reported_at", "taught_minutes", "reason", "note", "door", "reported_by_id", "external_id",
)  # fmt: skip
_DECISION_COLUMNS: Final = (
    "school_id", "incident_id", "number", "decision", "reason", "decided_at", "door", "request_id",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownIncidents:
    """Incidents the school has, as `queries.with_standing_decision` reads them, and the last row of each teacher.

    `last_decisions` and `last_withdrawals` are ids by teacher. `last_numbers`: how many decisions an incident has.
    """

    rows: tuple[Incident, ...]
    last_decisions: Mapping[int, int]
    last_withdrawals: Mapping[int, int]
    last_numbers: Mapping[int, int]


def list_known(*, school_id: int, teacher_ids: Collection[int], external_ids: Collection[str]) -> KnownIncidents:
    """All incidents of these teachers, by lesson start, then those that a file called one of `external_ids`."""
    rows: dict[int, Incident] = {}
    for some in _in_parts(sorted(teacher_ids)):
        found = Incident.objects.filter(school_id=school_id, teacher_id__in=some).order_by("lesson_starts_at", "pk")
        rows |= {row.pk: row for row in found.iterator(chunk_size=_AT_ONCE)}
    missing = sorted(set(external_ids) - {row.external_id for row in rows.values() if row.external_id is not None})
    for names in _in_parts(missing):
        rows |= {row.pk: row for row in Incident.objects.filter(school_id=school_id, external_id__in=names)}
    return _with_decisions(school_id, rows)


def add_imported(
    *,
    school_id: int,
    incidents: Sequence[tuple[facts.Incident, int, int]],
    reported_by_id: int | None,
    door: Door,
) -> Sequence[int]:
    """Write incidents from a file, each given with its lesson and teacher (ids); `incident` is its id in the file.

    Returns their ids.
    """
    references = _make_references(school_id, len(incidents))
    return add_tuples(
        model=Incident,
        columns=_COLUMNS,
        rows=(
            _to_tuple(school_id, reference, *told, door=door, reported_by_id=reported_by_id)
            for told, reference in zip(incidents, references, strict=True)
        ),
    )


def add_decisions(
    *,
    school_id: int,
    decisions: Sequence[tuple[int, str, Decision]],
    last_numbers: Mapping[int, int],
    reason: str,
    door: Door,
    now: datetime,
) -> Sequence[int]:
    """Write decisions that a file brings; they have no reviewer of ours. Returns their ids.

    Each is given with its incident, by id and as the file calls it, and is the next after `last_numbers`.
    """
    return add_tuples(
        model=IncidentDecision,
        columns=_DECISION_COLUMNS,
        rows=(
            (
                school_id, incident_id, number, decision.value, reason, now, door.value,
                uuid.uuid5(_REQUESTS, f"{_request_of(school_id, external_id)}:{number}"),
            )
            for incident_id, external_id, decision in decisions
            for number in [last_numbers.get(incident_id, 0) + 1]
        ),
    )  # fmt: skip


def _in_parts(ids: Sequence[Name]) -> Iterator[Sequence[Name]]:
    return (ids[start : start + _AT_ONCE] for start in range(0, len(ids), _AT_ONCE))


def _with_decisions(school_id: int, rows: Mapping[int, Incident]) -> KnownIncidents:
    last_decisions: dict[int, int] = {}
    last_withdrawals: dict[int, int] = {}
    last_numbers: dict[int, int] = {}
    standing: dict[int, str] = {}
    withdrawn: set[int] = set()
    for ids in _in_parts(list(rows)):
        decisions = IncidentDecision.objects.filter(school_id=school_id, incident_id__in=ids).order_by("number")
        for pk, incident_id, number, decision in decisions.values_list("pk", "incident_id", "number", "decision"):
            standing[incident_id] = decision
            last_numbers[incident_id] = number
            teacher_id = rows[incident_id].teacher_id
            last_decisions[teacher_id] = max(pk, last_decisions.get(teacher_id, 0))
        withdrawals = IncidentWithdrawal.objects.filter(school_id=school_id, incident_id__in=ids)
        for pk, incident_id in withdrawals.values_list("pk", "incident_id"):
            withdrawn.add(incident_id)
            teacher_id = rows[incident_id].teacher_id
            last_withdrawals[teacher_id] = max(pk, last_withdrawals.get(teacher_id, 0))
    for row in rows.values():
        # The same names as the annotations of `queries.with_standing_decision`.
        row.__dict__.update(last_decision=standing.get(row.pk), is_withdrawn=row.pk in withdrawn)
    return KnownIncidents(
        rows=tuple(rows.values()),
        last_decisions=last_decisions,
        last_withdrawals=last_withdrawals,
        last_numbers=last_numbers,
    )


def _to_tuple(
    school_id: int,
    reference: str,
    incident: facts.Incident,
    lesson_id: int,
    teacher_id: int,
    *,
    door: Door,
    reported_by_id: int | None,
) -> tuple[object, ...]:
    pay = incident.lesson_pay
    return (
        school_id, reference, _request_of(school_id, incident.incident), lesson_id, teacher_id, incident.kind.value,
        incident.requested_by.value, incident.lesson_starts_at, incident.lesson_minutes, incident.lesson_type,
        pay.amount_minor if pay is not None else None, pay.currency if pay is not None else None, incident.booked_at,
        incident.engagement or "", incident.country or "", incident.reported_at, incident.taught_minutes,
        incident.reason or "", "", door.value, reported_by_id, incident.incident,
    )  # fmt: skip


def _request_of(school_id: int, external_id: str) -> uuid.UUID:
    return uuid.uuid5(_REQUESTS, f"{school_id}:{external_id}")


def _make_references(school_id: int, count: int) -> Sequence[str]:
    """So many references that no case of the school has, all different."""
    made: set[str] = set()
    while len(made) < count:
        fresh = [make_reference() for _ in range(count - len(made))]
        taken: set[str] = set()
        for some in _in_parts(fresh):
            rows = Incident.objects.filter(school_id=school_id, reference__in=some)
            taken |= set(rows.values_list("reference", flat=True))
        made |= set(fresh) - taken
    return list(made)
