"""What tests of pages share: a clock that stands, and a believable school."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest

from makegood import clock
from tests.believable import NOW, Believable, make_believable

Stand = Callable[[datetime], None]


@pytest.fixture
def stand_at(monkeypatch: pytest.MonkeyPatch) -> Stand:
    """`stand_at(instant)`: what the pages take for now; the Tuesday of the believable school until then."""

    def stand(instant: datetime) -> None:
        monkeypatch.setattr(clock, "now", lambda: instant)

    stand(NOW)
    return stand


@pytest.fixture
def world(stand_at: Stand) -> Believable:
    """A school under 25hoon's policy."""
    return make_believable()


@pytest.fixture
def world_without_money(stand_at: Stand) -> Believable:
    """A school under Talaera's policy."""
    return make_believable(preset="talaera", slug="larkspur", name="Larkspur Business English")
