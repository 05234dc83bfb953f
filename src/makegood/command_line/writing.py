"""Writes what was assessed to standard output, in the order of the input, one line at a time."""

from __future__ import annotations

import heapq
import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from typing import Any, TextIO

from rich.cells import cell_len

from makegood.command_line.assessing import AssessedFile
from makegood.command_line.forms import COLUMNS, amount_text, to_json
from makegood.command_line.partitions import Format, read_keyed
from makegood.rules.policy import Policy

_GAP = "  "
_HEADS = {"month_count": "month", "week_count": "week"}
_CONSEQUENCE_HEADS = ["teacher", "consequence", "from", "until", "incident", "because"]
_TOTAL_HEADS = ["teacher", "month", "total", "currency"]


def write_result(assessed: AssessedFile, *, policy: Policy, written_as: Format, out: TextIO) -> None:
    """The result and nothing else."""
    if written_as is Format.CSV:
        out.write(",".join(COLUMNS) + "\n")
        out.writelines(_rows(assessed))
    elif written_as is Format.JSON:
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
    _write_items((text for _key, (text,) in _consequences(assessed)), out)
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


def _consequences(assessed: AssessedFile) -> Iterator[list[Any]]:
    """The sort key and the cells."""
    return heapq.merge(*(read_keyed(part.consequences_path) for part in assessed.parts.values()))


def _totals(assessed: AssessedFile) -> Iterator[list[Any]]:
    """Teacher, month, minor units."""
    return heapq.merge(*(read_keyed(part.totals_path) for part in assessed.parts.values()))


def _write_table(assessed: AssessedFile, policy: Policy, out: TextIO) -> None:
    heads = [_HEADS.get(column, column) for column in COLUMNS]
    widths = [len(head) for head in heads]
    for part in assessed.parts.values():
        widths = [max(width, found) for width, found in zip(widths, part.widths, strict=True)]
    _write_heads(heads, widths, out)
    for row in _rows(assessed):
        cells, steps = json.loads(row)
        out.write(_table_line(cells, widths))
        out.writelines(f"    {step}\n" for step in steps)
    _write_part(_CONSEQUENCE_HEADS, lambda: (cells for _key, cells in _consequences(assessed)), out)
    if policy.currency is not None:
        _write_part(_TOTAL_HEADS, lambda: _total_cells(assessed, policy.currency), out)


def _total_cells(assessed: AssessedFile, currency: str | None) -> Iterator[list[str]]:
    for teacher, month, penalty_minor in _totals(assessed):
        yield [teacher, month, amount_text(penalty_minor, currency), currency or ""]


def _write_part(heads: list[str], rows: Callable[[], Iterator[list[str]]], out: TextIO) -> None:
    """A further table, unless it has no rows; it is read twice, first for the widths of its columns."""
    widths = [len(head) for head in heads]
    is_empty = True
    for cells in rows():
        is_empty = False
        widths = [max(width, cell_len(cell)) for width, cell in zip(widths, cells, strict=True)]
    if not is_empty:
        out.write("\n")
        _write_heads(heads, widths, out)
        out.writelines(_table_line(cells, widths) for cells in rows())


def _write_heads(heads: list[str], widths: list[int], out: TextIO) -> None:
    """The last column is never padded, so its rule is only as long as its head."""
    out.write(_table_line(heads, widths))
    out.write(_table_line(["-" * width for width in widths[:-1]] + ["-" * len(heads[-1])], widths))


def _table_line(cells: list[str], widths: list[int]) -> str:
    padded = [cell + " " * (width - cell_len(cell)) for cell, width in zip(cells, widths, strict=True)]
    return _GAP.join([*padded[:-1], cells[-1]]).rstrip() + "\n"
