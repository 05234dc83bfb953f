"""Keeping a new time for a lesson that may move there. The lesson stays where it is until the move."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.utils.translation import gettext_noop

from makegood.domain.lessons import busy
from makegood.domain.lessons.models import Lesson, LessonStatus, MoveAnswer, ReleaseReason
from makegood.domain.lessons.move_requests import end, list_unanswered
from makegood.domain.lessons.releasing import release
from makegood.domain.lessons.statuses import WAITING
from makegood.domain.schools.compiled import compiled
from makegood.domain.timeline.doors import Door
from makegood.refusal import Refusal


class NewTimeNotKept(Refusal):
    """The new time is not kept for the lesson any more."""

    code = "new_time_not_kept"
    sentence = gettext_noop(
        "The new time is not kept any more. Nothing was changed: the lesson stays where it is. Choose a time again."
    )


def hold_for_move(*, lesson: Lesson, starts_at: datetime, buffer_minutes: int, held_until: datetime) -> Lesson:
    """Keep `starts_at` for a locked lesson, as long as the lesson is, until `held_until`.

    The database refuses a time that is taken (IntegrityError of an exclusion constraint).
    """
    ends_at = starts_at + lesson.length
    held = Lesson(
        school_id=lesson.school_id,
        teacher_id=lesson.teacher_id,
        student_id=lesson.student_id,
        starts_at=starts_at,
        ends_at=ends_at,
        blocked=(starts_at, ends_at + timedelta(minutes=buffer_minutes)),
        status=LessonStatus.HELD,
        lesson_type=lesson.lesson_type,
        title=lesson.title,
        held_until=held_until,
        keeps_time_for=lesson,
    )
    held.save(force_insert=True)
    busy.add(lesson=held)
    return held


def get_kept(*, lesson: Lesson, hold_id: int, now: datetime, status: LessonStatus = LessonStatus.HELD) -> Lesson:
    """The time that is kept for a locked lesson, locked; REQUESTED is one that waits for the school.

    Raises NewTimeNotKept.
    """
    held = next((kept for kept in list_kept_for(lesson=lesson) if kept.pk == hold_id), None)
    if held is None or held.status != status or held.held_until is None or now >= held.held_until:
        raise NewTimeNotKept
    return held


def use_kept(*, lesson: Lesson, hold_id: int, used_by_id: int, door: Door, now: datetime) -> Lesson:
    """End the time that is kept for a locked lesson because it is used now. Raises NewTimeNotKept."""
    held = get_kept(lesson=lesson, hold_id=hold_id, now=now)
    release(lessons=[held], why=ReleaseReason.USED, released_by_id=used_by_id, door=door, now=now)
    return held


def let_go_of_hold(*, lesson: Lesson, hold_id: int, by_id: int, door: Door, now: datetime) -> None:
    """Release one time that is kept for a locked lesson; `by_id` is a person."""
    kept = [held for held in list_kept_for(lesson=lesson) if held.pk == hold_id]
    release(lessons=kept, why=ReleaseReason.LET_GO, released_by_id=by_id, door=door, now=now)


def find_kept(*, lesson: Lesson, hold_id: int, now: datetime) -> Lesson | None:
    """The time that is kept for the lesson under this id, None when it is not (any more)."""
    kept = Lesson.objects.filter(school_id=lesson.school_id, keeps_time_for_id=lesson.pk, status=LessonStatus.HELD)
    return kept.filter(pk=hold_id, held_until__gt=now).first()


def list_kept_for(*, lesson: Lesson) -> Sequence[Lesson]:
    """The times that are kept for a locked lesson, locked, also the one that waits for the school."""
    return _kept_for(school_id=lesson.school_id, lesson_id=lesson.pk)


@compiled
def _kept_for(school_id: int, lesson_id: int) -> QuerySet[Lesson]:
    held = Lesson.objects.select_for_update(no_key=True).filter(
        school_id=school_id, keeps_time_for_id=lesson_id, status__in=WAITING
    )
    return held.order_by("pk")


def let_go_of_kept(*, lesson: Lesson, released_by_id: int, door: Door, now: datetime) -> None:
    """Release every time that is kept for a locked lesson, so that another one can be chosen."""
    _release_kept(lesson, ReleaseReason.LET_GO, MoveAnswer.Outcome.TAKEN_BACK, released_by_id, door, now)


def let_go_with_lesson(*, lesson: Lesson, by_id: int | None, door: Door, now: datetime) -> Sequence[Lesson]:
    """Release every time that is kept for a locked lesson that is off; who asked to move it there is answered by that.

    Returns them. `by_id` is the person who took the lesson off.
    """
    return _release_kept(lesson, ReleaseReason.LESSON_OFF, MoveAnswer.Outcome.LESSON_OFF, by_id, door, now)


def list_with_kept(*, school_id: int, lesson_ids: Collection[int]) -> Sequence[Lesson]:
    """Those of the locked lessons for which a time is kept, with their people."""
    kept = Lesson.objects.filter(school_id=school_id, keeps_time_for_id__in=lesson_ids, status__in=WAITING)
    lessons = Lesson.objects.filter(school_id=school_id, pk__in=kept.values("keeps_time_for_id"))
    return list(lessons.select_related("teacher__person", "student__person").order_by("pk"))


def _release_kept(
    lesson: Lesson, why: ReleaseReason, outcome: MoveAnswer.Outcome, by_id: int | None, door: Door, now: datetime
) -> Sequence[Lesson]:
    kept = list_kept_for(lesson=lesson)
    if kept:
        release(lessons=kept, why=why, released_by_id=by_id, door=door, now=now)
        for asked in list_unanswered(school_id=lesson.school_id, hold_ids=[held.pk for held in kept]):
            end(asked=asked, outcome=outcome, answered_by_id=by_id, door=door, now=now)
    return kept
