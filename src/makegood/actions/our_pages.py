"""Whether our own pages worked while a lesson was to take place: else nobody is blamed without a person (I-30)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from makegood.actions.transactions import in_one_transaction
from makegood.domain.lessons import attending
from makegood.domain.lessons.judging import Finding
from makegood.domain.lessons.models import Lesson, Side
from makegood.domain.lessons.presence import JOIN_EARLY, Attendance, longest_silence
from makegood.domain.uptime.operations import SILENT_AFTER
from makegood.domain.uptime.queries import list_heartbeats
from makegood.rules.settings.conduct import Waiting

_MINUTE: Final = timedelta(minutes=1)


def listen(school_ids: Sequence[int], *, lessons: Sequence[Lesson], until: datetime) -> Collection[datetime]:
    """The minutes in which our pages worked while one of the lessons was to take place.

    Somebody was seen in any school, or the pages answered the worker. An old lesson that still waits for people does
    not make every minute since then be read.
    """
    heard: set[datetime] = set()
    spans = _merge((lesson.starts_at - JOIN_EARLY, min(lesson.ends_at, until)) for lesson in lessons)
    for start, end in spans:
        heard |= set(list_heartbeats(since=start, until=end))
    for school_id in school_ids:
        for start, end in spans:
            read = partial(attending.list_minutes_seen, school_id=school_id, since=start, until=end)
            heard |= set(in_one_transaction(school_id, read))
    return heard


def _merge(spans: Iterable[tuple[datetime, datetime]]) -> list[tuple[datetime, datetime]]:
    """The same time without overlaps, in order."""
    merged: list[tuple[datetime, datetime]] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return merged


def is_doubtful(
    lesson: Lesson, attendance: Attendance, finding: Finding, heard: Collection[datetime], *, waiting: Waiting
) -> bool:
    """Whether nothing says for a while, during the time that the finding rests on, that our pages worked.

    What both are known to have spent together is lost to nobody, so there it does not matter.
    """
    until = lesson.starts_at + waiting.wait_for(lesson.length)
    # Our page took down that the teacher ended it or went, so it was there then; not that it was before.
    gone_at = attendance.finished_at or attendance.left_at
    if finding is Finding.LATE:
        until = attendance.first_at(Side.TEACHER) or until
    elif finding is Finding.CUT_SHORT:
        until = gone_at or (attendance.last_at(Side.TEACHER) or until) + 2 * SILENT_AFTER
    elif finding is Finding.TEACHER_ABSENT and attendance.teacher:
        # Came late and lost too much: what was lost later may be the fault of the page as well.
        until = gone_at or lesson.ends_at
    until = min(until, lesson.ends_at)
    return longest_silence(minutes={*heard, *_together(attendance)}, start=lesson.starts_at, end=until) > SILENT_AFTER


def _together(attendance: Attendance) -> Iterator[datetime]:
    """A time in each minute in which both were there."""
    for one in attendance.teacher:
        for other in attendance.student:
            at, end = max(one.start, other.start), min(one.end, other.end)
            while at < end:
                yield at
                at += _MINUTE
