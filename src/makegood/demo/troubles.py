"""The troubles of the demo's teachers: what goes wrong, when, for whom and how often. Pure tables and dice."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from makegood.demo.cast import NEWCOMER
from makegood.demo.people import DemoPerson
from makegood.demo.schools import MARIGOLD, DemoSchool
from makegood.rules.facts import Decision

# Months before the running one that the history reaches into.
PAST_MONTHS: Final = (1, 2, 3, 4)


class Manner(StrEnum):
    """How a lesson goes wrong, and when we hear of it."""

    KNOWN_EARLY = "known_early"
    HOURS_BEFORE = "hours_before"
    MINUTES_BEFORE = "minutes_before"
    AFTER_START = "after_start"
    BROKE_OFF = "broke_off"
    BROKE_OFF_UNREPORTED = "broke_off_unreported"
    CUT_AT_THE_END = "cut_at_the_end"
    LATE = "late"
    NEVER_REPORTED = "never_reported"
    REPORTED_LATER = "reported_later"
    MOVED = "moved"
    STUDENT_EARLY = "student_early"
    STUDENT_LATE = "student_late"
    STUDENT_ABSENT = "student_absent"
    BY_COMPANY = "by_company"
    BY_PLATFORM = "by_platform"


class Place(StrEnum):
    """Which of a teacher's lessons it happens to."""

    RECENT = "recent"
    THIS_WEEK = "this_week"
    THIS_MONTH = "this_month"
    UPCOMING = "upcoming"
    PAST_MONTH = "past_month"
    PAST_WEEKS = "past_weeks"
    MEETING = "meeting"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """One thing to go wrong. `back` counts months or weeks before the running one, where `place` asks for it."""

    place: Place
    manner: Manner
    back: int = 0
    reason: str = "personal"
    decision: Decision | None = None
    is_decided_late: bool = False


A: Final = Manner.HOURS_BEFORE
B: Final = Manner.MINUTES_BEFORE
C: Final = Manner.AFTER_START

_ONES = ((A,), (B,), (C,), (Manner.KNOWN_EARLY,))
_TWOS = ((A, B), (A, C), (B, Manner.KNOWN_EARLY))
_THREES = ((A, A, B), (A, B, C), (B, Manner.MOVED, A))
_FOURS = ((A, A, B, C), (B, A, C, Manner.KNOWN_EARLY))
_REASONS: Final = (
    "power_outage", "internet_outage", "minor_illness", "medical_self", "personal", "own_equipment",
    "medical_dependant", "accident", "natural_disaster", "area_outage",
)  # fmt: skip
_OUTCOMES: Final = (Decision.REDUCED, Decision.REDUCED, Decision.UPHELD, Decision.UPHELD, Decision.VOIDED)
# How often, of one, it comes to that.
_DECIDED: Final = 0.28
_DECIDED_LATE: Final = 0.25
_WAIVED_AT_LARKSPUR: Final = 0.3
_MISSED_A_MEETING: Final = 0.12
# What staff may waive under both presets, when it was reported at least an hour before.
_WAIVABLE: Final = ("medical_self", "medical_dependant", "natural_disaster")

# How many of 36 teachers have this many incidents in the running month, besides the cast.
_MARIGOLD_MONTH: Final = {
    "one": 9,
    "two": 6,
    "three": 3,
    "four": 2,
    "three_in_a_week": 2,
    "four_in_a_week": 1,
    "upcoming": 6,
}
_LARKSPUR_HALF_YEAR: Final = {"one": 11, "two": 6, "three": 2, "four": 2, "upcoming": 4}


def troubles_of(school: DemoSchool, teachers: Sequence[DemoPerson]) -> Mapping[str, tuple[Trouble, ...]]:
    """The troubles of each teacher by code, always the same; the cast have the ones of their stories."""
    rng = random.Random(f"troubles of {school.slug}")
    crowd = [teacher for teacher in teachers if not teacher.story]
    plots = _deal(_MARIGOLD_MONTH if school is MARIGOLD else _LARKSPUR_HALF_YEAR, len(crowd), rng)
    found = {teacher.code: tuple(_STORIES[school.slug, teacher.story]) for teacher in teachers if teacher.story}
    for teacher, plot in zip(crowd, plots, strict=True):
        found[teacher.code] = tuple(
            _marigold_troubles(plot, rng) if school is MARIGOLD else _larkspur_troubles(plot, rng)
        )
    crowd_codes = {teacher.code for teacher in crowd}
    return {
        code: (*own, *_nobodys_fault(school, rng), *_missed_meetings(rng, is_crowd=code in crowd_codes))
        for code, own in found.items()
    }


