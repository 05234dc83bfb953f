"""Reasons and proof: what may be accepted, on which condition, proved by what, until when; and what a decision does."""

from __future__ import annotations

from typing import Final

from makegood.rules.facts import Decision
from makegood.rules.plain_words.durations import say_count, say_minutes
from makegood.rules.plain_words.shapes import Cell, Line, Section, Table, bullets, paragraph
from makegood.rules.policy import Policy
from makegood.rules.sentences import Sentence, Wording, gettext_noop
from makegood.rules.settings.conduct import LateDecision, OpenDispute, Shortfall
from makegood.rules.settings.judging import Deadline, DeadlineFrom, Reason, Reduction

_DAYS_AFTER: Final = {
    DeadlineFrom.REPORTED: Wording(
        gettext_noop("End of the day after you told us."), gettext_noop("End of day {count} after you told us.")
    ),
    DeadlineFrom.INCIDENT: Wording(
        gettext_noop("End of the day after the lesson's date."),
        gettext_noop("End of day {count} after the lesson's date."),
    ),
}
_HOURS_AFTER: Final = {
    DeadlineFrom.REPORTED: Wording(
        gettext_noop("{count} hour after you told us."), gettext_noop("{count} hours after you told us.")
    ),
    DeadlineFrom.INCIDENT: Wording(
        gettext_noop("{count} hour after the lesson."), gettext_noop("{count} hours after the lesson.")
    ),
}
_REPORTED_IN_HOURS: Final = Wording(
    gettext_noop("If you told us {count} hour or more before the start."),
    gettext_noop("If you told us {count} hours or more before the start."),
)
_REPORTED_IN_MINUTES: Final = Wording(
    gettext_noop("If you told us {count} minute or more before the start."),
    gettext_noop("If you told us {count} minutes or more before the start."),
)


def write_proof(policy: Policy) -> Section:
    """The catalog of reasons as a table, what never proves anything, and what a decision does."""
    heading = Sentence(gettext_noop("Reasons and proof"))
    if not policy.reasons:
        nothing = paragraph(Sentence(gettext_noop("This policy names no reasons; every case is looked at by itself.")))
        return Section(code="reasons", heading=heading, parts=(nothing,))
    table = Table(
        caption=Sentence(gettext_noop("Which reasons can be accepted")),
        heads=(
            Sentence(gettext_noop("Reason")),
            Sentence(gettext_noop("What can be decided")),
            Sentence(gettext_noop("What proves it")),
            Sentence(gettext_noop("Send it by")),
        ),
        rows=tuple(
            (
                (Sentence(reason.title),),
                _say_outcome(policy, reason),
                _say_evidence(policy, reason),
                _say_deadline(policy, reason),
            )
            for reason in policy.reasons
        ),
    )
    by_itself = (
        gettext_noop("A reason does not change the price by itself: a person looks at your proof and decides.")
        if policy.takes_money
        else gettext_noop(
            "A reason does not change the count by itself: a person looks at your explanation and decides."
        )
    )
    lead = paragraph(
        Sentence(by_itself),
        Sentence(gettext_noop("Any one of the proofs named is enough.")),
        Sentence(gettext_noop("Days end at midnight in the time zone of this policy.")),
    )
    refused = [item for item in policy.evidence.catalog if not item.is_accepted]
    not_enough = bullets([Sentence(item.title) for item in refused])
    if refused:
        headed = paragraph(Sentence(gettext_noop("These are not accepted as proof:")))
        return Section(code="reasons", heading=heading, parts=(lead, table, headed, not_enough))
    return Section(code="reasons", heading=heading, parts=(lead, table))


def write_decisions(policy: Policy) -> Section:
    """What each decision does, and how it reaches the pay."""
    return Section(
        code="decisions",
        heading=Sentence(gettext_noop("What a decision does")),
        parts=(bullets(_say_decisions(policy)),),
    )


def _say_outcome(policy: Policy, reason: Reason) -> Cell:
    said = [_say_possible(policy, reason)]
    if reason.outcomes and reason.needs_exception:
        said.append(Sentence(gettext_noop("Only as a written exception.")))
    if reason.outcomes and reason.report_before_minutes:
        said.append(
            say_minutes(reason.report_before_minutes, in_hours=_REPORTED_IN_HOURS, in_minutes=_REPORTED_IN_MINUTES)
        )
    return tuple(said)


