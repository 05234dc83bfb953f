"""Writing assessments, consequences and quotes. A changed assessment supersedes the one before; nothing is edited."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from makegood.database.compiled import compiled, is_any_of
from makegood.database.many_rows import add_rows
from makegood.domain.ledger.models import TransferKind
from makegood.domain.ledger.operations import Posting, Reversal
from makegood.domain.ledger.periods import month_of
from makegood.domain.penalties.history import History, Outcome
from makegood.domain.penalties.models import Assessment, Consequence, ConsequenceEnd
from makegood.domain.policies.queries import InForce
from makegood.quantities import Money
from makegood.rules import facts, results
from makegood.rules.storing import facts_to_json, sentence_to_json, step_to_json


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One incident's assessment as it was (None: the first) and as it is now."""

    before: Assessment | None
    after: Assessment
    lesson_starts_at: datetime

    @property
    def change_minor(self) -> int:
        """By how much the penalty grew, in minor units."""
        return self.after.penalty_minor - (self.before.penalty_minor if self.before else 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """What changed, by lesson start, and the live assessment of every incident afterwards."""

    changes: tuple[Change, ...]
    live: Mapping[int, Assessment]


def record(
    *, history: History, outcome: Outcome, quote_id: uuid.UUID | None, quoted_incident_id: int | None, now: datetime
) -> Recorded:
    """Store every assessment of the teacher that differs from the live one, each superseding it.

    `quote_id` is kept with the incident that was quoted.
    """
    live = find_live(
        school_id=history.school_id, incident_ids=[int(incident.incident) for incident in history.incidents]
    )
    changes = compare(history=history, outcome=outcome, live=live, now=now)
    for change in changes:
        if change.after.incident_id == quoted_incident_id:
            change.after.quote_id = quote_id
    add_rows([change.after for change in changes])
    return Recorded(
        changes=tuple(changes), live={**live, **{change.after.incident_id: change.after for change in changes}}
    )


def find_live(*, school_id: int, incident_ids: Sequence[int]) -> Mapping[int, Assessment]:
    """The live assessment of each incident that has one, by incident."""
    if not incident_ids:
        return {}
    return {row.incident_id: row for row in _live(school_id=school_id, incident_ids=incident_ids)}


@compiled
def _live(school_id: int, incident_ids: Sequence[int]) -> QuerySet[Assessment]:
    rows = Assessment.objects.filter(is_any_of("incident_id", incident_ids), school_id=school_id)
    return rows.order_by("incident_id", "-number").distinct("incident_id")


def list_paid(*, school_id: int, incident_ids: Sequence[int]) -> frozenset[int]:
    """Those of the incidents whose lesson is paid all the same, as their live assessments say."""
    rows = Assessment.objects.filter(school_id=school_id, incident_id__in=incident_ids)
    live = rows.order_by("incident_id", "-number").distinct("incident_id").values_list("incident_id", "paid")
    return frozenset(incident_id for incident_id, paid in live if paid)


def compare(*, history: History, outcome: Outcome, live: Mapping[int, Assessment], now: datetime) -> Sequence[Change]:
    """The changes that `outcome` makes to the `live` assessments; nothing is written."""
    changes: list[Change] = []
    for incident in sorted(history.incidents, key=lambda found: (found.lesson_starts_at, found.incident)):
        before = live.get(int(incident.incident))
        version, assessment = outcome.assessments[incident.incident]
        after = _build(history, incident, version, assessment, before, now)
        if before is None or _content(before) != _content(after):
            changes.append(Change(before=before, after=after, lesson_starts_at=incident.lesson_starts_at))
    return changes


def plan_money(
    *, changes: Sequence[Change], teacher_id: int, zone: str
) -> tuple[Sequence[Reversal], Sequence[Posting]]:
    """What the changes mean for the ledger: superseded postings taken back whole, new penalties posted.

    Each belongs to the month of its lesson in the school's `zone`.
    """
    reversals: list[Reversal] = []
    postings: list[Posting] = []
    for change in changes:
        month_on = month_of(at=change.lesson_starts_at, zone=zone)
        if change.before is not None and change.before.penalty_minor:
            reversals.append(Reversal(kind=TransferKind.PENALTY, source=change.before.pk, month_on=month_on))
        if change.after.penalty_minor and change.after.currency:
            postings.append(
                Posting(
                    kind=TransferKind.PENALTY,
                    source=change.after.pk,
                    membership_id=teacher_id,
                    amount=Money(change.after.penalty_minor, change.after.currency),
                    month_on=month_on,
                )
            )
    return reversals, postings


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsequenceChanges:
    """Consequences that began to hold, and those that no longer do."""

    started: tuple[Consequence, ...]
    ended: tuple[Consequence, ...]


def record_consequences(
    *, history: History, outcome: Outcome, ended_by_id: int | None, why_ended: str, now: datetime
) -> ConsequenceChanges:
    """Store what newly follows from the teacher's facts, and end what no longer does, with the reason.

    Record the assessments first: each consequence names the live assessment of its cause.
    """
    changes = compare_consequences(history=history, outcome=outcome, standing=list_standing(history=history))
    if changes.started:
        live = find_live(school_id=history.school_id, incident_ids=[found.incident_id for found in changes.started])
        for consequence in changes.started:
            consequence.assessment = live[consequence.incident_id]
        add_rows(changes.started)
    if changes.ended:
        add_rows(
            [
                ConsequenceEnd(
                    school_id=history.school_id,
                    consequence=consequence,
                    ended_at=now,
                    ended_by_id=ended_by_id,
                    reason=why_ended,
                )
                for consequence in changes.ended
            ]
        )
    return changes


def list_standing(*, history: History) -> Sequence[Consequence]:
    """The teacher's stored consequences that have not been ended, oldest first."""
    return _standing(school_id=history.school_id, teacher_id=history.teacher_id)


@compiled
def _standing(school_id: int, teacher_id: int) -> QuerySet[Consequence]:
    rows = Consequence.objects.filter(school_id=school_id, teacher_id=teacher_id, ends=None)
    return rows.order_by("starts_at", "pk")


def find_pause(*, school_id: int, teacher_id: int, now: datetime) -> Consequence | None:
    """The pause of the teacher's account that holds now, the longest if there are several."""
    running = Consequence.objects.filter(
        school_id=school_id,
        teacher_id=teacher_id,
        kind=facts.ConsequenceKind.PAUSE_ACCOUNT,
        starts_at__lte=now,
        ends_at__gt=now,
        ends__isnull=True,
    )
    return running.order_by("ends_at", "pk").last()


def compare_consequences(*, history: History, outcome: Outcome, standing: Sequence[Consequence]) -> ConsequenceChanges:
    """What `outcome` changes among the `standing` consequences; nothing is written."""
    stored = {(row.kind, row.incident_id, row.starts_at, row.ends_at): row for row in standing}
    wanted = {_consequence_key(found): found for found in outcome.consequences}
    return ConsequenceChanges(
        started=tuple(build_consequence(history, wanted[key]) for key in wanted if key not in stored),
        ended=tuple(stored[key] for key in stored if key not in wanted),
    )


def build_consequence(history: History, found: results.Consequence) -> Consequence:
    """The row of a consequence, not saved and without its assessment."""
    return Consequence(
        school_id=history.school_id,
        teacher_id=history.teacher_id,
        incident_id=int(found.incident),
        kind=found.kind,
        starts_at=found.starts_at,
        ends_at=found.ends_at,
        because=sentence_to_json(found.because),
    )


def _consequence_key(found: results.Consequence) -> tuple[str, int, datetime, datetime | None]:
    return str(found.kind), int(found.incident), found.starts_at, found.ends_at


def _build(
    history: History,
    incident: facts.Incident,
    version: InForce,
    assessment: results.Assessment,
    before: Assessment | None,
    now: datetime,
) -> Assessment:
    return Assessment(
        school_id=history.school_id,
        incident_id=int(incident.incident),
        number=before.number + 1 if before else 1,
        supersedes=before,
        policy_version=version.version,
        assessed_at=now,
        facts={"incident": facts_to_json(incident), "seen": dict(history.seen)},
        band=assessment.band,
        charged_band=assessment.charged_band,
        counts=dict(assessment.counts),
        penalty_minor=assessment.penalty_minor,
        currency=assessment.currency,
        paid=assessment.paid,
        counted_for=list(assessment.counted_for),
        steps=[step_to_json(step, zone=version.policy.zone_info) for step in assessment.steps],
    )


def _content(row: Assessment) -> tuple[Any, ...]:
    """Everything an assessment says, without its facts: one that changes nothing supersedes nothing (D36)."""
    return (
        row.policy_version_id,
        row.band,
        row.charged_band,
        row.counts,
        row.penalty_minor,
        row.currency,
        row.paid,
        row.counted_for,
        row.steps,
    )
