"""The lessons of one member, for their calendar."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.db.models import Q

from makegood.domain.lessons.models import Lesson
from makegood.domain.lessons.statuses import NEVER_A_LESSON

_MOST: Final = 2000


def list_of_member(*, school_id: int, membership_id: int, ending_after: datetime) -> Sequence[Lesson]:
    """Lessons that the member teaches or takes and that end after the instant, whatever became of them, by start."""
    lessons = Lesson.objects.filter(school_id=school_id, ends_at__gt=ending_after).exclude(status__in=NEVER_A_LESSON)
    mine = lessons.filter(Q(teacher_id=membership_id) | Q(student_id=membership_id))
    return list(mine.select_related("teacher__person", "student__person").order_by("starts_at", "pk")[:_MOST])
