"""The calendar files of a mail: its lessons, to be put into the recipient's calendar or taken out of it."""

from __future__ import annotations

from typing import Final

from makegood.domain.notifications import calendars, occurrences
from makegood.domain.notifications.calendars import CalendarLesson, Party
from makegood.domain.notifications.event_texts import words_of
from makegood.domain.notifications.kinds import CalendarMethod
from makegood.domain.notifications.links import event_page
from makegood.domain.notifications.mails import Mail
from makegood.domain.notifications.models import Message
from makegood.domain.notifications.occurrences import Occurrence
from makegood.domain.notifications.texts import reader_of, template_of, values_of

FILE_OF_ALL: Final = "lessons.ics"
# Not text/calendar: that would be one more request to programs that act on mails.
_AS_FILE: Final = "application/ics"


def attach(mail: Mail, message: Message) -> bool:
    """Add the files, and of the first lesson the alternative from which mail programs offer the event at once.

    Programs take only the first event of an object with a METHOD of iTIP, and RFC 5546 (3.2.2) wants one UID in it. So
    a series is one more file with all of its lessons, to be imported; where it is undone, a file per lesson takes each
    out. docs/decisions/0014 says what that means in which program. Returns whether there is a file of several lessons.
    """
    template, told = template_of(message), occurrences.read(message.values)
    method = template.calendar
    if method is None or not told or (template.calendar_with and template.calendar_with not in message.values):
        return False
    organizer = Party(name=message.school.name, email=message.school.desk_email)
    lessons = [_lesson(message, one, method) for one in told]
    files = [_file(message, one, method, organizer) for one in lessons]
    mail.attach_alternative(files[0].decode(), f"text/calendar; method={method.value}")
    if len(files) > 1 and method is CalendarMethod.REQUEST:
        mail.attach(FILE_OF_ALL, calendars.file_of_all(lessons=lessons, organizer=organizer), _AS_FILE)
        return True
    for number, file in enumerate(files, 1):
        name = "lesson.ics" if len(files) == 1 else f"lesson-{number}.ics"
        mail.attach(name, file, _AS_FILE)
    return False


def _lesson(message: Message, occurrence: Occurrence, method: CalendarMethod) -> CalendarLesson:
    reader = reader_of(message)
    texts = words_of(
        values=values_of(message, reader, starts_at=occurrence.starts_at),
        link=event_page(message, lesson_id=occurrence.lesson_id),
        reader=reader,
    )
    return CalendarLesson(
        school_id=message.school_id,
        occurrence=occurrence,
        summary=texts.summary,
        description=texts.description,
        link=texts.link,
        is_cancelled=method is CalendarMethod.CANCEL,
        written_at=message.created_at,
    )


def _file(message: Message, lesson: CalendarLesson, method: CalendarMethod, organizer: Party) -> bytes:
    attendee = Party(name=message.recipient.display_name, email=message.recipient.person.email)
    return calendars.mail_file(lesson=lesson, method=method, organizer=organizer, attendee=attendee)
