"""The command as a fixture."""

from __future__ import annotations

import pytest

from tests.command_line.commanding import Command, command_in_process


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Command:
    """Runs `makegood` in this process."""
    return command_in_process(monkeypatch, capfd)
