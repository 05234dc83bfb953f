"""What decisions do, which reasons may be accepted, which evidence by when."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from makegood.rules.facts import Decision
from makegood.rules.settings.notes import Amount, AtLeast, AtMost, Decides, NotEmpty, Says


class Reduction(StrEnum):
    """What `reduced` does to the price, before tier and multiplier."""

    MILDER_BAND = "milder_band"
    FIXED_AMOUNT = "fixed_amount"
    PERCENT = "percent"


class Undecided(StrEnum):
    """How an incident without a decision is assessed."""

    AS_UPHELD = "as_upheld"


class DeadlineFrom(StrEnum):
    """Which date an evidence deadline counts from, in the policy's zone."""

    REPORTED = "reported"
    INCIDENT = "incident"


@dataclass(frozen=True, slots=True, kw_only=True)
class Waived:
    """The effect of `waived`; what still counts is said by each counter's `decisions`."""

    is_charged: Annotated[bool, Says("Whether the penalty stays."), Decides("D14")] = False
    is_paid: Annotated[bool, Says("Whether the lesson is paid.")] = False
    source: Annotated[str, Says("The clause this implements.")] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reduced:
    """The effect of `reduced`."""

    how: Annotated[Reduction, Says("What it does to the price."), Decides("D15")] = Reduction.MILDER_BAND
    amount: Annotated[int | None, Amount(), Says("For fixed_amount: the price.")] = None
    share_bp: Annotated[
        int | None,
        Says("For percent: the share that stays, in basis points."),
        AtLeast(0),
        AtMost(10_000),
    ] = None
    source: Annotated[str, Says("The clause this implements.")] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Voided:
    """The effect of `voided`: it never happened, for every count, price and consequence (D16)."""

    is_paid: Annotated[
        bool,
        Says("Whether this assessment says that the lesson is paid."),
        Decides("D16"),
    ] = False
    source: Annotated[str, Says("The clause this implements.")] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decisions:
    """What each decision does."""

    waived: Annotated[Waived, Says("The effect of waived.")] = Waived()
    reduced: Annotated[Reduced, Says("The effect of reduced.")] = Reduced()
    voided: Annotated[Voided, Says("The effect of voided.")] = Voided()
    undecided: Annotated[
        Undecided,
        Says("How an incident without a decision is assessed."),
        Decides("D36"),
    ] = Undecided.AS_UPHELD


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """Until when evidence is accepted: the end of the n-th day after a date in the policy's zone, or n hours."""

    days: Annotated[int | None, Says("The end of this day after the date."), AtLeast(0)] = None
    hours: Annotated[int | None, Says("Instead of days: elapsed hours."), AtLeast(1)] = None
    counts_from: Annotated[DeadlineFrom, Says("The report's or the lesson's date.")] = DeadlineFrom.REPORTED
    source: Annotated[str, Says("The clause this implements.")] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One line of the catalog: what a person may give as reason, what proves it, what may be decided."""

    code: Annotated[str, Says("The reason's code."), NotEmpty()]
    title: Annotated[str, Says("The reason in words, as the teacher who gives it reads it.")]
    title_for_others: Annotated[
        str, Says("The reason as everybody else reads it, about the teacher; absent: the same words.")
    ] = ""
    outcomes: Annotated[
        tuple[Decision, ...],
        Says("waived, reduced: what may be decided."),
        Decides("D19"),
    ] = ()
    report_before_minutes: Annotated[
        int | None,
        Says("Only when reported at least this long before the start; absent: no such condition."),
        AtLeast(0),
    ] = None
    needs_exception: Annotated[bool, Says("Only with a written exception.")] = False
    evidence: Annotated[tuple[str, ...], Says("Codes of the accepted evidence; any one proves it.")] = ()
    deadline: Annotated[Deadline | None, Says("Its own deadline; absent: the general one.")] = None
    source: Annotated[str, Says("The clause this implements.")] = ""

    def title_for(self, *, is_own: bool) -> str:
        """The reason in words for its reader; `is_own`: the teacher who gave it."""
        return self.title if is_own else self.title_for_others or self.title


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceKind:
    """One kind of evidence and how it is judged."""

    code: Annotated[str, Says("The evidence's code."), NotEmpty()]
    title: Annotated[str, Says("The evidence in words.")]
    is_accepted: Annotated[bool, Says("False for what is refused by itself.")] = True
    source: Annotated[str, Says("The clause this implements.")] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """The evidence catalog and the general deadline."""

    deadline: Annotated[Deadline, Says("The general deadline."), Decides("D18")] = Deadline(days=7)
    catalog: Annotated[tuple[EvidenceKind, ...], Says("What is accepted, and what is refused.")] = ()
    source: Annotated[str, Says("The clause this implements.")] = ""
