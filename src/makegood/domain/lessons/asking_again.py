"""What was answered by mistake waits again, as new rows with the same terms. The answered ones stay as they ended."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

from makegood.database.many_rows import add_rows
from makegood.domain.lessons import busy
from makegood.domain.lessons.busy import blocked_by
from makegood.domain.lessons.models import Lesson, LessonSeries, LessonStatus, MoveRequest, WaitsFor


def wait_again(
    *, lessons: Sequence[Lesson], waits_for: WaitsFor, until: datetime, request_id: uuid.UUID
) -> Sequence[Lesson]:
    """Let the times of these released lessons wait for the same word again, a series under a series like its own.

    Lock their teacher and student before. The database refuses a time that is taken (IntegrityError of an exclusion
    constraint).
    """
    former_series = lessons[0].series
    series = None if former_series is None else _copy_series(former_series, request_id)
    again = [
        Lesson(
            school_id=lesson.school_id,
            teacher_id=lesson.teacher_id,
            student_id=lesson.student_id,
            starts_at=lesson.starts_at,
            ends_at=lesson.ends_at,
            blocked=(lesson.starts_at, blocked_by(lesson).end),
            status=LessonStatus.REQUESTED,
            lesson_type=lesson.lesson_type,
            title=lesson.title,
            pay_minor=lesson.pay_minor,
            currency=lesson.currency,
            held_until=until,
            waits_for=waits_for,
            series=series,
            series_position=lesson.series_position,
            credits=lesson.credits,
        )
        for lesson in lessons
    ]
    add_rows(again)
    busy.refresh_lessons(lessons=again)
    return again


def ask_again(*, former: MoveRequest, hold: Lesson, request_id: uuid.UUID) -> MoveRequest:
    """Ask again what was answered, about a locked lesson that stands where it stood then; `hold` keeps the new time.

    It was asked for when it was first asked for: notice and price count from then.
    """
    return MoveRequest.objects.create(
        school_id=former.school_id,
        lesson=former.lesson,
        hold=hold,
        from_starts_at=former.from_starts_at,
        from_ends_at=former.from_ends_at,
        to_starts_at=hold.starts_at,
        to_ends_at=hold.ends_at,
        asked_by_id=former.asked_by_id,
        says_side=former.says_side,
        reason=former.reason,
        asked_at=former.asked_at,
        expires_at=former.expires_at,
        door=former.door,
        request_id=request_id,
    )


def _copy_series(former: LessonSeries, request_id: uuid.UUID) -> LessonSeries:
    return LessonSeries.objects.create(
        school_id=former.school_id,
        teacher_id=former.teacher_id,
        student_id=former.student_id,
        zone=former.zone,
        first_on=former.first_on,
        starts_minute=former.starts_minute,
        minutes=former.minutes,
        count=former.count,
        lesson_type=former.lesson_type,
        made_at=former.made_at,
        made_by_id=former.made_by_id,
        door=former.door,
        request_id=request_id,
    )
