"""The policies shipped with the product, and what goes with them, as data files.

Reading one is the only file access around the rules.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from importlib import resources
from typing import Any

from makegood.rules.documents import load_policy
from makegood.rules.policy import Policy


class UnknownPreset(LookupError):
    """No shipped policy has this name."""

    def __init__(self, name: str) -> None:
        super().__init__(f'There is no preset "{name}". The presets are: {", ".join(list_presets())}.')
        self.name = name


def list_presets() -> tuple[str, ...]:
    """The names of the shipped policies, in alphabetical order."""
    files = resources.files(__name__).iterdir()
    return tuple(sorted(file.name.removesuffix(".toml") for file in files if file.name.endswith(".toml")))


def preset_text(name: str) -> str:
    """The TOML text of a shipped policy. Raises UnknownPreset."""
    if name not in list_presets():
        raise UnknownPreset(name)
    return (resources.files(__name__) / f"{name}.toml").read_text(encoding="utf-8")


def load_preset(name: str, *, zone: str | None) -> Policy:
    """A shipped policy in the IANA zone `zone`. Raises UnknownPreset; InvalidPolicy without a known zone (D7)."""
    return load_policy(preset_text(name), zone=zone)


def preset_booking_rules(name: str) -> Mapping[str, Any]:
    """What a new school with a shipped policy asks of bookings, by the names of the booking rules, where it differs.

    Raises UnknownPreset.
    """
    if name not in list_presets():
        raise UnknownPreset(name)
    file = resources.files(__name__) / "booking_rules" / f"{name}.toml"
    return tomllib.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
