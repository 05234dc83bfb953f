"""Consequence ladder: what follows besides money, from when, until when (D17, D24, D33-D35)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final, Protocol

from makegood.rules.facts import ConsequenceKind, Incident
from makegood.rules.policy import Policy
from makegood.rules.primitives.counters import Place, WindowKey, find_window, window_key
from makegood.rules.primitives.ranges import Latest
from makegood.rules.results import Consequence
from makegood.rules.sentences import Sentence, Value, gettext_noop
from makegood.rules.settings.counting import Cause, ConsequenceRule, Counter, Overlap, Release, Repeats, Starts
from makegood.rules.situation import Situation, instant_of
from makegood.rules.windows import Rolling, find_rolling

Places = Mapping[str, Sequence[Place]]


class Reported(Protocol):
    """What a consequence takes from its cause: a situation, or whoever knows as much. Instants are in UTC."""

    @property
    def incident(self) -> Incident:
        """The incident as recorded."""

    @property
    def reported_at(self) -> datetime:
        """Its report; the scheduled end where nobody reported."""

    @property
    def ends_at(self) -> datetime:
        """The lesson's scheduled end."""


def consequences(ordered: Sequence[Situation], policy: Policy, places: Places) -> tuple[Consequence, ...]:
    """Everything that follows from one teacher's history, by start, kind and incident.

    `ordered` is the history in reported order; `places` has each counter's places in that order.
    """
    found: list[Consequence] = []
    for rule in policy.consequences:
        raised = sorted(
            _raised(rule, ordered, policy, places),
            key=lambda consequence: (consequence.starts_at, consequence.incident),
        )
        found.extend(settle_overlaps(raised, rule.overlap))
    found.sort(key=lambda consequence: (consequence.starts_at, consequence.kind, consequence.incident))
    return tuple(found)


def _raised(
    rule: ConsequenceRule, ordered: Sequence[Situation], policy: Policy, places: Places
) -> Iterator[Consequence]:
    if rule.cause is not Cause.COUNT:
        for situation in ordered:
            if situation.is_live and situation.kind in rule.kinds and situation.decision in rule.decisions:
                yield from from_incident(rule, situation)
        return
    assert rule.counter is not None, "checked when the document was loaded"
    assert rule.at_count is not None, "checked when the document was loaded"
    counter = policy.counters[rule.counter]
    at_places = places[rule.counter]
    counted = [(situation, at) for situation, at in zip(ordered, at_places, strict=True) if at.is_counted]
    if len(counted) < rule.at_count:
        return
    rolling = find_rolling(counter.window)
    if rolling is None:
        yield from _from_calendar(rule, counter, rule.at_count, counted)
    else:
        yield from _from_rolling(rule, counter, rule.at_count, counted, rolling, policy)


def _from_calendar(
    rule: ConsequenceRule, counter: Counter, at_count: int, counted: Sequence[tuple[Situation, Place]]
) -> Iterator[Consequence]:
    reached: dict[WindowKey, int] = {}
    for situation, _ in counted:
        key = window_key(situation, counter)
        reached[key] = reached.get(key, 0) + 1
        if reached[key] == at_count or (reached[key] > at_count and rule.repeats is Repeats.EACH):
            # In reported order, the incident that reaches the count is also the latest reported of them.
            yield from_count(rule, situation, reached[key])


def from_count(rule: ConsequenceRule, cause: Reported, count: int) -> Consequence:
    """What follows from the incident that is number `count` of its calendar window."""
    return _consequence(rule, cause, _starts_at(rule, cause), count, rule.at_count or count)


def _from_rolling(
    rule: ConsequenceRule,
    counter: Counter,
    at_count: int,
    counted: Sequence[tuple[Situation, Place]],
    rolling: Rolling,
    policy: Policy,
) -> Iterator[Consequence]:
    members = sorted((instant_of(situation, counter), order) for order, (situation, _) in enumerate(counted))
    latest = Latest([counted[order][0].reported_at for _, order in members])
    for situation, place in counted:
        if place.total < at_count:
            continue
        starts_at = _starts_at(rule, situation)
        if rule.starts is Starts.LATEST_REPORTED:
            window = find_window(members, instant_of(situation, counter), rolling, policy.zone_info)
            starts_at = latest.between(*window)
        yield _consequence(rule, situation, starts_at, place.total, at_count)


