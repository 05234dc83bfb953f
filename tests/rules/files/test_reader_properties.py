"""Whatever bytes arrive, the reader neither fails nor stays silent."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given, settings
from hypothesis import strategies as st

from makegood.rules.files.times import parse_instant
from tests.rules.files.reading import PLAIN, problems_of, read, write

CELLS = st.one_of(
    st.sampled_from(
        ["", "i1", "t1", "50", "cancelled", "teacher", "2026-11-22T07:30Z", '"', ",", "\r", "\n", "\0", "'=1"]
    ),
    st.text(max_size=8),
)


@settings(deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_give_problems_or_rows(content: bytes) -> None:
    history = read(content)
    assert history.problem_count > 0 or history.rows == ()


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_after_a_header_are_either_read_or_reported(content: bytes) -> None:
    history = read(write({}) + content)
    spoken_for = len(history.rows) - 1 + history.problem_count
    assert spoken_for > 0 or content.strip(b"\r\n").decode("utf-8", "replace").strip() == ""


@settings(deadline=None)
@given(st.lists(st.lists(CELLS, min_size=6, max_size=6), max_size=4))
def test_what_the_csv_module_writes_is_split_the_same(rows: list[list[str]]) -> None:
    written = io.StringIO()
    csv.writer(written, lineterminator="\n", quoting=csv.QUOTE_ALL).writerows(rows)
    content = (",".join(PLAIN) + "\n" + written.getvalue()).encode("utf-8", "surrogatepass")
    whats = [what for _line, _column, what in problems_of(content)]
    assert not any("quotation" in what or "cells" in what for what in whats)


@settings(deadline=None)
@given(
    st.datetimes(
        min_value=datetime.fromisoformat("2000-01-01T00:00"), max_value=datetime.fromisoformat("2100-12-31T00:00")
    ),
    st.integers(min_value=-23 * 60 - 59, max_value=23 * 60 + 59),
    st.sampled_from(["seconds", "microseconds", "minutes", "milliseconds"]),
    st.sampled_from(["T", " "]),
)
def test_every_instant_written_in_the_form_is_read_back(at: datetime, offset: int, precision: str, mark: str) -> None:
    local = at.replace(tzinfo=timezone(timedelta(minutes=offset)))
    text = local.isoformat(sep=mark, timespec=precision)
    assert parse_instant(text) == datetime.fromisoformat(text).astimezone(UTC)


@settings(deadline=None)
@given(st.text(alphabet="0123456789-+:TZ. tz", max_size=30))
def test_any_text_is_an_instant_or_none(text: str) -> None:
    found = parse_instant(text)
    assert found is None or found.tzinfo is UTC
