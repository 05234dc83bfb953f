"""How the tests of the history reader write a file and read its problems."""

from __future__ import annotations

import io
from collections.abc import Mapping

from makegood.rules.english import in_english
from makegood.rules.files import FileProblem, HistoryFile, read_history

PLAIN = {
    "incident": "i1",
    "teacher": "t1",
    "lesson_starts_at": "2026-11-22T15:30:00+08:00",
    "lesson_minutes": "50",
    "kind": "cancelled",
    "requested_by": "teacher",
}


def write(*changes: Mapping[str, str]) -> bytes:
    """A history with one plain line per mapping, changed and extended by it."""
    columns = list(PLAIN)
    columns += [name for change in changes for name in change if name not in columns]
    names = list(dict.fromkeys(columns))
    lines = [",".join(names)]
    lines += [",".join({**PLAIN, **change}.get(name, "") for name in names) for change in changes]
    return "\n".join(lines).encode() + b"\n"


def read(content: bytes, *, currency: str | None = "USD", kept_problems: int = 1000) -> HistoryFile:
    """The content as read under a policy in US dollars that adds no reasons."""
    return read_history(io.BytesIO(content), currency=currency, kept_problems=kept_problems)


def told(problem: FileProblem) -> tuple[int | None, str | None, str]:
    """Where the problem is and what it says."""
    return problem.line, problem.column, in_english(problem.what)


def problems_of(content: bytes) -> list[tuple[int | None, str | None, str]]:
    """Every problem of the content, in order."""
    return [told(problem) for problem in read(content).problems]
