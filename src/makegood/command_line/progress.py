"""A progress bar on a terminal, nothing anywhere else."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn


class Tell(Protocol):
    """Hears how far the work is: what is being done, how much is done, of how much (None: nobody knows)."""

    def __call__(self, doing: str, done: int, total: int | None) -> None:
        """Take note."""


@contextmanager
def show_progress() -> Iterator[Tell]:
    """A bar on standard error while the block runs, if standard error is a terminal; it leaves no trace."""
    if not sys.stderr.isatty():
        yield _tell_nobody
        return
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed:,}"), TimeElapsedColumn())
    # Without a refreshing thread: the workers are forked from this process, and threads do not survive that.
    with Progress(*columns, console=Console(stderr=True), transient=True, auto_refresh=False) as progress:
        tasks: dict[str, TaskID] = {}

        def tell(doing: str, done: int, total: int | None) -> None:
            if doing not in tasks:
                tasks[doing] = progress.add_task(doing, total=total)
            progress.update(tasks[doing], completed=done, total=total, refresh=True)

        yield tell


def _tell_nobody(doing: str, done: int, total: int | None) -> None:
    del doing, done, total
