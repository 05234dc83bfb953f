"""The calendar files of a mail: its lessons, to be put into the recipient's calendar or taken out of it."""

from __future__ import annotations

from makegood.domain.notifications import calendars, occurrences
from makegood.domain.notifications.calendars import CalendarLesson, Party
from makegood.domain.notifications.event_texts import words_of
from makegood.domain.notifications.kinds import CalendarMethod
from makegood.domain.notifications.links import event_page
from makegood.domain.notifications.mails import Mail
from makegood.domain.notifications.models import Message
from makegood.domain.notifications.occurrences import Occurrence
from makegood.domain.notifications.texts import reader_of, template_of, values_of


def attach(mail: Mail, message: Message) -> None:
    """Add a file per lesson, and of the first one the alternative from which mail programs offer the event at once.

    One event per object: Outlook ignores all but the first one of an object with a METHOD, and RFC 5546 (3.2.2) wants
    one UID in it. docs/messages.md says what that means for a series.
    """
    method = template_of(message).calendar
    lessons = occurrences.read(message.values)
    if method is None or not lessons:
        return
    files = [_file(message, one, method) for one in lessons]
    mail.attach_alternative(files[0].decode(), f"text/calendar; method={method.value}")
    for number, file in enumerate(files, 1):
        name = "lesson.ics" if len(files) == 1 else f"lesson-{number}.ics"
        mail.attach(name, file, "application/ics")


def _file(message: Message, occurrence: Occurrence, method: CalendarMethod) -> bytes:
    reader = reader_of(message)
    texts = words_of(
        values=values_of(message, reader, starts_at=occurrence.starts_at),
        link=event_page(message, lesson_id=occurrence.lesson_id),
        reader=reader,
    )
    lesson = CalendarLesson(
        school_id=message.school_id,
        occurrence=occurrence,
        summary=texts.summary,
        description=texts.description,
        link=texts.link,
        is_cancelled=method is CalendarMethod.CANCEL,
        written_at=message.created_at,
    )
    return calendars.mail_file(
        lesson=lesson,
        method=method,
        organizer=Party(name=message.school.name, email=message.school.desk_email),
        attendee=Party(name=message.recipient.display_name, email=message.recipient.person.email),
    )
