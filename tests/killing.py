"""Kills a process of its own at any statement, as a machine does that loses its power."""

from __future__ import annotations

import os
import signal
import traceback
from collections.abc import Callable
from typing import Any

from django.db import connection, connections


class KillAt:
    """Ends this process without a word before or after the statement with this number, from 0."""

    def __init__(self, number: int, *, is_after: bool) -> None:
        self.left = number
        self.is_after = is_after

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if self.left == 0 and not self.is_after:
            os.kill(os.getpid(), signal.SIGKILL)
        result = execute(sql, params, many, context)
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        self.left -= 1
        return result


def run_and_be_killed(work: Callable[[], object], number: int, *, is_after: bool) -> int:
    """Do it in a process of its own that is killed at the statement. Returns 0 when it came through, -9 when killed."""
    connections.close_all()
    child = os.fork()
    if child == 0:
        # Whatever happens, the child never comes back into the test run, which it would go through a second time.
        status = 1
        try:
            with connection.execute_wrapper(KillAt(number, is_after=is_after)):
                work()
            status = 0
        finally:
            if status:
                traceback.print_exc()
            os._exit(status)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
