"""What goes with a shipped policy besides it: the booking rules with which its schools begin."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import makegood
from makegood.domain.availability.booking_rules import DEFAULT_RULES, BookingRuleSet, refuse_unless_usable
from makegood.presets import UnknownPreset, list_presets, preset_booking_rules


def test_a_school_of_talaera_begins_with_the_first_meeting_and_a_pause_and_one_of_25hoon_without() -> None:
    talaera = BookingRuleSet(first_meeting_required=True, freshness_pause_days=60)
    assert BookingRuleSet(**preset_booking_rules("talaera")) == talaera
    assert BookingRuleSet(**preset_booking_rules("25hoon")) == DEFAULT_RULES


@pytest.mark.parametrize("name", list_presets())
def test_shipped_booking_rules_can_be_used(name: str) -> None:
    refuse_unless_usable(BookingRuleSet(**preset_booking_rules(name)))


def test_nobody_ships_rules_of_an_unknown_policy() -> None:
    with pytest.raises(UnknownPreset):
        preset_booking_rules("../cases/talaera")


def test_only_the_presets_and_the_demo_know_the_shipped_policies_by_name() -> None:
    source = Path(makegood.__file__).parent
    names = re.compile("|".join(list_presets()), re.IGNORECASE)
    modules = [path.relative_to(source) for path in source.rglob("*.py")]
    others = [path for path in modules if path.parts[0] not in {"presets", "demo"}]

    assert others
    assert [path for path in others if names.search((source / path).read_text(encoding="utf-8"))] == []
