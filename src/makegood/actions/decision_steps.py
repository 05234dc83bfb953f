"""What previewing a decision and making it have in common: what it would change. Shared by the verbs."""

from __future__ import annotations

import dataclasses
import hashlib
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext_noop

from makegood.actions.lesson_credits import CreditsAfter, find_credits_after
from makegood.domain.incidents import operations as incidents
from makegood.domain.incidents.models import Incident
from makegood.domain.incidents.permissions import DECIDING_ROLES, is_own_case
from makegood.domain.incidents.queries import (
    find_by_reference,
    find_live_if_decided,
    is_withdrawn,
    to_facts,
)
from makegood.domain.ledger.periods import month_of
from makegood.domain.ledger.queries import list_periods
from makegood.domain.lessons.queries import find_lesson
from makegood.domain.penalties import operations as penalties
from makegood.domain.penalties.counting import CountEffect, compare_counts
from makegood.domain.penalties.history import History, Outcome, assess_history, gather_facts
from makegood.domain.penalties.models import Consequence
from makegood.domain.penalties.quotes import hash_facts
from makegood.domain.people.models import Membership
from makegood.domain.people.roster import holds_role
from makegood.domain.policies.queries import Timetable, get_timetable
from makegood.domain.schools.models import School
from makegood.quantities import Money
from makegood.refusal import Refusal
from makegood.rules.deadlines import Verdict, may_be_decided
from makegood.rules.facts import Decision
from makegood.rules.policy import Policy
from makegood.rules.problems import InvalidFacts
from makegood.rules.windows import next_month_start


