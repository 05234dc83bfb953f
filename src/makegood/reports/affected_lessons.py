"""The desk's list: lessons that cannot take place, the soonest first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import OuterRef, Subquery

from makegood.domain.incidents.queries import decision_of, with_standing_decision
from makegood.domain.lessons.models import Lesson, LessonStatus
from makegood.domain.penalties.models import Assessment
from makegood.domain.schools.models import School
from makegood.rules.facts import Decision, Kind, RequestedBy

_OFF = (LessonStatus.CANCELLED, LessonStatus.CUT_SHORT, LessonStatus.MISSED)


@dataclass(frozen=True, slots=True, kw_only=True)
class AffectedLesson:
    """A lesson without its teacher. `reported_at` None: nobody reported.

    `is_used`: the student gave it up too late or missed it, and the teacher is paid.
    """

    lesson: Lesson
    reference: str
    kind: Kind
    requested_by: RequestedBy
    situation: int | None
    reason: str
    note: str
    reported_at: datetime | None
    is_used: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AffectedLessons:
    """`coming` have not ended, by start; `past` ended lately, the latest first."""

    coming: tuple[AffectedLesson, ...]
    past: tuple[AffectedLesson, ...]


def list_affected_lessons(*, school: School, since: datetime, now: datetime, limit: int = 200) -> AffectedLessons:
    """Lessons with a live incident that start after `since`, split at `now`. 1 statement."""
    rows = with_standing_decision(school_id=school.pk).filter(
        is_withdrawn=False, lesson_starts_at__gte=since, lesson__status__in=_OFF
    )
    newest = Assessment.objects.filter(school_id=school.pk, incident_id=OuterRef("pk")).order_by("-number")
    rows = rows.annotate(live_paid=Subquery(newest.values("paid")[:1]))
    rows = rows.select_related("lesson__teacher__person", "lesson__student__person").order_by("lesson_starts_at", "pk")
    found = [
        AffectedLesson(
            lesson=row.lesson,
            reference=row.reference,
            kind=Kind(row.kind),
            requested_by=RequestedBy(row.requested_by),
            situation=row.situation,
            reason=row.reason,
            note=row.note,
            reported_at=row.reported_at,
            is_used=row.requested_by == RequestedBy.STUDENT and bool(row.live_paid),
        )
        for row in rows[:limit]
        if decision_of(row) is not Decision.VOIDED
    ]
    return AffectedLessons(
        coming=tuple(affected for affected in found if affected.lesson.ends_at > now),
        past=tuple(affected for affected in reversed(found) if affected.lesson.ends_at <= now),
    )
