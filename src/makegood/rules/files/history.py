"""A whole history file: all incidents in the file's order, or all problems."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from makegood.rules.files.columns import Columns, find_columns
from makegood.rules.files.doubles import DoubledIds, DoubledLessons
from makegood.rules.files.problems import KEPT_PROBLEMS, FileProblem, FileProblems
from makegood.rules.files.records import Record, read_records
from makegood.rules.files.rows import Row, RowReader
from makegood.rules.sentences import Sentence, gettext_noop


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryFile:
    """What a file held. `problem_count` counts all problems; `problems` lists the earliest of them.

    `rows` are the readable incidents in the file's order: use them only when there is no problem.
    `unknown_columns` were ignored.
    """

    rows: tuple[Row, ...]
    problems: tuple[FileProblem, ...]
    problem_count: int
    unknown_columns: tuple[str, ...]


def read_history(
    stream: BinaryIO, *, reasons: Iterable[str] = (), currency: str | None, kept_problems: int = KEPT_PROBLEMS
) -> HistoryFile:
    """Read a history CSV of policy.md's "Files people bring" from a binary stream; never raises for what is in it.

    `reasons` are the policy's reason codes, known besides the standard ones. `currency` is the policy's, in which
    `lesson_pay` is written; None under a policy without fines. Keeps all rows in memory; `makegood assess` reads larger
    files through a spool with the same parts.
    """
    problems = FileProblems(kept=kept_problems)
    records = read_records(stream, problems)
    columns = read_header(records, problems)
    rows: tuple[Row, ...] = ()
    if columns is not None:
        reader = RowReader(
            columns=columns,
            reasons=reasons,
            currency=currency,
            problems=problems,
            doubled_lessons=DoubledLessons(problems),
            doubled_ids=DoubledIds(problems),
        )
        rows = tuple(row for record in records if (row := reader.read(record)))
    return HistoryFile(
        rows=rows,
        problems=problems.listed,
        problem_count=problems.count,
        unknown_columns=columns.unknown if columns else (),
    )


def read_header(records: Iterator[Record], problems: FileProblems) -> Columns | None:
    """Take the header off `records`; None when there is nothing at all, which is a problem."""
    header = next(records, None)
    if header is not None:
        return find_columns(header, problems)
    if not problems:
        problems.add(
            line=None,
            column=None,
            what=Sentence(gettext_noop("The file is empty.")),
            how_to_fix=Sentence(
                gettext_noop("It needs a header line with the columns' names, even when there are no incidents.")
            ),
        )
    return None
