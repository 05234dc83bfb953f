"""What a change of one incident did to its teacher's history."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from makegood.rules.facts import Decision, Incident
from makegood.rules.results import Assessment, Consequence, Effect


class Change(Protocol):
    """The outcome of adding, deciding or removing one incident.

    `penalty_minor` is what it costs now and `change_minor` the whole difference it made, its `effects` on the others
    included; both in minor units of the policy's currency. `consequences` came with the change, `lifted` ones went.
    """

    @property
    def penalty_minor(self) -> int:
        """What the incident costs now; 0 when it was removed."""

    @property
    def change_minor(self) -> int:
        """The difference of the whole history's sum."""

    @property
    def assessment(self) -> Assessment | None:
        """The incident's assessment with its steps; None when it was removed."""

    @property
    def effects(self) -> tuple[Effect, ...]:
        """The other incidents whose price moved, in the order in which they were added."""

    @property
    def consequences(self) -> tuple[Consequence, ...]:
        """What newly follows, in the order of `assess`."""

    @property
    def lifted(self) -> tuple[Consequence, ...]:
        """What followed before and no longer does."""


class History(Protocol):
    """One teacher's history, kept assessed."""

    def add(self, incident: Incident) -> Change:
        """Take in an incident, reported in any order. Raises InvalidFacts as `assess` does; nothing is changed then."""

    def decide(self, incident_id: str, decision: Decision | None) -> Change:
        """Replace the decision on an incident. Raises KeyError for an unknown id, InvalidFacts as `assess` does."""

    def remove(self, incident_id: str) -> Change:
        """Forget an incident. Raises KeyError for an unknown id."""

    def assessments(self) -> tuple[Assessment, ...]:
        """Every assessment as it stands, in the order in which the incidents were added."""

    def consequences(self) -> tuple[Consequence, ...]:
        """Everything that follows, as `assess` gives it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownChange:
    """A change whose every part has been computed."""

    penalty_minor: int
    change_minor: int
    assessment: Assessment | None
    effects: tuple[Effect, ...]
    consequences: tuple[Consequence, ...]
    lifted: tuple[Consequence, ...]
