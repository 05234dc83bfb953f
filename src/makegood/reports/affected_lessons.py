"""The desk's list: lessons that cannot take place and still need another time, the soonest first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef

from makegood.domain.incidents.queries import decision_of, with_standing_decision
from makegood.domain.lessons.models import Lesson
from makegood.domain.lessons.other_times import other_times
from makegood.domain.lessons.statuses import OFF
from makegood.domain.people.models import Role
from makegood.domain.people.roster import holding
from makegood.domain.schools.models import School
from makegood.rules.facts import Decision, Kind, RequestedBy


@dataclass(frozen=True, slots=True, kw_only=True)
class AffectedLesson:
    """A lesson that its student is still to get. `reported_at` None: nobody reported.

    `is_bookable`: another time can be booked, for there is a student who still studies here.
    """

    lesson: Lesson
    reference: str
    kind: Kind
    requested_by: RequestedBy
    situation: int | None
    reason: str
    note: str
    reported_at: datetime | None
    is_bookable: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AffectedLessons:
    """`coming` have not ended, by start; `past` ended lately, the latest first."""

    coming: tuple[AffectedLesson, ...]
    past: tuple[AffectedLesson, ...]


def list_affected_lessons(*, school: School, since: datetime, now: datetime, limit: int = 200) -> AffectedLessons:
    """Lessons with a live incident that start after `since`, split at `now`. 1 statement.

    Only those that somebody else than the student is answerable for: what a student cancels or misses is free or used
    (D29, D31), and nobody owes another time for it. Nor those for which the desk has booked another time.
    """
    studies = holding(school_id=school.pk, membership_id=OuterRef("lesson__student_id"), role=Role.STUDENT)
    rows = (
        with_standing_decision(school_id=school.pk)
        .filter(is_withdrawn=False, lesson_starts_at__gte=since, lesson__status__in=OFF)
        .filter(~Exists(other_times(school_id=school.pk, of=OuterRef("lesson_id"))))
        .exclude(requested_by=RequestedBy.STUDENT)
        .annotate(is_bookable=Exists(studies))
        .select_related("lesson__teacher__person", "lesson__student__person")
        .order_by("lesson_starts_at", "pk")
    )
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
            is_bookable=row.__dict__["is_bookable"],
        )
        for row in rows[:limit]
        if decision_of(row) is not Decision.VOIDED
    ]
    return AffectedLessons(
        coming=tuple(affected for affected in found if affected.lesson.ends_at > now),
        past=tuple(affected for affected in reversed(found) if affected.lesson.ends_at <= now),
    )
