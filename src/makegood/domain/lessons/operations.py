"""Changing what became of a lesson. Every change is a conditional update under the row's lock."""

from __future__ import annotations

from datetime import datetime

from django.db.models import F, QuerySet
from django.utils.translation import gettext_noop

from makegood.database.compiled import Change, compiled, compiled_update
from makegood.domain.lessons import busy
from makegood.domain.lessons.models import Lesson, LessonStatus
from makegood.domain.lessons.statuses import LIVE
from makegood.refusal import Refusal
from makegood.rules.facts import Kind


class LessonNotFound(Refusal):
    """No such lesson for this person: it does not exist, or it is somebody else's; the answer is the same."""

    code = "lesson_not_found"
    sentence = gettext_noop("We could not find this lesson. Open it again from your dashboard.")


class LessonChanged(Refusal):
    """Somebody changed the lesson first."""

    code = "lesson_changed"
    sentence = gettext_noop("This lesson was changed a moment ago. Nothing was done. Look again, then decide.")


class LessonNotOpen(Refusal):
    """The lesson is over, or off already, or has begun."""

    code = "lesson_not_open"
    sentence = gettext_noop(
        "This lesson has begun, is over or was cancelled already. Nothing was done. Look at your lessons again."
    )


class TimeTakenSince(Refusal):
    """The lesson's former time was booked for something else."""

    code = "time_taken_since"
    sentence = gettext_noop(
        "The time of this session was booked for something else since, so this cannot be undone. "
        "Ask the scheduling desk."
    )


class TooLateToUndo(Refusal):
    """The undo minutes have passed, or something depends on it already."""

    code = "undone_too_late"
    sentence = gettext_noop(
        "This can be undone for {minutes} minutes, and only while nothing else depends on it. Nothing was changed. "
        "Ask the scheduling desk instead."
    )


def refuse_unless_booked(*, lesson: Lesson, now: datetime) -> None:
    """Raise LessonNotOpen unless the locked lesson is booked and still to come."""
    if lesson.status != LessonStatus.BOOKED or now >= lesson.starts_at:
        raise LessonNotOpen


def refuse_unless_not_begun(*, lesson: Lesson, now: datetime) -> None:
    """Raise LessonNotOpen unless the locked lesson is booked, nobody has started it, and its time is not over."""
    if lesson.status != LessonStatus.BOOKED or now >= lesson.ends_at:
        raise LessonNotOpen


# What becomes of the lesson when something of this kind is recorded; None: it goes on as it was.
STATUS_AFTER = {
    Kind.CANCELLED: LessonStatus.CANCELLED,
    Kind.RESCHEDULED: LessonStatus.MOVED,
    Kind.NO_SHOW: LessonStatus.MISSED,
    Kind.CUT_SHORT: LessonStatus.CUT_SHORT,
    Kind.LATE: None,
}


def lock_lesson(*, school_id: int, lesson_id: int) -> Lesson:
    """The lesson with its student, locked to the transaction's end. Raises LessonNotFound.

    Whoever takes or frees time, or records facts of the teacher, locks the teacher first.
    """
    lesson = _locked.first(school_id=school_id, lesson_id=lesson_id)
    if lesson is None:
        raise LessonNotFound
    return lesson


@compiled
def _locked(school_id: int, lesson_id: int) -> QuerySet[Lesson]:
    lessons = Lesson.objects.select_for_update(no_key=True, of=("self",)).select_related("student__person")
    return lessons.filter(school_id=school_id, pk=lesson_id)


def mark(*, lesson: Lesson, kind: Kind) -> None:
    """Give the locked lesson the status that an incident of `kind` leads to. Raises LessonChanged for a stale row."""
    status = STATUS_AFTER[kind]
    if status is not None:
        _step(lesson, status)


def return_to_booked(*, lesson: Lesson) -> None:
    """Put a locked lesson back: its incident was withdrawn in the undo minutes. Raises LessonChanged if stale."""
    _step(lesson, LessonStatus.BOOKED)


def change_status(*, lesson: Lesson, status: LessonStatus) -> None:
    """Give a locked lesson a status, and it alone: its time is for the caller. Raises LessonChanged if stale."""
    changed = _with_status(school_id=lesson.school_id, lesson_id=lesson.pk, version=lesson.version, status=status)
    if changed != 1:
        raise LessonChanged
    lesson.status = status
    lesson.version += 1


@compiled_update
def _with_status(school_id: int, lesson_id: int, version: int, status: LessonStatus) -> Change:
    same = Lesson.objects.filter(school_id=school_id, pk=lesson_id, version=version)
    return same, {"status": status, "version": F("version") + 1}


def _step(lesson: Lesson, status: LessonStatus) -> None:
    changes_time = (status in LIVE) != (lesson.status in LIVE)
    change_status(lesson=lesson, status=status)
    if changes_time:
        busy.refresh_lessons(lessons=[lesson])
