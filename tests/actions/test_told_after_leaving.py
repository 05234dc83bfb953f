"""What somebody is told who left the school: nothing of what happens there, but what settles their own past.

Goal: no names, lessons or pay of others reach somebody who left, and nobody who left misses a decision about their own.
Method: each way of leaving, with messages that are caused before it and after it, and those that wait meanwhile.
"""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from makegood import clock
from makegood.actions import choose_how_to_be_told as choosing
from makegood.actions.cancel_by_student import cancel_by_student
from makegood.actions.decide_incident import decide_incident
from makegood.actions.preview_decision import preview_decision
from makegood.actions.remind import remind
from makegood.actions.send_message import send_message
from makegood.actions.send_message_again import RecipientLeft, send_message_again
from makegood.domain.lessons.models import Lesson
from makegood.domain.notifications.catalog import TEMPLATES
from makegood.domain.notifications.leaving import AfterLeaving, may_be_told
from makegood.domain.notifications.models import Channel, Message, PushSubscription, Topic
from makegood.domain.notifications.quiet_hours import Quiet
from makegood.domain.notifications.wishes import CHOSEN
from makegood.domain.people.models import Membership, RoleGrant
from makegood.domain.people.operations import join_school
from makegood.domain.schools.context import in_school
from makegood.domain.timeline.doors import Door
from makegood.domain.timeline.models import Event
from makegood.rules.facts import Decision
from tests.cast import Cast, book, make_cast, report
from tests.mailbox import Mailbox, mailbox, plain_text

__all__ = ["mailbox"]

