"""Many at once through the product's own verbs, on connections of their own; how each attempt ended; what must hold."""

from __future__ import annotations

import threading
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from threading import Barrier
from types import ModuleType
from typing import Any
from unittest.mock import patch

import psycopg
import pytest
from django.db import connection, connections
from django.db.models import QuerySet

from makegood.actions.transactions import Busy
from makegood.database import compiled, retry
from makegood.database.retry import RETRIES
from makegood.database.statements import is_watched
from makegood.domain.lessons import booking
from makegood.management.audit.checks import run_checks
from makegood.refusal import Refusal
from tests.bookings import NOW
from tests.databases import TestDatabase

CONNECTIONS = 6
# The auditor looks at calendar weeks to come: of the crowd's, the first one, too.
AUDITED_AT = NOW - timedelta(days=7)
Deed = Callable[[], Any]

# Counted by the auditor's role with one walk in order of time, not by the constraints under test.
_OVERLAPS = """
    SELECT count(*) FROM (
      SELECT lower(taken) < max(upper(taken)) OVER (
               PARTITION BY school_id, whose ORDER BY lower(taken), id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
             ) AS begins_early
      FROM (SELECT id, school_id, 'teacher ' || teacher_id AS whose, blocked AS taken, status FROM makegood_lesson
            UNION ALL
            SELECT id, school_id, 'student ' || student_id, tstzrange(starts_at, ends_at), status FROM makegood_lesson
            WHERE student_id IS NOT NULL) AS lessons
      WHERE status IN ('held', 'requested', 'booked', 'in_progress')) AS walked
    WHERE begins_early
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One deed for what is contested."""

    contest: Any
    deed: Deed


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How an attempt ended: a result, a refusal, or an exception that nobody may ever see."""

    contest: Any
    result: Any = None
    refusal: Refusal | None = None
    error: BaseException | None = None
    seconds: float = 0.0
    retries: int = 0

    @property
    def has_won(self) -> bool:
        return self.refusal is None and self.error is None


class _Pauses(threading.local):
    """Stands where `run_with_retries` pauses, and counts that, thread by thread.

    A wrapper round each statement would count conflicts too, but race another way: watched connections are slow.
    """

    seen = 0

    def sleep(self, seconds: float) -> None:
        self.seen += 1
        time.sleep(seconds)


_PAUSES = _Pauses()


@dataclass
class Race:
    """Everything that ended."""

    ended: list[Ended] = field(default_factory=list)

    def wins(self) -> Counter[Any]:
        """How many won in each contest; nought where all lost."""
        won: Counter[Any] = Counter(dict.fromkeys((one.contest for one in self.ended), 0))
        won.update(one.contest for one in self.ended if one.has_won)
        return won

    def refusals(self) -> set[type[Refusal]]:
        """Without Busy, which is said to whoever waits for a lock longer than a page may, on a busy machine."""
        return {type(one.refusal) for one in self.ended if one.refusal is not None} - {Busy}

    def errors(self) -> list[BaseException]:
        return [one.error for one in self.ended if one.error is not None]

    def most_retries(self) -> int:
        return max(one.retries for one in self.ended)

    def p99_seconds(self) -> float:
        return sorted(one.seconds for one in self.ended)[-1 - len(self.ended) // 100]

    def assert_civil(self) -> None:
        """Nobody saw anything but a result or a refusal, and conflicts were settled within the retries."""
        for error in self.errors():
            # With its own lines: a list of exceptions would be cut to where they begin.
            traceback.print_exception(error)
        assert not self.errors(), (
            f"{len(self.errors())} of {len(self.ended)} saw an error, the first {self.errors()[0]!r}"
        )
        assert self.most_retries() <= RETRIES, f"one was run again {self.most_retries()} times"
        print(
            f"{len(self.ended)} attempts, {sum(one.has_won for one in self.ended)} accepted,"
            f" p99 {self.p99_seconds():.3f} s, most retries {self.most_retries()}"
        )


def compete(attempts: Sequence[Attempt], *, at_once: int = CONNECTIONS) -> Race:
    """Try all, `at_once` at a time, each thread on its own connection; neighbours in the list meet."""
    all_are_done = Barrier(at_once, timeout=60)

    def close(_thread: int) -> None:
        all_are_done.wait()
        connections.close_all()

    with patch.object(retry, "time", _PAUSES), ThreadPoolExecutor(at_once) as threads:
        tries = [threads.submit(_try, attempt) for attempt in attempts]
        race = Race(ended=[_ending(attempt, tried) for attempt, tried in zip(attempts, tries, strict=True)])
        list(threads.map(close, range(at_once)))
    return race


def _try(attempt: Attempt) -> Ended:
    assert not is_watched(connection), "this would race another way than the product takes"
    _PAUSES.seen, began = 0, time.perf_counter()
    result = refusal = None
    try:
        result = attempt.deed()
    except Refusal as refused:
        refusal = refused
    seconds = time.perf_counter() - began
    return Ended(contest=attempt.contest, result=result, refusal=refusal, seconds=seconds, retries=_PAUSES.seen)


def _ending(attempt: Attempt, tried: Future[Ended]) -> Ended:
    error = tried.exception()
    return Ended(contest=attempt.contest, error=error) if error is not None else tried.result()


def count_overlaps(database: TestDatabase) -> int:
    """How many live lessons begin before another one of the same teacher or student has ended."""
    with psycopg.connect(database.auditor_dsn) as reading:
        row = reading.execute(_OVERLAPS.encode()).fetchone()
        reading.rollback()
    assert row is not None
    return int(row[0])


def list_findings(database: TestDatabase) -> dict[str, tuple[str, ...]]:
    """What the auditor has to say, by check; empty when all is well."""
    with psycopg.connect(database.auditor_dsn) as reading:
        checked = list(run_checks(reading.cursor(), now=AUDITED_AT))
        reading.rollback()
    return {one.name: one.findings for one in checked if one.findings}


@contextmanager
def nobody_waits(
    monkeypatch: pytest.MonkeyPatch, *, writers: int, writing: Sequence[tuple[ModuleType, str]] = ((booking, "take"),)
) -> Iterator[None]:
    """Take the row locks away, and let all `writers` have looked before the first of them writes, by one of `writing`.

    So that what a negative control shows does not depend on luck. Whoever the database makes try again, as two that
    wait for each other, waits for nobody.
    """
    all_have_looked = threading.Event()
    have_looked = Barrier(writers, action=all_have_looked.set, timeout=60)

    def together(write: Deed) -> Deed:
        def wait_and_write(**values: Any) -> Any:
            if not all_have_looked.is_set():
                have_looked.wait()
            return write(**values)

        return wait_and_write

    with monkeypatch.context() as patched:
        patched.setattr(QuerySet, "select_for_update", lambda rows, **_how: rows)
        # What was compiled with its locks is compiled anew without them.
        patched.setattr(compiled, "_PLANS", {})
        for module, name in writing:
            patched.setattr(module, name, together(getattr(module, name)))
        yield


def drop_overlap_constraints(database: TestDatabase) -> None:
    """Let the database take two lessons at once: for negative controls, in a database that is thrown away."""
    with psycopg.connect(database.owner_dsn) as owner:
        owner.execute(
            "ALTER TABLE makegood_lesson DROP CONSTRAINT a_teacher_has_no_overlapping_live_lessons,"
            " DROP CONSTRAINT a_student_has_no_overlapping_live_lessons"
        )
