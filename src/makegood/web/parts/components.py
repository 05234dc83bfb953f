"""What the shared components show: small values a screen fills in; each names its template.

Words are already translated, or a `Sentence` that the template translates and fills; amounts are Money and times aware
datetimes, formatted only by the templates.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from makegood.quantities import Interval, Money, Share
from makegood.rules.results import Step
from makegood.rules.sentences import Sentence

Shown = Money | Share | Sentence | datetime | date | int | str
Words = Sentence | str
Tone = Literal["", "blue", "green", "amber", "red"]


@dataclass(frozen=True, slots=True)
class Link:
    """A way to go on. `icon` may be empty; `spoken` is added for those who hear the page ("for Léa Martin")."""

    url: str
    label: str
    icon: str = ""
    spoken: str = ""


@dataclass(frozen=True, slots=True)
class KeyValue:
    """A line of `parts/kv.html`; `is_sum` draws the line above it."""

    label: Words
    value: Shown
    is_sum: bool = False
    tone: Tone = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LessonRow:
    """A lesson as one of its two people sees it (`parts/next_lesson.html`, a row of `parts/lesson_days.html`).

    `other_role` says whose time the second line is. `cancel_url` shows the blue button with `cancel_until`;
    `report_url` the emergency door with `report_note`. `is_live` replaces the countdown by "now". `join_url` becomes a
    button when the lesson can be joined, from `opens_at` on; before that a line says when. A student's own doors are
    `give_up_url` with `free_until` (`is_free`: not passed yet) and `move_url`, which teachers have too. `series` says
    quietly that it is one of several.
    """

    interval: Interval
    other_name: str
    other_zone: str
    other_role: Literal["student", "teacher"]
    about: str
    url: str = ""
    join_url: str = ""
    opens_at: datetime | None = None
    cancel_url: str = ""
    cancel_until: datetime | None = None
    report_url: str = ""
    report_note: Words = ""
    give_up_url: str = ""
    move_url: str = ""
    free_until: datetime | None = None
    is_free: bool = True
    state: Words = ""
    state_tone: Tone = ""
    is_live: bool = False
    series: Words = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesLesson:
    """A lesson of a series; `url` is empty for the one whose page it is, `state` for what is to come or was taught."""

    starts_at: datetime
    url: str
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OfSeries:
    """The lesson of a page is the `number`th of these (`parts/series.html`)."""

    number: int
    lessons: Sequence[SeriesLesson]


@dataclass(frozen=True, slots=True)
class LessonDay:
    """The lessons of one local day (`parts/lesson_days.html`); with `folded` it is closed and says that, beside it."""

    day: date
    rows: Sequence[LessonRow]
    folded: Words = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attention:
    """Something to decide on (`parts/attention.html`). Most often with a deadline."""

    title: Words
    reason: Words = ""
    deadline: datetime | None = None
    deadline_label: Words = ""
    worked_out_url: str = ""
    actions: Sequence[Link] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Counter:
    """A count against its limit (`parts/counter.html`): `used` of `of`, `new` of them by what is about to happen."""

    title: Words
    used: int
    of: int
    new: int = 0
    headline: Words = ""
    text: Words = ""
    label: str = ""
    lines: Sequence[KeyValue] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    """A step of `parts/ladder.html`: from `starts_at` (None: now) until `ends_at` (None: from there on)."""

    starts_at: datetime | None
    ends_at: datetime | None
    price: Money
    label: Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """One of the three situations (`parts/situations.html`); `number` selects its fixed words and its panel.

    `aside` says why it does not fit, or what it costs; `price` with `price_until` says so as an amount.
    """

    number: Literal[1, 2, 3]
    fits: bool
    is_chosen: bool
    aside: Words = ""
    price: Money | None = None
    price_until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkedOut:
    """`parts/worked_out.html`: the steps, the formula in figures, the policy version and the quote's reference.

    `currency` None shows reasons without amounts. `zone` is the policy's.
    """

    steps: Sequence[Step]
    currency: str | None
    zone: str
    formula: str = ""
    version: int | None = None
    in_force_from: date | None = None
    reference: str = ""
    held_until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PricePanel:
    """What something will cost, before it is confirmed (`parts/price_panel.html`); the form stands around it.

    `price` None is a school without penalties: the panel then says what counts (`counts`). `threshold_title` and
    `threshold_text` warn of the next step. `submit` is the button's words, amount included; it sends `claim`, which
    a situation with two answers (`variant`) needs.
    """

    number: int
    price: Money | None
    price_label: Words
    lines: Sequence[KeyValue] = ()
    rungs: Sequence[Rung] = ()
    counter: Counter | None = None
    threshold_title: Words = ""
    threshold_text: Words = ""
    notice_title: Words = ""
    notice_text: Words = ""
    worked_out: WorkedOut | None = None
    submit: Words = ""
    keep_url: str = ""
    after: Words = ""
    variant: str = ""
    claim: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """An entry of `parts/timeline.html`; `is_done` fills its mark. `by` names who acted, by role or name."""

    at: datetime | None
    title: Words
    text: Words = ""
    by: str = ""
    is_done: bool = True
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementLine:
    """A line of `parts/statement_lines.html`; its lesson or case is behind `url`; `anchor` names it in links.

    What is `held` is not deducted.
    """

    on: date
    title: Words
    amount: Money
    url: str = ""
    note: Words = ""
    held: Words = ""
    anchor: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementGroup:
    """Lines of one kind with their sum."""

    title: Words
    lines: Sequence[StatementLine]
    total: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """`parts/statement_lines.html`: groups and the total under them, with a `note` on what would puzzle.

    `carried_before` stands above the total where earlier months left something to take, `carried_after` below it.
    """

    caption: str
    groups: Sequence[StatementGroup]
    total_label: Words
    total: Money
    note: Words = ""
    carried_before: Money | None = None
    carried_after: Money | None = None
    carried_note: Words = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Empty:
    """`parts/empty.html`: nothing here yet, and what to do."""

    text: Words
    icon: str = "inbox"
    action: Link | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A choice of a filter; `is_name`: a name or a date, not words of ours."""

    value: str
    label: str
    is_chosen: bool = False
    is_name: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """A field of `parts/filters.html`: a list of choices, or a text to search for when there are none."""

    name: str
    label: str
    choices: Sequence[Choice] = field(default_factory=tuple)
    value: str = ""
