"""What ends a command early: one clear sentence on standard error and an exit status."""

from __future__ import annotations

INPUT_STATUS = 2


class Mistake(Exception):
    """The command cannot do what was asked; the message is one sentence for the person who asked. Exit status 2."""


class Abandoned(Exception):
    """Whoever read the result has stopped reading; there is nobody to tell."""