def from_incident(rule: ConsequenceRule, situation: Situation) -> Iterator[Consequence]:
    """What one incident brings about by itself, if anything; its kind and decision are those the rule names."""
    is_answered_in_time = situation.incident.reported_at is not None and situation.reported_at <= situation.ends_at
    if rule.cause is Cause.NEVER_REPORTED and is_answered_in_time:
        return
    if rule.cause is Cause.LESSON_TYPE and situation.incident.lesson_type not in rule.lesson_types:
        return
    starts_at = _starts_at(rule, situation)
    consequence = _consequence(rule, situation, starts_at, 1, 1)
    if (
        rule.release is Release.ANSWER
        and situation.incident.reported_at is not None
        and starts_at < situation.reported_at
    ):
        consequence = replace(consequence, ends_at=situation.reported_at)
    yield consequence


def _starts_at(rule: ConsequenceRule, cause: Reported) -> datetime:
    return cause.ends_at if rule.starts is Starts.SCHEDULED_END else cause.reported_at


def _consequence(rule: ConsequenceRule, cause: Reported, starts_at: datetime, count: int, at_count: int) -> Consequence:
    return Consequence(
        teacher=cause.incident.teacher,
        kind=rule.kind,
        starts_at=starts_at,
        ends_at=None if rule.lasts_hours is None else starts_at + timedelta(hours=rule.lasts_hours),
        incident=cause.incident.incident,
        because=_because(rule, {"count": count, "at_count": at_count}),
    )


def settle_overlaps(raised: Sequence[Consequence], overlap: Overlap) -> list[Consequence]:
    """Join, extend or ignore what starts inside an earlier one; `raised` is sorted by start."""
    if overlap is Overlap.SEPARATE:
        return list(raised)
    settled: list[Consequence] = []
    for consequence in raised:
        last = settled[-1] if settled else None
        if last is None or (last.ends_at is not None and consequence.starts_at >= last.ends_at):
            settled.append(consequence)
        elif overlap is Overlap.IGNORE or last.ends_at is None:
            continue
        elif consequence.ends_at is None:
            settled[-1] = replace(last, ends_at=None)
        elif overlap is Overlap.EXTEND:
            settled[-1] = replace(last, ends_at=last.ends_at + (consequence.ends_at - consequence.starts_at))
        else:
            settled[-1] = replace(last, ends_at=max(last.ends_at, consequence.ends_at))
    return settled


def _because(rule: ConsequenceRule, values: dict[str, Value]) -> Sentence:
    if rule.cause is Cause.COUNT:
        return Sentence(_COUNTED[rule.kind], values)
    if rule.cause is Cause.NEVER_REPORTED:
        return _HELD if rule.kind is ConsequenceKind.HOLD_SCHEDULE else _NEVER_REPORTED
    return _REMATCHED if rule.kind is ConsequenceKind.REMATCH_STUDENT else _LESSON_TYPE


_COUNTED: Final = {
    ConsequenceKind.PAUSE_ACCOUNT: gettext_noop(
        "{count} incidents are counted. From {at_count} on, the account is paused."
    ),
    ConsequenceKind.HOLD_SCHEDULE: gettext_noop(
        "{count} incidents are counted. From {at_count} on, the schedule is held."
    ),
    ConsequenceKind.DEPRIORITIZE: gettext_noop(
        "{count} incidents are counted. From {at_count} on, new students are proposed to other teachers first."
    ),
    ConsequenceKind.PAUSE_MATCHING: gettext_noop(
        "{count} incidents are counted. From {at_count} on, no new students are proposed."
    ),
    ConsequenceKind.REMATCH_STUDENT: gettext_noop(
        "{count} incidents are counted. From {at_count} on, the student is matched with another teacher."
    ),
    ConsequenceKind.WARN: gettext_noop("{count} incidents are counted. From {at_count} on, there is a warning."),
    ConsequenceKind.REVIEW_FOR_TERMINATION: gettext_noop(
        "{count} incidents are counted. From {at_count} on, a person reviews whether to go on working together."
    ),
}
_HELD: Final = Sentence(
    gettext_noop("The teacher did not come and nobody reported it. The schedule is held until the teacher answers.")
)
_NEVER_REPORTED: Final = Sentence(gettext_noop("The teacher did not come and nobody reported it."))
_REMATCHED: Final = Sentence(
    gettext_noop("It was the first meeting with the student, who is matched with another teacher.")
)
_LESSON_TYPE: Final = Sentence(gettext_noop("Lessons of this type have consequences of their own."))
