"""One incident as the rules see it: its instants in UTC, its band, what it counts for."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from makegood.rules.facts import Band, Decision, Incident, Kind, RequestedBy
from makegood.rules.settings.counting import Counter, Instant

# What caps have let through so far, by week (its Monday) and by month.
Spent = dict[date | tuple[int, int], int]


@dataclass(slots=True)
class Situation:
    """Filled while assessing; never leaves the library.

    `lesson_on` and `reported_on` are dates in the policy's zone.
    `kind` is the recorded one, except that a lesson cut short with nothing taught is treated like a no-show (D13).
    `reported_at` is the scheduled end where nobody reported. `band` is also known where the policy has no money.
    `tier_count` and `multiplier_count` are the counts that price it; `spent` is shared by all of one assessment.
    """

    incident: Incident
    starts_at: datetime
    ends_at: datetime
    reported_at: datetime
    lesson_on: date
    reported_on: date
    kind: Kind
    band: Band | None
    is_taught_enough: bool
    spent: Spent
    charged_band: Band | None = None
    counts: dict[str, int] = field(default_factory=dict)
    counted_for: tuple[str, ...] = ()
    tier_count: int = 0
    multiplier_count: int = 0

    @property
    def decision(self) -> Decision:
        """No decision yet is assessed as upheld (D36)."""
        return self.incident.decision or Decision.UPHELD

    @property
    def is_live(self) -> bool:
        """Whether the teacher is answerable for it and it was not recorded wrongly."""
        return self.incident.requested_by is RequestedBy.TEACHER and self.incident.decision is not Decision.VOIDED

    @property
    def order(self) -> tuple[datetime, datetime, str]:
        """Reported order, ties by lesson start, then id."""
        return (self.reported_at, self.starts_at, self.incident.incident)


def is_counted(situation: Situation, counter: Counter) -> bool:
    """Whether the incident counts for the counter at all."""
    incident = situation.incident
    return (
        situation.kind in counter.kinds
        and incident.requested_by in counter.requested_by
        and situation.decision in counter.decisions
        and incident.decision is not Decision.VOIDED
        and not situation.is_taught_enough
        and (situation.band is None or situation.band not in counter.excluded_bands)
        and (not counter.lesson_types or incident.lesson_type in counter.lesson_types)
    )


def instant_of(situation: Situation, counter: Counter) -> datetime:
    """The instant that puts the incident into the counter's window (D8)."""
    return situation.starts_at if counter.instant is Instant.LESSON_START else situation.reported_at


def day_of(situation: Situation, counter: Counter) -> date:
    """That instant's date in the policy's zone."""
    return situation.lesson_on if counter.instant is Instant.LESSON_START else situation.reported_on
