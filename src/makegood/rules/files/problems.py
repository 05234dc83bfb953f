"""What is wrong in a file, where, and how to put it right."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from makegood.rules.sentences import Sentence

KEPT_PROBLEMS = 1000


@dataclass(frozen=True, slots=True)
class FileProblem:
    """One fault: `line` counts physical lines from 1; `column` is the column's name, None for the whole line.

    `line` is None where the fault is the file's as a whole.
    """

    line: int | None
    column: str | None
    what: Sentence
    how_to_fix: Sentence

    @property
    def order(self) -> tuple[int, str]:
        """Sorts problems the way a reader meets them."""
        return (self.line or 0, self.column or "")


@dataclass(slots=True)
class FileProblems:
    """Every fault of one file: the earliest `kept` of them in full, all of them counted."""

    kept: int = KEPT_PROBLEMS
    count: int = 0
    _listed: list[FileProblem] = field(default_factory=list)

    def add(self, *, line: int | None, column: str | None, what: Sentence, how_to_fix: Sentence) -> None:
        """Record one fault."""
        self.count += 1
        self._listed.append(FileProblem(line, column, what, how_to_fix))
        if len(self._listed) >= 2 * self.kept:
            self._forget_the_last()

    def merge(self, *, listed: Iterable[FileProblem], count: int) -> None:
        """Add the faults another reader of the same file found: `count` in all, `listed` of them in full."""
        self.count += count
        self._listed.extend(listed)
        self._forget_the_last()

    @property
    def listed(self) -> tuple[FileProblem, ...]:
        """The earliest faults in the order of the file, at most `kept`."""
        return tuple(sorted(self._listed, key=lambda problem: problem.order)[: self.kept])

    @property
    def unlisted_count(self) -> int:
        """How many faults were counted but are not listed."""
        return self.count - len(self.listed)

    def __bool__(self) -> bool:
        return self.count > 0

    def _forget_the_last(self) -> None:
        self._listed.sort(key=lambda problem: problem.order)
        del self._listed[self.kept :]
