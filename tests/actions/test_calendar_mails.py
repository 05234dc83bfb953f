"""Mails that put a lesson into a calendar, move it and take it out, through a real mail server."""

from __future__ import annotations

import itertools
import uuid
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

import pytest
from django.conf import settings

from makegood.actions.lesson_messages import lesson_values
from makegood.actions.send_message import send_message
from makegood.actions.withdraw_incident import withdraw_incident
from makegood.domain.lessons.models import Lesson
from makegood.domain.lessons.moving import Move, move
from makegood.domain.notifications.kinds import MessageKind, Side
from makegood.domain.notifications.models import Message
from makegood.domain.notifications.occurrences import occurrence_of
from makegood.domain.notifications.operations import Announcement, announce
from makegood.domain.people.models import Person
from makegood.domain.schools.context import in_school
from makegood.domain.timeline import operations as timeline
from makegood.domain.timeline.doors import Door
from makegood.domain.timeline.kinds import EventKind
from makegood.rules.facts import RequestedBy
from tests.calendar_reading import CalendarProgram, read_calendar
from tests.cast import Cast, book, make_cast, report
from tests.mailbox import Mailbox, mailbox, plain_text

__all__ = ["mailbox"]

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 10, 21, 12, 0, tzinfo=UTC)
NOW = NOON - timedelta(minutes=30)


def send_all(cast: Cast) -> None:
    with in_school(cast.school.pk):
        unsent = list(Message.objects.filter(sent_at=None).order_by("pk").values_list("pk", flat=True))
    for message_id in unsent:
        send_message(school_id=cast.school.pk, message_id=message_id, now=NOW)


def files_of(mail: EmailMessage) -> list[bytes]:
    """The attached calendar files; the one alternative of a mail asks for the first lesson that they hold."""
    attached = [part for part in mail.walk() if part.get_content_type() == "application/ics"]
    offered = [part for part in mail.walk() if part.get_content_type() == "text/calendar"]
    files = [bytes(part.get_payload(decode=True)) for part in attached]  # type: ignore[arg-type]
    if files:
        (alternative,) = offered
        first = read_calendar(bytes(alternative.get_payload(decode=True)))  # type: ignore[arg-type]
        assert alternative.get_param("method") == first.method
        in_file = read_calendar(files[0])
        assert in_file.method in {first.method, "PUBLISH"}
        assert [(one.uid, one.dtstart) for one in first.events] == [(one.uid, one.dtstart) for one in in_file.events][
            :1
        ]
    return files


def tell(cast: Cast, lesson: Lesson, kind: MessageKind, *, series: tuple[Lesson, ...] = (), **values: datetime) -> None:
    """Announce `kind` to Sam, as a verb would."""
    with in_school(cast.school.pk):
        lesson = Lesson.objects.select_related("teacher__person", "student__person").get(pk=lesson.pk)
        event = timeline.record(
            school_id=cast.school.pk, kind=EventKind.INCIDENT_RECORDED, at=NOW, door=Door.WEB, actor_id=None,
            lesson_id=lesson.pk,
        )  # fmt: skip
        told = lesson_values(lesson=lesson, teacher=lesson.teacher, side=Side.STUDENT)
        announcement = Announcement(
            recipient_id=cast.sam.pk,
            kind=kind,
            values={**told, **values},
            series=[occurrence_of(one) for one in series],
        )
        announce(event=event, announcements=[announcement], now=NOW)


def a_day_later(cast: Cast, lesson: Lesson) -> Move:
    return Move(
        to_starts_at=lesson.starts_at + timedelta(days=1),
        to_ends_at=lesson.ends_at + timedelta(days=1),
        requested_by=RequestedBy.STUDENT,
        moved_by_id=cast.sam.person_id,
        on_behalf_of_id=None,
        door=Door.WEB,
        reason="",
        request_id=uuid.uuid4(),
    )


