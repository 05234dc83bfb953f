"""What docs/command-line.md shows is what the command prints."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from tests.command_line.commanding import Command

ROOT = Path(__file__).resolve().parents[2]
SHOWN = re.findall(
    r"```console\n\$ makegood ([^\n]+)\n(.*?)```\n\nExit status (\d+)\.",
    (ROOT / "docs" / "command-line.md").read_text(encoding="utf-8"),
    flags=re.DOTALL,
)


def test_documentation_shows_examples() -> None:
    assert len(SHOWN) >= 8


@pytest.mark.parametrize(("arguments", "printed", "status"), SHOWN, ids=[shown[0] for shown in SHOWN])
def test_documented_command_prints_what_is_shown(
    command: Command, monkeypatch: pytest.MonkeyPatch, arguments: str, printed: str, status: str
) -> None:
    monkeypatch.chdir(ROOT)
    ran = command(*shlex.split(arguments))
    found = ran.err + ran.out
    expected = printed.removesuffix("...\n")
    assert ran.status == int(status)
    assert found[: len(expected)] == expected
    assert printed.endswith("...\n") or found == printed
