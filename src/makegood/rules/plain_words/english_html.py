"""A document as one English HTML page that stands alone: no script, no other file, readable on a phone and on paper."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from makegood.rules.english import in_english
from makegood.rules.plain_words.shapes import BulletList, Cell, Document, Line, Paragraph, Part, Table

_STYLE = """
:root { color-scheme: light dark; }
body { font: 1rem/1.55 system-ui, sans-serif; margin: 0 auto; max-width: 60rem; padding: 1.5rem 1rem 4rem; }
h1 { font-size: 1.7rem; line-height: 1.2; } h2 { font-size: 1.25rem; margin-top: 2.5rem; }
nav ul { columns: 2; margin: 0; padding-inline-start: 1.2rem; } nav li:first-child { margin-top: 0; }
.scroll { overflow-x: auto; margin: 1.25rem 0; }
table { border-collapse: collapse; width: 100%; }
caption { text-align: start; font-weight: 600; padding-bottom: .5rem; }
th, td { border-bottom: 1px solid color-mix(in srgb, currentColor 25%, transparent); padding: .5rem .75rem .5rem 0;
  text-align: start; vertical-align: top; }
.figure { text-align: end; font-variant-numeric: tabular-nums; white-space: nowrap; }
td p, th p { margin: 0; } td p + p, th p + p { margin-top: .25rem; } th p + p { font-weight: 400; }
li { margin: .3rem 0; }
.own-reading { font-size: .875em; opacity: .8; white-space: nowrap; }
@media print { body { max-width: none; padding: 0; } nav { display: none; } }
""".strip()


def render_html(document: Document) -> str:
    """The whole document as HTML, every value escaped."""
    return "\n".join(_write_page(document)) + "\n"


def _write_page(document: Document) -> Iterator[str]:
    title = escape(in_english(document.title))
    yield "<!doctype html>"
    yield '<html lang="en">'
    yield f'<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{title}</title>'
    yield f"<style>\n{_STYLE}\n</style></head>"
    yield "<body>"
    yield f"<main>\n<h1>{title}</h1>"
    for opening in document.opening:
        yield from _write_part(opening)
    yield '<nav aria-label="On this page"><ul>'
    for section in document.sections:
        yield f'<li><a href="#{escape(section.code)}">{escape(in_english(section.heading))}</a></li>'
    yield "</ul></nav>"
    for section in document.sections:
        yield f'<section id="{escape(section.code)}">\n<h2>{escape(in_english(section.heading))}</h2>'
        for part in section.parts:
            yield from _write_part(part)
        yield "</section>"
    yield "</main>\n</body>\n</html>"


def _write_part(part: Part) -> Iterator[str]:
    if isinstance(part, Paragraph):
        yield f"<p>{' '.join(_write_line(line) for line in part.lines)}</p>"
    elif isinstance(part, BulletList):
        yield "<ul>"
        for line in part.lines:
            yield f"<li>{_write_line(line)}</li>"
        yield "</ul>"
    else:
        yield from _write_table(part)


def _write_line(line: Line) -> str:
    said = escape(" ".join(in_english(sentence) for sentence in (line.sentence, *line.more)))
    return f'{said} <em class="own-reading">Our own reading.</em>' if line.is_own_reading else said


def _write_table(table: Table) -> Iterator[str]:
    first_figure = len(table.heads) - table.number_columns
    caption = escape(in_english(table.caption))
    yield f'<div class="scroll" role="region" tabindex="0" aria-label="{caption}"><table>'
    yield f"<caption>{caption}</caption>"
    heads = "".join(
        f'<th scope="col"{_figure(place, first_figure)}>{escape(in_english(head))}</th>'
        for place, head in enumerate(table.heads)
    )
    yield f"<thead><tr>{heads}</tr></thead>\n<tbody>"
    for row in table.rows:
        first, *rest = row
        cells = "".join(
            f"<td{_figure(place, first_figure)}>{_write_cell(cell)}</td>" for place, cell in enumerate(rest, start=1)
        )
        yield f'<tr><th scope="row">{_write_cell(first)}</th>{cells}</tr>'
    yield "</tbody></table></div>"


def _figure(place: int, first_figure: int) -> str:
    return ' class="figure"' if place >= first_figure else ""


def _write_cell(cell: Cell) -> str:
    said = [escape(in_english(sentence)) for sentence in cell]
    return said[0] if len(said) == 1 else "".join(f"<p>{sentence}</p>" for sentence in said)
