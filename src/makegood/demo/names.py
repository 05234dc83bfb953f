"""Reads `names.toml`: first and family names by country."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Final

_FILE: Final = Path(__file__).with_name("names.toml")

NAMES: Final[dict[str, tuple[list[str], list[str]]]] = {
    country: (names["first"], names["family"])
    for country, names in tomllib.loads(_FILE.read_text(encoding="utf-8")).items()
}
