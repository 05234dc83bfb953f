"""A document as English text for a terminal or a file: headings underlined, tables in columns."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

from makegood.rules.english import in_english
from makegood.rules.plain_words.shapes import BulletList, Cell, Document, Line, Paragraph, Part, Table

WIDTH = 96
OWN_READING = "[our own reading]"
_GAP = "  "


def render_text(document: Document) -> str:
    """The whole document, lines at most 96 characters wide, ending with a line break."""
    title = in_english(document.title)
    lines = [title, "=" * len(title), ""]
    for opening in document.opening:
        lines += [*_render_part(opening), ""]
    for section in document.sections:
        heading = in_english(section.heading)
        lines += ["", heading, "-" * len(heading), ""]
        for part in section.parts:
            lines += [*_render_part(part), ""]
    return "\n".join(line.rstrip() for line in lines).rstrip("\n") + "\n"


def say_line(line: Line) -> str:
    """A line's sentences, and the mark of our own reading."""
    said = " ".join(in_english(sentence) for sentence in (line.sentence, *line.more))
    return f"{said} {OWN_READING}" if line.is_own_reading else said


def _render_part(part: Part) -> list[str]:
    if isinstance(part, Paragraph):
        return textwrap.wrap(" ".join(say_line(line) for line in part.lines), WIDTH)
    if isinstance(part, BulletList):
        return [
            wrapped
            for line in part.lines
            for wrapped in textwrap.wrap(say_line(line), WIDTH, initial_indent="- ", subsequent_indent="  ")
        ]
    return list(_render_table(part))


def _render_table(table: Table) -> Iterator[str]:
    heads = [in_english(head) for head in table.heads]
    rows = [[say_cell(cell) for cell in row] for row in table.rows]
    widths = _choose_widths(heads, rows)
    first_number = len(heads) - table.number_columns
    yield from textwrap.wrap(in_english(table.caption), WIDTH)
    yield ""
    yield from _render_row(heads, widths, first_number)
    yield _GAP.join("-" * width for width in widths)
    is_airy = any(len(_wrap(cell, width)) > 1 for row in rows for cell, width in zip(row, widths, strict=True))
    for number, row in enumerate(rows):
        if number and is_airy:
            yield ""
        yield from _render_row(row, widths, first_number)


def say_cell(cell: Cell) -> str:
    """A cell's sentences, one per line."""
    return "\n".join(in_english(sentence) for sentence in cell)


def _render_row(cells: Sequence[str], widths: Sequence[int], first_number: int) -> Iterator[str]:
    wrapped = [_wrap(cell, width) for cell, width in zip(cells, widths, strict=True)]
    for height in range(max(len(lines) for lines in wrapped)):
        found = [lines[height] if height < len(lines) else "" for lines in wrapped]
        yield _GAP.join(
            text.rjust(width) if place >= first_number else text.ljust(width)
            for place, (text, width) in enumerate(zip(found, widths, strict=True))
        )


def _wrap(cell: str, width: int) -> list[str]:
    return [line for paragraph in cell.split("\n") for line in (textwrap.wrap(paragraph, width) or [""])]


def _choose_widths(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> list[int]:
    """Natural widths where they fit; else the widest columns give way, none below its longest word."""
    columns = list(zip(heads, *rows, strict=True))
    widths = [max(len(line) for cell in column for line in cell.split("\n")) for column in columns]
    least = [max((len(word) for cell in column for word in cell.split()), default=1) for column in columns]
    room = WIDTH - len(_GAP) * (len(widths) - 1)
    while sum(widths) > room:
        shrinkable = [place for place in range(len(widths)) if widths[place] > least[place]]
        if not shrinkable:
            return widths
        widest = max(shrinkable, key=lambda place: widths[place])
        widths[widest] -= 1
    return widths
