"""Compares a running history with `assess` after every change: the checker that the property tests share."""

from __future__ import annotations

from collections.abc import Sequence

from makegood.rules.assess import assess
from makegood.rules.facts import Incident
from makegood.rules.policy import Policy
from makegood.rules.running.changes import Change, History
from makegood.rules.running.recounting import compare


def disagreements(
    history: History,
    change: Change,
    *,
    policy: Policy,
    name: str,
    before: Sequence[Incident],
    after: Sequence[Incident],
) -> list[str]:
    """What `history` and the `change` to incident `name` say otherwise than `assess`, in words."""
    expected = assess(after, policy)
    difference = compare(name, assess(before, policy), expected)
    pairs = {
        "assessments": (history.assessments(), expected.assessments),
        "all consequences": (history.consequences(), expected.consequences),
        "penalty": (change.penalty_minor, difference.penalty_minor),
        "change": (change.change_minor, difference.change_minor),
        "assessment": (change.assessment, difference.assessment),
        "effects": (change.effects, difference.effects),
        "consequences": (change.consequences, difference.consequences),
        "lifted": (change.lifted, difference.lifted),
    }
    return [f"{what}: {found!r}, not {wanted!r}" for what, (found, wanted) in pairs.items() if found != wanted]
