"""The calendar files of a mail: its lessons, to be put into the recipient's calendar or taken out of it."""

from __future__ import annotations

from typing import Final

from django.core.mail import EmailMultiAlternatives
from django.utils.translation import gettext_noop

from makegood.domain.notifications import calendars, occurrences
from makegood.domain.notifications.calendars import CalendarLesson, Party
from makegood.domain.notifications.catalog.both_times import BOTH_TIMES
from makegood.domain.notifications.kinds import CalendarMethod, Side
from makegood.domain.notifications.links import page_of
from makegood.domain.notifications.models import Message
from makegood.domain.notifications.occurrences import Occurrence
from makegood.domain.notifications.texts import fill, reader_of, template_of, values_of

STUDENT_SUMMARY: Final = gettext_noop("Lesson with {other}")
SUMMARY: Final = gettext_noop("Session with {other}")
SUMMARY_WITHOUT_STUDENT: Final = gettext_noop("Session")
SEE_MORE: Final = gettext_noop("See it in Makegood: {link}")


def attach(mail: EmailMultiAlternatives, message: Message) -> None:
    """Add a file per lesson, and, for a single one, the alternative from which mail programs offer the event at once.

    One object per file, because a calendar takes only one event from an object with a METHOD (RFC 5546, 3.2).
    """
    method = template_of(message).calendar
    lessons = occurrences.read(message.values)
    if method is None or not lessons:
        return
    files = [_file(message, one, method) for one in lessons]
    if len(files) == 1:
        mail.attach_alternative(files[0].decode(), f"text/calendar; method={method.value}")
    for number, file in enumerate(files, 1):
        name = "lesson.ics" if len(files) == 1 else f"lesson-{number}.ics"
        mail.attach(name, file, "application/ics")


def _file(message: Message, occurrence: Occurrence, method: CalendarMethod) -> bytes:
    reader = reader_of(message)
    values = {**values_of(message, reader, starts_at=occurrence.starts_at), "link": page_of(message)}
    texts = [BOTH_TIMES, SEE_MORE] if "starts_for_student" in values else [SEE_MORE]
    summary = STUDENT_SUMMARY if values.get("side") == Side.STUDENT else SUMMARY
    lesson = CalendarLesson(
        school_id=message.school_id,
        occurrence=occurrence,
        summary=fill(summary if "other" in values else SUMMARY_WITHOUT_STUDENT, values, reader),
        description="\n".join(fill(text, values, reader) for text in texts),
        link=page_of(message),
        is_cancelled=method is CalendarMethod.CANCEL,
        written_at=message.created_at,
    )
    return calendars.mail_file(
        lesson=lesson,
        method=method,
        organizer=Party(name=message.school.name, email=message.school.desk_email),
        attendee=Party(name=message.recipient.display_name, email=message.recipient.person.email),
    )
