"""A student did not ask for a move, or did not agree to it: until when they may say so, and the signed link."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.core import signing

from makegood.domain.lessons.models import DeskCase, LessonMove

# As long as against a cancellation.
OPEN_FOR: Final = timedelta(days=14)
_SALT: Final = "makegood.domain.lessons.move_objections"


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveObjection:
    """What a link is about: one move of one school."""

    school_id: int
    move_id: int


def make_token(move: LessonMove) -> str:
    """The token for the student's message."""
    return signing.dumps([move.school_id, move.pk], salt=_SALT)


def read_token(token: str) -> MoveObjection | None:
    """What the token signs, None when it is not one of ours."""
    try:
        school_id, move_id = signing.loads(token, salt=_SALT)
    except (signing.BadSignature, ValueError):
        return None
    return MoveObjection(school_id=school_id, move_id=move_id)


def find_move(*, school_id: int, move_id: int) -> LessonMove | None:
    """The move with the lesson's people, or None."""
    moves = LessonMove.objects.filter(school_id=school_id, pk=move_id)
    return moves.select_related("lesson__teacher__person", "lesson__student__person").first()


def is_open(*, move: LessonMove, last: LessonMove | None, now: datetime) -> bool:
    """Whether the move is the lesson's last one and not too old."""
    return last is not None and last.pk == move.pk and now <= move.to_starts_at + OPEN_FOR


def has_objection(*, move: LessonMove) -> bool:
    """Whether the lesson's student objected to this very move."""
    return DeskCase.objects.filter(school_id=move.school_id, move=move).exists()
