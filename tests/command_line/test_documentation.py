"""What docs/command-line.md shows is what the command prints.

After a sentence was changed on purpose, `python -m tests.command_line.test_documentation` writes the outputs anew.
"""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from tests.command_line.commanding import Command, run_process

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "command-line.md"
BLOCK = re.compile(r"```console\n\$ makegood ([^\n]+)\n(.*?)```\n\nExit status (\d+)\.", re.DOTALL)
SHOWN = BLOCK.findall(PAGE.read_text(encoding="utf-8"))
MORE = "...\n"


def test_documentation_shows_examples() -> None:
    assert len(SHOWN) >= 8


@pytest.mark.parametrize(("arguments", "printed", "status"), SHOWN, ids=[shown[0] for shown in SHOWN])
def test_documented_command_prints_what_is_shown(
    command: Command, monkeypatch: pytest.MonkeyPatch, arguments: str, printed: str, status: str
) -> None:
    monkeypatch.chdir(ROOT)
    ran = command(*shlex.split(arguments))
    found = ran.err + ran.out
    expected = printed.removesuffix(MORE)
    assert ran.status == int(status)
    assert found[: len(expected)] == expected
    assert printed.endswith(MORE) or found == printed


def write_anew(block: re.Match[str]) -> str:
    """The block with what the command prints now, cut off where it was cut off."""
    arguments, printed, _status = block.groups()
    ran = run_process(*shlex.split(arguments), cwd=ROOT)
    found = ran.err + ran.out
    if printed.endswith(MORE):
        found = "".join(found.splitlines(keepends=True)[: printed.count("\n") - 1]) + MORE
    return f"```console\n$ makegood {arguments}\n{found}```\n\nExit status {ran.status}."


if __name__ == "__main__":
    PAGE.write_text(BLOCK.sub(write_anew, PAGE.read_text(encoding="utf-8")), encoding="utf-8")
