"""The one parent: what dies comes back, and stopping ends everything that was started and nothing else."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from makegood.processes import lock, starting, supervisor, survivors
from makegood.processes.supervisor import CannotStart, Program, Supervisor

SLEEP = "import time; time.sleep(60)"
SLEEP_WITH_CHILD = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {SLEEP!r}]); {SLEEP}"
IGNORE_AND_SLEEP = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); {SLEEP}"


@pytest.fixture
def mark() -> str:
    return survivors.new_mark()


def _program(code: str, folder: Path, *, mark: str, grace_seconds: float = 5) -> Program:
    def start() -> subprocess.Popen[bytes]:
        with (folder / "log").open("ab") as output:
            return starting.start(
                [sys.executable, "-c", code],
                environment={survivors.MARK_VARIABLE: mark},
                directory=folder,
                output=output,
            )

    return Program(name="sleeper", start=start, grace_seconds=grace_seconds)


def _wait_until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_killed_program_is_started_again(tmp_path: Path, mark: str) -> None:
    told: list[str] = []
    pids: list[int] = []
    parent = Supervisor(tell=told.append, on_change=lambda now: pids.append(now["sleeper"]))
    parent.start(_program(SLEEP, tmp_path, mark=mark))
    os.kill(pids[0], signal.SIGKILL)

    def has_come_back() -> bool:
        parent.look()
        return len(pids) == 2

    _wait_until(has_come_back)
    parent.stop()

    assert told == ["sleeper was ended by SIGKILL; starting it again in 0.2 s."]
    assert survivors.find(mark) == []


def test_stopping_ends_what_a_program_has_started(tmp_path: Path, mark: str) -> None:
    parent = Supervisor(tell=print)
    parent.start(_program(SLEEP_WITH_CHILD, tmp_path, mark=mark))
    _wait_until(lambda: len(survivors.find(mark)) == 2)

    parent.stop()

    _wait_until(lambda: survivors.find(mark) == [])


def test_program_that_does_not_listen_is_killed(tmp_path: Path, mark: str) -> None:
    parent = Supervisor(tell=print)
    parent.start(_program(IGNORE_AND_SLEEP, tmp_path, mark=mark, grace_seconds=0.2))
    _wait_until(lambda: (tmp_path / "log").read_text(encoding="utf-8") == "deaf\n")

    parent.stop()

    assert survivors.find(mark) == []


def test_bystander_is_left_alone(tmp_path: Path, mark: str) -> None:
    bystander = subprocess.Popen([sys.executable, "-c", SLEEP])
    parent = Supervisor(tell=print)
    parent.start(_program(SLEEP, tmp_path, mark=mark))

    parent.stop()
    survivors.end(mark)

    assert bystander.poll() is None
    bystander.kill()
    bystander.wait()


def test_pause_grows_with_each_death_and_has_an_end() -> None:
    assert [supervisor.pause_seconds(deaths) for deaths in (1, 2, 3, 20)] == [0.2, 0.4, 0.8, 30.0]


def test_start_that_fails_is_tried_again(tmp_path: Path, mark: str) -> None:
    good = _program("raise SystemExit(3)", tmp_path, mark=mark)
    attempts: list[int] = []

    def start() -> subprocess.Popen[bytes]:
        attempts.append(1)
        if len(attempts) == 2:
            raise CannotStart("the disk is full")
        return good.start()

    told: list[str] = []
    parent = Supervisor(tell=told.append)
    parent.start(Program(name="server", start=start))

    def was_tried_again() -> bool:
        parent.look()
        return len(attempts) == 3

    _wait_until(was_tried_again)
    parent.stop()

    assert told == [
        "server ended with status 3; starting it again in 0.2 s.",
        "server did not start (the disk is full); starting it again in 0.4 s.",
    ]


def test_program_ends_with_a_killed_parent(tmp_path: Path, mark: str) -> None:
    code = (
        "import pathlib, sys, time; from makegood.processes import starting, survivors\n"
        "with open('log', 'ab') as output:\n"
        f"    starting.start([sys.executable, '-c', {SLEEP!r}], environment={{survivors.MARK_VARIABLE: {mark!r}}},\n"
        "                   directory=pathlib.Path('.'), output=output)\n"
        "time.sleep(60)\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", code], cwd=tmp_path)
    _wait_until(lambda: len(survivors.find(mark)) == 1)

    parent.kill()
    parent.wait()

    _wait_until(lambda: survivors.find(mark) == [])


def test_survivors_are_ended_by_their_mark(tmp_path: Path, mark: str) -> None:
    with (tmp_path / "log").open("ab") as output:
        left = starting.start(
            [sys.executable, "-c", SLEEP_WITH_CHILD],
            environment={survivors.MARK_VARIABLE: mark},
            directory=tmp_path,
            output=output,
        )
    _wait_until(lambda: len(survivors.find(mark)) == 2)

    # Reaped as a real survivor would be: by its new parent, not by us.
    assert survivors.end(mark) == 2
    assert left.wait(timeout=5) == -signal.SIGTERM


def test_lock_tells_who_holds_it_and_is_free_afterwards(tmp_path: Path) -> None:
    path = tmp_path / "lock"

    with lock.held(path, holder={"kind": "demo"}):
        with pytest.raises(lock.Busy) as refusal, lock.held(path, holder={"kind": "command"}):
            pass
        assert refusal.value.holder == {"kind": "demo"}
        assert lock.find_holder(path) == {"kind": "demo"}

    assert lock.find_holder(path) is None
