"""Where the students of a teacher live, for whom a change of clocks matters."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Count

from makegood.domain.lessons.models import Lesson
from makegood.domain.lessons.statuses import OPEN


def list_student_zones(*, school_id: int, teacher_id: int, now: datetime, limit: int) -> Sequence[str]:
    """The zones of the students with lessons to come, those of most lessons first. 1 statement."""
    lessons = Lesson.objects.filter(
        school_id=school_id, teacher_id=teacher_id, status__in=OPEN, ends_at__gt=now, student__isnull=False
    )
    zones = lessons.values_list("student__person__zone", flat=True).annotate(count=Count("pk"))
    return list(zones.order_by("-count", "student__person__zone")[:limit])