def test_a_report_takes_the_lesson_out_of_both_calendars_and_the_undo_puts_it_back(mailbox: Mailbox) -> None:
    cast = make_cast()
    lesson = book(cast, starts_at=NOON)
    reported = report(cast, lesson, now=NOW)
    send_all(cast)
    withdraw_incident(
        school=cast.school, actor=cast.tara, reference=reported.reference, door=Door.WEB, now=NOW + timedelta(minutes=1)
    )
    send_all(cast)

    for name in ("sam", "tara"):
        mails = [mail for mail in mailbox.mails if f"{name}@" in str(mail["To"])]
        calendars = [read_calendar(file) for mail in mails for file in files_of(mail)]
        assert [(calendar.method, calendar.events[0].sequence) for calendar in calendars] == [
            ("CANCEL", 2),
            ("REQUEST", 3),
        ]
        assert len({calendar.events[0].uid for calendar in calendars}) == 1
        assert calendars[0].events[0].status == "CANCELLED"
    desk = [mail for mail in mailbox.mails if "desi@" in str(mail["To"])]
    assert [files_of(mail) for mail in desk] == [[], []]


def test_each_side_reads_the_other_ones_name_and_both_times(mailbox: Mailbox) -> None:
    cast = make_cast()
    report(cast, book(cast, starts_at=NOON), now=NOW)
    send_all(cast)

    summaries = {}
    for mail in mailbox.mails:
        for file in files_of(mail):
            (event,) = read_calendar(file).events
            summaries[str(mail["To"]).split("<")[1]] = event.summary
            assert event.description is not None
            assert event.description.startswith(
                "Tara Teaches: Wed 21 Oct, 20:00, Manila. Sam Studies: Wed 21 Oct, 08:00, New York.\n"
            )
            assert "/marigold/" in event.description
    assert summaries == {
        "sam@marigold.example>": "Lesson with Tara Teaches",
        "tara@marigold.example>": "Session with Sam Studies",
    }


def test_a_time_that_comes_twice_says_which_on_the_clock_of_which_it_does(mailbox: Mailbox) -> None:
    cast = make_cast()
    # The second 01:30 of the night in which New York's clocks go back.
    tell(cast, book(cast, starts_at=datetime(2026, 11, 1, 6, 30, tzinfo=UTC)), MessageKind.LESSON_BOOKED)
    send_all(cast)

    (mail,) = mailbox.mails
    (event,) = read_calendar(files_of(mail)[0]).events
    assert "Sun 1 Nov, 01:30 (GMT\u22125)" in plain_text(mail)
    assert "Tara Teaches: Sun 1 Nov, 14:30, Manila. Sam Studies: Sun 1 Nov, 01:30 (GMT\u22125), New York." in str(
        event.description
    )
    assert event.dtstart == datetime(2026, 11, 1, 6, 30, tzinfo=UTC)


def test_a_moved_lesson_moves_in_the_calendar_whatever_the_order_of_the_mails(mailbox: Mailbox) -> None:
    cast = make_cast()
    lesson = book(cast, starts_at=NOON + timedelta(days=7))
    tell(cast, lesson, MessageKind.LESSON_BOOKED)
    former_starts_at = lesson.starts_at
    for _ in range(2):
        with in_school(cast.school.pk):
            move(lesson=lesson, to=a_day_later(cast, lesson), buffer_minutes=0, now=NOW)
        tell(cast, lesson, MessageKind.LESSON_MOVED, former_starts_at=former_starts_at)
    send_all(cast)

    files = [file for mail in mailbox.mails for file in files_of(mail)]
    assert len(files) == 3
    for order in itertools.permutations(files):
        program = CalendarProgram()
        for file in order:
            program.receive(file)
        (event,) = program.events
        assert event.dtstart == NOON + timedelta(days=9)


