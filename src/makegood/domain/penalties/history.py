"""A teacher's whole history as the rules see it, and what the rules say about it under the versions in force."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from makegood.domain.incidents import queries as incidents
from makegood.domain.incidents.models import Incident
from makegood.domain.policies.queries import InForce, Timetable
from makegood.rules import facts
from makegood.rules.assess import assess
from makegood.rules.results import Assessment, Consequence


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """All facts of one teacher. `seen` names the last row of each kind; under the teacher's lock they name the set."""

    school_id: int
    teacher_id: int
    incidents: tuple[facts.Incident, ...]
    references: Mapping[str, str]
    seen: Mapping[str, int | None]

    def with_incident(self, incident: facts.Incident) -> History:
        """The history as it would be with `incident` recorded too; replaces one of the same id."""
        others = tuple(other for other in self.incidents if other.incident != incident.incident)
        return History(
            school_id=self.school_id,
            teacher_id=self.teacher_id,
            incidents=(*others, incident),
            references=self.references,
            seen=self.seen,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What the rules say about a whole history: per incident its version and assessment, and all consequences."""

    assessments: Mapping[str, tuple[InForce, Assessment]]
    consequences: tuple[Consequence, ...]


def gather_facts(*, school_id: int, teacher_id: int, names_rows: bool = True) -> History:
    """Everything recorded about the teacher's lessons. Lock the teacher first when the result is to be written.

    Without `names_rows`, `seen` is left empty: who only looks, or prices, saves a statement.

    It is the whole history rather than a window: the longest window belongs to the policy (six months, and joined
    consequences reach further), and a teacher's history is short.
    """
    rows = incidents.list_of_teacher(school_id=school_id, teacher_id=teacher_id)
    return make_history(school_id=school_id, teacher_id=teacher_id, rows=rows, names_rows=names_rows)


def make_history(*, school_id: int, teacher_id: int, rows: Sequence[Incident], names_rows: bool = True) -> History:
    """The history made of the teacher's incident rows as `incidents.queries.with_standing_decision` reads them."""
    ids = [row.pk for row in rows]
    return History(
        school_id=school_id,
        teacher_id=teacher_id,
        incidents=tuple(incidents.to_facts(row) for row in rows),
        references={str(row.pk): row.reference for row in rows},
        seen={"incident": max(ids, default=None), **incidents.find_last_words(school_id=school_id, incident_ids=ids)}
        if names_rows
        else {},
    )


def assess_history(*, history: History, timetable: Timetable) -> Outcome:
    """Assess every incident under the version in force at its own lesson start, counting all incidents of its windows.

    Each version in turn sees the whole history, and what it says about its own incidents is kept: counts span versions,
    prices do not (D9, D23). Raises NoPolicyInForce for an incident before the first version.
    """
    versions = {incident.incident: timetable.get_at(incident.lesson_starts_at) for incident in history.incidents}
    by_number = {version.version.number: version for version in versions.values()}
    assessments: dict[str, tuple[InForce, Assessment]] = {}
    consequences: list[Consequence] = []
    for number, version in sorted(by_number.items()):
        assessed = assess(history.incidents, version.policy)
        own = {incident for incident, its_version in versions.items() if its_version.version.number == number}
        assessments |= {found.incident: (version, found) for found in assessed.assessments if found.incident in own}
        consequences += [found for found in assessed.consequences if found.incident in own]
    return Outcome(assessments=assessments, consequences=tuple(consequences))
