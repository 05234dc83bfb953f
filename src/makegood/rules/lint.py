"""What a policy that can be used should still be looked at for: findings, each with where, what and how to fix."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Final

from makegood.rules.facts import Band, Kind
from makegood.rules.policy import Policy
from makegood.rules.primitives.charge import find_rate
from makegood.rules.settings.counting import AcrossMonths, Cause
from makegood.rules.settings.judging import Reduction
from makegood.rules.windows import WEEK


class Severity(StrEnum):
    """How serious a finding is: an error makes `policy check` fail; a note tells what the policy itself decided."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


# Who was cut off by a power failure needs about as long to find a phone.
_LEAST_CONFIRM_MINUTES: Final = 15
_HOUR_MINUTES: Final = 60
_DAY_MINUTES: Final = 24 * _HOUR_MINUTES
_GRAVEST_FIRST: Final = (Severity.ERROR, Severity.WARNING, Severity.NOTE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing to look at."""

    severity: Severity
    where: str
    what: str
    how_to_fix: str


def lint(policy: Policy) -> list[Finding]:
    """Every finding: errors, warnings, notes, each in the order of the checks."""
    findings = [finding for check in _CHECKS for finding in check(policy)]
    return sorted(findings, key=lambda finding: _GRAVEST_FIRST.index(finding.severity))


def _unset(policy: Policy) -> Iterator[Finding]:
    for row_and_where in policy.unset:
        row, where = row_and_where.split(" ", 1)
        if _matters(policy, row, where):
            yield _warning(
                where,
                f"This open question ({row}) is left to the default.",
                "Write the setting down, so that it is decided.",
            )


def _matters(policy: Policy, row: str, where: str) -> bool:
    """Whether an unset setting changes anything in this policy."""
    if not policy.takes_money and row in ("D27", "D30"):
        return False
    if row == "D9":
        return policy.counters[where.split(".", maxsplit=2)[1]].window == WEEK
    if where.endswith((".repeats", ".booked_lessons", ".overlap")):
        place = int(where.partition("[")[2].partition("]")[0])
        return policy.consequences[place - 1].cause is Cause.COUNT
    return True


def _earlier_costs_more(policy: Policy) -> Iterator[Finding]:
    ladder = _bands_by_notice(policy)
    for milder, worse in pairwise(ladder):
        for tier, (milder_minor, worse_minor) in enumerate(
            zip(_amounts(policy, milder), _amounts(policy, worse), strict=True), start=1
        ):
            if milder_minor > worse_minor:
                yield _error(
                    "charge.rates",
                    f"In tier {tier}, {milder} costs more than {worse}: reporting earlier is punished.",
                    "Let the rates rise as the notice gets shorter.",
                )


def _trouble_costs_less(policy: Policy) -> Iterator[Finding]:
    """Trouble after the start can cost less than honest notice before it (D12)."""
    ladder = _bands_by_notice(policy)
    if not ladder:
        return
    trouble = _amounts(policy, policy.begun.in_time_band)
    honest = _amounts(policy, ladder[0])
    if not any(least < most for least, most in zip(trouble, honest, strict=True)):
        return
    where = "begun.in_time_band"
    what = "Trouble reported after the lesson began costs less than honest notice before it."
    if f"D12 {where}" in policy.unset:
        yield _warning(where, what, "Write the band down if that is meant, or give it a rate of its own.")
    else:
        accepted = "The policy names this band itself, so it is known and accepted; nothing needs to be done."
        yield Finding(severity=Severity.NOTE, where=where, what=what, how_to_fix=accepted)


def _tier_costs_less(policy: Policy) -> Iterator[Finding]:
    if policy.charge is None:
        return
    for rate in policy.charge.rates:
        if list(rate.amounts) != sorted(rate.amounts):
            yield _error(
                "charge.rates",
                f"A higher tier of {rate.band} costs less than the tier before it.",
                "Let the amounts rise from tier to tier.",
            )


def _unpriced_bands(policy: Policy) -> Iterator[Finding]:
    for band in _bands_by_notice(policy):
        if find_rate(policy, band) is None:
            yield _warning("charge.rates", f"{band} has no rate, so it costs nothing.", "Add a rate, or keep it free.")
    if policy.charge is None:
        return
    used = {*_bands_by_notice(policy), policy.begun.in_time_band, policy.begun.too_little_band}
    for rate in policy.charge.rates:
        if rate.band not in used:
            yield _error("charge.rates", f"{rate.band} has a rate, but no report falls into it.", "Remove the rate.")


def _multiplier_falls(policy: Policy) -> Iterator[Finding]:
    if policy.multiplier is None:
        return
    factors = [step.times for step in policy.multiplier.steps]
    if factors != sorted(factors):
        yield _error("multiplier.steps", "A higher step multiplies by less.", "Let the factors rise.")


def _waived_counts_for_money(policy: Policy) -> Iterator[Finding]:
    used = {setting.counter for setting in (policy.tier, policy.multiplier) if setting is not None}
    for name in sorted(used):
        if "waived" in policy.counters[name].decisions:
            yield _warning(
                f"counters.{name}.decisions",
                "Waived incidents still make others dearer.",
                "Leave waived out, or keep it if that is meant.",
            )
        if Kind.LATE in policy.counters[name].kinds:
            yield _warning(
                f"counters.{name}.kinds",
                "Being late makes other incidents dearer.",
                "Leave late out, or keep it if meant.",
            )


def _unused_counters(policy: Policy) -> Iterator[Finding]:
    used = {rule.counter for rule in policy.consequences}
    used |= {setting.counter for setting in (policy.tier, policy.multiplier) if setting is not None}
    for name in policy.counters:
        if name not in used:
            yield _warning(f"counters.{name}", "Nothing depends on this counter.", "Use it, or remove it.")


def _reasons(policy: Policy) -> Iterator[Finding]:
    if not policy.reasons:
        yield _warning("reasons", "No reason can be accepted.", "Add the reasons that teachers may give.")
    for place, reason in enumerate(policy.reasons, start=1):
        if reason.outcomes and not reason.evidence:
            yield _warning(f"reasons[{place}]", f'"{reason.code}" can be accepted without evidence.', "Add `evidence`.")


def _caps_cross(policy: Policy) -> Iterator[Finding]:
    weeks_span = any(
        counter.window == WEEK and counter.across_months is AcrossMonths.SPANS for counter in policy.counters.values()
    )
    if policy.caps.week is not None and policy.caps.month is not None and weeks_span:
        yield _warning(
            "caps",
            "A week over two months falls under both caps, so one more incident can lower a total.",
            "Keep one of the caps, or accept this.",
        )


def _waiting(policy: Policy) -> Iterator[Finding]:
    waiting = policy.waiting
    if waiting.late_minutes > waiting.wait_minutes:
        yield _warning(
            "waiting.late_minutes",
            "Somebody counts as absent before they count as late.",
            "Let it be at most `wait_minutes`.",
        )
    if waiting.confirm_minutes < _LEAST_CONFIRM_MINUTES:
        yield _warning(
            "waiting.confirm_minutes",
            "What was seen of a lesson is recorded before people have time to say what happened.",
            f"Leave them {_LEAST_CONFIRM_MINUTES} minutes or more, or accept this.",
        )
    deadline = policy.evidence.deadline
    proof_minutes = (deadline.days or 0) * _DAY_MINUTES + (deadline.hours or 0) * _HOUR_MINUTES
    if 2 * waiting.confirm_minutes > proof_minutes:
        yield _warning(
            "waiting.confirm_minutes",
            "More than half of the time for proof is over before it is recorded what there is to prove.",
            "Record it sooner, or leave more days in `evidence.deadline`.",
        )


def _reduction_of_one_band(policy: Policy) -> Iterator[Finding]:
    if (
        policy.decisions.reduced.how is Reduction.MILDER_BAND
        and policy.takes_money
        and not _bands_by_notice(policy)[1:]
    ):
        yield _warning(
            "decisions.reduced.how", "There is no milder band to reduce to.", "Choose percent or fixed_amount."
        )


def _bands_by_notice(policy: Policy) -> list[Band]:
    """The bands from the longest notice to none."""
    if policy.notice is None:
        return []
    bands = [*(line.band for line in policy.notice.bands), policy.notice.at_or_after_start, policy.notice.never]
    return list(dict.fromkeys(bands))


def _amounts(policy: Policy, band: Band) -> tuple[int, ...]:
    rate = find_rate(policy, band)
    tiers = len(policy.tier.from_counts) if policy.tier is not None else 1
    return rate.amounts if rate is not None else (0,) * tiers


def _error(where: str, what: str, how_to_fix: str) -> Finding:
    return Finding(severity=Severity.ERROR, where=where, what=what, how_to_fix=how_to_fix)


def _warning(where: str, what: str, how_to_fix: str) -> Finding:
    return Finding(severity=Severity.WARNING, where=where, what=what, how_to_fix=how_to_fix)


_CHECKS: Final[tuple[Callable[[Policy], Iterable[Finding]], ...]] = (
    _unset,
    _earlier_costs_more,
    _trouble_costs_less,
    _tier_costs_less,
    _unpriced_bands,
    _multiplier_falls,
    _waived_counts_for_money,
    _unused_counters,
    _reasons,
    _caps_cross,
    _reduction_of_one_band,
    _waiting,
)
