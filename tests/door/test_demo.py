"""`./run` for real, with its state in a folder of its own: starting, a second start, dying, stopping, reset."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from makegood.door import demo
from makegood.processes import survivors

# Much more than a start takes: the machine may be busy with something else.
START_SECONDS = 240
DOOR = [sys.executable, "-P", "-m", "makegood.door"]


class Running:
    """A demo in a state folder of its own."""

    def __init__(self, state: Path) -> None:
        self.state = state
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("DATABASE_", "MAKEGOOD_"))},
            "MAKEGOOD_STATE_DIRECTORY": str(state),
            # The demo schools have tests of their own.
            "MAKEGOOD_DEMO": "false",
        }
        self.output = state.parent / "output"
        self.process = self.launch()

    def launch(self) -> subprocess.Popen[bytes]:
        with self.output.open("wb") as output:
            return subprocess.Popen([*DOOR, "demo"], env=self.environment, stdout=output, stderr=output)

    def start_again(self) -> None:
        self.process = self.launch()
        self.wait_for_record("address")

    def wait_for_record(self, name: str) -> str:
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                return str(json.loads((self.state / "run" / "running.json").read_text(encoding="utf-8"))[name])
            except (FileNotFoundError, KeyError):
                assert self.process.poll() is None, self.output.read_text(encoding="utf-8")
                assert time.monotonic() < deadline, self.output.read_text(encoding="utf-8")
                time.sleep(0.05)

    @property
    def mark(self) -> str:
        return self.wait_for_record("mark")

    def answers(self) -> bool:
        return demo.answers(int((self.state / "run" / "port").read_text(encoding="utf-8")), mark=self.mark)

    def call(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([*DOOR, *words], env=self.environment, capture_output=True, text=True, check=False)


def until(is_so: Callable[[], object]) -> None:
    """Return as soon as it is so, within two minutes."""
    deadline = time.monotonic() + 120
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.1)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    started = Running(tmp_path_factory.mktemp("installation") / "var")
    try:
        started.wait_for_record("address")
        yield started
    finally:
        if started.process.poll() is None:
            started.process.send_signal(signal.SIGINT)
            started.process.wait(timeout=60)
    assert started.call("reset", "--yes").returncode == 0


def _victims(mark: str, word: str) -> list[int]:
    return [pid for pid in survivors.find(mark) if word in _words_of(pid)]


def _words_of(pid: int) -> str:
    """Nothing for a process that ended meanwhile."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""


@pytest.mark.slow
def test_second_start_says_where_the_first_one_is(running: Running) -> None:
    second = running.call("demo")

    where = running.wait_for_record("address")
    assert second.returncode == 1
    assert second.stderr == (
        f"Makegood is already running from this folder at {where}. Stop it with Ctrl-C where it runs.\n"
    )


@pytest.mark.slow
def test_reset_is_refused_while_it_runs(running: Running) -> None:
    refused = running.call("reset", "--yes")

    assert (refused.returncode, refused.stderr) == (
        1,
        "Makegood is running from this folder. Stop it first, then reset.\n",
    )


@pytest.mark.slow
def test_command_uses_the_running_database(running: Running) -> None:
    # A test before may have killed the database, which recovers first.
    until(lambda: running.call("manage", "migrate", "--check").returncode == 0)


@pytest.mark.slow
@pytest.mark.parametrize("word", ["postgres", "granian", "makegood.manage"])
def test_killed_process_comes_back(running: Running, word: str) -> None:
    before = _victims(running.mark, word)
    os.kill(before[0], signal.SIGKILL)

    until(lambda: _victims(running.mark, word) and before[0] not in _victims(running.mark, word) and running.answers())

    assert running.process.poll() is None


def _web_workers(mark: str) -> set[int]:
    """The processes that answer, without the granian that started each."""
    every = _victims(mark, "granian")
    return {pid for pid in every if _parent_of(pid) in every}


def _parent_of(pid: int) -> int:
    """0 for a process that ended meanwhile."""
    try:
        return int(Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[1])
    except FileNotFoundError:
        return 0


@pytest.mark.slow
def test_web_process_killed_twice_within_seconds_leaves_the_other_alone(running: Running) -> None:
    until(lambda: len(_web_workers(running.mark)) == demo.WEB_PROCESSES)
    other = min(_web_workers(running.mark))

    for _time in range(2):
        (victim,) = _web_workers(running.mark) - {other}
        os.kill(victim, signal.SIGKILL)
        until(partial(_has_come_back, running, victim))

    assert other in _web_workers(running.mark)
    assert running.answers()


def _has_come_back(running: Running, victim: int) -> bool:
    workers = _web_workers(running.mark)
    return victim not in workers and len(workers) == demo.WEB_PROCESSES


@pytest.mark.slow
def test_start_after_a_killed_parent_leaves_nobody_behind(running: Running) -> None:
    former = running.mark
    running.process.kill()
    running.process.wait()
    (running.state / "run" / "running.json").write_text(json.dumps({"mark": former}), encoding="utf-8")

    running.start_again()

    assert survivors.find(former) == []
    assert running.answers()


@pytest.mark.slow
def test_request_to_stop_ends_every_process(running: Running) -> None:
    mark = running.mark

    running.process.send_signal(signal.SIGINT)
    status = running.process.wait(timeout=60)

    assert status == 0
    assert survivors.find(mark) == []
    running.start_again()
