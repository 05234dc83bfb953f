"""Who is answerable: what others than the teacher caused never costs or counts; and who is paid (D29, D31)."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from makegood.rules.facts import Decision, Kind, RequestedBy
from makegood.rules.policy import Policy
from makegood.rules.results import Step
from makegood.rules.sentences import Sentence, gettext_noop
from makegood.rules.situation import Situation

RULE: Final = "requested_by"


def apply(situation: Situation, policy: Policy, before_minor: int) -> Step | None:
    """Say that the teacher is not answerable, and whether the lesson is paid."""
    requested_by = situation.incident.requested_by
    if requested_by is RequestedBy.TEACHER or situation.incident.decision is Decision.VOIDED:
        return None
    clause = policy.students.source if requested_by is RequestedBy.STUDENT else policy.company.source
    paid, unpaid = _BECAUSE[requested_by]
    return Step(RULE, clause, paid if is_paid(situation, policy) else unpaid, before_minor, before_minor)


def is_paid(situation: Situation, policy: Policy) -> bool:
    """Whether this incident leaves the lesson paid. What never happened (voided) says nothing for pay (D16)."""
    incident, kind = situation.incident, situation.incident.kind
    if incident.requested_by is RequestedBy.TEACHER and kind is Kind.LATE:
        return policy.late.is_paid
    if incident.decision is Decision.VOIDED:
        return policy.decisions.voided.is_paid
    if incident.requested_by is RequestedBy.STUDENT:
        return kind in policy.students.paid_kinds and (kind is not Kind.CANCELLED or _is_too_late(situation, policy))
    if incident.requested_by is RequestedBy.COMPANY:
        return policy.company.company_is_paid
    if incident.requested_by is RequestedBy.PLATFORM:
        return policy.company.platform_is_paid
    return incident.decision is Decision.WAIVED and policy.decisions.waived.is_paid


def _is_too_late(situation: Situation, policy: Policy) -> bool:
    # Exactly on the mark is still before it (D10).
    return situation.starts_at - situation.reported_at < timedelta(minutes=policy.students.cancel_free_minutes)


_BECAUSE: Final = {
    RequestedBy.STUDENT: (
        Sentence(gettext_noop("The student caused it. The lesson is used and paid, and nothing is counted.")),
        Sentence(gettext_noop("The student caused it. Nothing is charged, paid or counted.")),
    ),
    RequestedBy.COMPANY: (
        Sentence(gettext_noop("The school caused it. The lesson is paid, and nothing is counted.")),
        Sentence(gettext_noop("The school caused it. Nothing is charged, paid or counted.")),
    ),
    RequestedBy.PLATFORM: (
        Sentence(gettext_noop("The platform caused it. The lesson is paid, and nothing is counted.")),
        Sentence(gettext_noop("The platform caused it. Nothing is charged, paid or counted.")),
    ),
}
