"""What the parts of a policy say about each other: a list of checks, each returning problems."""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Callable, Iterable, Iterator
from typing import Final

from makegood.rules.policy import Policy
from makegood.rules.problems import Problem
from makegood.rules.settings.counting import Cause, ConsequenceRule, Release, Repeats
from makegood.rules.settings.judging import Deadline, Reduction
from makegood.rules.settings.pricing import Measure
from makegood.rules.windows import is_calendar, is_known_window


def check_policy(policy: Policy) -> list[Problem]:
    """Every contradiction between the parts of a policy whose single values are all right."""
    return [problem for check in _CHECKS for problem in check(policy)]


def _money(policy: Policy) -> Iterator[Problem]:
    if policy.currency is None:
        if policy.charge is not None or policy.notice is not None:
            yield _problem(
                "currency",
                "There are bands or rates, but no currency.",
                'Add `currency = "USD"` or yours.',
            )
        return
    if policy.charge is None or policy.notice is None:
        yield _problem(
            "charge",
            "There is a currency, but no bands or no rates.",
            "Add [notice] and [charge], or drop it.",
        )


def _bands(policy: Policy) -> Iterator[Problem]:
    if policy.notice is None:
        return
    by_days = policy.notice.measure is Measure.CALENDAR_DAYS
    unit = "from_days" if by_days else "from_minutes"
    marks = [band.from_days if by_days else band.from_minutes for band in policy.notice.bands]
    if None in marks:
        yield _problem("notice.bands", f"A band has no `{unit}`.", f"Give every band a `{unit}`.")
        return
    lengths = [mark for mark in marks if mark is not None]
    if lengths != sorted(set(lengths), reverse=True):
        yield _problem(
            "notice.bands",
            "The bands overlap.",
            "Order them from the longest notice, each mark once.",
        )
    if not lengths or lengths[-1] != 0:
        yield _problem(
            "notice.bands",
            "Short notice has no band.",
            f"Let the last band have `{unit} = 0`.",
        )
    yield from _twice("notice.bands", [band.band for band in policy.notice.bands])


def _rates(policy: Policy) -> Iterator[Problem]:
    if policy.charge is None:
        return
    tiers = len(policy.tier.from_counts) if policy.tier is not None else 1
    for place, rate in enumerate(policy.charge.rates, start=1):
        if len(rate.amounts) != tiers:
            yield _problem(
                f"charge.rates[{place}]",
                f"The number of amounts is {len(rate.amounts)}, but the number of tiers is {tiers}.",
                "Write one amount per tier, the first tier first.",
            )
    yield from _twice("charge.rates", [rate.band for rate in policy.charge.rates])


def _counts_rise(policy: Policy) -> Iterator[Problem]:
    if policy.tier is not None:
        counts = list(policy.tier.from_counts)
        if counts[:1] != [1] or counts != sorted(set(counts)):
            yield _problem(
                "tier.from_counts",
                "The tiers leave a gap or overlap.",
                "Start with 1 and let each be higher.",
            )
    if policy.multiplier is not None:
        counts = [step.from_count for step in policy.multiplier.steps]
        if not counts or counts != sorted(set(counts)):
            yield _problem(
                "multiplier.steps",
                "The steps are missing or overlap.",
                "Let each count be higher than the last.",
            )


def _counters(policy: Policy) -> Iterator[Problem]:
    for name, counter in policy.counters.items():
        if not is_known_window(counter.window):
            yield _problem(
                f"counters.{name}.window",
                f'"{counter.window}" is not a window.',
                "Write calendar_month, week, or a duration such as P30D or P6M.",
            )
    named = [("tier.counter", policy.tier.counter if policy.tier is not None else None)]
    named.append(
        (
            "multiplier.counter",
            policy.multiplier.counter if policy.multiplier is not None else None,
        )
    )
    named += [
        (f"consequences[{place}].counter", rule.counter) for place, rule in enumerate(policy.consequences, start=1)
    ]
    for where, name_used in named:
        if name_used is not None and name_used not in policy.counters:
            yield _problem(
                where,
                f'There is no counter "{name_used}".',
                f"Add [counters.{name_used}] or correct the name.",
            )


def _consequences(policy: Policy) -> Iterator[Problem]:
    for place, rule in enumerate(policy.consequences, start=1):
        yield from _consequence(policy, rule, f"consequences[{place}]")


def _consequence(policy: Policy, rule: ConsequenceRule, where: str) -> Iterator[Problem]:
    if rule.cause is Cause.COUNT and (rule.counter is None or rule.at_count is None):
        yield _problem(
            where,
            "A count needs a counter and a threshold.",
            "Add `counter` and `at_count`.",
        )
    if rule.cause is not Cause.COUNT and not rule.kinds:
        yield _problem(where, "No kind of incident brings this about.", "Add `kinds`.")
    if rule.cause is Cause.LESSON_TYPE and not rule.lesson_types:
        yield _problem(where, "No lesson type is named.", "Add `lesson_types`.")
    if (rule.release is Release.TIME) != (rule.lasts_hours is not None):
        yield _problem(
            where,
            "Release by time and `lasts_hours` go together.",
            "Set both, or neither.",
        )
    counter = policy.counters.get(rule.counter or "")
    if counter is not None and rule.repeats is Repeats.ONCE_PER_WINDOW and not is_calendar(counter.window):
        yield _problem(
            where,
            "A rolling window has no end to be once in.",
            'Write `repeats = "each"`.',
        )


def _judging(policy: Policy) -> Iterator[Problem]:
    reduced = policy.decisions.reduced
    if reduced.how is Reduction.FIXED_AMOUNT and reduced.amount is None:
        yield _problem("decisions.reduced", "A fixed amount is not given.", "Add `amount`.")
    if reduced.how is Reduction.PERCENT and reduced.share_bp is None:
        yield _problem("decisions.reduced", "The share that stays is not given.", "Add `share_bp`.")
    known = {kind.code for kind in policy.evidence.catalog}
    for place, reason in enumerate(policy.reasons, start=1):
        for code in reason.evidence:
            if code not in known:
                yield _problem(
                    f"reasons[{place}].evidence",
                    f'"{code}" is not in the evidence catalog.',
                    "Add it there, or correct it.",
                )
    yield from _twice("reasons", [reason.code for reason in policy.reasons])
    yield from _twice("evidence.catalog", [kind.code for kind in policy.evidence.catalog])
    for where, deadline in _deadlines(policy):
        if (deadline.days is None) == (deadline.hours is None):
            yield _problem(where, "A deadline is either days or hours.", "Keep one of them.")


def _deadlines(policy: Policy) -> Iterator[tuple[str, Deadline]]:
    yield "evidence.deadline", policy.evidence.deadline
    for place, reason in enumerate(policy.reasons, start=1):
        if reason.deadline is not None:
            yield f"reasons[{place}].deadline", reason.deadline


def _twice(where: str, codes: Iterable[str]) -> Iterator[Problem]:
    for code, times in Tally(codes).items():
        if times > 1:
            yield _problem(where, f'"{code}" is there {times} times.', "Keep one of them.")


def _problem(where: str, what: str, how_to_fix: str) -> Problem:
    return Problem(where=where, what=what, how_to_fix=how_to_fix)


_CHECKS: Final[tuple[Callable[[Policy], Iterable[Problem]], ...]] = (
    _money,
    _bands,
    _rates,
    _counts_rise,
    _counters,
    _consequences,
    _judging,
)
