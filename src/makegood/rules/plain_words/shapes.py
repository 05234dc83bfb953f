"""The parts a document is made of. Every text is a `Sentence`, so that a page can translate the same structure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from makegood.rules.sentences import Sentence

Cell = tuple[Sentence, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One point: a sentence and `more` that belong to it. `is_own_reading`: the published rules leave it open."""

    sentence: Sentence
    is_own_reading: bool = False
    more: tuple[Sentence, ...] = ()


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Sentences that belong together."""

    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class BulletList:
    """Points of equal rank."""

    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows under column heads. A cell holds whole sentences; the last `number_columns` columns hold figures."""

    caption: Sentence
    heads: tuple[Sentence, ...]
    rows: tuple[tuple[Cell, ...], ...]
    number_columns: int = 0


Part = Paragraph | BulletList | Table


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A heading and what stands under it; `code` names the section in links and tests."""

    code: str
    heading: Sentence
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A policy in plain words."""

    title: Sentence
    opening: tuple[Paragraph, ...]
    sections: tuple[Section, ...]


def paragraph(*sentences: Sentence) -> Paragraph:
    """A paragraph of sentences that the published rules settle."""
    return Paragraph(tuple(Line(sentence) for sentence in sentences))


def bullets(lines: Sequence[Sentence | Line]) -> BulletList:
    """A list of sentences and marked lines."""
    return BulletList(tuple(line if isinstance(line, Line) else Line(line) for line in lines))
