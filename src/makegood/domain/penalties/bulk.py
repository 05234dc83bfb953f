"""Many teachers at once: the same histories, assessments and consequences as for one, with a few statements in all."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime

from django.db.models import Max

from makegood.domain.incidents import queries as incidents
from makegood.domain.incidents.models import Incident, IncidentDecision, IncidentWithdrawal
from makegood.domain.ledger.operations import Posting, Reversal
from makegood.domain.penalties.history import History, Outcome, assess_history
from makegood.domain.penalties.models import Assessment, Consequence, ConsequenceEnd
from makegood.domain.penalties.operations import Change, compare, compare_consequences, plan_money
from makegood.domain.policies.queries import Timetable
from makegood.domain.schools.many_rows import add_rows


def gather_histories(*, school_id: int, teacher_ids: Collection[int]) -> Mapping[int, History]:
    """Everything recorded about these teachers' lessons, by teacher. Lock them first when the result is written."""
    rows: dict[int, list[Incident]] = {teacher_id: [] for teacher_id in sorted(teacher_ids)}
    found = incidents.with_standing_decision(school_id=school_id).filter(teacher_id__in=teacher_ids)
    for row in found.order_by("lesson_starts_at", "pk"):
        rows[row.teacher_id].append(row)
    decisions = _last_by_teacher(IncidentDecision, school_id, teacher_ids)
    withdrawals = _last_by_teacher(IncidentWithdrawal, school_id, teacher_ids)
    return {
        teacher_id: History(
            school_id=school_id,
            teacher_id=teacher_id,
            incidents=tuple(incidents.to_facts(row) for row in of_teacher),
            references={str(row.pk): row.reference for row in of_teacher},
            seen={
                "incident": max((row.pk for row in of_teacher), default=None),
                "decision": decisions.get(teacher_id),
                "withdrawal": withdrawals.get(teacher_id),
            },
        )
        for teacher_id, of_teacher in rows.items()
    }


def record_many(
    *,
    school_id: int,
    histories: Mapping[int, History],
    timetable: Timetable,
    zone: str,
    why_ended: str,
    now: datetime,
    progress: Callable[[int], None],
) -> tuple[Sequence[Reversal], Sequence[Posting]]:
    """Assess every history, store what changed and what follows, and return what it means for the ledger.

    `progress` is called with the number of incidents assessed so far.
    """
    live = _find_live(school_id, histories.keys())
    changes: dict[int, Sequence[Change]] = {}
    outcomes: dict[int, Outcome] = {}
    done = 0
    for teacher_id, history in histories.items():
        outcomes[teacher_id] = assess_history(history=history, timetable=timetable)
        changes[teacher_id] = compare(history=history, outcome=outcomes[teacher_id], live=live, now=now)
        done += len(history.incidents)
        progress(done)
    add_rows([change.after for of_teacher in changes.values() for change in of_teacher])
    live |= {change.after.incident_id: change.after for of_teacher in changes.values() for change in of_teacher}
    _record_consequences(school_id, histories, outcomes, live, why_ended, now)
    reversals: list[Reversal] = []
    postings: list[Posting] = []
    for teacher_id, of_teacher in changes.items():
        back, new = plan_money(changes=of_teacher, teacher_id=teacher_id, zone=zone)
        reversals += back
        postings += new
    return reversals, postings


def _record_consequences(
    school_id: int,
    histories: Mapping[int, History],
    outcomes: Mapping[int, Outcome],
    live: Mapping[int, Assessment],
    why_ended: str,
    now: datetime,
) -> None:
    standing: dict[int, list[Consequence]] = {}
    rows = Consequence.objects.filter(school_id=school_id, teacher_id__in=histories.keys(), ends=None)
    for row in rows.order_by("starts_at", "pk"):
        standing.setdefault(row.teacher_id, []).append(row)
    started: list[Consequence] = []
    ended: list[Consequence] = []
    for teacher_id, history in histories.items():
        changes = compare_consequences(
            history=history, outcome=outcomes[teacher_id], standing=standing.get(teacher_id, [])
        )
        started += changes.started
        ended += changes.ended
    for consequence in started:
        consequence.assessment = live[consequence.incident_id]
    add_rows(started)
    add_rows(
        [
            ConsequenceEnd(school_id=school_id, consequence=consequence, ended_at=now, reason=why_ended)
            for consequence in ended
        ]
    )


def _find_live(school_id: int, teacher_ids: Collection[int]) -> dict[int, Assessment]:
    rows = Assessment.objects.filter(school_id=school_id, incident__teacher_id__in=teacher_ids)
    return {row.incident_id: row for row in rows.order_by("incident_id", "-number").distinct("incident_id")}


def _last_by_teacher(
    model: type[IncidentDecision | IncidentWithdrawal], school_id: int, teacher_ids: Collection[int]
) -> dict[int, int]:
    rows = model.objects.filter(school_id=school_id, incident__teacher_id__in=teacher_ids)
    return dict(rows.values_list("incident__teacher_id").annotate(last=Max("pk")))