def _deal(counts: Mapping[str, int], wanted: int, rng: random.Random) -> list[str]:
    plots = [plot for plot, count in counts.items() for _ in range(count)]
    plots = (plots + ["none"] * wanted)[: max(wanted, len(plots))]
    rng.shuffle(plots)
    return plots[:wanted]


def _marigold_troubles(plot: str, rng: random.Random) -> Iterator[Trouble]:
    place = Place.THIS_WEEK if plot.endswith("in_a_week") else Place.THIS_MONTH
    choices = {"one": _ONES, "two": _TWOS, "three": _THREES, "four": _FOURS}.get(plot.partition("_")[0], ((),))
    for manner in rng.choice(choices):
        yield Trouble(place=place, manner=manner, reason=rng.choice(_REASONS))
    if plot == "upcoming":
        yield Trouble(place=Place.UPCOMING, manner=Manner.KNOWN_EARLY, reason=rng.choice(_REASONS))
    for back in PAST_MONTHS:
        many = rng.choices(range(6), weights=(54, 26, 11, 5, 3, 1))[0]
        for _ in range(many):
            yield _past(Place.PAST_MONTH, back, rng)


def _larkspur_troubles(plot: str, rng: random.Random) -> Iterator[Trouble]:
    many = {"one": 1, "two": 2, "three": 3, "four": 4}.get(plot, 0)
    for back in rng.sample(range(1, 15), many):
        yield Trouble(
            place=Place.PAST_WEEKS,
            back=back,
            manner=rng.choice((A, B, C, Manner.MOVED, Manner.NEVER_REPORTED)),
            reason=rng.choice(("personal", "own_equipment", "minor_illness", "power_outage")),
            decision=rng.choice((None, None, Decision.UPHELD)),
        )
    if plot == "upcoming":
        yield Trouble(place=Place.UPCOMING, manner=Manner.KNOWN_EARLY, reason="medical_self")
    if rng.random() < _WAIVED_AT_LARKSPUR:
        yield Trouble(
            place=Place.PAST_WEEKS,
            back=rng.randint(1, 15),
            manner=A,
            reason=rng.choice(_WAIVABLE),
            decision=Decision.WAIVED,
        )


def _past(place: Place, back: int, rng: random.Random) -> Trouble:
    manner = rng.choices(
        (
            A,
            B,
            C,
            Manner.KNOWN_EARLY,
            Manner.MOVED,
            Manner.NEVER_REPORTED,
            Manner.REPORTED_LATER,
            Manner.BROKE_OFF_UNREPORTED,
        ),
        weights=(34, 20, 14, 12, 8, 4, 4, 4),
    )[0]
    reason = rng.choice(_REASONS)
    decision: Decision | None = None
    if manner in {A, Manner.KNOWN_EARLY} and reason in _WAIVABLE:
        decision = Decision.WAIVED
    elif rng.random() < _DECIDED:
        # A lesson that was moved was surely not taught, so its record is no mistake.
        decision = rng.choice(_OUTCOMES[:-1] if manner is Manner.MOVED else _OUTCOMES)
    is_late = rng.random() < _DECIDED_LATE
    return Trouble(place=place, back=back, manner=manner, reason=reason, decision=decision, is_decided_late=is_late)


def _nobodys_fault(school: DemoSchool, rng: random.Random) -> Iterator[Trouble]:
    """What every teacher meets now and then and what costs them nothing or little."""
    chances = {
        Manner.STUDENT_EARLY: 0.8 if school is MARIGOLD else 1.5,
        Manner.STUDENT_LATE: 0.4,
        Manner.STUDENT_ABSENT: 0.3,
        Manner.LATE: 0.3,
        Manner.BROKE_OFF: 0.25,
        Manner.CUT_AT_THE_END: 0.15,
        Manner.BY_COMPANY: 0.12,
        Manner.BY_PLATFORM: 0.15,
    }
    for manner, mean in chances.items():
        many = int(mean) + (rng.random() < mean - int(mean))
        for _ in range(many):
            yield Trouble(
                place=Place.PAST_WEEKS, back=rng.randint(0, 15), manner=manner, reason=_REASON_OF.get(manner, "")
            )


