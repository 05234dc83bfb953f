"""Remind both sides of a lesson, a day and an hour before it starts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from makegood.actions.lesson_messages import lesson_values
from makegood.actions.transactions import in_one_transaction
from makegood.domain.lessons import reminding as lessons
from makegood.domain.lessons.models import Lesson
from makegood.domain.notifications import operations as notifications
from makegood.domain.notifications.kinds import MessageKind, Side
from makegood.domain.notifications.models import Channel
from makegood.domain.notifications.operations import Announcement
from makegood.domain.notifications.queries import list_known_effects
from makegood.domain.people.roster import list_left
from makegood.domain.schools.queries import list_school_ids
from makegood.domain.timeline import operations as timeline
from makegood.domain.timeline.doors import Door
from makegood.domain.timeline.kinds import EventKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminder:
    """It is due `before` the start, and no longer sent when less than `until` is left."""

    kind: MessageKind
    before: timedelta
    until: timedelta


REMINDERS: Final = (
    Reminder(kind=MessageKind.REMINDER_24H, before=timedelta(hours=24), until=timedelta(hours=18)),
    Reminder(kind=MessageKind.REMINDER_1H, before=timedelta(hours=1), until=timedelta(minutes=15)),
)
# Who booked or moved a lesson so shortly before the reminder is due, remembers.
FRESH: Final = timedelta(hours=2)


def remind(*, now: datetime) -> int:
    """Announce every reminder that is due, school by school; each once for a lesson's start, whoever else runs this.

    Returns for how many lessons.
    """
    return sum(_remind(school_id, reminder, now) for school_id in list_school_ids() for reminder in REMINDERS)


def _remind(school_id: int, reminder: Reminder, now: datetime) -> int:
    return in_one_transaction(school_id, lambda: _remind_school(school_id, reminder, now))


def _remind_school(school_id: int, reminder: Reminder, now: datetime) -> int:
    """Lock the lessons, so that of two workers one passes them by; then see which were told of, to who has not left."""
    found = lessons.lock_booked_starting(school_id=school_id, after=now + reminder.until, until=now + reminder.before)
    moved_at = lessons.list_last_moved_at(school_id=school_id, lesson_ids=[lesson.pk for lesson in found])
    due = []
    for lesson in found:
        settled_at = moved_at.get(lesson.pk, lesson.booked_at)
        if settled_at is None or settled_at <= lesson.starts_at - reminder.before - FRESH:
            due.append(lesson)
    people = {one for lesson in due for one in _people_of(lesson)}
    left = list_left(school_id=school_id, membership_ids=people) if people else frozenset()
    keys = {lesson.pk: {_key(lesson, reminder, one) for one in _people_of(lesson) - left} for lesson in due}
    told = list_known_effects(school_id=school_id, effect_keys=frozenset().union(*keys.values()))
    fresh = [lesson for lesson in due if keys[lesson.pk] and not keys[lesson.pk] & told]
    for lesson in fresh:
        event = timeline.record(
            school_id=school_id,
            kind=EventKind.LESSON_REMINDED,
            at=now,
            door=Door.JOB,
            actor_id=None,
            lesson_id=lesson.pk,
        )
        notifications.announce(event=event, announcements=_announcements(lesson, reminder), now=now)
    return len(fresh)


def _announcements(lesson: Lesson, reminder: Reminder) -> Sequence[Announcement]:
    sides = {Side.TEACHER: lesson.teacher_id, Side.STUDENT: lesson.student_id}
    place = {} if lesson.series_position is None else {"place_in_series": lesson.series_position}
    return [
        Announcement(
            recipient_id=recipient_id,
            kind=reminder.kind,
            values=lesson_values(lesson=lesson, teacher=lesson.teacher, side=side) | place,
            effect=_effect(lesson),
        )
        for side, recipient_id in sides.items()
        if recipient_id is not None
    ]


def _effect(lesson: Lesson) -> str:
    return f"lesson-{lesson.pk}-{int(lesson.starts_at.timestamp())}"


def _people_of(lesson: Lesson) -> set[int]:
    return {one for one in (lesson.teacher_id, lesson.student_id) if one is not None}


def _key(lesson: Lesson, reminder: Reminder, recipient_id: int) -> str:
    """In the app there always is one, of each who has not left."""
    return notifications.effect_key(
        effect=_effect(lesson), kind=reminder.kind, recipient_id=recipient_id, channel=Channel.IN_APP
    )
