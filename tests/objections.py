"""What people ask the desk for, and the desk ending it, for tests."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

from makegood.actions.cancel_by_student import cancel_by_student
from makegood.actions.cancel_for_student import cancel_for_student
from makegood.actions.correction_steps import CorrectionPreview
from makegood.actions.end_desk_case import (
    DeskCaseEnded,
    end_desk_case,
)
from makegood.actions.move_by_desk import Shown, move_by_desk
from makegood.actions.preview_correction import find_correction_preview
from makegood.actions.report_problem import report_problem
from makegood.actions.say_not_agreed import say_not_agreed
from makegood.actions.say_not_asked import say_not_asked
from makegood.domain.incidents.models import Incident
from makegood.domain.lessons.desk_cases import find_case
from makegood.domain.lessons.models import DeskCase, Lesson, LessonMove
from makegood.domain.people.models import Membership
from makegood.domain.schools.context import in_school
from makegood.domain.timeline.doors import Door
from makegood.rules.facts import RequestedBy
from tests.cast import Cast, book

NOON = datetime(2026, 10, 21, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(hours=24)


def cancelled(cast: Cast, lesson: Lesson, *, asked: str = "email", note: str = "") -> None:
    """Tara cancels for Sam at noon."""
    cancel_for_student(
        school=cast.school,
        actor=cast.tara,
        lesson_id=lesson.pk,
        asked=asked,
        note=note,
        request_id=uuid.uuid4(),
        door=Door.WEB,
        now=NOON,
    )


def cancelled_by_sam(cast: Cast, lesson: Lesson) -> None:
    """Sam cancels in time, at noon."""
    cancel_by_student(
        school=cast.school,
        actor=cast.sam,
        lesson_id=lesson.pk,
        shown_as_free=True,
        note="",
        request_id=uuid.uuid4(),
        door=Door.WEB,
        now=NOON,
    )


def objected(cast: Cast, lesson: Lesson, *, asked: str = "email", note: str = "") -> DeskCase:
    """Tara cancels for Sam at noon; an hour later Sam says that they did not ask for it."""
    cancelled(cast, lesson, asked=asked, note=note)
    return object_to(cast, lesson, now=NOON + HOUR)


def object_to(cast: Cast, lesson: Lesson, *, now: datetime) -> DeskCase:
    with in_school(cast.school.pk):
        incident = Incident.objects.get(lesson=lesson)
    say_not_asked(
        school=cast.school,
        incident_id=incident.pk,
        note="I never wrote.",
        request_id=uuid.uuid4(),
        door=Door.WEB,
        now=now,
    )
    with in_school(cast.school.pk):
        return DeskCase.objects.get(lesson=lesson)


def moved_by_desk(
    cast: Cast, lesson: Lesson, to: datetime, *, now: datetime, asked: str = "phone", reason: str = "The room is closed"
) -> LessonMove:
    """Desi moves the lesson for the school."""
    move_by_desk(
        school=cast.school,
        actor=cast.desi,
        lesson_id=lesson.pk,
        requested_by=RequestedBy.COMPANY,
        starts_at=to,
        asked=asked,
        reason=reason,
        shown=Shown(),
        request_id=uuid.uuid4(),
        door=Door.WEB,
        now=now,
    )
    with in_school(cast.school.pk):
        return LessonMove.objects.filter(lesson=lesson).latest("lesson_version")


def deny(cast: Cast, made: LessonMove, *, now: datetime, note: str = "Nobody called") -> bool:
    """Sam says that they did not agree to this move; whether they had said so before."""
    said = say_not_agreed(
        school=cast.school, move_id=made.pk, note=note, request_id=uuid.uuid4(), door=Door.WEB, now=now
    )
    return said.is_replay


def preview_of(cast: Cast, case: DeskCase) -> CorrectionPreview:
    with in_school(cast.school.pk):
        found = find_case(school_id=cast.school.pk, case_id=case.pk)
        assert found is not None
        preview = find_correction_preview(school=cast.school, case=found, now=NOON + 2 * HOUR)
    assert preview is not None
    return preview


def end(
    cast: Cast,
    case: DeskCase,
    outcome: str,
    *,
    actor: Membership | None = None,
    seen: str | None = None,
    reason: str = "I asked both by phone.",
    request_id: uuid.UUID | None = None,
) -> DeskCaseEnded:
    if seen is None:
        seen = preview_of(cast, case).seen if outcome == "accepted" else ""
    return end_desk_case(
        school=cast.school,
        actor=actor or cast.desi,
        case_id=case.pk,
        outcome=outcome,
        reason=reason,
        seen=seen,
        request_id=request_id or uuid.uuid4(),
        door=Door.WEB,
        now=NOON + 2 * HOUR,
    )


def with_problem(cast: Cast, *, note: str = "No sound") -> DeskCase:
    lesson = book(cast, starts_at=NOON + HOUR)
    report_problem(
        school=cast.school,
        actor=cast.sam,
        lesson_id=lesson.pk,
        note=note,
        request_id=uuid.uuid4(),
        door=Door.WEB,
        now=NOON + HOUR,
    )
    with in_school(cast.school.pk):
        return DeskCase.objects.get(lesson=lesson)
