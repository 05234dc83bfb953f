"""Faults in a policy document or in facts, as a complete list of values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One fault: where it is, what is wrong, how to fix it."""

    where: str
    what: str
    how_to_fix: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what} {self.how_to_fix}"


class InvalidPolicy(ValueError):
    """A policy document cannot be used; `problems` is the complete list."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = tuple(problems)


class InvalidFacts(ValueError):
    """A history cannot be assessed; `problems` is the complete list."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = tuple(problems)
