"""Caps: most that may be charged for one incident, a week or a month, in reported order (D5, D22)."""

from __future__ import annotations

from datetime import date
from typing import Final

from makegood.quantities import Money, Share
from makegood.rules.policy import Policy
from makegood.rules.results import Step
from makegood.rules.sentences import Sentence, gettext_noop
from makegood.rules.situation import Situation
from makegood.rules.windows import week_start

RULE: Final = "caps"


def apply(situation: Situation, policy: Policy, before_minor: int) -> Step | None:
    """Lower the amount to the tightest cap, and note what the week and the month have taken."""
    if policy.currency is None or not before_minor or not policy.caps.has_any:
        return None
    after_minor, because = before_minor, None
    for room_minor, text in _rooms(situation, policy):
        if room_minor < after_minor:
            after_minor = room_minor
            because = Sentence(text, {"amount": Money(room_minor, policy.currency)})
    for key in _windows(situation):
        situation.spent[key] = situation.spent.get(key, 0) + after_minor
    if because is None:
        return None
    return Step(RULE, policy.caps.source, because, before_minor, after_minor)


def _rooms(situation: Situation, policy: Policy) -> list[tuple[int, str]]:
    caps, pay = policy.caps, situation.incident.lesson_pay
    week, month = _windows(situation)
    rooms: list[tuple[int, str]] = []
    if caps.incident is not None:
        rooms.append((caps.incident, _INCIDENT))
    if caps.share_of_pay_bp is not None and pay is not None:
        rooms.append((Share(caps.share_of_pay_bp).of(pay).amount_minor, _SHARE))
    if caps.week is not None:
        rooms.append((caps.week - situation.spent.get(week, 0), _WEEK))
    if caps.month is not None:
        rooms.append((caps.month - situation.spent.get(month, 0), _MONTH))
    return rooms


def _windows(situation: Situation) -> tuple[date, tuple[int, int]]:
    day = situation.lesson_on
    return week_start(day), (day.year, day.month)


_INCIDENT: Final = gettext_noop("One incident never costs more than {amount}.")
_SHARE: Final = gettext_noop("The penalty never exceeds its share of this lesson's pay, {amount}.")
_WEEK: Final = gettext_noop("Only {amount} is left of what one week may cost.")
_MONTH: Final = gettext_noop("Only {amount} is left of what one month may cost.")
