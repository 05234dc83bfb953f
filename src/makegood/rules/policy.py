"""A policy as a frozen tree of named settings. Documents are read in `documents`, the tree is applied in `assess`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Final
from zoneinfo import ZoneInfo

from makegood.rules.settings.conduct import (
    Company,
    Matching,
    Reporting,
    Statements,
    Students,
    Versions,
    Waiting,
)
from makegood.rules.settings.counting import ConsequenceRule, Counter
from makegood.rules.settings.judging import Decisions, Evidence, Reason
from makegood.rules.settings.notes import AtLeast, AtMost, Decides, NotEmpty, Says
from makegood.rules.settings.pricing import (
    Begun,
    Caps,
    Charge,
    Late,
    MoneyOff,
    Multiplier,
    Notice,
    Tier,
)

FORMAT: Final = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """One version of a school's policy, complete: every setting of the decision table has a value here.

    Amounts are whole minor units of `currency` (None: a policy without money). `zone` is an IANA name and decides
    month, week, day and deadlines (D7). `unset` names the settings of the decision table that the document left to
    their defaults, for the lint.
    """

    format: Annotated[int, Says("The document format; this library reads 1."), AtLeast(1)]
    name: Annotated[str, Says("The policy's short name."), NotEmpty()]
    version: Annotated[int, Says("The policy's version."), AtLeast(1), AtMost(2_147_483_647)]
    zone: Annotated[
        str,
        Says("The IANA zone that decides month, week, day and deadlines."),
        Decides("D7"),
    ]
    title: Annotated[str, Says("The policy's title.")] = ""
    summary: Annotated[str, Says("The policy in a few plain sentences.")] = ""
    source: Annotated[str, Says("Where the policy is published.")] = ""
    currency: Annotated[str | None, Says("ISO 4217 code; absent: no money penalties.")] = None
    reporting: Annotated[Reporting, Says("Marks and clocks of reporting.")] = field(default_factory=Reporting)
    waiting: Annotated[Waiting, Says("How long people wait, for each other and for a record.")] = field(
        default_factory=Waiting
    )
    notice: Annotated[Notice | None, Says("How notice becomes a band.")] = None
    begun: Annotated[Begun, Says("Lessons that began and did not run to their end.")] = field(default_factory=Begun)
    charge: Annotated[Charge | None, Says("What each band costs.")] = None
    tier: Annotated[Tier | None, Says("From which count the higher rates apply.")] = None
    multiplier: Annotated[Multiplier | None, Says("What many incidents in one window cost.")] = None
    late: Annotated[Late, Says("Lessons started late and made up.")] = field(default_factory=Late)
    money_off: Annotated[MoneyOff, Says("Where no money penalties are taken.")] = field(default_factory=MoneyOff)
    caps: Annotated[Caps, Says("Most that may be charged.")] = field(default_factory=Caps)
    counters: Annotated[dict[str, Counter], Says("The counters, by name.")] = field(default_factory=dict)
    consequences: Annotated[tuple[ConsequenceRule, ...], Says("What follows besides money.")] = ()
    decisions: Annotated[Decisions, Says("What each decision does.")] = field(default_factory=Decisions)
    reasons: Annotated[tuple[Reason, ...], Says("The catalog of reasons.")] = ()
    evidence: Annotated[Evidence, Says("The catalog of evidence.")] = field(default_factory=Evidence)
    students: Annotated[Students, Says("A student's own cancelling or missing.")] = field(default_factory=Students)
    company: Annotated[Company, Says("The school's and the platform's own cancelling.")] = field(
        default_factory=Company
    )
    statements: Annotated[Statements, Says("What pay does with penalties.")] = field(default_factory=Statements)
    versions: Annotated[Versions, Says("Which version applies.")] = field(default_factory=Versions)
    matching: Annotated[Matching, Says("What standing does in matching.")] = field(default_factory=Matching)
    unset: tuple[str, ...] = ()
    # Held here so that the zone's file is read when the policy is loaded, never during an assessment.
    zone_info: ZoneInfo = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "zone_info", ZoneInfo(self.zone))

    @property
    def takes_money(self) -> bool:
        """Whether the policy charges money at all."""
        return self.currency is not None

    def find_reason(self, code: str) -> Reason | None:
        """The catalog's line for `code`, or None when the catalog has none."""
        return next((reason for reason in self.reasons if reason.code == code), None)
