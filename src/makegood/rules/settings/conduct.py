"""Settings that other parts of the product act on: reporting, waiting, students, statements, versions, matching."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Annotated

from makegood.rules.facts import Kind
from makegood.rules.settings.notes import AtLeast, AtMost, Decides, Says


class ClaimedTime(StrEnum):
    """What it takes to use a claimed earlier time when that crosses a band."""

    SECOND_PERSON = "second_person"


class OpenDispute(StrEnum):
    """What a dispute that is open on pay day does to its line."""

    HOLD = "hold"
    DEDUCT = "deduct"


class Shortfall(StrEnum):
    """What happens to penalties above the pay."""

    CARRY = "carry"


class LateDecision(StrEnum):
    """Where a decision after the month was paid goes."""

    NEXT_OPEN_PERIOD = "next_open_period"


class InForceAt(StrEnum):
    """Which instant decides the policy version."""

    LESSON_START = "lesson_start"


class Deprioritized(StrEnum):
    """What being deprioritized does in matching."""

    LAST_RESORT = "last_resort"
    LOWER_SCORE = "lower_score"
    EXCLUDED = "excluded"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reporting:
    """The marks and clocks of reporting, in minutes."""

    mark_minutes: Annotated[
        int,
        Says("Before this mark a lesson can still be cancelled in the usual way; exactly on it is before."),
        AtLeast(0),
    ] = 1440
    undo_minutes: Annotated[
        int,
        Says("How long a teacher may withdraw a report."),
        Decides("D16"),
        AtLeast(0),
    ] = 5
    quote_minutes: Annotated[int, Says("How long a quote holds at most."), Decides("D37"), AtLeast(1)] = 10
    hold_price_minutes: Annotated[
        int,
        Says("The notice clock stops this long when the page is opened; 0 is off."),
        Decides("D37"),
        AtLeast(0),
    ] = 0
    claimed_time: Annotated[ClaimedTime, Says("What a claimed earlier time needs."), Decides("D11")] = (
        ClaimedTime.SECOND_PERSON
    )
    source: Annotated[str, Says("The clause this implements.")] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """How long people wait: for each other, and for what becomes of a lesson that nobody told about.

    Of a lesson what is in force at its start holds. The defaults are what schools publish; also one without a late
    charge hears of who was late.
    """

    late_minutes: Annotated[
        int,
        Says("Who comes so many minutes after the start, or more, is late."),
        AtLeast(1),
        AtMost(60),
    ] = 5
    wait_minutes: Annotated[
        int,
        Says("So long one waits before saying that the other is absent, but never beyond a third of the lesson."),
        AtLeast(1),
        AtMost(60),
    ] = 15
    confirm_minutes: Annotated[
        int,
        Says("So long after the scheduled end people say what happened; then what was seen is recorded by itself."),
        AtLeast(0),
        AtMost(10_080),
    ] = 120
    source: Annotated[str, Says("The clause this implements.")] = ""

    @property
    def late_after(self) -> timedelta:
        """How long after the start somebody is late, inclusive."""
        return timedelta(minutes=self.late_minutes)

    @property
    def confirm_within(self) -> timedelta:
        """How long after the scheduled end nothing is recorded by itself."""
        return timedelta(minutes=self.confirm_minutes)

    def wait_for(self, length: timedelta) -> timedelta:
        """How long after the start of a lesson of `length` one waits before saying that the other is absent.

        Beyond a third of the lesson what is left is no lesson any more.
        """
        return min(timedelta(minutes=self.wait_minutes), length / 3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Students:
    """What a student's own cancelling or missing does. Never counted against the teacher (D29, D31)."""

    cancel_free_minutes: Annotated[
        int,
        Says("With at least this notice the student's cancelling is free."),
        Decides("D29"),
        AtLeast(0),
    ] = 1440
    paid_kinds: Annotated[
        tuple[Kind, ...],
        Says("The teacher is paid for these (cancelled: only inside the mark)."),
        Decides("D31"),
    ] = (Kind.CANCELLED, Kind.NO_SHOW)
    source: Annotated[str, Says("The clause this implements.")] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    """What the school's and the platform's own cancelling does (D31)."""

    company_is_paid: Annotated[
        bool,
        Says("Whether the teacher is paid when the school cancels."),
        Decides("D31"),
    ] = False
    platform_is_paid: Annotated[bool, Says("Whether the teacher is paid when the platform fails.")] = False
    source: Annotated[str, Says("The clause this implements.")] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Statements:
    """What pay does with penalties."""

    open_dispute: Annotated[OpenDispute, Says("A dispute open on pay day."), Decides("D21")] = OpenDispute.HOLD
    shortfall: Annotated[Shortfall, Says("Penalties above the pay."), Decides("D22")] = Shortfall.CARRY
    late_decision: Annotated[LateDecision, Says("A decision after the month was paid."), Decides("D20")] = (
        LateDecision.NEXT_OPEN_PERIOD
    )
    source: Annotated[str, Says("The clause this implements.")] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Versions:
    """Which version of the policy applies."""

    in_force_at: Annotated[InForceAt, Says("Which instant decides the version."), Decides("D23")] = (
        InForceAt.LESSON_START
    )
    source: Annotated[str, Says("The clause this implements.")] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Matching:
    """What standing does to being proposed to new students."""

    deprioritized: Annotated[Deprioritized, Says("What being deprioritized does."), Decides("D26")] = (
        Deprioritized.LAST_RESORT
    )
    source: Annotated[str, Says("The clause this implements.")] = ""
