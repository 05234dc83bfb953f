"""The one parent: starts programs in order, starts again what dies, and ends all of them in reverse order."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import FrameType

FIRST_PAUSE_SECONDS = 0.2
LONGEST_PAUSE_SECONDS = 30.0
# A program that ran this long was well: its next death is the first again.
STEADY_SECONDS = 60.0
LOOK_SECONDS = 0.1
STOPPING_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass(frozen=True, kw_only=True)
class Program:
    """Something to keep running. `start` returns its process, which leads a group of its own."""

    name: str
    start: Callable[[], subprocess.Popen[bytes]]
    # Called when it has ended for good.
    clear: Callable[[], None] = lambda: None
    stop_signal: signal.Signals = signal.SIGTERM
    grace_seconds: float = 15.0


@dataclass(kw_only=True)
class _Running:
    program: Program
    process: subprocess.Popen[bytes]
    started: float
    deaths: int = 0
    due: float | None = None


class CannotStart(Exception):
    """Raised by a program's `start`: it failed now and may work later."""


class StopRequested(Exception):
    """Ctrl-C or a request to end arrived."""


@dataclass(kw_only=True)
class Supervisor:
    """Keeps programs running until it is asked to stop. `tell` gets one sentence per event worth a person's eye."""

    tell: Callable[[str], None]
    on_change: Callable[[dict[str, int]], None] = lambda _pids: None
    _running: list[_Running] = field(default_factory=list)

    def start(self, program: Program) -> None:
        """Start `program` after those already started."""
        self._running.append(_Running(program=program, process=program.start(), started=time.monotonic()))
        self._report()

    def keep_running(self) -> None:
        """Watch the programs until a stopping signal arrives; what dies is started again after a growing pause.

        Raises StopRequested (under `stopping_signals`).
        """
        while True:
            self.look()
            time.sleep(LOOK_SECONDS)

    def look(self) -> None:
        """Look once at every program, and start again what has died and whose pause is over."""
        for entry in self._running:
            self._look_at(entry)

    def stop(self) -> None:
        """End the programs, last started first, each with everything it started itself."""
        while self._running:
            entry = self._running[-1]
            end(entry.process, program=entry.program)
            entry.program.clear()
            self._running.pop()

    def _look_at(self, entry: _Running) -> None:
        now = time.monotonic()
        if entry.due is None:
            if not has_ended(entry.process):
                return
            end_group(entry.process)
            self._plan_next_start(entry, what=describe_exit(entry.process.wait()))
        elif now >= entry.due:
            self._start_again(entry)

    def _start_again(self, entry: _Running) -> None:
        try:
            entry.process = entry.program.start()
        except CannotStart as reason:
            self._plan_next_start(entry, what=f"did not start ({reason})")
            return
        entry.started = time.monotonic()
        entry.due = None
        self._report()

    def _plan_next_start(self, entry: _Running, *, what: str) -> None:
        now = time.monotonic()
        was_steady = entry.due is None and now - entry.started > STEADY_SECONDS
        entry.deaths = 1 if was_steady else entry.deaths + 1
        pause = pause_seconds(entry.deaths)
        entry.due = now + pause
        self.tell(f"{entry.program.name} {what}; starting it again in {pause:g} s.")

    def _report(self) -> None:
        self.on_change({entry.program.name: entry.process.pid for entry in self._running})


def pause_seconds(deaths: int) -> float:
    """Return how long to wait before the next start after `deaths` in a row."""
    return float(min(LONGEST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2 ** (deaths - 1)))


def describe_exit(code: int) -> str:
    """Say in words how a process ended; a negative code is the signal that ended it."""
    if code < 0:
        return f"was ended by {signal.Signals(-code).name}"
    return f"ended with status {code}"


def end(process: subprocess.Popen[bytes], *, program: Program) -> None:
    """Ask `process` to end, wait, and then end whatever is left of its group."""
    if not has_ended(process):
        process.send_signal(program.stop_signal)
    deadline = time.monotonic() + program.grace_seconds
    while not has_ended(process):
        if time.monotonic() > deadline:
            process.kill()
        time.sleep(0.02)
    end_group(process)
    process.wait()


def has_ended(process: subprocess.Popen[bytes]) -> bool:
    """Return whether `process` has ended, without taking its exit status: its id stays its own until that is taken."""
    if process.returncode is not None:
        return True
    return os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


def end_group(leader: subprocess.Popen[bytes]) -> None:
    """End what is left of the group of `leader`, which has ended; does nothing once its exit status was taken."""
    if leader.returncode is not None:
        return
    try:
        os.killpg(leader.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return


@contextmanager
def stopping_signals(numbers: Sequence[signal.Signals] = STOPPING_SIGNALS) -> Iterator[None]:
    """Turn the first stopping signal into StopRequested; later ones are ignored, so that stopping is not cut short."""

    def request(_number: int, _frame: FrameType | None) -> None:
        for number in numbers:
            signal.signal(number, signal.SIG_IGN)
        raise StopRequested

    former = {number: signal.signal(number, request) for number in numbers}
    try:
        yield
    finally:
        for number, action in former.items():
            signal.signal(number, action)
