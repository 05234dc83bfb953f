"""Finds and ends processes that outlived a killed parent, known by a mark in their environment and by nothing else."""

from __future__ import annotations

import os
import secrets
import signal
import time
from pathlib import Path

# Every process we start carries this variable with the mark of its run; so do the processes it starts.
MARK_VARIABLE = "MAKEGOOD_RUN_MARK"
PROCESSES = Path("/proc")
GRACE_SECONDS = 10.0


def new_mark() -> str:
    """Return a mark that no other run has."""
    return secrets.token_hex(16)


def find(mark: str) -> list[int]:
    """Return the living processes that carry `mark`, without this one. Empty where there is no /proc."""
    wanted = f"{MARK_VARIABLE}={mark}".encode()
    found = []
    for entry in PROCESSES.iterdir() if PROCESSES.is_dir() else ():
        if not entry.name.isdigit() or int(entry.name) == os.getpid():
            continue
        try:
            if wanted in (entry / "environ").read_bytes().split(b"\0"):
                found.append(int(entry.name))
        except OSError:
            continue
    return sorted(found)


def end(mark: str) -> int:
    """Ask the processes with `mark` to end, kill those that have not after ten seconds; return how many there were."""
    found = find(mark)
    _signal(found, signal.SIGTERM)
    deadline = time.monotonic() + GRACE_SECONDS
    while alive := find(mark):
        if time.monotonic() > deadline:
            _signal(alive, signal.SIGKILL)
        time.sleep(0.05)
    return len(found)


def _signal(pids: list[int], number: signal.Signals) -> None:
    for pid in pids:
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            continue
