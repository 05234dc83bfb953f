"""What a school asks of a booking: the fields, their sensible defaults, and what may not be set."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Final

from django.utils.translation import gettext_noop

from makegood.refusal import Refusal

SLOT_MINUTES: Final = (15, 30)


class BookingRulesUnusable(Refusal):
    """A value lies outside what can be kept."""

    code = "booking_rules_unusable"
    sentence = gettext_noop("“{field}” must be between {least} and {most}. Nothing was changed.")


@dataclass(frozen=True, slots=True, kw_only=True)
class BookingRuleSet:
    """A school's booking rules; the values here hold until it sets its own.

    `slot_minutes`: lessons start on this grid of the teacher's clock, 30 or 15. `buffer_minutes`: free time after each
    lesson. `minimum_notice_minutes`: how long before its start a lesson can still be booked. `horizon_days`: how far
    ahead. `max_lessons_per_day`: of one teacher on one day of the teacher's zone. `hold_minutes`: how long a slot is
    kept for somebody who is booking it. `needs_approval`: staff confirm each booking. `requires_credits`: a lesson is
    paid with a lesson credit. `first_meeting_required`: the first lesson of a student with a teacher is the kind for
    that, where the school offers one and unless the desk books. `probation_days` after joining, a teacher takes at most
    `probation_max_lessons_per_week`; 0 days: no probation. `freshness_days`: how far ahead a teacher must be open, 0:
    no such rule. `freshness_pause_days`: how long matching pauses after that was broken, 0: it does not; and it was
    warned of `freshness_grace_hours` before (docs/decisions/0012).
    """

    number: int = 0
    slot_minutes: int = 30
    buffer_minutes: int = 0
    minimum_notice_minutes: int = 720
    horizon_days: int = 60
    max_lessons_per_day: int = 8
    hold_minutes: int = 15
    needs_approval: bool = False
    requires_credits: bool = False
    first_meeting_required: bool = False
    probation_days: int = 0
    probation_max_lessons_per_week: int = 5
    freshness_days: int = 14
    freshness_pause_days: int = 0
    freshness_grace_hours: int = 24

    @property
    def pauses_matching(self) -> bool:
        """Whether anything follows when a teacher is open for less than is asked."""
        return self.freshness_days > 0 and self.freshness_pause_days > 0

    def window(self, *, from_at: datetime, until_at: datetime, now: datetime) -> tuple[datetime, datetime]:
        """The part of `[from_at, until_at)` in which a lesson booked at `now` may start; empty if end <= start."""
        return (
            max(from_at, now + timedelta(minutes=self.minimum_notice_minutes)),
            min(until_at, now + timedelta(days=self.horizon_days)),
        )


DEFAULT_RULES: Final = BookingRuleSet()

# Field, least, most; the database holds the same (30_availability.sql).
LIMITS: Final = {
    "buffer_minutes": (0, 120),
    "minimum_notice_minutes": (0, 20160),
    "horizon_days": (7, 366),
    "max_lessons_per_day": (1, 48),
    "hold_minutes": (1, 1440),
    "probation_days": (0, 366),
    "probation_max_lessons_per_week": (1, 100),
    "freshness_days": (0, 60),
    "freshness_pause_days": (0, 366),
    "freshness_grace_hours": (1, 336),
}


def refuse_unless_usable(rules: BookingRuleSet) -> None:
    """Raise BookingRulesUnusable for the first value outside its limits."""
    if rules.slot_minutes not in SLOT_MINUTES:
        raise BookingRulesUnusable(field="slot_minutes", least=SLOT_MINUTES[0], most=SLOT_MINUTES[-1])
    for field in fields(rules):
        if field.name in LIMITS:
            least, most = LIMITS[field.name]
            if not least <= getattr(rules, field.name) <= most:
                raise BookingRulesUnusable(field=field.name, least=least, most=most)