WAYS = ["membership", "role"]
STARTS = datetime(2026, 10, 21, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


def leave(cast: Cast, member: Membership, way: str, *, at: datetime) -> None:
    with in_school(cast.school.pk):
        if way == "membership":
            Membership.objects.filter(pk=member.pk).update(ended_at=at)
        else:
            RoleGrant.objects.filter(membership_id=member.pk).update(ended_at=at)


def told(cast: Cast, member: Membership, *, since: datetime) -> list[tuple[str, str]]:
    with in_school(cast.school.pk):
        rows = Message.objects.filter(recipient=member, created_at__gte=since).order_by("pk")
        return sorted(rows.values_list("kind", "channel"))


def cancel(cast: Cast, lesson: Lesson, *, now: datetime) -> None:
    cancel_by_student(
        school=cast.school, actor=cast.sam, lesson_id=lesson.pk, shown_as_free=True, note="", request_id=uuid.uuid4(),
        door=Door.WEB, now=now,
    )  # fmt: skip


def waive(cast: Cast, reference: str, *, now: datetime) -> None:
    seen = preview_decision(
        school=cast.school, actor=cast.rhea, reference=reference, decision=Decision.WAIVED, now=now
    ).seen
    decide_incident(
        school=cast.school, actor=cast.rhea, reference=reference, decision=Decision.WAIVED, reason="Flood", seen=seen,
        is_exception=True, request_id=uuid.uuid4(), door=Door.WEB, now=now,
    )  # fmt: skip


def waiting(cast: Cast, member: Membership, channel: Channel = Channel.EMAIL) -> Message:
    with in_school(cast.school.pk):
        return Message.objects.get(recipient=member, channel=channel, sent_at=None)


def what_became_of(cast: Cast, message: Message, *, now: datetime) -> str | None:
    """Why it was dropped when its turn came; None: it went out."""
    send_message(school_id=cast.school.pk, message_id=message.pk, now=now)
    with in_school(cast.school.pk):
        message.refresh_from_db()
        assert (message.sent_at is None) == (message.dropped_at is not None)
        return message.dropped_because


@pytest.mark.parametrize(
    ("kind", "caused", "happened", "is_told"),
    [
        (AfterLeaving.CAUSED_BEFORE, -1, 9, True),
        (AfterLeaving.CAUSED_BEFORE, 0, -9, False),
        (AfterLeaving.ABOUT_BEFORE, 5, -1, True),
        (AfterLeaving.ABOUT_BEFORE, 5, 0, False),
        (AfterLeaving.ABOUT_BEFORE, 5, None, False),
        (AfterLeaving.ABOUT_BEFORE, -1, None, True),
        (AfterLeaving.NEVER, -1, -1, False),
    ],
)
def test_what_was_caused_before_or_is_about_before(
    kind: AfterLeaving, caused: int, happened: int | None, is_told: bool
) -> None:
    def told_if_left_at(left_at: datetime | None) -> bool:
        happened_at = None if happened is None else STARTS + happened * MINUTE
        return may_be_told(
            after_leaving=kind, left_at=left_at, caused_at=STARTS + caused * MINUTE, happened_at=happened_at
        )

    assert told_if_left_at(STARTS) == is_told
    assert told_if_left_at(None)


def test_work_of_staff_and_what_lies_ahead_is_for_who_is_still_there() -> None:
    for kind, template in TEMPLATES.items():
        if template.topic in {Topic.DESK, Topic.REMINDERS, Topic.AVAILABILITY} or template.is_while_open:
            assert template.after_leaving is AfterLeaving.NEVER, kind


@pytest.mark.django_db
@pytest.mark.parametrize("way", WAYS)
def test_a_teacher_who_left_hears_nothing_of_the_lessons_that_were_still_booked(way: str) -> None:
    cast = make_cast()
    lesson = book(cast, starts_at=STARTS)
    left_at = STARTS - 3 * DAY
    leave(cast, cast.tara, way, at=left_at)

    cancel(cast, lesson, now=left_at + MINUTE)

    assert told(cast, cast.tara, since=left_at) == []
    assert told(cast, cast.sam, since=left_at) == [
        ("lesson_cancelled_by_student_free", "email"),
        ("lesson_cancelled_by_student_free", "in_app"),
    ]


@pytest.mark.django_db
@pytest.mark.parametrize("way", WAYS)
def test_a_teacher_who_left_reads_what_was_decided_about_a_case_of_before(way: str, mailbox: Mailbox) -> None:
    cast = make_cast()
    # They had chosen to read decisions in the app and on a device.
    choosing.choose_how_to_be_told(
        member=cast.tara, wanted={(Topic.DECISIONS, Channel.EMAIL): False}, quiet=None, now=STARTS - 9 * DAY
    )
    with in_school(cast.school.pk):
        PushSubscription.objects.create(
            school=cast.school, membership=cast.tara, endpoint="https://push.example/1", p256dh="x", auth="x",
            made_at=STARTS - 9 * DAY,
        )  # fmt: skip
    # Reported before they left; the lesson itself would have been after it.
    reported = report(cast, book(cast, starts_at=STARTS), now=STARTS - 3 * DAY)
    left_at = STARTS - 2 * DAY
    leave(cast, cast.tara, way, at=left_at)

    waive(cast, reported.reference, now=STARTS + DAY)

    assert told(cast, cast.tara, since=left_at) == [("decision_teacher", "email"), ("decision_teacher", "in_app")]
    with in_school(cast.school.pk):
        mail = Message.objects.get(recipient=cast.tara, kind="decision_teacher", channel="email")
    assert what_became_of(cast, mail, now=STARTS + DAY) is None
    text = plain_text(mailbox.mails[-1])
    assert "The reason given: Flood" in text
    assert "See it in Makegood" not in text


@pytest.mark.django_db
@pytest.mark.parametrize("way", WAYS)
def test_what_was_caused_before_still_goes_out_by_mail_and_not_to_devices(way: str, mailbox: Mailbox) -> None:
    cast = make_cast()
    with in_school(cast.school.pk):
        PushSubscription.objects.create(
            school=cast.school, membership=cast.sam, endpoint="https://push.example/1", p256dh="x", auth="x",
            made_at=STARTS - 9 * DAY,
        )  # fmt: skip
    report(cast, book(cast, starts_at=STARTS), now=STARTS - DAY)
    to_desk = waiting(cast, cast.desi)
    for member in (cast.sam, cast.desi):
        leave(cast, member, way, at=STARTS - DAY + MINUTE)

    now = STARTS - DAY + 10 * MINUTE
    assert what_became_of(cast, waiting(cast, cast.sam), now=now) is None
    assert what_became_of(cast, waiting(cast, cast.sam, Channel.PUSH), now=now) == "recipient_left"
    # Staff read of others.
    assert what_became_of(cast, to_desk, now=now) == "recipient_left"
    assert [str(mail["To"]) for mail in mailbox.mails] == ["Sam Studies <sam@marigold.example>"]


@pytest.mark.django_db
def test_a_reminder_that_waits_for_the_end_of_quiet_hours_is_dropped(mailbox: Mailbox) -> None:
    cast = make_cast()
    # At eight in New York, where Sam lives, the day before.
    choosing.choose_how_to_be_told(
        member=cast.sam, wanted=dict.fromkeys([(topic, channel) for topic in Topic for channel in CHOSEN], True),
        quiet=Quiet(7 * 60, 9 * 60), now=STARTS - 9 * DAY,
    )  # fmt: skip
    book(cast, starts_at=STARTS)
    remind(now=STARTS - DAY)
    reminder = waiting(cast, cast.sam)
    assert reminder.send_after is not None
    leave(cast, cast.sam, "role", at=STARTS - DAY + MINUTE)

    assert what_became_of(cast, reminder, now=reminder.send_after) == "recipient_left"
    assert mailbox.mails == []


@pytest.mark.django_db
@pytest.mark.parametrize("way", WAYS)
def test_only_who_is_still_there_is_reminded_and_only_once(way: str) -> None:
    cast = make_cast()
    book(cast, starts_at=STARTS)
    leave(cast, cast.tara, way, at=STARTS - 2 * DAY)

    assert [remind(now=STARTS - DAY + minutes * MINUTE) for minutes in (0, 5, 10)] == [1, 0, 0]
    assert told(cast, cast.tara, since=STARTS - 2 * DAY) == []
    assert told(cast, cast.sam, since=STARTS - 2 * DAY) == [("reminder_24h", "email"), ("reminder_24h", "in_app")]

    leave(cast, cast.sam, way, at=STARTS - DAY + 15 * MINUTE)
    with in_school(cast.school.pk):
        before = Event.objects.count()
    assert remind(now=STARTS - timedelta(hours=1)) == 0
    with in_school(cast.school.pk):
        assert Event.objects.count() == before


@pytest.mark.django_db
@pytest.mark.parametrize("way", WAYS)
def test_the_calendar_address_of_who_left_opens_nothing(
    way: str, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: STARTS)
    cast = make_cast()
    token = choosing.renew_calendar(member=cast.sam, now=STARTS - DAY)
    assert client.get(f"/c/{token}.ics").status_code == 200

    leave(cast, cast.sam, way, at=STARTS)

    assert client.get(f"/c/{token}.ics").status_code == 404


@pytest.mark.django_db
def test_the_desk_sends_nothing_again_to_who_left_but_what_is_their_own(mailbox: Mailbox) -> None:
    cast = make_cast()
    report(cast, book(cast, starts_at=STARTS), now=STARTS - DAY)
    mails = [waiting(cast, member) for member in (cast.desi, cast.sam)]
    mailbox.answer = "550 no such mailbox"
    for mail in mails:
        send_message(school_id=cast.school.pk, message_id=mail.pk, now=STARTS - DAY)
    with in_school(cast.school.pk):
        other = join_school(
            school_id=cast.school.pk, person=cast.owen.person, roles=["desk"], granted_by=None, now=STARTS - DAY
        )
    for member in (cast.desi, cast.sam):
        leave(cast, member, "role", at=STARTS - DAY + MINUTE)

    def again(mail: Message) -> int:
        return send_message_again(
            school=cast.school, actor=other, message_id=mail.pk, request_id=uuid.uuid4(), door=Door.WEB, now=STARTS
        )

    with pytest.raises(RecipientLeft):
        again(mails[0])
    repeated = again(mails[1])
    mailbox.answer = "250 OK"
    with in_school(cast.school.pk):
        message = Message.objects.get(pk=repeated)
    assert what_became_of(cast, message, now=STARTS) is None


@pytest.mark.django_db
@pytest.mark.parametrize("way", WAYS)
def test_who_comes_back_is_told_again(way: str) -> None:
    cast = make_cast()
    lesson = book(cast, starts_at=STARTS)
    leave(cast, cast.tara, way, at=STARTS - 4 * DAY)
    with in_school(cast.school.pk):
        join_school(
            school_id=cast.school.pk, person=cast.tara.person, roles=["teacher"], granted_by=None, now=STARTS - 3 * DAY
        )

    cancel(cast, lesson, now=STARTS - 2 * DAY)

    assert told(cast, cast.tara, since=STARTS - 4 * DAY) == [
        ("lesson_cancelled_by_student_teacher", "email"),
        ("lesson_cancelled_by_student_teacher", "in_app"),
    ]
