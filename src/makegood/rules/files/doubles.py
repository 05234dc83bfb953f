"""Incidents that cannot both be true: one id twice, or one teacher's lesson start twice (D3)."""

from __future__ import annotations

from datetime import datetime

from makegood.rules.files.cells import show
from makegood.rules.files.problems import FileProblems
from makegood.rules.sentences import Sentence, gettext_noop


class DoubledIds:
    """Remembers each incident's id; in the order of the file, each one that an earlier line has is a problem."""

    def __init__(self, problems: FileProblems) -> None:
        self._problems = problems
        self._first_lines: dict[str, int] = {}

    def see(self, *, incident: str, line: int) -> None:
        """Take note of one line's id."""
        first = self._first_lines.setdefault(incident, line)
        if first != line:
            self._problems.add(
                line=line,
                column="incident",
                what=Sentence(
                    gettext_noop('"{incident}" is already the incident of line {line}.'),
                    {"incident": show(incident), "line": first},
                ),
                how_to_fix=Sentence(gettext_noop("Give every incident an id of its own, or remove the copy.")),
            )


class DoubledLessons:
    """Remembers each lesson start of a teacher: two incidents, neither voided, are the later line's problem (D3).

    A copy of a whole line is left to `DoubledIds`.
    """

    def __init__(self, problems: FileProblems) -> None:
        self._problems = problems
        self._first: dict[tuple[str, datetime], tuple[int, str]] = {}

    def see(self, *, incident: str, teacher: str, lesson_starts_at: datetime, line: int) -> None:
        """Take note of one incident that is not voided."""
        first_line, first_incident = self._first.setdefault((teacher, lesson_starts_at), (line, incident))
        if first_line != line and first_incident != incident:
            self._problems.add(
                line=line,
                column="lesson_starts_at",
                what=Sentence(
                    gettext_noop('Teacher "{teacher}" already has an incident for this lesson start, in line {line}.'),
                    {"teacher": show(teacher), "line": first_line},
                ),
                how_to_fix=Sentence(gettext_noop("Keep one of the two, or mark the one recorded wrongly as voided.")),
            )
