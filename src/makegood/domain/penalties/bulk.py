"""Many teachers at once: the same histories, assessments and consequences as for one, with a few statements in all."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from makegood.database.many_rows import add_rows
from makegood.domain.incidents import queries as incidents
from makegood.domain.incidents.bulk import KnownIncidents
from makegood.domain.incidents.models import Incident
from makegood.domain.ledger.operations import Posting, Reversal
from makegood.domain.penalties.history import History, Outcome, assess_history
from makegood.domain.penalties.models import Assessment, Consequence, ConsequenceEnd
from makegood.domain.penalties.operations import compare, compare_consequences, find_live, plan_money
from makegood.domain.policies.queries import Timetable

# So many incidents are stored at once: their assessments are the largest rows of all.
_AT_ONCE: Final = 4000


@dataclass(frozen=True, slots=True, kw_only=True)
class Reassessed:
    """A teacher's whole history and what the rules say about it. Incidents are named by their ids.

    `stored_ids` are the incidents that were there before; only they can have assessments that are superseded now.
    """

    history: History
    outcome: Outcome
    stored_ids: tuple[int, ...]


def make_histories(*, school_id: int, teacher_ids: Collection[int], known: KnownIncidents) -> Mapping[int, History]:
    """Everything recorded about these teachers' lessons, by teacher. Lock them first when the result is written."""
    rows: dict[int, list[Incident]] = {teacher_id: [] for teacher_id in sorted(teacher_ids)}
    for row in known.rows:
        if row.teacher_id in rows:
            rows[row.teacher_id].append(row)
    return {
        teacher_id: History(
            school_id=school_id,
            teacher_id=teacher_id,
            incidents=tuple(incidents.to_facts(row) for row in of_teacher),
            references={str(row.pk): row.reference for row in of_teacher},
            seen={
                "incident": max((row.pk for row in of_teacher), default=None),
                "decision": known.last_decisions.get(teacher_id),
                "withdrawal": known.last_withdrawals.get(teacher_id),
            },
        )
        for teacher_id, of_teacher in rows.items()
    }


def name_by_ids(
    *,
    reassessed: Reassessed,
    teacher_id: int,
    ids: Mapping[str, int],
    last_decision: int | None,
    timetable: Timetable,
) -> Reassessed:
    """What the rules said while some incidents had no ids yet, with those of `ids` in place of their names.

    `last_decision` is the teacher's last new decision (id), None without one. Names decide in what order consequences
    that start together are joined. So they have to sort as the ids do; where ids of different length sort otherwise,
    the rules are asked again.
    """
    named = [
        replace(found, incident=_id_of(found.incident, ids), teacher=str(teacher_id))
        for found in reassessed.history.incidents
    ]
    seen = dict(reassessed.history.seen)
    seen["incident"] = max(int(found.incident) for found in named)
    seen["decision"] = last_decision or seen["decision"]
    history = replace(reassessed.history, teacher_id=teacher_id, incidents=tuple(named), seen=seen)
    if len({len(found.incident) for found in named}) > 1:
        outcome = assess_history(history=history, timetable=timetable)
        return replace(reassessed, history=history, outcome=outcome)
    outcome = Outcome(
        assessments={_id_of(name, ids): found for name, found in reassessed.outcome.assessments.items()},
        consequences=tuple(
            replace(found, incident=_id_of(found.incident, ids), teacher=str(teacher_id))
            for found in reassessed.outcome.consequences
        ),
    )
    return replace(reassessed, history=history, outcome=outcome)


def _id_of(name: str, ids: Mapping[str, int]) -> str:
    return str(ids[name]) if name in ids else name


def record_many(
    *,
    school_id: int,
    reassessed: Iterable[Reassessed],
    zone: str,
    why_ended: str,
    now: datetime,
    progress: Callable[[int], None],
) -> tuple[Sequence[Reversal], Sequence[Posting]]:
    """Store what changed and what follows, and return what it means for the ledger.

    Takes a few teachers at a time, so that not all rows are in memory at once. `progress` is called with the number of
    incidents done so far.
    """
    reversals: list[Reversal] = []
    postings: list[Posting] = []
    done = 0
    for some in _in_parts(reassessed):
        back, new = _record_some(school_id, some, zone, why_ended, now)
        reversals += back
        postings += new
        done += sum(len(found.history.incidents) for found in some)
        progress(done)
    return reversals, postings


def _in_parts(reassessed: Iterable[Reassessed]) -> Iterator[Sequence[Reassessed]]:
    part: list[Reassessed] = []
    size = 0
    for found in reassessed:
        part.append(found)
        size += len(found.history.incidents)
        if size >= _AT_ONCE:
            yield part
            part, size = [], 0
    if part:
        yield part


def _record_some(
    school_id: int, some: Sequence[Reassessed], zone: str, why_ended: str, now: datetime
) -> tuple[Sequence[Reversal], Sequence[Posting]]:
    stored_ids = [incident_id for found in some for incident_id in found.stored_ids]
    live = dict(find_live(school_id=school_id, incident_ids=stored_ids)) if stored_ids else {}
    changes = {
        found.history.teacher_id: compare(history=found.history, outcome=found.outcome, live=live, now=now)
        for found in some
    }
    add_rows([change.after for of_teacher in changes.values() for change in of_teacher])
    live |= {change.after.incident_id: change.after for of_teacher in changes.values() for change in of_teacher}
    _record_consequences(school_id, some, live, why_ended, now)
    reversals: list[Reversal] = []
    postings: list[Posting] = []
    for teacher_id, of_teacher in changes.items():
        back, new = plan_money(changes=of_teacher, teacher_id=teacher_id, zone=zone)
        reversals += back
        postings += new
    return reversals, postings


def _record_consequences(
    school_id: int, some: Sequence[Reassessed], live: Mapping[int, Assessment], why_ended: str, now: datetime
) -> None:
    standing: dict[int, list[Consequence]] = {}
    teacher_ids = [found.history.teacher_id for found in some]
    rows = Consequence.objects.filter(school_id=school_id, teacher_id__in=teacher_ids, ends=None)
    for row in rows.order_by("starts_at", "pk"):
        standing.setdefault(row.teacher_id, []).append(row)
    started: list[Consequence] = []
    ended: list[Consequence] = []
    for found in some:
        changes = compare_consequences(
            history=found.history,
            outcome=found.outcome,
            standing=standing.get(found.history.teacher_id, []),
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
