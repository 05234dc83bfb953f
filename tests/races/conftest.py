"""How many attempts a race has, and how long it may take."""

from __future__ import annotations

from pathlib import Path

import pytest

HERE = Path(__file__).parent
LONGEST_FULL_RACE_SECONDS = 2 * 60 * 60


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """A whole race takes longer than any test of the suite may."""
    if config.getoption("--full-races"):
        for item in items:
            if item.path.is_relative_to(HERE):
                item.add_marker(pytest.mark.timeout(LONGEST_FULL_RACE_SECONDS))


@pytest.fixture
def is_full(request: pytest.FixtureRequest) -> bool:
    """Whether the races run whole (`--full-races`) and not at the size of the suite."""
    return bool(request.config.getoption("--full-races"))
