"""What an incident costs: notice bands, begun lessons, rates, tier, multiplier, late, money off, caps."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from makegood.rules.facts import Band, Kind
from makegood.rules.settings.notes import Amount, AtLeast, AtMost, Decides, Says


class Measure(StrEnum):
    """How notice is measured."""

    ELAPSED = "elapsed"
    CALENDAR_DAYS = "calendar_days"


class Unit(StrEnum):
    """What is counted and charged once. Format 1 knows the lesson only."""

    LESSON = "lesson"


class TierApplies(StrEnum):
    """Which incidents of a window the higher tier prices."""

    RETROACTIVE = "retroactive"
    MARGINAL = "marginal"


class TierCounts(StrEnum):
    """Whether all bands are counted together or each by itself."""

    ALL_BANDS = "all_bands"
    PER_BAND = "per_band"


class MultiplierApplies(StrEnum):
    """Which incidents of a window are multiplied."""

    WHOLE_WINDOW = "whole_window"
    FROM_THRESHOLD = "from_threshold"


class Stacking(StrEnum):
    """What happens when several steps of the multiplier are reached. Format 1 knows the highest only."""

    HIGHEST_ONLY = "highest_only"


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeBand:
    """A band and the least notice it needs; exactly on the mark belongs to it (D10)."""

    band: Annotated[Band, Says("The band's code.")]
    from_minutes: Annotated[int | None, Says("Least notice in elapsed minutes, inclusive."), AtLeast(0)] = None
    from_days: Annotated[int | None, Says("Least notice in calendar days, inclusive."), AtLeast(0), AtMost(36_500)] = (
        None
    )
    source: Annotated[str, Says("The clause this implements.")] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """How notice becomes a band. Bands are ordered from the longest notice; the two catch-alls win over them."""

    bands: Annotated[tuple[NoticeBand, ...], Says("From the longest notice to the shortest.")]
    at_or_after_start: Annotated[
        Band,
        Says("Reported at or after the start, the lesson not begun."),
        Decides("D12"),
    ] = Band.WITHOUT_NOTICE
    never: Annotated[Band, Says("Never reported.")] = Band.WITHOUT_NOTICE
    measure: Annotated[
        Measure,
        Says("Elapsed time, or calendar days in the policy's zone."),
        Decides("D10"),
    ] = Measure.ELAPSED
    kinds: Annotated[tuple[Kind, ...], Says("Kinds priced by notice."), Decides("D32")] = (
        Kind.CANCELLED,
        Kind.RESCHEDULED,
        Kind.NO_SHOW,
    )
    grace_after_booking_minutes: Annotated[
        int,
        Says("Reported within this many minutes of booking: the mildest band. 0 is off."),
        Decides("D28"),
        AtLeast(0),
    ] = 0
    source: Annotated[str, Says("The clause this implements.")] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """A lesson that began and did not run to its end (`cut_short`)."""

    in_time_band: Annotated[Band, Says("Reported before the scheduled end."), Decides("D12")] = Band.IN_TIME_TROUBLE
    too_little_band: Annotated[Band, Says("Not reported in time, and taught too little.")] = Band.WITHOUT_NOTICE
    enough_minutes: Annotated[
        int | None,
        Says("Taught this many whole minutes (or the whole lesson, if shorter) is enough."),
        Decides("D13"),
        AtLeast(1),
    ] = 20
    enough_share_bp: Annotated[
        int | None,
        Says("Instead of minutes: this share of the lesson, in basis points."),
        AtLeast(1),
        AtMost(10_000),
    ] = None
    source: Annotated[str, Says("The clause this implements.")] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """What one band costs in each tier."""

    band: Annotated[Band, Says("The band's code.")]
    amounts: Annotated[
        tuple[Annotated[int, Amount()], ...],
        Says("One amount per tier, the first tier first."),
    ]
    source: Annotated[str, Says("The clause this implements.")] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """The rates, per unit."""

    rates: Annotated[
        tuple[Rate, ...],
        Says("One line per band that costs something; other bands cost nothing."),
    ]
    unit: Annotated[Unit, Says("What is counted and charged once."), Decides("D3")] = Unit.LESSON
    source: Annotated[str, Says("The clause this implements.")] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tier:
    """From which count of a counter which column of the rates applies."""

    counter: Annotated[str, Says("The name of the counter that drives the tier.")]
    from_counts: Annotated[
        tuple[Annotated[int, AtLeast(1)], ...],
        Says("First count of each tier; the first is 1."),
    ]
    applies: Annotated[
        TierApplies,
        Says("To the whole window, or from the threshold on."),
        Decides("D1"),
    ] = TierApplies.RETROACTIVE
    counts: Annotated[TierCounts, Says("All bands together, or each band by itself."), Decides("D2")] = (
        TierCounts.ALL_BANDS
    )
    source: Annotated[str, Says("The clause this implements.")] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MultiplierStep:
    """From this count on, times this."""

    from_count: Annotated[int, Says("The first count it applies to."), AtLeast(2)]
    times: Annotated[int, Says("The factor."), AtLeast(1)]
    source: Annotated[str, Says("The clause this implements.")] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Multiplier:
    """Many incidents in one window cost a multiple; only the highest step reached counts (D5)."""

    counter: Annotated[str, Says("The name of the counter that drives the multiplier.")]
    steps: Annotated[tuple[MultiplierStep, ...], Says("In rising order.")]
    applies: Annotated[
        MultiplierApplies,
        Says("To the whole window, or from the threshold on."),
        Decides("D4"),
    ] = MultiplierApplies.WHOLE_WINDOW
    stacking: Annotated[Stacking, Says("Which of several steps applies."), Decides("D5")] = Stacking.HIGHEST_ONLY
    source: Annotated[str, Says("The clause this implements.")] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Late:
    """Started late, fully made up, and the student stayed: a flat amount, no tier, no multiplier (D27)."""

    amount: Annotated[int, Amount(), Says("The flat amount."), Decides("D27")] = 0
    is_paid: Annotated[bool, Says("Whether the lesson is paid.")] = True
    source: Annotated[str, Says("The clause this implements.")] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MoneyOff:
    """Where the school takes no money penalties; counts and consequences stay (D30)."""

    engagements: Annotated[
        tuple[str, ...],
        Says("Engagement types without money penalties."),
        Decides("D30"),
    ] = ()
    countries: Annotated[
        tuple[str, ...],
        Says("Countries without money penalties, as written in the facts."),
    ] = ()
    source: Annotated[str, Says("The clause this implements.")] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Caps:
    """Most that may be charged; windows follow lesson starts in the policy's zone. An absent cap does not exist."""

    incident: Annotated[int | None, Amount(), Says("Most for one incident.")] = None
    share_of_pay_bp: Annotated[
        int | None,
        Says("Most for one incident, as a share of its lesson's pay, in basis points."),
        AtLeast(0),
    ] = None
    week: Annotated[
        int | None,
        Amount(),
        Says("Most for the incidents of one week, Monday to Sunday."),
    ] = None
    month: Annotated[int | None, Amount(), Says("Most for the incidents of one calendar month.")] = None
    source: Annotated[str, Says("The clause this implements.")] = ""

    @property
    def has_any(self) -> bool:
        """Whether there is any cap."""
        return (self.incident, self.share_of_pay_bp, self.week, self.month) != (None, None, None, None)
