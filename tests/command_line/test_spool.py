"""The spool keeps order, ids and awkward cells, and many processes give what one gives."""

from __future__ import annotations

import io
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from makegood.command_line import assessing
from makegood.command_line.spool import spool_history, unpack_records
from makegood.rules.files.problems import FileProblems
from makegood.rules.files.records import Record, read_records
from tests.command_line.commanding import Command

LINES = st.lists(
    st.tuples(st.text(max_size=6), st.sampled_from(["t1", "t2", "'=t", 'a"b', "a,b", "a\nb", "é", ""])), max_size=20
)


@settings(deadline=None)
@given(LINES)
def test_spooled_records_are_the_records_read(cells: list[tuple[str, str]]) -> None:
    def quoted(text: str) -> str:
        return '"' + text.replace('"', '""') + '"'

    rows = "".join(f"{quoted(incident)},{quoted(teacher)}\n" for incident, teacher in cells)
    content = f"incident,teacher\n{rows}".encode("utf-8", "surrogatepass")
    expected = list(read_records(io.BytesIO(content), FileProblems()))[1:]
    with tempfile.TemporaryDirectory() as directory:
        spool = spool_history(
            io.BytesIO(content), directory=Path(directory), problems=FileProblems(), tell=lambda _lines: None
        )
        found: list[Record] = [record for path in spool.partitions for record in unpack_records(path)]
    assert sorted(found, key=lambda record: record.line) == expected
    assert len(spool.order) == len(expected)


def test_many_processes_write_what_one_writes(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    header = "incident,teacher,lesson_starts_at,lesson_minutes,kind,requested_by,reported_at\n"
    rows = "".join(
        f"i{number},t{number % 9},2026-11-{number % 28 + 1:02}T{number // 28:02}:00Z,50,cancelled,teacher,"
        "2026-11-01T00:00Z\n"
        for number in range(300)
    )
    arguments = ("assess", "-", "--policy", "25hoon", "--zone", "Asia/Manila", "--format", "json")
    alone = command(*arguments, stdin=(header + rows).encode())
    monkeypatch.setattr(assessing, "_PARALLEL_FROM", 1)
    together = command(*arguments, stdin=(header + rows).encode())
    assert (together.status, together.err) == (0, "")
    assert together.out == alone.out
