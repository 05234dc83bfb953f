"""First pass over a history: lines go to partitions by teacher, ids to buckets; memory keeps only the order."""

from __future__ import annotations

import json
from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from makegood.command_line.buckets import Buckets
from makegood.rules.files.cells import Fault, find_damage, parse_identifier
from makegood.rules.files.columns import Columns
from makegood.rules.files.history import read_header
from makegood.rules.files.problems import FileProblems
from makegood.rules.files.records import Record, read_records

PARTITIONS = 128
ID_BUCKETS = 32
_TOLD_EVERY = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class Spool:
    """A history cut up. `order` holds the partition of each record, in the file's order."""

    columns: Columns | None
    order: array[int]
    partitions: list[Path]
    id_buckets: list[Path]


def spool_history(stream: BinaryIO, *, directory: Path, problems: FileProblems, tell: Callable[[int], object]) -> Spool:
    """Read the stream once. Faults of form and of the header go to `problems`; `tell` hears the count of lines so far.

    Raises OSError when the stream cannot be read or the directory's disk is full.
    """
    partitions = Buckets(directory=directory, stem="part", count=PARTITIONS)
    id_buckets = Buckets(directory=directory, stem="ids", count=ID_BUCKETS)
    order = array("B")
    records = read_records(stream, problems)
    columns = read_header(records, problems)
    if columns is not None:
        teacher_at = columns.positions.get("teacher", columns.width)
        incident_at = columns.positions.get("incident", columns.width)
        for record in records:
            teacher = _identifier(record, teacher_at)
            number = partitions.choose(teacher) if teacher else 0
            partitions.add(number, _pack(record))
            order.append(number)
            incident = _identifier(record, incident_at)
            if incident:
                id_buckets.add(id_buckets.choose(incident), f"{record.line},{incident}\n".encode())
            if len(order) % _TOLD_EVERY == 0:
                tell(record.line)
    return Spool(columns=columns, order=order, partitions=partitions.close(), id_buckets=id_buckets.close())


def _identifier(record: Record, position: int) -> str:
    """The id that the cell holds; empty for what the second pass will refuse."""
    if position >= len(record.cells) or not record.cells[position]:
        return ""
    found = parse_identifier(record.cells[position])
    return "" if isinstance(found, Fault) or find_damage(found) else found


def _pack(record: Record) -> bytes:
    """One line: the physical line number, then the cells with commas, or as JSON where a cell has its own."""
    plain = ",".join(record.cells)
    if plain.count(",") == len(record.cells) - 1 and "\n" not in plain:
        return f"{record.line},{plain}\n".encode("utf-8", "surrogateescape")
    return f"{record.line};{json.dumps(record.cells)}\n".encode()


def unpack_records(path: Path) -> Iterator[Record]:
    """The records of a partition, in the file's order."""
    with path.open("rb") as stream:
        for raw in stream:
            text = raw.decode("utf-8", "surrogateescape").rstrip("\n")
            cells = text.split(",")
            if cells[0].isdigit():
                yield Record(int(cells[0]), cells[1:])
            else:
                line, _mark, packed = text.partition(";")
                yield Record(int(line), json.loads(packed))


def unpack_ids(path: Path) -> Iterator[tuple[str, int]]:
    """The ids of a bucket and their lines, in the file's order."""
    with path.open("rb") as stream:
        for raw in stream:
            line, _mark, incident = raw.decode().rstrip("\n").partition(",")
            yield incident, int(line)