def _missed_meetings(rng: random.Random, *, is_crowd: bool) -> Iterator[Trouble]:
    if is_crowd and rng.random() < _MISSED_A_MEETING:
        yield Trouble(place=Place.MEETING, manner=rng.choice((A, Manner.REPORTED_LATER)), reason="personal")


_REASON_OF: Final = {
    Manner.STUDENT_EARLY: "student_asked",
    Manner.STUDENT_LATE: "student_asked",
    Manner.BROKE_OFF: "internet_outage",
    Manner.CUT_AT_THE_END: "own_equipment",
    Manner.LATE: "own_equipment",
    Manner.BY_PLATFORM: "platform_outage",
}

_STORIES: Final[Mapping[tuple[str, str], tuple[Trouble, ...]]] = {
    ("marigold", "calm"): (
        Trouble(place=Place.PAST_MONTH, back=2, manner=A, reason="medical_dependant", decision=Decision.WAIVED),
        Trouble(place=Place.PAST_MONTH, back=3, manner=B, reason="internet_outage"),
    ),
    ("marigold", "at_three"): (
        Trouble(place=Place.THIS_MONTH, manner=A, reason="power_outage"),
        Trouble(place=Place.THIS_MONTH, manner=B, reason="internet_outage"),
        Trouble(place=Place.THIS_MONTH, manner=C, reason="own_equipment"),
        Trouble(place=Place.PAST_MONTH, back=1, manner=A, reason="minor_illness"),
        Trouble(
            place=Place.PAST_MONTH, back=2, manner=C, reason="accident", decision=Decision.REDUCED, is_decided_late=True
        ),
    ),
    ("marigold", "paused"): (
        Trouble(place=Place.RECENT, manner=C, reason="power_outage"),
        Trouble(place=Place.THIS_MONTH, manner=A, reason="medical_self", decision=Decision.WAIVED),
        Trouble(place=Place.THIS_MONTH, manner=B, reason="internet_outage"),
        Trouble(place=Place.THIS_MONTH, manner=A, reason="personal"),
        Trouble(place=Place.PAST_MONTH, back=1, manner=Manner.NEVER_REPORTED, reason="", decision=Decision.UPHELD),
    ),
    ("marigold", "two_in_a_week"): (
        Trouble(place=Place.THIS_WEEK, manner=A, reason="power_outage"),
        Trouble(place=Place.THIS_WEEK, manner=B, reason="power_outage"),
        Trouble(place=Place.PAST_MONTH, back=1, manner=A, reason="natural_disaster", decision=Decision.WAIVED),
        Trouble(place=Place.PAST_MONTH, back=1, manner=A, reason="personal", decision=Decision.VOIDED),
    ),
    ("marigold", NEWCOMER): (),
    ("larkspur", "calm"): (
        Trouble(place=Place.PAST_WEEKS, back=7, manner=A, reason="medical_self", decision=Decision.WAIVED),
    ),
    ("larkspur", "at_one"): (
        Trouble(place=Place.PAST_WEEKS, back=5, manner=B, reason="power_outage"),
        Trouble(place=Place.PAST_WEEKS, back=9, manner=A, reason="natural_disaster", decision=Decision.WAIVED),
    ),
    ("larkspur", "deprioritized"): (
        Trouble(place=Place.PAST_WEEKS, back=3, manner=C, reason="own_equipment"),
        Trouble(place=Place.PAST_WEEKS, back=10, manner=A, reason="personal", decision=Decision.UPHELD),
    ),
    ("larkspur", "under_review"): (
        Trouble(place=Place.PAST_WEEKS, back=2, manner=Manner.NEVER_REPORTED, reason="", decision=Decision.UPHELD),
        Trouble(place=Place.PAST_WEEKS, back=6, manner=Manner.MOVED, reason="personal"),
        Trouble(place=Place.PAST_WEEKS, back=9, manner=B, reason="own_equipment"),
        Trouble(place=Place.PAST_WEEKS, back=13, manner=A, reason="personal"),
    ),
}