class AnotherCaseStands(Refusal):
    """A lesson has one case that counts (D3)."""

    code = "another_case_stands"
    sentence = gettext_noop(
        "This case was voided, and another case of the same session stands in its place. Nothing was changed. Decide "
        "the other one, or void it first."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceEffect:
    """What happens to one case's penalty; amounts are None under a policy without money.

    `posted_in` is the first day of the pay period whose statement shows the change.
    """

    reference: str
    lesson_starts_at: datetime
    before: Money | None
    after: Money | None
    posted_in: date


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionPreview:
    """Everything a decision changes. `seen` goes into the form: the decision is refused when the facts changed since.

    `verdict`: whether the policy's catalog lets the incident's reason have this outcome (D19); where it does not, or
    only as an exception, the decision is a written exception.

    `credits`: what becomes of the student's lesson credits, None where the lesson never took any.

    `counts`: the counters of `policy`, the one at the incident's lesson, in the windows that the incident belongs to.

    `kept`: what follows from the case and still holds, although the decision speaks for the teacher.
    """

    incident_id: int
    reference: str
    decision: Decision
    own: PriceEffect | None
    others: tuple[PriceEffect, ...]
    counts: tuple[CountEffect, ...]
    started: tuple[Consequence, ...]
    ended: tuple[Consequence, ...]
    kept: tuple[Consequence, ...]
    credits: CreditsAfter | None
    policy: Policy
    verdict: Verdict
    seen: str

    @property
    def needs_exception(self) -> bool:
        """Whether deciding so has to be confirmed as an exception."""
        return not self.verdict.is_allowed or self.verdict.needs_exception


def get_decidable(*, school: School, actor: Membership, reference: str) -> Incident:
    """The case if the actor may decide it. Raises CaseNotFound, OwnCase, CannotDecide."""
    incident = find_by_reference(school_id=school.pk, reference=reference)
    if incident is None or not holds_role(school_id=school.pk, membership_id=actor.pk, roles=DECIDING_ROLES):
        raise incidents.CaseNotFound
    if is_own_case(membership_id=actor.pk, incident=incident):
        raise incidents.OwnCase
    if is_withdrawn(incident):
        raise incidents.CannotDecide
    return incident


def make_preview(*, school: School, incident: Incident, decision: Decision, now: datetime) -> DecisionPreview:
    """The preview for a case that may be decided, in the caller's transaction. Raises AnotherCaseStands."""
    timetable = get_timetable(school_id=school.pk)
    history = gather_facts(school_id=school.pk, teacher_id=incident.teacher_id)
    decided = decide_in(history, incident, decision)
    try:
        outcome = assess_history(history=decided, timetable=timetable)
    except InvalidFacts as clash:
        # It was voided, and what took its place is the case of this lesson now.
        raise AnotherCaseStands from clash
    live = penalties.find_live(school_id=school.pk, incident_ids=[int(found.incident) for found in history.incidents])
    changes = [
        change
        for change in penalties.compare(history=decided, outcome=outcome, live=live, now=now)
        if change.change_minor or change.after.incident_id == incident.pk
    ]
    standing = penalties.list_standing(history=history)
    consequences = penalties.compare_consequences(history=decided, outcome=outcome, standing=standing)
    own = [found for found in standing if found.incident_id == incident.pk and found not in consequences.ended]
    is_lenient = decision in (Decision.WAIVED, Decision.REDUCED)
    closed = list_closed_months(school)
    effects = {change.after.incident_id: effect_of(school, history, change, closed) for change in changes}
    policy = timetable.get_at(incident.lesson_starts_at).policy
    return DecisionPreview(
        incident_id=incident.pk,
        reference=incident.reference,
        decision=decision,
        own=effects.pop(incident.pk, None),
        others=tuple(effects.values()),
        counts=compare_counts(
            before=history.incidents,
            after=decided.incidents,
            incident=to_facts(incident),
            policy=policy,
            now=now,
        ),
        started=consequences.started,
        ended=consequences.ended,
        kept=tuple(found for found in own if is_lenient and (found.ends_at is None or found.ends_at > now)),
        credits=_find_credits_after(school, incident, decision, outcome, now),
        policy=policy,
        verdict=may_be_decided(incident=to_facts(incident), policy=policy, outcome=decision),
        seen=hash_seen(history, timetable),
    )


def _find_credits_after(
    school: School, incident: Incident, decision: Decision, outcome: Outcome, now: datetime
) -> CreditsAfter | None:
    """By the rule that the decision will use, on what would stand then."""
    lesson = find_lesson(school_id=school.pk, lesson_id=incident.lesson_id)
    if lesson is None:
        return None
    live = find_live_if_decided(incident=incident, decision=decision)
    is_paid = live is not None and outcome.assessments[str(live.pk)][1].paid
    return find_credits_after(lesson=lesson, live=live, is_paid=is_paid, now=now)


def list_closed_months(school: School) -> frozenset[date]:
    """The first days of the months whose statements never change again."""
    return frozenset(period.starts_on for period in list_periods(school_id=school.pk) if period.closed_at is not None)


def decide_in(history: History, incident: Incident, decision: Decision) -> History:
    """The history as it would be with the decision."""
    known = next(found for found in history.incidents if found.incident == str(incident.pk))
    return history.with_incident(dataclasses.replace(known, decision=decision))


def effect_of(school: School, history: History, change: penalties.Change, closed: frozenset[date]) -> PriceEffect:
    """A change as a person sees it; `closed` are the first days of months whose statements never change again."""
    currency = change.after.currency
    before_minor = change.before.penalty_minor if change.before else 0
    posted_in = month_of(at=change.lesson_starts_at, zone=school.zone)
    while posted_in in closed:
        posted_in = next_month_start(posted_in)
    return PriceEffect(
        reference=history.references[str(change.after.incident_id)],
        lesson_starts_at=change.lesson_starts_at,
        before=Money(before_minor, currency) if currency else None,
        after=Money(change.after.penalty_minor, currency) if currency else None,
        posted_in=posted_in,
    )


def hash_seen(history: History, timetable: Timetable) -> str:
    """Names the facts and the policies that a preview was computed from."""
    versions = ",".join(version.version.document_sha256 for version in timetable.versions)
    return hashlib.sha256(f"{hash_facts(history)}:{versions}".encode()).hexdigest()
