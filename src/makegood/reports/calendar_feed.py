"""A member's lessons as a calendar that programs subscribe to."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Max, Q

from makegood.domain.lessons.feeding import list_of_member
from makegood.domain.lessons.models import Lesson, LessonStatus
from makegood.domain.notifications import calendars, event_texts
from makegood.domain.notifications.calendars import CalendarLesson
from makegood.domain.notifications.kinds import Side
from makegood.domain.notifications.models import CalendarFeed
from makegood.domain.notifications.occurrences import occurrence_of
from makegood.domain.timeline.kinds import EventKind
from makegood.domain.timeline.models import Event
from makegood.wording import Reader

DAYS_BACK: Final = 60
_OFF: Final = frozenset({LessonStatus.CANCELLED, LessonStatus.MOVED, LessonStatus.MISSED})
# What gives a lesson another time or another state, and with it another SEQUENCE.
_CHANGES: Final = (
    EventKind.BOOKING_APPROVED,
    EventKind.PROPOSAL_ACCEPTED,
    EventKind.LESSON_STARTED,
    EventKind.LESSON_TAUGHT,
    EventKind.EMERGENCY_REPORTED,
    EventKind.INCIDENT_DETECTED,
    EventKind.INCIDENT_RECORDED,
    EventKind.INCIDENT_WITHDRAWN,
    EventKind.ABSENCE_DECIDED,
    EventKind.CANCELLED_FOR_STUDENT,
    EventKind.CANCELLED_FOR_SCHOOL,
    EventKind.CANCELLED_BY_STUDENT,
    EventKind.CANCELLED_LATE_BY_STUDENT,
    EventKind.CANCELLATION_UNDONE,
    EventKind.MOVED_BY_STUDENT,
    EventKind.MOVED_FOR_STUDENT,
    EventKind.MOVED_FOR_TEACHER,
    EventKind.MOVED_FOR_SCHOOL,
    EventKind.MOVE_APPROVED,
    EventKind.MOVE_AGREED,
    EventKind.MOVE_UNDONE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """The file, its mark (which changes when and only when the file does), and when something last happened to it."""

    file: bytes
    mark: str
    changed_at: datetime


def make_feed(*, feed: CalendarFeed, now: datetime) -> Feed:
    """The lessons from 60 days back to the last one booked, in the member's language; 2 statements.

    A calendar program reads which lessons are off from their STATUS.
    """
    since = now - timedelta(days=DAYS_BACK)
    lessons = list_of_member(school_id=feed.school_id, membership_id=feed.membership_id, ending_after=since)
    happened = _when_it_happened(feed, lessons)
    person = feed.membership.person
    reader = Reader.of(language=person.language, zone=person.zone)
    calendar = calendars.new_feed(name=feed.school.name, zone=reader.zone)
    for lesson in lessons:
        _last, changed_at = happened.get(lesson.pk, (None, None))
        calendar.add_component(calendars.new_event(_event(feed, lesson, changed_at, reader)))
    file: bytes = calendar.to_ical()
    return Feed(
        file=file,
        mark=hashlib.sha256(file).hexdigest()[:32],
        changed_at=max([feed.made_at, *(last for last, _changed_at in happened.values())]),
    )


def _when_it_happened(feed: CalendarFeed, lessons: Sequence[Lesson]) -> Mapping[int, tuple[datetime, datetime | None]]:
    """By lesson, when something last happened to it and when it last changed. 1 statement."""
    events = Event.objects.filter(school_id=feed.school_id, lesson_id__in=[lesson.pk for lesson in lessons])
    found = events.values("lesson_id").annotate(last=Max("at"), changed=Max("at", filter=Q(kind__in=_CHANGES)))
    rows = found.values_list("lesson_id", "last", "changed")
    return {lesson_id: (last, changed) for lesson_id, last, changed in rows if lesson_id is not None}


def _event(feed: CalendarFeed, lesson: Lesson, changed_at: datetime | None, reader: Reader) -> CalendarLesson:
    side = Side.TEACHER if lesson.teacher_id == feed.membership_id else Side.STUDENT
    texts = event_texts.make_texts(
        lesson=lesson,
        side=side,
        school=feed.school,
        reader=reader,
    )
    booked_at = lesson.booked_at or feed.made_at
    return CalendarLesson(
        school_id=feed.school_id,
        occurrence=occurrence_of(lesson),
        summary=texts.summary,
        description=texts.description,
        link=texts.link,
        is_cancelled=lesson.status in _OFF,
        # Of the lesson and not of this answer, so that the file is the same while the lesson is.
        written_at=max(booked_at, changed_at) if changed_at is not None else booked_at,
    )
