"""What `assess` and `quote` return. Amounts are integer minor units of the policy's currency; times are aware UTC."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from makegood.rules.facts import Band, ConsequenceKind
from makegood.rules.sentences import Sentence


@dataclass(frozen=True, slots=True)
class Step:
    """One rule's turn: each `before_minor` equals the previous `after_minor`; the penalty is the last `after_minor`."""

    rule: str
    clause: str
    because: Sentence
    before_minor: int
    after_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """What one incident costs, and why. `currency` and `band` are None where the policy takes no money."""

    incident: str
    teacher: str
    band: Band | None
    charged_band: Band | None
    counts: Mapping[str, int]
    penalty_minor: int
    currency: str | None
    paid: bool
    counted_for: tuple[str, ...]
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Consequence:
    """What follows besides money; `incident` is its cause. `ends_at` None: until somebody releases it."""

    teacher: str
    kind: ConsequenceKind
    starts_at: datetime
    ends_at: datetime | None
    incident: str
    because: Sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessed:
    """The result of one assessment of one teacher's history: one assessment per incident, in input order."""

    assessments: tuple[Assessment, ...]
    consequences: tuple[Consequence, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    """One step of the price ladder: reporting at or after `starts_at` and before `ends_at` costs `penalty_minor`.

    `starts_at` None: from now; `ends_at` None: from there on. `band` as in `Assessment`. `change_minor` is the whole
    difference that the incident makes, its effects on earlier ones included. Exactly on a notice mark is the milder
    band, so the next rung starts one microsecond after the mark; shown to the minute, both read as the mark.
    """

    starts_at: datetime | None
    ends_at: datetime | None
    band: Band | None
    penalty_minor: int
    change_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What the new incident does to the price of an earlier one."""

    incident: str
    before_minor: int
    after_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """The next count at which something changes: `counter` reaches `at_count`, adding at least `adds_minor` in all."""

    counter: str
    count: int
    at_count: int
    adds_minor: int
    consequences: tuple[ConsequenceKind, ...]
    because: Sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """What an incident costs and does. `change_minor` is the whole difference: its own penalty plus all `effects`."""

    assessment: Assessment
    effects: tuple[Effect, ...]
    change_minor: int
    consequences: tuple[Consequence, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote(Price):
    """The price of an incident before it is confirmed, with what a page says besides; it is what will be charged.

    `valid_until` is the next price edge or ten minutes after `made_at`, whichever is first (D37).
    """

    made_at: datetime
    valid_until: datetime
    ladder: tuple[Rung, ...]
    next_threshold: Threshold | None
    penalty_if_proof_accepted_minor: int
