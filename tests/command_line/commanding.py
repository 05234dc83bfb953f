"""How the tests run the command: in this process where they can, as a real process where it matters."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pytest

from makegood.cli import main


@dataclass(frozen=True)
class Ran:
    """What a run of the command left behind."""

    status: int
    out: str
    err: str


class Command(Protocol):
    """Runs `makegood` with arguments and standard input, in this process."""

    def __call__(self, *arguments: str, stdin: bytes = b"") -> Ran: ...


def command_in_process(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Command:
    """A command that shares this process, with its own standard streams."""

    def run(*arguments: str, stdin: bytes = b"") -> Ran:
        capfd.readouterr()
        monkeypatch.setattr(sys, "argv", ["makegood", *arguments])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        with pytest.raises(SystemExit) as ended:
            main()
        captured = capfd.readouterr()
        assert isinstance(ended.value.code, int)
        return Ran(ended.value.code, captured.out, captured.err)

    return run


def run_process(*arguments: str, stdin: bytes = b"", cwd: Path | None = None) -> Ran:
    """A process of its own, as a person would start it."""
    found = subprocess.run(
        [sys.executable, "-m", "makegood.cli", *arguments],
        input=stdin,
        capture_output=True,
        check=False,
        cwd=cwd,
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
        timeout=60,
    )
    return Ran(found.returncode, found.stdout.decode(), found.stderr.decode())
