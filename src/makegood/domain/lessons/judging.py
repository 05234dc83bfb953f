"""What became of a lesson, by what its page saw of both sides. Pure; the rules then say what that means.

Facts say who was there, never why. Where they leave open who is answerable, the finding is UNCLEAR and people decide.
"""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from typing import Final

from makegood.domain.lessons.models.presence import Side
from makegood.domain.lessons.presence import AWAY_AFTER, Attendance
from makegood.rules.settings.conduct import Waiting

# Shorter than this is not cut short: it is the time that saying goodbye takes, and coming into the room.
SHORT_MINUTES: Final = 5
# Whole minutes are cut at both ends, and people press Start and Finish a moment late.
MADE_UP_MINUTES: Final = 2


class Finding(StrEnum):
    """What the facts say."""

    TAUGHT = "taught"
    LATE = "late"
    TEACHER_ABSENT = "teacher_absent"
    STUDENT_ABSENT = "student_absent"
    CUT_SHORT = "cut_short"
    UNCLEAR = "unclear"


def judge(*, attendance: Attendance, lesson_minutes: int, enough_minutes: int, waiting: Waiting) -> Finding:
    """What became of a lesson of `lesson_minutes`, `enough_minutes` of which make it taught enough (D13).

    `waiting`: how late is late, and how long one waits, by the policy in force at the start.
    A teacher who came late taught it only if what was lost was made up, as long as the student had been there first
    (D27); a student who was not there earlier lost nothing by it.
    """
    if not attendance.teacher:
        return Finding.TEACHER_ABSENT
    wait = waiting.wait_for(timedelta(minutes=lesson_minutes))
    late_by = attendance.teacher_late_by or timedelta()
    if not attendance.student:
        has_waited = late_by < waiting.late_after and timedelta(minutes=attendance.given_minutes) >= wait
        return Finding.STUDENT_ABSENT if has_waited else Finding.UNCLEAR
    if not attendance.together_minutes:
        return _never_met(attendance, wait, waiting)
    if attendance.started_at is None and attendance.together_minutes >= enough_minutes:
        # Both were there and nobody pressed Start: that is no reason to punish, and none to pay unseen.
        return Finding.UNCLEAR
    missing_minutes = lesson_minutes - attendance.given_minutes
    if late_by >= waiting.late_after:
        return _late(attendance, lesson_minutes, missing_minutes, enough_minutes)
    if missing_minutes <= SHORT_MINUTES:
        return Finding.TAUGHT
    is_excused = missing_minutes <= _late_minutes(attendance) and late_by >= timedelta(minutes=SHORT_MINUTES)
    if is_excused and attendance.given_minutes >= enough_minutes:
        # Only the beginning is lost, and the policy does not call that late.
        return Finding.TAUGHT
    return _broken_off(attendance, enough_minutes)


def _never_met(attendance: Attendance, wait: timedelta, waiting: Waiting) -> Finding:
    """Both came, never at the same time."""
    student_left_at, teacher_came_at = attendance.last_at(Side.STUDENT), attendance.first_at(Side.TEACHER)
    assert student_left_at is not None, "the student came"
    assert teacher_came_at is not None, "the teacher came"
    if student_left_at <= teacher_came_at:
        is_late = (attendance.teacher_late_by or timedelta()) >= waiting.late_after
        return Finding.TEACHER_ABSENT if is_late else Finding.UNCLEAR
    has_waited = timedelta(minutes=attendance.given_minutes) >= wait
    return Finding.STUDENT_ABSENT if has_waited else Finding.UNCLEAR


def _late(attendance: Attendance, lesson_minutes: int, missing_minutes: int, enough_minutes: int) -> Finding:
    student_came_at, teacher_came_at = attendance.first_at(Side.STUDENT), attendance.first_at(Side.TEACHER)
    assert student_came_at is not None, "the student came"
    assert teacher_came_at is not None, "the teacher came"
    if student_came_at < teacher_came_at:
        is_made_up = lesson_minutes - attendance.taught_minutes <= MADE_UP_MINUTES
        return Finding.LATE if is_made_up else Finding.TEACHER_ABSENT
    if missing_minutes <= _late_minutes(attendance):
        return Finding.LATE
    return _broken_off(attendance, enough_minutes)


def _late_minutes(attendance: Attendance) -> int:
    late_by = attendance.teacher_late_by or timedelta()
    return int(late_by / timedelta(minutes=1)) + SHORT_MINUTES


def _broken_off(attendance: Attendance, enough_minutes: int) -> Finding:
    """It ended before its time. Whoever stayed when the other had gone did not end it.

    Who went at the same time, as far as signs of life tell (`AWAY_AFTER`), did not wait for the other to come back: a
    teacher whose student's connection breaks stays or reports it.
    """
    student_left_at, teacher_left_at = attendance.last_at(Side.STUDENT), attendance.last_at(Side.TEACHER)
    assert student_left_at is not None, "the student came"
    assert teacher_left_at is not None, "the teacher came"
    if student_left_at < teacher_left_at:
        if attendance.taught_minutes >= enough_minutes:
            return Finding.TAUGHT
        has_stayed = teacher_left_at - student_left_at > AWAY_AFTER
        return Finding.UNCLEAR if has_stayed else Finding.CUT_SHORT
    return Finding.CUT_SHORT
