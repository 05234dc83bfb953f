"""Rows of lessons, of what they are made from and of what happens to them."""

from makegood.domain.lessons.models.desk_case import DeskCase
from makegood.domain.lessons.models.lesson import (
    Lesson,
    LessonRelease,
    LessonStatus,
    LessonTransition,
    ReleaseReason,
    WaitsFor,
)
from makegood.domain.lessons.models.moves import LessonMove, MoveAnswer, MoveRequest
from makegood.domain.lessons.models.offer import LessonSeries, LessonType, PayRate
from makegood.domain.lessons.models.presence import LessonClaim, PresenceFact, Side
from makegood.domain.lessons.models.video import VideoLink

__all__ = [
    "DeskCase",
    "Lesson",
    "LessonClaim",
    "LessonMove",
    "LessonRelease",
    "LessonSeries",
    "LessonStatus",
    "LessonTransition",
    "LessonType",
    "MoveAnswer",
    "MoveRequest",
    "PayRate",
    "PresenceFact",
    "ReleaseReason",
    "Side",
    "VideoLink",
    "WaitsFor",
]
