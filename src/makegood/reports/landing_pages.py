"""What the first page of each role shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from makegood.domain.incidents.models import Incident
from makegood.domain.ledger.models import PayPeriod
from makegood.domain.lessons.models import Lesson, LessonStatus
from makegood.domain.notifications.models import Channel, Message

LESSONS_SHOWN: Final = 50
MESSAGES_SHOWN: Final = 20
_OPEN = (LessonStatus.BOOKED, LessonStatus.IN_PROGRESS)


@dataclass(frozen=True)
class AffectedLesson:
    """A lesson of a day that an incident touches."""

    lesson: Lesson
    incident: Incident


def list_upcoming_lessons(
    *, school_id: int, now: datetime, teacher_id: int | None = None, student_id: int | None = None
) -> Sequence[Lesson]:
    """Open lessons that have not ended, by start: of the school, of a teacher, or of a student."""
    lessons = _lessons(school_id).filter(status__in=_OPEN, ends_at__gt=now).order_by("starts_at", "pk")
    if teacher_id is not None:
        lessons = lessons.filter(teacher_id=teacher_id)
    if student_id is not None:
        lessons = lessons.filter(student_id=student_id)
    return list(lessons[:LESSONS_SHOWN])


def list_affected_lessons(*, school_id: int, zone: ZoneInfo, now: datetime) -> Sequence[AffectedLesson]:
    """Lessons of today and tomorrow in `zone` that have an incident, by start, the latest incident of each."""
    midnight = now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    incidents = (
        Incident.objects.filter(
            school_id=school_id, lesson_starts_at__gte=midnight, lesson_starts_at__lt=midnight + timedelta(days=2)
        )
        .select_related("lesson__teacher", "lesson__student")
        .order_by("lesson_starts_at", "pk")
    )
    latest = {incident.lesson_id: incident for incident in incidents[:LESSONS_SHOWN]}
    return [AffectedLesson(lesson=incident.lesson, incident=incident) for incident in latest.values()]


def list_latest_incidents(*, school_id: int) -> Sequence[Incident]:
    """The incidents recorded last, newest first."""
    return list(
        Incident.objects.filter(school_id=school_id)
        .select_related("teacher")
        .order_by("-lesson_starts_at", "-pk")[:LESSONS_SHOWN]
    )


def list_pay_periods(*, school_id: int) -> Sequence[PayPeriod]:
    """The school's months of pay, newest first."""
    return list(PayPeriod.objects.filter(school_id=school_id).order_by("-starts_on"))


def list_notices(*, school_id: int, membership_id: int) -> Sequence[Message]:
    """The member's messages inside the product, newest first."""
    return list(
        Message.objects.filter(school_id=school_id, recipient_id=membership_id, channel=Channel.IN_APP).order_by(
            "-created_at", "-pk"
        )[:MESSAGES_SHOWN]
    )


def _lessons(school_id: int) -> QuerySet[Lesson]:
    return Lesson.objects.filter(school_id=school_id).select_related("teacher__person", "student__person")