def test_a_series_is_one_mail_with_a_file_of_all_lessons(mailbox: Mailbox) -> None:
    cast = make_cast()
    lessons = tuple(book(cast, starts_at=NOON + timedelta(weeks=week)) for week in range(1, 4))
    tell(cast, lessons[0], MessageKind.SERIES_BOOKED, series=lessons)
    send_all(cast)

    (mail,) = mailbox.mails
    (file,) = files_of(mail)
    program = CalendarProgram()
    program.receive(file)
    assert [event.dtstart for event in program.events] == [lesson.starts_at for lesson in lessons]
    assert [part.get_filename() for part in mail.iter_attachments()] == ["lessons.ics"]
    # Published, so nobody is asked to take part (RFC 5546, 3.2.1).
    assert [(event.attendees, event.organizer is not None) for event in program.events] == [([], True)] * 3
    assert mail["Subject"] == (
        "Your weekly lessons with Tara Teaches are booked, the first on Wed 28 Oct, 08:00 (New York)"
    )
    text = plain_text(mail).replace("\r\n", "\n")
    assert text.startswith(
        "Your weekly lessons with Tara Teaches are booked. All times are your time: New York.\n"
        "Wed 28 Oct, 08:00 (20:00)\n"
        "Wed 4 Nov, 07:00 (20:00)\n"
        "Wed 11 Nov, 07:00 (20:00)\n\n"
        "In brackets stands the time of Tara Teaches: Manila.\n\n"
    )
    assert (text.count("New York"), text.count("Manila")) == (1, 1)
    descriptions = [str(event.description) for event in program.events]
    assert "Sam Studies: Wed 4 Nov, 07:00, New York." in descriptions[1]


def test_a_series_names_the_day_of_the_other_side_where_it_is_another(mailbox: Mailbox) -> None:
    cast = make_cast()
    lessons = tuple(book(cast, starts_at=NOON + timedelta(weeks=week, hours=6)) for week in range(1, 3))
    tell(cast, lessons[0], MessageKind.SERIES_BOOKED, series=lessons)
    send_all(cast)

    (mail,) = mailbox.mails
    text = plain_text(mail).replace("\r\n", "\n")
    assert "\nWed 28 Oct, 14:00 (Thu 29 Oct, 02:00)\nWed 4 Nov, 13:00 (Thu 5 Nov, 02:00)\n" in text


def test_a_series_of_two_people_on_the_same_clock_has_no_brackets(mailbox: Mailbox) -> None:
    cast = make_cast()
    with in_school(cast.school.pk):
        Person.objects.filter(pk=cast.sam.person_id).update(zone="Asia/Singapore")
    lessons = tuple(book(cast, starts_at=NOON + timedelta(weeks=week)) for week in range(1, 3))
    tell(cast, lessons[0], MessageKind.SERIES_BOOKED, series=lessons)
    send_all(cast)

    (mail,) = mailbox.mails
    text = plain_text(mail).replace("\r\n", "\n")
    assert "Singapore.\nWed 28 Oct, 20:00\nWed 4 Nov, 20:00\n\nEach can be" in text
    assert "Manila" not in text


def test_a_series_offers_its_first_lesson_to_the_calendar_at_once(mailbox: Mailbox) -> None:
    cast = make_cast()
    lessons = tuple(book(cast, starts_at=NOON + timedelta(weeks=week)) for week in range(1, 4))
    tell(cast, lessons[0], MessageKind.SERIES_BOOKED, series=lessons[::-1])
    send_all(cast)

    (mail,) = mailbox.mails
    (offered,) = [part for part in mail.walk() if part.get_content_type() == "text/calendar"]
    calendar = read_calendar(bytes(offered.get_payload(decode=True)))  # type: ignore[arg-type]
    assert (offered.get_param("method"), calendar.method) == ("REQUEST", "REQUEST")
    assert [event.dtstart for event in calendar.events] == [lessons[0].starts_at]
    assert len(files_of(mail)) == 1


def test_after_the_import_of_a_series_each_lesson_moves_and_goes_alone(mailbox: Mailbox) -> None:
    cast = make_cast()
    lessons = tuple(book(cast, starts_at=NOON + timedelta(weeks=week)) for week in range(1, 4))
    tell(cast, lessons[0], MessageKind.SERIES_BOOKED, series=lessons)
    for lesson, kind in ((lessons[1], MessageKind.LESSON_MOVED), (lessons[2], MessageKind.BOOKING_UNDONE)):
        with in_school(cast.school.pk):
            move(lesson=lesson, to=a_day_later(cast, lesson), buffer_minutes=0, now=NOW)
        tell(cast, lesson, kind)
    send_all(cast)

    program = CalendarProgram()
    for mail in mailbox.mails:
        for file in files_of(mail):
            program.receive(file)
    assert [event.dtstart for event in program.events] == [
        lessons[0].starts_at,
        NOON + timedelta(weeks=2, days=1),
    ]


