"""Writes what was assessed to standard output, in the order of the input, one line at a time."""

from __future__ import annotations

import heapq
import json
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from typing import Any, TextIO

from rich.cells import cell_len

from makegood.command_line.assessing import AssessedFile
from makegood.command_line.forms import COLUMNS, amount_text, to_json
from makegood.command_line.partitions import Finished, Format, read_keyed
from makegood.rules.policy import Policy

_GAP = "  "
_HEADS = {"month_count": "month", "week_count": "week"}
# `because` is the last column and is never padded, so its length does not matter.
_PADDED = len(COLUMNS) - 1


def write_result(assessed: AssessedFile, *, policy: Policy, format: Format, out: TextIO) -> None:
    """The result and nothing else."""
    if format is Format.CSV:
        out.write(",".join(COLUMNS) + "\n")
        out.writelines(_rows(assessed))
    elif format is Format.JSON:
        _write_json(assessed, policy, out)
    else:
        _write_table(assessed, policy, out)


def _rows(assessed: AssessedFile) -> Iterator[str]:
    with ExitStack() as stack:
        streams = {
            number: stack.enter_context(part.rows_path.open(encoding="utf-8", newline="\n"))
            for number, part in assessed.parts.items()
        }
        for number in assessed.order:
            yield next(streams[number])


def _write_json(assessed: AssessedFile, policy: Policy, out: TextIO) -> None:
    header = {"name": policy.name, "version": policy.version, "zone": policy.zone, "currency": policy.currency}
    out.write(f'{{"policy": {to_json(header)},\n "assessments": [')
    _write_items((line.rstrip("\n") for line in _rows(assessed)), out)
    out.write('],\n "consequences": [')
    _write_items((text for _key, text in _consequences(assessed)), out)
    out.write('],\n "totals": [')
    _write_items(
        (
            to_json({"teacher": teacher, "month": month, "penalty_minor": penalty_minor})
            for teacher, month, penalty_minor in _totals(assessed)
        ),
        out,
    )
    out.write("]}\n")


def _write_items(items: Iterable[str], out: TextIO) -> None:
    out.writelines(f"{',' if number else ''}\n  {item}" for number, item in enumerate(items))


def _consequences(assessed: AssessedFile) -> Iterator[tuple[list[str], str]]:
    return heapq.merge(*(_keyed(part) for part in assessed.parts.values()))


def _keyed(part: Finished) -> Iterator[tuple[list[str], str]]:
    for key, text in read_keyed(part.consequences_path):
        yield list(map(str, key)), str(text)


def _totals(assessed: AssessedFile) -> Iterator[list[Any]]:
    """Teacher, month, minor units."""
    return heapq.merge(*(read_keyed(part.totals_path) for part in assessed.parts.values()))


def _write_table(assessed: AssessedFile, policy: Policy, out: TextIO) -> None:
    heads = [_HEADS.get(column, column) for column in COLUMNS]
    widths = [len(head) for head in heads]
    for part in assessed.parts.values():
        widths = [max(width, found) for width, found in zip(widths, part.widths, strict=True)]
    out.write(_table_line(heads, widths))
    out.write(_GAP.join("-" * width for width in widths[:_PADDED]) + _GAP + "-" * len(heads[-1]) + "\n")
    for row in _rows(assessed):
        cells, steps = json.loads(row)
        out.write(_table_line(cells, widths))
        out.writelines(f"    {step}\n" for step in steps)
    _write_lines("Consequences", (text for _key, text in _consequences(assessed)), out)
    if policy.currency is not None:
        totals = (
            f"{teacher}  {month}  {amount_text(penalty_minor, policy.currency)} {policy.currency}"
            for teacher, month, penalty_minor in _totals(assessed)
        )
        _write_lines("Totals by teacher and month", totals, out)


def _table_line(cells: list[str], widths: list[int]) -> str:
    padded = [cell + " " * (width - cell_len(cell)) for cell, width in zip(cells, widths, strict=True)]
    return _GAP.join([*padded[:_PADDED], cells[-1]]).rstrip() + "\n"


def _write_lines(heading: str, lines: Iterable[str], out: TextIO) -> None:
    for number, line in enumerate(lines):
        if number == 0:
            out.write(f"\n{heading}\n{'-' * len(heading)}\n")
        out.write(f"{line}\n")
