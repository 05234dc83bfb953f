"""From bytes to the cells of each record: quotes, line ends, encodings, all bounded in memory.

Written by hand rather than with the `csv` module because a history needs what that does not give: physical line numbers
across quoted line breaks, a bound on every record without a process-wide setting, and reading on after a fault.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from makegood.rules.files.problems import FileProblems
from makegood.rules.sentences import Sentence, gettext_noop

MAX_LINE_BYTES = 1 << 20
MAX_RECORD_LINES = 1000
_BOM = b"\xef\xbb\xbf"
_QUOTED_CELL = re.compile(r'[ \t]*"([^"]*(?:""[^"]*)*)"[ \t]*(,|\Z)')
_OPEN_CELL = re.compile(r'[ \t]*"[^"]*(?:""[^"]*)*\Z')
_PLAIN_CELL = re.compile(r"([^,]*)(,|\Z)")
_FOREIGN_STARTS = (
    (b"\xff\xfe", gettext_noop("This file is in UTF-16.")),
    (b"\xfe\xff", gettext_noop("This file is in UTF-16.")),
    (b"PK\x03\x04", gettext_noop("This file is a spreadsheet or an archive, not CSV text.")),
    (b"%PDF", gettext_noop("This file is a PDF, not CSV text.")),
    (b"\x1f\x8b", gettext_noop("This file is compressed.")),
)
_NUL_BYTES = gettext_noop("The first line has NUL bytes: this file is damaged, or it is in UTF-16.")
_LONE_RETURNS = gettext_noop("The lines of this file end with a carriage return alone.")
_SAVE_AS_CSV = Sentence(gettext_noop("Save it as comma-separated UTF-8 text (CSV UTF-8) and try again."))


@dataclass(frozen=True, slots=True)
class Record:
    """One record: the physical line it begins on, and its cells, trimmed.

    Bytes that are not UTF-8 arrive as lone surrogates (U+DC80 to U+DCFF), so that a later check can name their column.
    """

    line: int
    cells: list[str]


def read_records(stream: BinaryIO, problems: FileProblems) -> Iterator[Record]:
    """Yield each record that is not blank, the header among them; faults of form go to `problems`.

    A line over 1 MiB, a record over 1,000 lines, a quotation mark in the wrong place or never closed is a problem, and
    reading goes on with the next line.
    """
    lines = _number_lines(stream, problems)
    for line, text in lines:
        if '"' not in text:
            cells = [cell.strip() for cell in text.split(",")]
        else:
            quoted = _read_quoted(line, text, lines, problems)
            if quoted is None:
                continue
            cells = quoted
        if len(cells) > 1 or cells[0]:
            yield Record(line, cells)


def _number_lines(stream: BinaryIO, problems: FileProblems) -> Iterator[tuple[int, str]]:
    line = 0
    while raw := stream.readline(MAX_LINE_BYTES):
        line += 1
        if line == 1:
            for start, what in _FOREIGN_STARTS:
                if raw.startswith(start):
                    problems.add(line=None, column=None, what=Sentence(what), how_to_fix=_SAVE_AS_CSV)
                    return
            if foreign := _find_foreign_form(raw):
                problems.add(line=None, column=None, what=Sentence(foreign), how_to_fix=_SAVE_AS_CSV)
                return
            raw = raw.removeprefix(_BOM)
        if len(raw) >= MAX_LINE_BYTES and not raw.endswith(b"\n"):
            _skip_line(stream)
            problems.add(
                line=line,
                column=None,
                what=Sentence(gettext_noop("The line is longer than 1 MiB.")),
                how_to_fix=Sentence(
                    gettext_noop("Check that lines end with a line break and that no cell holds a document.")
                ),
            )
            continue
        yield line, raw.decode("utf-8", errors="surrogateescape").rstrip("\r\n")


def _find_foreign_form(header: bytes) -> str | None:
    """What shows in the first line that the lines of this file are no lines of text; each would hide every incident."""
    if b"\0" in header:
        return _NUL_BYTES
    return _LONE_RETURNS if b"\r" in header.rstrip(b"\r\n") else None


def _skip_line(stream: BinaryIO) -> None:
    while (more := stream.readline(MAX_LINE_BYTES)) and not more.endswith(b"\n"):
        pass


def _read_quoted(line: int, text: str, lines: Iterator[tuple[int, str]], problems: FileProblems) -> list[str] | None:
    """The cells of a record that has quotation marks; takes further lines while a quoted cell is open."""
    cells: list[str] = []
    position = 0
    while True:
        if text[position : position + 64].lstrip(" \t").startswith('"'):
            if _OPEN_CELL.match(text, position):
                more = _read_until_closed(lines)
                if more is None:
                    _add_quote_problem(line, gettext_noop("A quotation mark is opened but never closed."), problems)
                    return None
                text += more
            match = _QUOTED_CELL.match(text, position)
            if match is None:
                _add_quote_problem(line, gettext_noop("There is text after a closing quotation mark."), problems)
                return None
            cells.append(match[1].replace('""', '"').strip())
        else:
            match = _PLAIN_CELL.match(text, position)
            if match is None or '"' in match[1]:
                _add_quote_problem(
                    line, gettext_noop("A cell that is not quoted has a quotation mark in it."), problems
                )
                return None
            cells.append(match[1].strip())
        position = match.end()
        if match[2] == "":
            return cells


def _read_until_closed(lines: Iterator[tuple[int, str]]) -> str | None:
    """The lines up to the one that closes an open quoted cell, None when it does not come within the bounds."""
    more: list[str] = []
    length = 0
    for _line, text in lines:
        more.append(text)
        length += len(text)
        if text.count('"') % 2 == 1:
            return "\n" + "\n".join(more)
        if len(more) >= MAX_RECORD_LINES or length >= MAX_LINE_BYTES:
            return None
    return None


def _add_quote_problem(line: int, what: str, problems: FileProblems) -> None:
    problems.add(
        line=line,
        column=None,
        what=Sentence(what),
        how_to_fix=Sentence(
            gettext_noop('Put the whole cell in quotation marks and write each one inside it twice: "".')
        ),
    )
