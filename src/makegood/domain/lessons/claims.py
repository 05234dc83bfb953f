"""A student objects: they did not ask for a cancellation, or did not agree to a move. Each waits for the desk alone."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import datetime

from makegood.domain.lessons import claiming
from makegood.domain.lessons.models import DeskCase, Lesson, LessonClaim, LessonMove, Side
from makegood.domain.timeline.doors import Door


def object_to(
    *, lesson: Lesson, incident_id: int, note: str, door: Door, request_id: uuid.UUID, now: datetime
) -> DeskCase:
    """Record that the student of a locked lesson did not ask for this cancellation, and open its case.

    Only while `has_objection` says no. Raises DifferentRequest.
    """
    claim = _claim(lesson, LessonClaim.Kind.NOT_ASKED, note, door, request_id, now)
    return _open(lesson, claim, DeskCase.Kind.NOT_ASKED, note, now, incident_id=incident_id)


def object_to_move(
    *, lesson: Lesson, move: LessonMove, note: str, door: Door, request_id: uuid.UUID, now: datetime
) -> DeskCase:
    """Record that the student of a locked lesson did not agree to its last move, and open its case.

    Only while `move_objections.has_objection` says no. Raises DifferentRequest.
    """
    claim = _claim(lesson, LessonClaim.Kind.NOT_AGREED, note, door, request_id, now)
    return _open(lesson, claim, DeskCase.Kind.NOT_AGREED, note, now, move_id=move.pk)


def _claim(
    lesson: Lesson, kind: LessonClaim.Kind, note: str, door: Door, request_id: uuid.UUID, now: datetime
) -> LessonClaim:
    """The student's word about the time where the lesson stands: the one they gave already, if they did."""
    return claiming.claim(
        lesson=lesson, side=Side.STUDENT, kind=kind, note=note, door=door, request_id=request_id, now=now
    )


def _open(
    lesson: Lesson,
    claim: LessonClaim,
    kind: DeskCase.Kind,
    note: str,
    now: datetime,
    *,
    incident_id: int | None = None,
    move_id: int | None = None,
) -> DeskCase:
    return DeskCase.objects.create(
        school_id=lesson.school_id,
        kind=kind,
        lesson=lesson,
        claim=claim,
        incident_id=incident_id,
        move_id=move_id,
        note=note,
        opened_at=now,
        opened_by_id=lesson.student.person_id if lesson.student is not None else None,
    )


def has_objection(*, school_id: int, incident_id: int) -> bool:
    """Whether the student said of this incident that they did not ask for it."""
    cases = DeskCase.objects.filter(school_id=school_id, incident_id=incident_id, kind=DeskCase.Kind.NOT_ASKED)
    return cases.exists()


def list_objected(*, school_id: int, incident_ids: Collection[int]) -> Collection[int]:
    """Of which of these incidents the student said that."""
    cases = DeskCase.objects.filter(school_id=school_id, incident_id__in=incident_ids, kind=DeskCase.Kind.NOT_ASKED)
    return set(cases.values_list("incident_id", flat=True))
