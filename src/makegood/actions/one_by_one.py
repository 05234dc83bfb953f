"""The many pieces of a job that comes by the clock: one that fails does not keep the others from being done."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from django.db import DatabaseError

from makegood.actions.transactions import Busy
from makegood.refusal import Refusal

Result = TypeVar("Result")

# What one lesson, teacher or school can be wrong in: a refusal, a constraint, our own mistake; a school's own pieces.
_OF_ONE_PIECE = (
    Refusal, DatabaseError, ExceptionGroup, AssertionError, ArithmeticError, LookupError, AttributeError, ValueError,
    TypeError,
)  # fmt: skip


class PiecesFailed(ExceptionGroup[Exception]):
    """Some pieces failed; all others are done. The queue records it, and the next round tries these again."""


def one_by_one(pieces: Iterable[tuple[str, Callable[[], Result]]]) -> list[Result]:
    """Do every piece, each in a transaction of its own, and return what came of those that were done.

    Who holds what a piece needs (Busy) is waited for until the next round. Anything else is remembered, with what the
    piece was about, and raised at the end as PiecesFailed, so that it is seen.
    """
    done: list[Result] = []
    failed: list[Exception] = []
    for about, do in pieces:
        try:
            done.append(do())
        except Busy:
            continue
        except _OF_ONE_PIECE as error:
            error.add_note(f"This was about {about}.")
            failed.append(error)
    if failed:
        raise PiecesFailed(f"{len(failed)} of the pieces failed; the others are done", failed)
    return done
