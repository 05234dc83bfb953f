"""Second pass: one partition at a time, read, assessed teacher by teacher, its results written beside it.

Runs in worker processes: whatever it needs arrives as arguments, whatever it finds is returned or written.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, TextIO

from rich.cells import cell_len

from makegood.command_line import forms
from makegood.command_line.spool import unpack_ids, unpack_records
from makegood.rules.assess import assess
from makegood.rules.files.columns import Columns
from makegood.rules.files.doubles import DoubledIds, DoubledLessons
from makegood.rules.files.problems import FileProblem, FileProblems
from makegood.rules.files.rows import Row, RowReader
from makegood.rules.policy import Policy
from makegood.rules.problems import InvalidFacts
from makegood.rules.results import Assessed, Assessment
from makegood.rules.sentences import Sentence


class Format(StrEnum):
    """How results are written."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What every partition needs to know. `only_checks`: problems were found already, nothing will be assessed."""

    columns: Columns
    policy: Policy
    written_as: Format
    explains: bool
    only_checks: bool
    kept_problems: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """What became of one partition: its problems, else its results beside `path`, and how wide each column got."""

    path: Path
    problems: tuple[FileProblem, ...]
    problem_count: int
    row_count: int
    widths: tuple[int, ...]

    @property
    def rows_path(self) -> Path:
        """One line per incident, in the file's order."""
        return self.path.with_suffix(".rows")

    @property
    def consequences_path(self) -> Path:
        """One line per consequence, by teacher and time: the sort key and the cells, as JSON."""
        return self.path.with_suffix(".consequences")

    @property
    def totals_path(self) -> Path:
        """One line per teacher and month in that order: teacher, month, minor units, as JSON."""
        return self.path.with_suffix(".totals")


def check_ids(path: Path, kept_problems: int) -> Finished:
    """Find the ids of one bucket that are used twice."""
    problems = FileProblems(kept=kept_problems)
    doubled = DoubledIds(problems)
    for incident, line in unpack_ids(path):
        doubled.see(incident=incident, line=line)
    return _finish(path, problems, row_count=0, widths=())


def assess_partition(path: Path, work: Work) -> Finished:
    """Read and assess one partition, unless something in it is wrong."""
    problems = FileProblems(kept=work.kept_problems)
    reader = RowReader(
        columns=work.columns,
        reasons=[reason.code for reason in work.policy.reasons],
        currency=work.policy.currency,
        problems=problems,
        doubled_lessons=DoubledLessons(problems),
    )
    rows = [row for record in unpack_records(path) if (row := reader.read(record))]
    path.unlink()
    if problems or work.only_checks or len({row.incident.incident for row in rows}) < len(rows):
        # An id used twice is told with its lines by `check_ids`.
        return _finish(path, problems, row_count=0, widths=())
    by_teacher: defaultdict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_teacher[row.incident.teacher].append(row)
    assessed = {teacher: found for teacher, own in by_teacher.items() if (found := _assess(own, work, problems))}
    if problems:
        return _finish(path, problems, row_count=0, widths=())
    finished = _finish(path, problems, row_count=len(rows), widths=())
    widths = _write_rows(finished.rows_path, _in_order(by_teacher, assessed), work)
    if work.written_as is not Format.CSV:
        _write_consequences(finished.consequences_path, assessed, work)
        _write_totals(finished.totals_path, by_teacher, assessed, work)
    return _finish(path, problems, row_count=len(rows), widths=widths)


def _finish(path: Path, problems: FileProblems, *, row_count: int, widths: tuple[int, ...]) -> Finished:
    return Finished(
        path=path, problems=problems.listed, problem_count=problems.count, row_count=row_count, widths=widths
    )


def _assess(own: list[Row], work: Work, problems: FileProblems) -> Assessed | None:
    try:
        return assess([row.incident for row in own], work.policy)
    except InvalidFacts as error:
        for problem in error.problems:
            problems.add(
                line=own[0].line,
                column=None,
                what=Sentence("{what}", {"what": f"{problem.where}: {problem.what}"}),
                how_to_fix=Sentence("{how}", {"how": problem.how_to_fix}),
            )
        return None


def _in_order(by_teacher: dict[str, list[Row]], assessed: dict[str, Assessed]) -> list[Assessment]:
    numbered = [
        (row.line, assessment)
        for teacher, own in by_teacher.items()
        for row, assessment in zip(own, assessed[teacher].assessments, strict=True)
    ]
    numbered.sort(key=lambda pair: pair[0])
    return [assessment for _line, assessment in numbered]


def _write_rows(path: Path, assessments: list[Assessment], work: Work) -> tuple[int, ...]:
    zone = work.policy.zone_info
    with path.open("w", encoding="utf-8", newline="\n") as stream:
        if work.written_as is Format.JSON:
            stream.writelines(f"{forms.json_assessment(one, zone=zone)}\n" for one in assessments)
            return ()
        rows = (forms.row_cells(one, explains=work.explains, zone=zone) for one in assessments)
        if work.written_as is Format.CSV:
            stream.writelines(f"{forms.csv_row(cells)}\n" for cells in rows)
            return ()
        return _write_table_rows(stream, rows, assessments, work)


def _write_table_rows(
    stream: TextIO, rows: Iterable[list[str]], assessments: list[Assessment], work: Work
) -> tuple[int, ...]:
    widths = [0] * len(forms.COLUMNS)
    for cells, assessment in zip(rows, assessments, strict=True):
        steps = forms.say_steps(assessment, zone=work.policy.zone_info) if work.explains else []
        if work.explains:
            cells[-1] = ""
        widths = [max(width, cell_len(cell)) for width, cell in zip(widths, cells, strict=True)]
        stream.write(f"{json.dumps([cells, steps])}\n")
    return tuple(widths)


def _write_consequences(path: Path, assessed: dict[str, Assessed], work: Work) -> None:
    zone = work.policy.zone_info
    keyed: list[tuple[list[str], list[str]]] = []
    for found in assessed.values():
        for one in found.consequences:
            key = [one.teacher, one.starts_at.isoformat(), one.kind, one.incident]
            if work.written_as is Format.JSON:
                keyed.append((key, [forms.json_consequence(one, zone=zone)]))
            else:
                keyed.append((key, forms.consequence_cells(one, zone=zone)))
    keyed.sort()
    with path.open("w", encoding="utf-8", newline="\n") as stream:
        stream.writelines(f"{json.dumps(pair)}\n" for pair in keyed)


def _write_totals(path: Path, by_teacher: dict[str, list[Row]], assessed: dict[str, Assessed], work: Work) -> None:
    zone = work.policy.zone_info
    totals: defaultdict[tuple[str, str], int] = defaultdict(int)
    for teacher, own in by_teacher.items():
        for row, assessment in zip(own, assessed[teacher].assessments, strict=True):
            month = row.incident.lesson_starts_at.astimezone(zone).strftime("%Y-%m")
            totals[teacher, month] += assessment.penalty_minor
    with path.open("w", encoding="utf-8", newline="\n") as stream:
        stream.writelines(f"{json.dumps([*key, totals[key]])}\n" for key in sorted(totals))


def read_keyed(path: Path) -> Iterator[list[Any]]:
    """The lines of a results file, decoded."""
    with path.open(encoding="utf-8") as stream:
        for line in stream:
            yield json.loads(line)
