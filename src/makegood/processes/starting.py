"""Starts one process in a group of its own, tied to the life of its parent."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO, Any

# From Linux's prctl(2).
PR_SET_PDEATHSIG = 1


def start(
    command: Sequence[str],
    *,
    environment: Mapping[str, str],
    directory: Path,
    output: IO[bytes],
    signal_when_orphaned: signal.Signals = signal.SIGTERM,
    **options: Any,
) -> subprocess.Popen[bytes]:
    """Start `command`, its output appended to `output`.

    The process leads a group of its own, so that Ctrl-C reaches only us and we can end it with all it started. If we
    die without a word, Linux sends it `signal_when_orphaned`; elsewhere the next start finds it by its record.
    `options` go to `subprocess.Popen`.
    """
    return subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        env=dict(environment),
        cwd=directory,
        process_group=0,
        # Safe here: our process has one thread when it starts others.
        preexec_fn=_tie_to_parent(signal_when_orphaned) if sys.platform == "linux" else None,  # noqa: PLW1509
        **options,
    )


def _tie_to_parent(when_orphaned: signal.Signals) -> Callable[[], None]:
    # Loaded before the fork: the child may only make calls that cannot wait for a lock.
    prctl = ctypes.CDLL(None).prctl
    parent = os.getpid()

    def tie() -> None:
        prctl(PR_SET_PDEATHSIG, int(when_orphaned), 0, 0, 0)
        if os.getppid() != parent:
            os.kill(os.getpid(), signal.SIGKILL)

    return tie
