"""How close teachers are to what follows, as an owner reads it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext_noop

from makegood.domain.policies.queries import get_timetable
from makegood.domain.schools.models import School
from makegood.reports.standings import TeacherStanding, list_standings
from makegood.rules.policy import Policy
from makegood.rules.sentences import Sentence, Wording
from makegood.rules.settings.counting import Cause
from makegood.rules.windows import WEEK, Rolling, find_rolling
from makegood.web.parts.threshold_words import say_threshold
from makegood.web.parts.words import consequence_words

_NOW_IN_MONTHS = Wording(gettext_noop("{count} in the last month"), gettext_noop("{count} in the last {length} months"))
_NOW_IN_DAYS = Wording(gettext_noop("{count} in the last day"), gettext_noop("{count} in the last {length} days"))
_PLACE_IN_MONTHS = Wording(
    gettext_noop("Number {count} within a month"), gettext_noop("Number {count} within {length} months")
)
_PLACE_IN_DAYS = Wording(
    gettext_noop("Number {count} within a day"), gettext_noop("Number {count} within {length} days")
)


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingRow:
    """A teacher, the count with its window, what holds now, and what the next threshold brings."""

    name: str
    count: Sentence
    holding: tuple[Sentence, ...]
    coming: tuple[Sentence, ...]


def list_rows(*, school: School, now: datetime) -> list[StandingRow]:
    """Who is at a threshold under a policy without money; where it takes money, prices say it. 1 to 5 statements."""
    version = get_timetable(school_id=school.pk).find_at(now)
    if version is None or version.policy.takes_money:
        return []
    return [_row(found, version.policy) for found in list_standings(school=school, version=version, now=now)]


def say_place(policy: Policy, name: str, count: int) -> Sentence:
    """As which of its window a case was counted by the counter `name`."""
    window = policy.counters[name].window
    rolling = find_rolling(window)
    if rolling is None:
        text = gettext_noop("{count} in its week") if window == WEEK else gettext_noop("{count} in its month")
        return Sentence(text, {"count": count})
    return _of_length(_PLACE_IN_MONTHS if rolling.months else _PLACE_IN_DAYS, rolling, count)


def _say_now(policy: Policy, name: str, count: int) -> Sentence:
    """So many incidents in the window of the counter `name` that runs now."""
    window = policy.counters[name].window
    rolling = find_rolling(window)
    if rolling is None:
        text = gettext_noop("{count} this week") if window == WEEK else gettext_noop("{count} this month")
        return Sentence(text, {"count": count})
    return _of_length(_NOW_IN_MONTHS if rolling.months else _NOW_IN_DAYS, rolling, count)


def _of_length(said: Wording, rolling: Rolling, count: int) -> Sentence:
    values = {"count": count, "length": rolling.months or rolling.days}
    return Sentence(said.one, values, plural=said.several, count="length")


def _row(found: TeacherStanding, policy: Policy) -> StandingRow:
    counter = found.counter
    coming = [
        rule
        for rule in policy.consequences
        if rule.cause is Cause.COUNT and rule.counter == counter.counter and rule.at_count == counter.limit
    ]
    is_ahead = counter.limit is not None and counter.limit > counter.count
    return StandingRow(
        name=found.teacher.display_name,
        count=_say_now(policy, counter.counter, counter.count),
        holding=tuple(consequence_words(one.kind, ends_at=one.ends_at) for one in found.consequences),
        coming=tuple(sentence for rule in coming if is_ahead for sentence in say_threshold(rule, is_own=False)),
    )
