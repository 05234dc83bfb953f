"""Giving a lesson another time. It stays itself; every move is a row of its own (`LessonMove`)."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F

from makegood.domain.lessons import busy
from makegood.domain.lessons.models import Lesson, LessonMove, LessonStatus
from makegood.domain.lessons.operations import LessonChanged
from makegood.domain.timeline.doors import Door
from makegood.quantities import Interval
from makegood.rules.facts import RequestedBy


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A move to be made. `requested_by` says who is answerable; `incident_id` the one it counts by, if it counts.

    `moved_by_id` is a person, `on_behalf_of_id` a membership.
    """

    to_starts_at: datetime
    to_ends_at: datetime
    requested_by: RequestedBy
    moved_by_id: int
    on_behalf_of_id: int | None
    door: Door
    reason: str
    request_id: uuid.UUID
    incident_id: int | None = None
    undoes_id: int | None = None


def move(*, lesson: Lesson, to: Move, buffer_minutes: int, now: datetime) -> LessonMove:
    """Give a locked, booked lesson its new time, recorded first. `buffer_minutes` are blocked after its end.

    The database refuses a time that is taken (IntegrityError of an exclusion constraint). Raises LessonChanged for a
    stale row.
    """
    recorded = LessonMove.objects.create(
        school_id=lesson.school_id,
        lesson=lesson,
        lesson_version=lesson.version + 1,
        from_starts_at=lesson.starts_at,
        from_ends_at=lesson.ends_at,
        to_starts_at=to.to_starts_at,
        to_ends_at=to.to_ends_at,
        requested_by=to.requested_by,
        incident_id=to.incident_id,
        undoes_id=to.undoes_id,
        moved_at=now,
        moved_by_id=to.moved_by_id,
        on_behalf_of_id=to.on_behalf_of_id,
        door=to.door,
        reason=to.reason,
        request_id=to.request_id,
    )
    blocked = (to.to_starts_at, to.to_ends_at + timedelta(minutes=buffer_minutes))
    changed = Lesson.objects.filter(
        school_id=lesson.school_id, pk=lesson.pk, version=lesson.version, status=LessonStatus.BOOKED
    ).update(starts_at=to.to_starts_at, ends_at=to.to_ends_at, blocked=blocked, version=F("version") + 1)
    if changed != 1:
        raise LessonChanged
    touched = [busy.blocked_by(lesson), Interval(*blocked)]
    lesson.starts_at, lesson.ends_at, lesson.blocked = to.to_starts_at, to.to_ends_at, blocked
    lesson.version += 1
    busy.refresh(school_id=lesson.school_id, touched={lesson.teacher_id: touched})
    return recorded


def find_last_move(*, school_id: int, lesson_id: int) -> LessonMove | None:
    """The move that brought the lesson where it is, also when that took another one back; None for none."""
    moves = LessonMove.objects.filter(school_id=school_id, lesson_id=lesson_id)
    return moves.order_by("-lesson_version").first()


def list_moves(*, school_id: int, lesson_id: int) -> Sequence[LessonMove]:
    """Every move of the lesson with who made it, the first one first."""
    moves = LessonMove.objects.filter(school_id=school_id, lesson_id=lesson_id).select_related("moved_by")
    return list(moves.order_by("lesson_version"))


def list_moves_from(*, school_id: int, after: datetime) -> Sequence[LessonMove]:
    """Every move away from a time that ends after this instant, with its lesson, by that time."""
    moves = LessonMove.objects.filter(school_id=school_id, from_ends_at__gt=after).select_related("lesson")
    return list(moves.order_by("from_starts_at", "pk"))


def find_undo_end(
    *, last: LessonMove | None, person_id: int, undo_minutes: int, is_by_desk: bool = False
) -> datetime | None:
    """Until when (included) this person takes the lesson's last move back; None when it is not theirs to take back.

    Here a student takes back an own move, and the desk what it moved itself (`is_by_desk`), for one of the two or for
    the school. What was agreed to or approved is an answer, and whoever gave that undoes the answer.
    """
    if last is None or last.undoes_id is not None or last.moved_by_id != person_id:
        return None
    is_own_wish = last.requested_by == RequestedBy.STUDENT and last.on_behalf_of_id is None
    if not is_own_wish and not is_by_desk:
        return None
    return min(last.moved_at + timedelta(minutes=undo_minutes), last.from_starts_at, last.to_starts_at)
