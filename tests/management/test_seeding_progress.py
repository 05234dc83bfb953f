"""How far the demo schools are, where no terminal shows bars."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from makegood.door import demo, installation
from makegood.management.commands import seed_demo
from makegood.processes import starting
from makegood.processes.supervisor import Supervisor


def test_progress_is_a_line_for_each_further_fifth(capsys: pytest.CaptureFixture[str]) -> None:
    with seed_demo._bars() as tell:
        for done in range(101):
            tell("Marigold", done, 100)

    assert capsys.readouterr().out.splitlines() == [f"Marigold: {percent} %" for percent in (20, 40, 60, 80, 100)]


def test_start_relays_how_far_a_command_is_and_nothing_else(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "run").mkdir()
    own = installation.Installation(state=tmp_path)
    running = demo.Demo(installation=own, supervisor=Supervisor(tell=demo.say))
    words = "print('Marigold: 20 %'); print('something else'); print('Larkspur: 100 %'); raise SystemExit(3)"
    log = tmp_path / "seed.log"
    with log.open("wb") as output:
        process = starting.start([sys.executable, "-c", words], environment={}, directory=tmp_path, output=output)

        status = running._wait_and_relay(process, log)

    assert (status, capsys.readouterr().out) == (3, "  Marigold: 20 %\n  Larkspur: 100 %\n")
