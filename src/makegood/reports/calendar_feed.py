"""A member's lessons as a calendar that programs subscribe to."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Max

from makegood.domain.lessons.feeding import list_of_member
from makegood.domain.lessons.models import Lesson, LessonStatus
from makegood.domain.notifications import calendars, event_texts
from makegood.domain.notifications.calendars import CalendarLesson
from makegood.domain.notifications.kinds import Side
from makegood.domain.notifications.models import CalendarFeed
from makegood.domain.notifications.occurrences import occurrence_of
from makegood.domain.timeline.models import Event
from makegood.wording import Reader

DAYS_BACK: Final = 60
_OFF: Final = frozenset({LessonStatus.CANCELLED, LessonStatus.MOVED, LessonStatus.MISSED})


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
    calendar = calendars.new_feed(name=feed.school.name)
    for lesson in lessons:
        calendar.add_component(calendars.new_event(_event(feed, lesson)))
    file: bytes = calendar.to_ical()
    last = Event.objects.filter(school_id=feed.school_id, lesson_id__in=[lesson.pk for lesson in lessons])
    return Feed(
        file=file,
        mark=hashlib.sha256(file).hexdigest()[:32],
        changed_at=max(feed.made_at, last.aggregate(at=Max("at"))["at"] or feed.made_at),
    )


def _event(feed: CalendarFeed, lesson: Lesson) -> CalendarLesson:
    person = feed.membership.person
    side = Side.TEACHER if lesson.teacher_id == feed.membership_id else Side.STUDENT
    texts = event_texts.make_texts(
        lesson=lesson,
        side=side,
        school=feed.school,
        reader=Reader.of(language=person.language, zone=person.zone),
    )
    return CalendarLesson(
        school_id=feed.school_id,
        occurrence=occurrence_of(lesson),
        summary=texts.summary,
        description=texts.description,
        link=texts.link,
        is_cancelled=lesson.status in _OFF,
        # Constant, so that the file is the same while the lesson is; SEQUENCE tells of changes.
        written_at=lesson.booked_at or feed.made_at,
    )