def test_a_series_that_is_undone_has_a_file_for_each_lesson_to_take_out(mailbox: Mailbox) -> None:
    cast = make_cast()
    lessons = tuple(book(cast, starts_at=NOON + timedelta(weeks=week)) for week in range(1, 4))
    tell(cast, lessons[0], MessageKind.SERIES_BOOKED, series=lessons)
    tell(cast, lessons[0], MessageKind.BOOKING_UNDONE, series=lessons)
    send_all(cast)

    booked, undone = ([read_calendar(file) for file in files_of(mail)] for mail in mailbox.mails)
    assert [(calendar.method, len(calendar.events)) for calendar in booked] == [("PUBLISH", 3)]
    assert [(calendar.method, len(calendar.events)) for calendar in undone] == [("CANCEL", 1)] * 3
    assert "lessons.ics" in plain_text(mailbox.mails[0])
    assert f"{settings.ADDRESS}/marigold/notifications/#calendar" in plain_text(mailbox.mails[0])
    assert "lessons.ics" not in plain_text(mailbox.mails[1])


def test_names_and_school_with_line_breaks_add_no_header_and_no_recipient(mailbox: Mailbox) -> None:
    cast = make_cast()
    cast.sam.display_name = "Sam\r\nBcc: evil@example.org\rX: y"
    cast.school.name = 'Mari"gold\nX-Evil: 1'
    with in_school(cast.school.pk):
        cast.sam.save(update_fields=["display_name"])
        cast.school.save(update_fields=["name"])
    report(cast, book(cast, starts_at=NOON), now=NOW)
    send_all(cast)

    assert len(mailbox.mails) == 3
    for mail in mailbox.mails:
        assert mail["Bcc"] is mail["X-Evil"] is mail["X"] is None
        assert len(mail["To"].addresses) == len(mail["From"].addresses) == 1
        for file in files_of(mail):
            (event,) = read_calendar(file).events
            assert len(event.attendees) == 1


def test_each_event_leads_to_the_page_of_its_own_lesson_for_its_reader(mailbox: Mailbox) -> None:
    cast = make_cast()
    lessons = tuple(book(cast, starts_at=NOON + timedelta(weeks=week)) for week in range(1, 4))
    tell(cast, lessons[0], MessageKind.SERIES_BOOKED, series=lessons)
    report(cast, book(cast, starts_at=NOON), now=NOW)
    send_all(cast)

    paths: dict[str, list[str]] = {"sam": [], "tara": []}
    for mail in mailbox.mails:
        for file in files_of(mail):
            for event in read_calendar(file).events:
                link = str(event.url)
                assert event.description is not None
                assert event.description.endswith(link)
                paths[str(mail["To"]).split("<")[1].split("@")[0]].append(link.removeprefix(settings.ADDRESS))
    reported = max(one.pk for one in lessons) + 1
    assert paths == {
        "sam": [
            *(f"/marigold/lessons/{one.pk}/" for one in lessons),
            f"/marigold/lessons/{reported}/",
        ],
        "tara": [f"/marigold/sessions/{reported}/"],
    }


def test_the_mail_of_a_booking_leads_to_moving_and_cancelling_it_and_to_its_page(mailbox: Mailbox) -> None:
    cast = make_cast()
    lesson = book(cast, starts_at=NOON + timedelta(weeks=1))
    tell(cast, lesson, MessageKind.LESSON_BOOKED)
    send_all(cast)

    (mail,) = mailbox.mails
    page = f"{settings.ADDRESS}/marigold/lessons/{lesson.pk}/"
    assert plain_text(mail).replace("\r\n", "\n").rstrip().split("\n\n")[-3:] == [
        f"Move it to another time: {page}reschedule/",
        f"Cancel it: {page}cancel/",
        f"See it in Makegood: {page}",
    ]
