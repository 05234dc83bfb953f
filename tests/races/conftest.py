"""How many attempts a race has."""

from __future__ import annotations

import pytest


@pytest.fixture
def is_full(request: pytest.FixtureRequest) -> bool:
    """Whether the races run whole (`--full-races`) and not at the size of the suite."""
    return bool(request.config.getoption("--full-races"))
