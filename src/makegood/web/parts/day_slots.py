"""The slots of one day as its clocks show them: those that they skip, those they show twice, and what is booked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from makegood.domain.availability import expansion, plans
from makegood.domain.availability.expansion import DAY_MINUTES, WallRange
from makegood.domain.lessons.models import Lesson
from makegood.quantities import Interval
from makegood.reports.teaching_calendar import CalendarDay
from makegood.web.parts.slots import Beginning, Slot, slot_label
from makegood.wording import Reader, format_clock

_ONCE: Final = 1


def make_day_slots(
    *, day: CalendarDay, ranges: Sequence[WallRange], step: int, zone: str, now: datetime
) -> Sequence[Slot]:
    """The boxes of the day by time. `ranges` are open.

    A time that comes twice is open both times or not at all, so one checkbox says both. Where one of the two is booked
    or over, each has its own box, and one of them carries what is open.
    """
    found: list[tuple[datetime, Slot]] = []
    for minute, starts in _list_starts(day.planned.day_on, step, zone):
        is_open = any(one.start_minute <= minute < one.end_minute for one in ranges)
        found += _boxes(day, minute, starts, step, zone, now, is_open=is_open)
    return [slot for _start, slot in sorted(found, key=lambda box: box[0])]


def _list_starts(on: date, step: int, zone: str) -> Iterator[tuple[int, Sequence[datetime]]]:
    """Each slot with the instants at which clocks show it: on a day without a change one, which is found by adding."""
    first, following = (expansion.start_at(day=one, minute=0, zone=zone) for one in (on, on + plans.DAY))
    is_even = following - first == plans.DAY
    for minute in range(0, DAY_MINUTES, step):
        at = first + timedelta(minutes=minute)
        yield minute, [at] if is_even else expansion.list_starts(day=on, minute=minute, zone=zone)


def _boxes(
    day: CalendarDay, minute: int, starts: Sequence[datetime], step: int, zone: str, now: datetime, *, is_open: bool
) -> Iterator[tuple[datetime, Slot]]:
    on, length = day.planned.day_on, timedelta(minutes=step)
    value = f"{on.isoformat()}~{minute}"
    if not starts:
        at = expansion.start_at(day=on, minute=minute, zone=zone)
        yield at, Slot(value=value, label=slot_label(minute), is_open=is_open, is_missing=True)
        return
    booked = [_list_booked(day, Interval(start, start + length)) for start in starts]
    free = [
        place for place, start in enumerate(starts) if not booked[place] and start + length > now and not day.is_over
    ]
    labels = _labels(starts, minute, zone)
    if len(free) == len(starts) > _ONCE:
        yield starts[0], Slot(value=value, label=labels[0], again=labels[1], is_open=is_open, is_twice=True)
        return
    carrier = free[0] if free else 0
    for place, (start, lessons) in enumerate(zip(starts, booked, strict=True)):
        yield (
            start,
            Slot(
                value=value,
                label=labels[place],
                is_open=is_open,
                begins=_list_beginnings(lessons, start, zone),
                is_booked=bool(lessons),
                is_past=start + length <= now,
                is_twice=len(starts) > _ONCE,
                is_carrier=place == carrier,
            ),
        )


def _list_booked(day: CalendarDay, slot: Interval) -> Sequence[Lesson]:
    """The lessons that touch the slot: more than one where one ends in it and another begins."""
    return [one for one in day.lessons if Interval(one.starts_at, one.ends_at).overlaps(slot)]


def _list_beginnings(lessons: Sequence[Lesson], start: datetime, zone: str) -> Sequence[Beginning]:
    """Those of the lessons in the slot from `start` that begin there, on the grid or past it."""
    if not lessons:
        return ()
    reader = Reader(Reader.active().language, ZoneInfo(zone))
    return [
        Beginning(
            student=lesson.student.display_name,
            at=format_clock(lesson.starts_at, reader),
            is_later=lesson.starts_at > start,
        )
        for lesson in lessons
        if start <= lesson.starts_at and lesson.student is not None
    ]


def _labels(starts: Sequence[datetime], minute: int, zone: str) -> Sequence[str]:
    if len(starts) == _ONCE:
        return [slot_label(minute)]
    reader = Reader(Reader.active().language, ZoneInfo(zone))
    return [format_clock(start, reader) for start in starts]
