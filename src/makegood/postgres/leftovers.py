"""Clears what a killed server left in its data directory, and only what is certainly dead or certainly ours."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

from makegood.postgres.placement import SOCKET_PREFIX

PATIENCE_SECONDS = 60
PROCESSES = Path("/proc")
# The lines of postmaster.pid that are read here.
PID_LINE, SOCKET_LINE = 0, 4


def clear(directory: Path, *, keep: Path | None = None) -> None:
    """Make `directory` ready for a new server.

    The caller holds the lock of this installation, so a server still at work there is an orphan: it is asked to stop
    and waited for. A recorded process id that now belongs to some other program is forgotten. Where the system does
    not tell what a process is working on (no /proc), PostgreSQL's own check decides. The socket's folder is removed,
    or only emptied when it is `keep`.
    """
    record = directory / "postmaster.pid"
    lines = _lines(record)
    if PROCESSES.is_dir():
        _end_orphans(directory, recorded_pid=_number(lines))
        if lines:
            record.unlink(missing_ok=True)
    if len(lines) > SOCKET_LINE:
        folder = Path(lines[SOCKET_LINE].strip())
        if folder.name.startswith(SOCKET_PREFIX) and folder.is_dir() and not folder.is_symlink():
            for file in folder.iterdir():
                file.unlink()
            if folder != keep:
                folder.rmdir()


def processes_in(directory: Path) -> list[int]:
    """Return the processes of a server that works in `directory`: they all have it as their working folder."""
    target = os.path.realpath(directory)
    found = []
    for entry in PROCESSES.iterdir():
        if not entry.name.isdigit():
            continue
        try:
            if str((entry / "cwd").readlink()) == target and (entry / "comm").read_text().strip() == "postgres":
                found.append(int(entry.name))
        except OSError:
            continue
    return sorted(found)


def _end_orphans(directory: Path, *, recorded_pid: int | None) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    asked = False
    while alive := processes_in(directory):
        if recorded_pid in alive and not asked:
            os.kill(recorded_pid, signal.SIGINT)
            asked = True
        if time.monotonic() > deadline:
            # Ours by their working folder; what is committed is in the log and comes back.
            for pid in alive:
                os.kill(pid, signal.SIGKILL)
            deadline = time.monotonic() + PATIENCE_SECONDS
        time.sleep(0.05)


def _lines(record: Path) -> list[str]:
    try:
        return record.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return []


def _number(lines: list[str]) -> int | None:
    try:
        return int(lines[PID_LINE])
    except (IndexError, ValueError):
        return None
