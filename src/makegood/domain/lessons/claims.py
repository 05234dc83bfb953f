"""What a side says of a lesson, and what waits for the desk because of it."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import datetime

from makegood.domain.lessons.models import DeskCase, Lesson, LessonClaim, Side
from makegood.domain.timeline.doors import Door


def object_to(
    *, lesson: Lesson, incident_id: int, note: str, door: Door, request_id: uuid.UUID, now: datetime
) -> DeskCase | None:
    """Record that the student of a locked lesson did not ask for the incident, and open a desk case.

    None when that was said before. A person says it once per lesson; a later cancellation opens a case of its own.
    """
    if has_objection(school_id=lesson.school_id, incident_id=incident_id):
        return None
    claim, _made = LessonClaim.objects.get_or_create(
        school_id=lesson.school_id,
        lesson=lesson,
        member_id=lesson.student_id,
        kind=LessonClaim.Kind.NOT_ASKED,
        defaults={
            "side": Side.STUDENT, "note": note, "made_at": now, "door": door, "request_id": request_id
        },
    )  # fmt: skip
    return DeskCase.objects.create(
        school_id=lesson.school_id,
        kind=DeskCase.Kind.NOT_ASKED,
        lesson=lesson,
        claim=claim,
        incident_id=incident_id,
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
