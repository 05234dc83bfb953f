"""Reads the history file people bring: typed incidents and a complete list of problems, never an exception.

The format is described in docs/command-line.md. Start reading at `history.py`.
"""

from makegood.rules.files.history import HistoryFile, read_history
from makegood.rules.files.problems import FileProblem, FileProblems
from makegood.rules.files.rows import Row

__all__ = ["FileProblem", "FileProblems", "HistoryFile", "Row", "read_history"]
