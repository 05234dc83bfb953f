"""What is counted, in which windows, and what follows from a count besides money."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from makegood.rules.facts import Band, ConsequenceKind, Decision, Kind, RequestedBy
from makegood.rules.settings.notes import AtLeast, AtMost, Decides, Says


class Instant(StrEnum):
    """Which instant of an incident puts it into a window."""

    LESSON_START = "lesson_start"
    REPORTED_AT = "reported_at"


class AcrossMonths(StrEnum):
    """What a week that spans two months does."""

    SPANS = "spans"
    CUT_AT_MONTH_END = "cut_at_month_end"


class Cause(StrEnum):
    """What brings a consequence about."""

    COUNT = "count"
    NEVER_REPORTED = "never_reported"
    LESSON_TYPE = "lesson_type"


class Starts(StrEnum):
    """When a consequence starts. A report that never came counts as made at the scheduled end."""

    REPORTED = "reported"
    LATEST_REPORTED = "latest_reported"
    SCHEDULED_END = "scheduled_end"


class Release(StrEnum):
    """What ends a consequence."""

    TIME = "time"
    ANSWER = "answer"
    STAFF = "staff"


class Repeats(StrEnum):
    """How often a count brings a consequence about."""

    ONCE_PER_WINDOW = "once_per_window"
    EACH = "each"


class Overlap(StrEnum):
    """What happens when consequences of one kind overlap."""

    SEPARATE = "separate"
    JOIN = "join"
    EXTEND = "extend"
    IGNORE = "ignore"


class BookedLessons(StrEnum):
    """What happens to lessons already booked inside a pause."""

    DESK = "desk"
    KEEP = "keep"


@dataclass(frozen=True, slots=True, kw_only=True)
class Counter:
    """How many incidents fall into a window.

    `window` is `calendar_month`, `week`, or a rolling ISO 8601 duration of days or months (P30D, P7D, P6M). A rolling
    window looks back from an incident: (instant - duration, instant].
    """

    window: Annotated[
        str,
        Says("calendar_month, week, or a duration such as P30D or P6M."),
        Decides("D6"),
    ]
    kinds: Annotated[tuple[Kind, ...], Says("Kinds that count.")]
    excluded_bands: Annotated[tuple[Band, ...], Says("Bands that do not count.")] = ()
    requested_by: Annotated[tuple[RequestedBy, ...], Says("Whose incidents count.")] = (RequestedBy.TEACHER,)
    decisions: Annotated[
        tuple[Decision, ...],
        Says("Decisions that count; no decision yet counts as upheld."),
        Decides("D14"),
    ] = (Decision.UPHELD, Decision.REDUCED)
    lesson_types: Annotated[tuple[str, ...], Says("Lesson types that count; none named means all.")] = ()
    instant: Annotated[Instant, Says("Which instant puts an incident into a window."), Decides("D8")] = (
        Instant.LESSON_START
    )
    week_starts_on: Annotated[int, Says("1 is Monday, 7 is Sunday."), AtLeast(1), AtMost(7)] = 1
    across_months: Annotated[AcrossMonths, Says("What a week over two months does."), Decides("D9")] = (
        AcrossMonths.SPANS
    )
    show_count: Annotated[bool, Says("Whether results list this count.")] = True
    source: Annotated[str, Says("The clause this implements.")] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsequenceRule:
    """One rung of the ladder: what follows, from what, from when, until when."""

    kind: Annotated[ConsequenceKind, Says("What follows.")]
    cause: Annotated[Cause, Says("What brings it about.")]
    counter: Annotated[str | None, Says("For cause = count: the counter's name.")] = None
    at_count: Annotated[int | None, Says("For cause = count: from this count on."), AtLeast(1)] = None
    kinds: Annotated[tuple[Kind, ...], Says("For the other causes: kinds that bring it about.")] = ()
    lesson_types: Annotated[tuple[str, ...], Says("For cause = lesson_type: the lesson types.")] = ()
    decisions: Annotated[
        tuple[Decision, ...],
        Says("For the other causes: decisions that leave it in place."),
    ] = (
        Decision.UPHELD,
        Decision.REDUCED,
        Decision.WAIVED,
    )
    starts: Annotated[Starts, Says("When it starts.")] = Starts.REPORTED
    lasts_hours: Annotated[int | None, Says("For release = time: how long, in elapsed hours."), AtLeast(1)] = None
    release: Annotated[Release, Says("What ends it.")] = Release.TIME
    repeats: Annotated[Repeats, Says("How often a count brings it about."), Decides("D17")] = Repeats.ONCE_PER_WINDOW
    overlap: Annotated[Overlap, Says("What overlapping ones do."), Decides("D24")] = Overlap.SEPARATE
    booked_lessons: Annotated[BookedLessons, Says("What happens to lessons booked inside."), Decides("D17")] = (
        BookedLessons.DESK
    )
    source: Annotated[str, Says("The clause this implements.")] = ""
