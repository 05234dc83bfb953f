"""The next count at which something changes, with the least it would cost."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final, TypeVar

from makegood.quantities import Money
from makegood.rules.assess import assess_situations, place_all
from makegood.rules.facts import Band, ConsequenceKind, Incident, Kind, RequestedBy
from makegood.rules.policy import Policy
from makegood.rules.primitives.counters import window_key
from makegood.rules.results import Assessed, Threshold
from makegood.rules.sentences import Sentence, Value, Wording, gettext_noop
from makegood.rules.settings.counting import Cause, Counter
from makegood.rules.situation import Situation, day_of, is_counted
from makegood.rules.windows import CALENDAR_MONTH, WEEK, find_rolling, is_calendar, look_back, next_month_start

# Nobody plans for a count that is farther away; and each incident on the way there is made up and priced.
FARTHEST_SAID: Final = 50
_Said = TypeVar("_Said", str, Wording)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Next:
    """A counter, what it holds now, and the next count that changes something."""

    name: str
    counter: Counter
    count: int
    at_count: int


def next_threshold(
    *, history: Sequence[Incident], policy: Policy, incident: Incident, now: datetime
) -> Threshold | None:
    """The threshold nearest to being reached in the windows of `incident`, which is the last of `history`.

    `adds_minor` is the least that reaching it would add in all: the cheapest band, on the day still to come that costs
    least. None when no counter has a threshold left within `FARTHEST_SAID`.
    """
    candidates = sorted(_candidates(history, policy, incident), key=lambda found: found.at_count - found.count)
    if not candidates:
        return None
    found = candidates[0]
    before = assess_situations(place_all(history, policy), policy)
    outcomes = [
        _reach(found, history, policy, incident, before, day=day, band=band, now=now)
        for day in _days(found, policy, incident, now)
        for band in _bands(policy)
    ]
    adds_minor, kinds = min(outcomes, key=lambda outcome: (outcome[0], outcome[1]))
    return Threshold(
        counter=found.name,
        count=found.count,
        at_count=found.at_count,
        adds_minor=adds_minor,
        consequences=kinds,
        because=_because(found, policy, adds_minor, kinds),
    )


def thresholds_of(policy: Policy, name: str) -> tuple[int, ...]:
    """The counts at which the counter `name` changes a price or brings something about, rising."""
    counts = {rule.at_count for rule in policy.consequences if rule.cause is Cause.COUNT and rule.counter == name}
    if policy.tier is not None and policy.tier.counter == name:
        counts |= set(policy.tier.from_counts[1:])
    if policy.multiplier is not None and policy.multiplier.counter == name:
        counts |= {step.from_count for step in policy.multiplier.steps}
    return tuple(sorted(count for count in counts if count is not None))


def _candidates(history: Sequence[Incident], policy: Policy, incident: Incident) -> Iterator[_Next]:
    situations = place_all(history, policy)
    own = situations[-1]
    assert own.incident is incident, "the incident is the last of its history"
    for name, counter in policy.counters.items():
        count = _count(situations, own, counter, policy)
        for at_count in thresholds_of(policy, name):
            if at_count > count + FARTHEST_SAID:
                break
            if at_count > count:
                yield _Next(name=name, counter=counter, count=count, at_count=at_count)
                break


def _count(situations: Sequence[Situation], own: Situation, counter: Counter, policy: Policy) -> int:
    counted = [situation for situation in situations if is_counted(situation, counter)]
    rolling = find_rolling(counter.window)
    if rolling is None:
        return sum(window_key(situation, counter) == window_key(own, counter) for situation in counted)
    since = look_back(own.starts_at, rolling, policy.zone_info)
    return sum(since < situation.starts_at <= own.starts_at for situation in counted)


def _days(found: _Next, policy: Policy, incident: Incident, now: datetime) -> list[date]:
    """The days on which the next incident of the window could be: those still to come, one per week."""
    own = place_all([incident], policy)[0]
    first = day_of(own, found.counter)
    if not is_calendar(found.counter.window):
        return [first]
    key = window_key(own, found.counter)
    start = key[0]
    end = next_month_start(start) if found.counter.window == CALENDAR_MONTH else start + timedelta(days=7)
    today = now.astimezone(policy.zone_info).date()
    days = [start + timedelta(days=offset) for offset in range((end - start).days)]
    days = [day for day in days if key[1] is None or (day.year, day.month) == (key[1].year, key[1].month)]
    coming = [day for day in days if day >= today] or [first]
    one_per_week = {day.isocalendar()[:2]: day for day in reversed(coming)}
    return sorted(one_per_week.values())


def _bands(policy: Policy) -> list[Band | None]:
    return [None] if policy.notice is None else [line.band for line in policy.notice.bands]


def _reach(
    found: _Next,
    history: Sequence[Incident],
    policy: Policy,
    incident: Incident,
    before: Assessed,
    *,
    day: date,
    band: Band | None,
    now: datetime,
) -> tuple[int, tuple[ConsequenceKind, ...]]:
    """What reaching the count on `day` with `band` adds, and what it newly brings about."""
    missing = found.at_count - found.count
    situations = place_all(history, policy)
    kind = found.counter.kinds[0] if Kind.CANCELLED not in found.counter.kinds else Kind.CANCELLED
    plain = replace(
        incident, kind=kind, requested_by=RequestedBy.TEACHER, decision=None, lesson_type="regular", lesson_pay=None
    )
    latest = max([now, *(situation.reported_at for situation in situations)])
    for place in range(missing):
        made_up = place_all(
            [replace(plain, incident=f"{incident.incident} and {place + 1} more")], policy, situations[-1].spent
        )[0]
        # Reported after all others, on the day and with the notice that are asked about.
        made_up.reported_at = latest + timedelta(microseconds=place + 1)
        made_up.starts_at += timedelta(microseconds=place + 1) if find_rolling(found.counter.window) else timedelta(0)
        made_up.lesson_on = made_up.reported_on = day
        made_up.band = made_up.charged_band = band
        situations.append(made_up)
    after = assess_situations(situations, policy)
    adds_minor = sum(one.penalty_minor for one in after.assessments) - sum(
        one.penalty_minor for one in before.assessments
    )
    had = [consequence.kind for consequence in before.consequences]
    new = [consequence.kind for consequence in after.consequences]
    for one in had:
        if one in new:
            new.remove(one)
    return adds_minor, tuple(dict.fromkeys(new))


def _because(found: _Next, policy: Policy, adds_minor: int, kinds: tuple[ConsequenceKind, ...]) -> Sentence:
    window = found.counter.window
    if not adds_minor or policy.currency is None:
        text = _FOLLOWS[kinds[0]] if kinds else _of_window(window, _NO_MONEY)
        return Sentence(text, {"at_count": found.at_count})
    values: dict[str, Value] = {
        "at_count": found.at_count,
        "missing": found.at_count - found.count,
        "amount": Money(adds_minor, policy.currency),
    }
    said = _of_window(window, _MONEY)
    if ConsequenceKind.PAUSE_ACCOUNT in kinds:
        said = _of_window(window, _MONEY_AND_PAUSE)
        rule = next(rule for rule in policy.consequences if rule.kind is ConsequenceKind.PAUSE_ACCOUNT)
        values["days"] = (rule.lasts_hours or 0) // 24
    return Sentence(said.one, values, plural=said.several, count="missing")


def _of_window(window: str, said: tuple[_Said, _Said, _Said]) -> _Said:
    """What is said of a month, of a week, or of another window."""
    month, week, other = said
    return {CALENDAR_MONTH: month, WEEK: week}.get(window, other)


# Where the very next one does not reach the count, its number alone would puzzle: say how many are missing.
_MONEY: Final = (
    Wording(
        gettext_noop("Number {at_count} in this month would add at least {amount}."),
        gettext_noop("{missing} more in this month would add at least {amount} in all."),
    ),
    Wording(
        gettext_noop("Number {at_count} in this week would add at least {amount}."),
        gettext_noop("{missing} more in this week would add at least {amount} in all."),
    ),
    Wording(
        gettext_noop("Number {at_count} in this period would add at least {amount}."),
        gettext_noop("{missing} more in this period would add at least {amount} in all."),
    ),
)
_MONEY_AND_PAUSE: Final = (
    Wording(
        gettext_noop(
            "Number {at_count} in this month would add at least {amount} and pause the account for {days} days."
        ),
        gettext_noop(
            "{missing} more in this month would add at least {amount} in all and pause the account for {days} days."
        ),
    ),
    Wording(
        gettext_noop(
            "Number {at_count} in this week would add at least {amount} and pause the account for {days} days."
        ),
        gettext_noop(
            "{missing} more in this week would add at least {amount} in all and pause the account for {days} days."
        ),
    ),
    Wording(
        gettext_noop(
            "Number {at_count} in this period would add at least {amount} and pause the account for {days} days."
        ),
        gettext_noop(
            "{missing} more in this period would add at least {amount} in all and pause the account for {days} days."
        ),
    ),
)
_NO_MONEY: Final = (
    gettext_noop("Number {at_count} in this month is the next threshold."),
    gettext_noop("Number {at_count} in this week is the next threshold."),
    gettext_noop("Number {at_count} in this period is the next threshold."),
)
_FOLLOWS: Final = {
    ConsequenceKind.PAUSE_ACCOUNT: gettext_noop("Number {at_count} would pause the account."),
    ConsequenceKind.HOLD_SCHEDULE: gettext_noop("Number {at_count} would hold the schedule."),
    ConsequenceKind.DEPRIORITIZE: gettext_noop(
        "With {at_count}, new students are proposed to other teachers first for a time."
    ),
    ConsequenceKind.PAUSE_MATCHING: gettext_noop("With {at_count}, no new students are proposed for a time."),
    ConsequenceKind.REMATCH_STUDENT: gettext_noop("With {at_count}, the student is matched with another teacher."),
    ConsequenceKind.WARN: gettext_noop("With {at_count}, there is a warning."),
    ConsequenceKind.REVIEW_FOR_TERMINATION: gettext_noop(
        "With {at_count}, a person reviews whether to go on working together."
    ),
}
