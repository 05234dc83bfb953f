"""From the screen to the incident: which situation fits, and what kind of incident it is (policy.md)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import IntEnum

from makegood.rules.facts import Kind


class Situation(IntEnum):
    """What the teacher says is happening."""

    DURING_THE_LESSON = 1
    LAST_MINUTE = 2
    KNOWN_BEFORE = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What an incident of this situation would be recorded as. `taught_minutes` are whole minutes."""

    situation: Situation
    lesson_begun: bool
    kind: Kind
    taught_minutes: int

    @property
    def code(self) -> str:
        """`1_begun`, `1_not_begun`, `2` or `3`: the claim's name in a stored quote."""
        if self.situation is Situation.DURING_THE_LESSON:
            return "1_begun" if self.lesson_begun else "1_not_begun"
        return str(int(self.situation))


def find_fitting(*, starts_at: datetime, ends_at: datetime, mark_minutes: int, now: datetime) -> Situation | None:
    """The situation that fits the time of the report, None after the scheduled end.

    Exactly on the mark (24 hours as shipped) still counts as before it (D10).
    """
    if now >= ends_at:
        return None
    if now >= starts_at:
        return Situation.DURING_THE_LESSON
    # In UTC: taking minutes from a local time would be wrong on nights when clocks change.
    if now <= starts_at.astimezone(UTC) - timedelta(minutes=mark_minutes):
        return Situation.KNOWN_BEFORE
    return Situation.LAST_MINUTE


def make_claim(*, situation: Situation, lesson_begun: bool, starts_at: datetime, now: datetime) -> Claim:
    """What the report says. A lesson that began is cut short, having been taught up to now; any other is cancelled."""
    begun = situation is Situation.DURING_THE_LESSON and lesson_begun
    elapsed_minutes = max(0, int((now - starts_at).total_seconds()) // 60)
    return Claim(
        situation=situation,
        lesson_begun=begun,
        kind=Kind.CUT_SHORT if begun else Kind.CANCELLED,
        taught_minutes=elapsed_minutes if begun else 0,
    )


def list_claims(*, starts_at: datetime, now: datetime) -> tuple[Claim, ...]:
    """Every claim the page offers: both forms of situation 1, then 2 and 3."""
    choices = ((1, True), (1, False), (2, False), (3, False))
    return tuple(
        make_claim(situation=Situation(number), lesson_begun=begun, starts_at=starts_at, now=now)
        for number, begun in choices
    )
