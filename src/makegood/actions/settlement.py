"""After a fact was added: assess the teacher's history again and settle what changed. Shared by the verbs."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from makegood.actions.lesson_pay import settle_lesson_pay
from makegood.domain.incidents.queries import list_lessons_of
from makegood.domain.ledger import operations as ledger
from makegood.domain.penalties import operations as penalties
from makegood.domain.penalties.history import assess_history, gather_facts
from makegood.domain.penalties.models import Assessment
from makegood.domain.penalties.operations import Change, ConsequenceChanges
from makegood.domain.policies.queries import Timetable
from makegood.domain.schools.models import School
from makegood.domain.timeline import operations as timeline
from makegood.domain.timeline.doors import Door
from makegood.domain.timeline.kinds import EventKind
from makegood.quantities import Money
from makegood.rules.sentences import Value
from makegood.rules.storing import values_to_json


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """What a new fact changed: assessments (its own first one included) and consequences; and every live assessment."""

    changes: tuple[Change, ...]
    consequences: ConsequenceChanges
    live: Mapping[int, Assessment]

    def changes_of(self, incident_id: int) -> Change:
        """The change of one incident whose assessment changed."""
        return next(change for change in self.changes if change.after.incident_id == incident_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """Why the history is assessed again: the incident whose facts changed, who did it, and through which door."""

    incident_id: int
    actor_id: int | None
    door: Door
    quote_id: uuid.UUID | None = None


def settle(
    *, school: School, teacher_id: int, timetable: Timetable, cause: Cause, why: str, now: datetime
) -> Settlement:
    """Assess the locked teacher's whole history and record what is different.

    In this order: assessments that supersede, reversals and postings in the ledger, of penalties and of the pay of the
    lessons concerned; consequences that start or end; events on the other cases whose price changed and on the case
    that caused consequences. Give the lesson its new status before.
    """
    history = gather_facts(school_id=school.pk, teacher_id=teacher_id)
    outcome = assess_history(history=history, timetable=timetable)
    recorded = penalties.record(
        history=history, outcome=outcome, quote_id=cause.quote_id, quoted_incident_id=cause.incident_id, now=now
    )
    reversals, postings = penalties.plan_money(changes=recorded.changes, teacher_id=teacher_id, zone=school.zone)
    ledger.settle(school_id=school.pk, reversals=reversals, postings=postings, now=now)
    concerned = {cause.incident_id, *(change.after.incident_id for change in recorded.changes)}
    settle_lesson_pay(school=school, lesson_ids=list_lessons_of(school_id=school.pk, incident_ids=concerned), now=now)
    consequences = penalties.record_consequences(
        history=history, outcome=outcome, ended_by_id=cause.actor_id, why_ended=why, now=now
    )
    _record_events(school.pk, recorded.changes, consequences, cause, now)
    return Settlement(changes=recorded.changes, consequences=consequences, live=recorded.live)


def amount_values(change: Change) -> dict[str, Value]:
    """The penalty before and after a change as values of a sentence; empty under a policy without money."""
    if change.after.currency is None:
        return {}
    before_minor = change.before.penalty_minor if change.before else 0
    return {
        "before": Money(before_minor, change.after.currency),
        "amount": Money(change.after.penalty_minor, change.after.currency),
    }


def _record_events(
    school_id: int, changes: Sequence[Change], consequences: ConsequenceChanges, cause: Cause, now: datetime
) -> None:
    for change in changes:
        is_another_case = change.before is not None and change.after.incident_id != cause.incident_id
        if is_another_case and change.change_minor:
            amounts = amount_values(change)
            timeline.record(
                school_id=school_id,
                kind=EventKind.PENALTY_CHANGED,
                at=now,
                door=cause.door,
                actor_id=cause.actor_id,
                incident_id=change.after.incident_id,
                values=values_to_json({"before": amounts["before"], "after": amounts["amount"]}),
            )
    for kind, found in (
        (EventKind.CONSEQUENCE_STARTED, consequences.started),
        (EventKind.CONSEQUENCE_ENDED, consequences.ended),
    ):
        for consequence in found:
            timeline.record(
                school_id=school_id,
                kind=kind,
                at=now,
                door=cause.door,
                actor_id=cause.actor_id,
                incident_id=consequence.incident_id,
                values={"consequence": consequence.kind},
            )
