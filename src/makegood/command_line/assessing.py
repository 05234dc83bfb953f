"""The whole of `makegood assess`: spool, assess in parallel, then write in the order of the input."""

from __future__ import annotations

import gc
import os
import signal
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import BinaryIO

from makegood.command_line.mistakes import Mistake
from makegood.command_line.partitions import Finished, Format, Work, assess_partition, check_ids
from makegood.command_line.progress import Tell
from makegood.command_line.spool import Spool, spool_history
from makegood.rules.files.problems import FileProblems
from makegood.rules.policy import Policy

# Below this many lines, starting processes costs more than it saves.
_PARALLEL_FROM = 20_000
_COLLECTED_AFTER = 200_000
# As many as memory can surely hold; more are only counted.
_LISTED_PROBLEMS = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class AssessedFile:
    """Either `problems`, or the results of every partition that has any, by number as in `order`."""

    problems: FileProblems
    unknown_columns: tuple[str, ...]
    order: bytes
    parts: dict[int, Finished]


def assess_file(
    stream: BinaryIO,
    *,
    policy: Policy,
    written_as: Format,
    explains: bool,
    directory: Path,
    tell: Tell,
) -> AssessedFile:
    """Assess a history into files in `directory`.

    Raises OSError when reading or spooling fails, Mistake when a worker dies.
    """
    problems = FileProblems(kept=_LISTED_PROBLEMS)
    spool = spool_history(
        stream, directory=directory, problems=problems, tell=lambda lines: tell("Reading lines", lines, None)
    )
    parts: dict[int, Finished] = {}
    if spool.columns is not None:
        work = Work(
            columns=spool.columns,
            policy=policy,
            written_as=written_as,
            explains=explains,
            only_checks=bool(problems),
            kept_problems=_LISTED_PROBLEMS,
        )
        for finished in _run(spool, work, tell):
            problems.merge(listed=finished.problems, count=finished.problem_count)
            if finished.row_count:
                parts[int(finished.path.name.rpartition("-")[2])] = finished
    return AssessedFile(
        problems=problems,
        unknown_columns=spool.columns.unknown if spool.columns else (),
        order=spool.order.tobytes(),
        parts=parts,
    )


def _run(spool: Spool, work: Work, tell: Tell) -> Iterator[Finished]:
    tasks = [partial(check_ids, path, work.kept_problems) for path in spool.id_buckets]
    tasks += [partial(assess_partition, path, work) for path in spool.partitions]
    processors = _count_processors()
    if len(spool.order) >= _PARALLEL_FROM and processors > 1:
        yield from _run_in_processes(tasks, processors, tell)
        return
    for done, task in enumerate(tasks, start=1):
        yield task()
        tell("Assessing", done, len(tasks))


def _count_processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _run_in_processes(tasks: list[partial[Finished]], processors: int, tell: Tell) -> Iterator[Finished]:
    with ProcessPoolExecutor(processors, initializer=_begin_worker) as pool:
        waiting: set[Future[Finished]] = {pool.submit(task) for task in tasks}
        try:
            while waiting:
                finished, waiting = wait(waiting, return_when=FIRST_COMPLETED)
                for one in finished:
                    yield one.result()
                tell("Assessing", len(tasks) - len(waiting), len(tasks))
        except BrokenProcessPool as error:
            raise Mistake("A worker process was ended from outside, perhaps because memory ran out.") from error
        finally:
            pool.shutdown(cancel_futures=True)


def _begin_worker() -> None:
    """Leave interrupts to the parent, and look for cycles rarely: facts and results form none."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.set_threshold(_COLLECTED_AFTER)
