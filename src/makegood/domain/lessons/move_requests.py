"""Asking to move a lesson, and what became of it."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_noop

from makegood.domain.lessons.models import Lesson, LessonStatus, MoveAnswer, MoveRequest
from makegood.refusal import Refusal


class MoveIsAsked(Refusal):
    """Another time was asked for already, and the answer is open."""

    code = "move_is_asked"
    sentence = gettext_noop(
        "The teacher asked for another time already, and the answer is open. Nothing was changed. It has to be "
        "answered or taken back first."
    )


def find_open(*, school_id: int, lesson_id: int, now: datetime) -> MoveRequest | None:
    """The request about this lesson that can still be answered, or None."""
    return _answerable(school_id, now).filter(lesson_id=lesson_id).order_by("-pk").first()


def refuse_while_asked(*, lesson: Lesson, now: datetime) -> None:
    """Raise MoveIsAsked while a request about the locked lesson can still be answered."""
    if _answerable(lesson.school_id, now).filter(lesson_id=lesson.pk).exists():
        raise MoveIsAsked


def _answerable(school_id: int, now: datetime) -> QuerySet[MoveRequest]:
    """Without an answer, in time, its new time kept, and the lesson still to come."""
    return _open(school_id).filter(
        expires_at__gt=now, hold__status=LessonStatus.HELD, lesson__status=LessonStatus.BOOKED
    )


def _open(school_id: int) -> QuerySet[MoveRequest]:
    answers = MoveAnswer.objects.filter(school_id=school_id, move_request_id=OuterRef("pk"))
    found = MoveRequest.objects.filter(school_id=school_id).select_related("hold", "lesson")
    return found.filter(~Exists(answers))
