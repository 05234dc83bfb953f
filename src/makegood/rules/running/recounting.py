"""The plain way to keep a history assessed, for policies that the tables do not take: assess it all again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from makegood.rules.assess import assess
from makegood.rules.facts import Decision, Incident
from makegood.rules.policy import Policy
from makegood.rules.results import Assessed, Assessment, Consequence, Effect
from makegood.rules.running.changes import KnownChange


class RecountedHistory:
    """See `changes.History`."""

    def __init__(self, *, policy: Policy, history: Sequence[Incident] = ()) -> None:
        self._policy = policy
        self._incidents = {incident.incident: incident for incident in history}
        self._assessed = assess(history, policy)

    def add(self, incident: Incident) -> KnownChange:
        """See `changes.History`."""
        after = assess([*self._incidents.values(), incident], self._policy)
        self._incidents[incident.incident] = incident
        return self._replace(incident.incident, after)

    def decide(self, incident_id: str, decision: Decision | None) -> KnownChange:
        """See `changes.History`."""
        incidents = dict(self._incidents)
        incidents[incident_id] = replace(incidents[incident_id], decision=decision)
        after = assess(list(incidents.values()), self._policy)
        self._incidents = incidents
        return self._replace(incident_id, after)

    def remove(self, incident_id: str) -> KnownChange:
        """See `changes.History`."""
        del self._incidents[incident_id]
        return self._replace(incident_id, assess(list(self._incidents.values()), self._policy))

    def assessments(self) -> tuple[Assessment, ...]:
        """See `changes.History`."""
        return self._assessed.assessments

    def consequences(self) -> tuple[Consequence, ...]:
        """See `changes.History`."""
        return self._assessed.consequences

    def _replace(self, incident_id: str, after: Assessed) -> KnownChange:
        before, self._assessed = self._assessed, after
        return compare(incident_id, before, after)


def compare(incident_id: str, before: Assessed, after: Assessed) -> KnownChange:
    """What changed between two assessments of one history, of which only `incident_id` differs."""
    were = {one.incident: one for one in before.assessments}
    own = next((one for one in after.assessments if one.incident == incident_id), None)
    effects = tuple(
        Effect(incident=one.incident, before_minor=were[one.incident].penalty_minor, after_minor=one.penalty_minor)
        for one in after.assessments
        if one.incident != incident_id and were[one.incident].penalty_minor != one.penalty_minor
    )
    return KnownChange(
        penalty_minor=0 if own is None else own.penalty_minor,
        change_minor=_sum_minor(after) - _sum_minor(before),
        assessment=own,
        effects=effects,
        consequences=tuple(one for one in after.consequences if one not in before.consequences),
        lifted=tuple(one for one in before.consequences if one not in after.consequences),
    )


def _sum_minor(assessed: Assessed) -> int:
    return sum(one.penalty_minor for one in assessed.assessments)
