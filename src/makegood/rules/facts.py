"""The facts a policy is applied to. Codes appear verbatim in files, JSON and stored documents (docs/glossary.md)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from makegood.quantities import Money


class Kind(StrEnum):
    """How a lesson did not go as booked."""

    CANCELLED = "cancelled"
    RESCHEDULED = "rescheduled"
    NO_SHOW = "no_show"
    CUT_SHORT = "cut_short"
    LATE = "late"


class RequestedBy(StrEnum):
    """Who is answerable for it."""

    TEACHER = "teacher"
    STUDENT = "student"
    COMPANY = "company"
    PLATFORM = "platform"


class Decision(StrEnum):
    """What a reviewer made of it. No decision yet and `upheld` are assessed alike (D36)."""

    UPHELD = "upheld"
    REDUCED = "reduced"
    WAIVED = "waived"
    VOIDED = "voided"


class Band(StrEnum):
    """Where the notice falls."""

    ADVANCE_NOTICE = "advance_notice"
    WITH_NOTICE = "with_notice"
    WITHOUT_NOTICE = "without_notice"
    IN_TIME_TROUBLE = "in_time_trouble"


class ConsequenceKind(StrEnum):
    """What follows from incidents besides money."""

    PAUSE_ACCOUNT = "pause_account"
    HOLD_SCHEDULE = "hold_schedule"
    DEPRIORITIZE = "deprioritize"
    PAUSE_MATCHING = "pause_matching"
    REMATCH_STUDENT = "rematch_student"
    WARN = "warn"
    REVIEW_FOR_TERMINATION = "review_for_termination"


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """A lesson of one teacher that did not go as booked, as recorded.

    Times are aware datetimes. `reported_at` is the server's receipt of the first message, None when nobody reported.
    `taught_minutes` is whole minutes, 0 when nothing was taught. `decision` is None until somebody decided; a
    withdrawal - somebody took it back at once - is passed as VOIDED, which has the same effect (D16), and is told apart
    by `is_withdrawn`, as nothing was recorded wrongly then. `lesson` tells lessons of one start
    apart, where more is known than a file tells: a time that was given up may have been booked again (D3).
    """

    incident: str
    teacher: str
    lesson_starts_at: datetime
    lesson_minutes: int
    kind: Kind
    requested_by: RequestedBy
    reported_at: datetime | None = None
    taught_minutes: int = 0
    reason: str | None = None
    decision: Decision | None = None
    is_withdrawn: bool = False
    lesson_type: str = "regular"
    lesson_pay: Money | None = None
    booked_at: datetime | None = None
    engagement: str | None = None
    country: str | None = None
    lesson: str | None = None

    @property
    def lesson_ends_at(self) -> datetime:
        """The scheduled end, in UTC: adding minutes to a local time would be wrong on nights when clocks change."""
        return self.lesson_starts_at.astimezone(UTC) + timedelta(minutes=self.lesson_minutes)
