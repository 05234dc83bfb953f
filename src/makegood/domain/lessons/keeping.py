"""Keeping a new time for a lesson that may move there. The lesson stays where it is until the move.

Held while a student chooses, requested while somebody is asked (`MoveRequest`); what is asked ends with its kept time.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Final

from django.db.models import QuerySet
from django.utils.translation import gettext_noop

from makegood.database.compiled import compiled
from makegood.domain.lessons import busy
from makegood.domain.lessons.booking import LessonState
from makegood.domain.lessons.models import Lesson, LessonStatus, MoveAnswer, MoveRequest, ReleaseReason, Side
from makegood.domain.lessons.move_requests import end, list_unanswered
from makegood.domain.lessons.releasing import release
from makegood.domain.lessons.statuses import WAITING
from makegood.domain.timeline.doors import Door
from makegood.refusal import Refusal

# Why the kept time ends when what was asked ends so.
_RELEASED_BY: Final = {
    MoveAnswer.Outcome.AGREED: ReleaseReason.USED,
    MoveAnswer.Outcome.REFUSED: ReleaseReason.DECLINED,
    MoveAnswer.Outcome.TAKEN_BACK: ReleaseReason.LET_GO,
    MoveAnswer.Outcome.LAPSED: ReleaseReason.LAPSED,
    MoveAnswer.Outcome.LESSON_OFF: ReleaseReason.LESSON_OFF,
}


class NewTimeNotKept(Refusal):
    """The new time is not kept for the lesson any more."""

    code = "new_time_not_kept"
    sentence = gettext_noop(
        "The new time is not kept any more. Nothing was changed: the lesson stays where it is. Choose a time again."
    )


def hold_for_move(*, lesson: Lesson, starts_at: datetime, buffer_minutes: int, state: LessonState) -> Lesson:
    """Keep `starts_at` for a locked lesson, as long as the lesson is: held or requested, as `state` says.

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
        status=state.status,
        lesson_type=lesson.lesson_type,
        title=lesson.title,
        held_until=state.held_until,
        waits_for=state.waits_for or "",
        keeps_time_for=lesson,
    )
    held.save(force_insert=True)
    busy.add(lesson=held)
    return held


def get_held(*, lesson: Lesson, hold_id: int, now: datetime) -> Lesson:
    """The time that the student of a locked lesson holds for it while choosing, locked. Raises NewTimeNotKept."""
    held = _find_kept_for(lesson, hold_id)
    if held is None or held.status != LessonStatus.HELD or held.held_until is None or now >= held.held_until:
        raise NewTimeNotKept
    return held


def use_held(*, held: Lesson, used_by_id: int, door: Door, now: datetime) -> None:
    """End the locked time that was held for a lesson because the lesson gets it now; `used_by_id` is a person."""
    release(lessons=[held], why=ReleaseReason.USED, released_by_id=used_by_id, door=door, now=now)


def end_request(
    *,
    asked: MoveRequest,
    lesson: Lesson,
    outcome: MoveAnswer.Outcome,
    by_id: int | None,
    door: Door,
    now: datetime,
    says_side: Side | None = None,
    note: str = "",
) -> Lesson:
    """End an answerable request about a locked lesson, and with it the time that was kept; returns that.

    `by_id` is the person who answers, None where nobody did. `says_side`: as of `move_requests.end`.
    """
    kept = _find_kept_for(lesson, asked.hold_id)
    assert kept is not None, "what can be answered keeps its time"
    end(asked=asked, outcome=outcome, answered_by_id=by_id, door=door, now=now, says_side=says_side)
    release(lessons=[kept], why=_RELEASED_BY[outcome], released_by_id=by_id, door=door, now=now, note=note)
    return kept


def _find_kept_for(lesson: Lesson, hold_id: int) -> Lesson | None:
    return next((kept for kept in list_kept_for(lesson=lesson) if kept.pk == hold_id), None)


def find_held(*, lesson: Lesson, hold_id: int, now: datetime) -> Lesson | None:
    """The time that the student holds for the lesson under this id, None when it is not kept (any more)."""
    kept = Lesson.objects.filter(school_id=lesson.school_id, keeps_time_for_id=lesson.pk, status=LessonStatus.HELD)
    return kept.filter(pk=hold_id, held_until__gt=now).first()


def list_kept_for(*, lesson: Lesson) -> Sequence[Lesson]:
    """The times that are kept for a locked lesson, locked: held by its student, or requested."""
    return _kept_for(school_id=lesson.school_id, lesson_id=lesson.pk)


@compiled
def _kept_for(school_id: int, lesson_id: int) -> QuerySet[Lesson]:
    held = Lesson.objects.select_for_update(no_key=True).filter(
        school_id=school_id, keeps_time_for_id=lesson_id, status__in=WAITING
    )
    return held.order_by("pk")


def let_go_of_kept(*, lesson: Lesson, released_by_id: int, door: Door, now: datetime) -> None:
    """Release every time that is kept for a locked lesson, so that another one can be chosen."""
    _release_kept(lesson, MoveAnswer.Outcome.TAKEN_BACK, released_by_id, door, now)


def let_go_with_lesson(*, lesson: Lesson, by_id: int | None, door: Door, now: datetime) -> Sequence[Lesson]:
    """Release every time that is kept for a locked lesson that is off; who asked to move it there is answered by that.

    Returns them. `by_id` is the person who took the lesson off.
    """
    return _release_kept(lesson, MoveAnswer.Outcome.LESSON_OFF, by_id, door, now)


def list_with_kept(*, school_id: int, lesson_ids: Collection[int]) -> Sequence[Lesson]:
    """Those of the locked lessons for which a time is kept, with their people."""
    kept = Lesson.objects.filter(school_id=school_id, keeps_time_for_id__in=lesson_ids, status__in=WAITING)
    lessons = Lesson.objects.filter(school_id=school_id, pk__in=kept.values("keeps_time_for_id"))
    return list(lessons.select_related("teacher__person", "student__person").order_by("pk"))


def _release_kept(
    lesson: Lesson, outcome: MoveAnswer.Outcome, by_id: int | None, door: Door, now: datetime
) -> Sequence[Lesson]:
    kept = list_kept_for(lesson=lesson)
    if kept:
        release(lessons=kept, why=_RELEASED_BY[outcome], released_by_id=by_id, door=door, now=now)
        for asked in list_unanswered(school_id=lesson.school_id, hold_ids=[held.pk for held in kept]):
            end(asked=asked, outcome=outcome, answered_by_id=by_id, door=door, now=now)
    return kept