def _say_possible(policy: Policy, reason: Reason) -> Sentence:
    outcomes = set(reason.outcomes)
    if not outcomes:
        return Sentence(gettext_noop("Not accepted."))
    if not policy.takes_money:
        return Sentence(gettext_noop("It does not count."))
    if outcomes == {Decision.WAIVED}:
        return Sentence(gettext_noop("No penalty."))
    if outcomes == {Decision.REDUCED}:
        return Sentence(gettext_noop("A lower penalty."))
    return Sentence(gettext_noop("No penalty, or a lower one."))


def _say_evidence(policy: Policy, reason: Reason) -> Cell:
    if not reason.outcomes:
        return (Sentence(gettext_noop("Nothing.")),)
    titles = {item.code: item.title for item in policy.evidence.catalog}
    return tuple(Sentence(titles.get(code, code)) for code in reason.evidence)


def _say_deadline(policy: Policy, reason: Reason) -> Cell:
    if not reason.outcomes:
        return ()
    return (_say_until(reason.deadline or policy.evidence.deadline),)


def _say_until(deadline: Deadline) -> Sentence:
    if deadline.days is not None:
        return say_count(_DAYS_AFTER[deadline.counts_from], deadline.days)
    return say_count(_HOURS_AFTER[deadline.counts_from], deadline.hours or 0)


def _say_decisions(policy: Policy) -> list[Sentence | Line]:
    marked = bool(policy.source)
    said: list[Sentence | Line] = []
    if policy.takes_money:
        said.append(Sentence(_WAIVED[policy.decisions.waived.is_charged, policy.decisions.waived.is_paid]))
        said.append(_say_reduced(policy))
    else:
        said.append(Sentence(gettext_noop("Waived: the lesson is not paid, and it does not count.")))
    said.append(Sentence(gettext_noop("Voided: it was recorded wrongly. Everything it caused is taken back.")))
    if any(reason.report_before_minutes for reason in policy.reasons):
        said.append(
            Line(
                Sentence(
                    gettext_noop(
                        "If you told us too late for a reason, you can still ask; the table is what we promise."
                    )
                ),
                marked,
            )
        )
    if policy.takes_money:
        said.extend(_say_pay(policy))
    return said


_WAIVED: Final = {
    (False, False): gettext_noop(
        "Waived: no penalty. The lesson is not paid, and it does not make other lessons cost more."
    ),
    (False, True): gettext_noop(
        "Waived: no penalty. The lesson is paid, and it does not make other lessons cost more."
    ),
    (True, False): gettext_noop("Waived: the reason is accepted, but the penalty stays. The lesson is not paid."),
    (True, True): gettext_noop("Waived: the reason is accepted, but the penalty stays. The lesson is paid."),
}


def _say_reduced(policy: Policy) -> Sentence:
    reduced = policy.decisions.reduced
    if reduced.how is Reduction.MILDER_BAND:
        return Sentence(gettext_noop("Reduced: priced as if you had told us one step earlier. It still counts."))
    if reduced.how is Reduction.PERCENT:
        share = f"{(reduced.share_bp or 0) / 100:g}%"
        return Sentence(gettext_noop("Reduced: {share} of the penalty stays. It still counts."), {"share": share})
    return Sentence(gettext_noop("Reduced: a fixed lower price. It still counts."))


def _say_pay(policy: Policy) -> list[Sentence]:
    said = []
    if policy.statements.open_dispute is OpenDispute.HOLD:
        said.append(Sentence(gettext_noop("While a dispute is open, its penalty is not taken from your pay.")))
    if policy.statements.late_decision is LateDecision.NEXT_OPEN_PERIOD:
        said.append(Sentence(gettext_noop("A decision after pay day is settled with your next pay.")))
    if policy.statements.shortfall is Shortfall.CARRY:
        said.append(
            Sentence(
                gettext_noop("Penalties never make your pay negative; what is left over waits for the next month.")
            )
        )
    return said
