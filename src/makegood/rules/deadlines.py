"""Until when evidence is accepted, and whether a reason may be accepted at all (D18, D19, D25)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

from makegood.rules.facts import Decision, Incident
from makegood.rules.policy import Policy
from makegood.rules.sentences import Sentence, gettext_noop
from makegood.rules.settings.judging import DeadlineFrom
from makegood.rules.windows import local_midnight


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceDeadline:
    """Evidence is accepted before `closes_at` (UTC); `last_on` is the last day in the policy's zone."""

    last_on: date
    closes_at: datetime
    clause: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Whether the policy lets an incident be decided so, and why. `needs_exception`: only with a written exception."""

    is_allowed: bool
    needs_exception: bool
    because: Sentence
    clause: str


def evidence_deadline(*, incident: Incident, policy: Policy, reason: str | None = None) -> EvidenceDeadline:
    """Until when evidence is accepted for `reason`, by default the incident's own; else the general deadline.

    Counted from the date of the report (the scheduled end where nobody reported) or of the lesson, in the policy's
    zone.
    """
    line = policy.find_reason(reason or incident.reason or "")
    deadline = line.deadline if line is not None and line.deadline is not None else policy.evidence.deadline
    starts_at = incident.lesson_starts_at.astimezone(UTC)
    at = starts_at
    if deadline.counts_from is DeadlineFrom.REPORTED:
        at = incident.lesson_ends_at if incident.reported_at is None else incident.reported_at.astimezone(UTC)
    if deadline.days is None:
        closes_at = at + timedelta(hours=deadline.hours or 0)
        last_on = (closes_at - timedelta(microseconds=1)).astimezone(policy.zone_info).date()
    else:
        last_on = at.astimezone(policy.zone_info).date() + timedelta(days=deadline.days)
        closes_at = local_midnight(last_on + timedelta(days=1), policy.zone_info)
    return EvidenceDeadline(last_on=last_on, closes_at=closes_at, clause=deadline.source or policy.evidence.source)


def may_be_decided(*, incident: Incident, policy: Policy, outcome: Decision, reason: str | None = None) -> Verdict:
    """Whether the catalog lets staff decide `outcome` for `reason` (default: the incident's own).

    The catalog guards the decision; `assess` obeys whatever decision is recorded (D19). Upholding and voiding need no
    reason of the catalog.
    """
    if outcome in (Decision.UPHELD, Decision.VOIDED):
        return Verdict(is_allowed=True, needs_exception=False, because=_NO_CONDITION, clause="")
    given = reason or incident.reason or ""
    line = policy.find_reason(given)
    if line is None:
        return Verdict(is_allowed=False, needs_exception=False, because=_UNKNOWN if given else _NONE_GIVEN, clause="")
    if outcome not in line.outcomes:
        return Verdict(is_allowed=False, needs_exception=False, because=_NOT_LISTED, clause=line.source)
    if line.report_before_minutes is not None and not _is_early_enough(incident, line.report_before_minutes):
        values = {"minutes": line.report_before_minutes}
        because = Sentence(_TOO_LATE[0], values, _TOO_LATE[1], "minutes")
        return Verdict(is_allowed=False, needs_exception=False, because=because, clause=line.source)
    if line.needs_exception:
        return Verdict(is_allowed=True, needs_exception=True, because=_EXCEPTION, clause=line.source)
    return Verdict(is_allowed=True, needs_exception=False, because=_ALLOWED, clause=line.source)


def _is_early_enough(incident: Incident, minutes: int) -> bool:
    if incident.reported_at is None:
        return False
    early = incident.lesson_starts_at.astimezone(UTC) - incident.reported_at.astimezone(UTC)
    return early >= timedelta(minutes=minutes)


_NO_CONDITION: Final = Sentence(gettext_noop("This decision needs no reason of the catalog."))
_UNKNOWN: Final = Sentence(gettext_noop("The policy does not list this reason, so it cannot be accepted."))
_NONE_GIVEN: Final = Sentence(gettext_noop("No reason was given, so there is none that the policy could accept."))
_NOT_LISTED: Final = Sentence(gettext_noop("The policy does not allow this decision for this reason."))
_TOO_LATE: Final = (
    gettext_noop("This reason is accepted only when it was reported at least {minutes} minute before the lesson."),
    gettext_noop("This reason is accepted only when it was reported at least {minutes} minutes before the lesson."),
)
_EXCEPTION: Final = Sentence(gettext_noop("The policy allows this only with a written exception."))
_ALLOWED: Final = Sentence(gettext_noop("The policy allows this for this reason, once the evidence is accepted."))
