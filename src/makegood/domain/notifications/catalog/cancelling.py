"""What people are told when a lesson is cancelled other than by an emergency."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext_noop

from makegood.domain.notifications.catalog.both_times import BOTH_TIMES
from makegood.domain.notifications.kinds import CalendarMethod, MessageKind, Template, Words
from makegood.domain.notifications.leaving import AfterLeaving
from makegood.domain.notifications.models import Topic

CANCELLING: Final[Mapping[MessageKind, Template]] = {
    MessageKind.LESSON_CANCELLED_FOR_STUDENT: Template(
        gettext_noop("Your lesson on {starts_at} is cancelled"),
        (
            gettext_noop("{teacher} cancelled your lesson on {starts_at} and says that you asked for it."),
            BOTH_TIMES,
            gettext_noop("How you asked, as {teacher} recorded it: {asked_by}"),
            gettext_noop("It costs you nothing: the lesson is yours to book again."),
            gettext_noop("If you did not ask for this, tell us here: {link}"),
        ),
        calendar=CalendarMethod.CANCEL,
    ),
    MessageKind.LESSON_CANCELLED_FOR_STUDENT_RECEIPT: Template(
        gettext_noop("You cancelled the session with {student} on {starts_at}"),
        (
            gettext_noop(
                "You cancelled the session with {student} on {starts_at}. The student had asked for it, and has been "
                "told."
            ),
            BOTH_TIMES,
            gettext_noop("It costs you nothing and counts for nothing."),
        ),
        calendar=CalendarMethod.CANCEL,
    ),
    MessageKind.LESSON_CANCELLED_BY_STUDENT_FREE: Template(
        gettext_noop("You cancelled your lesson on {starts_at}"),
        (
            gettext_noop(
                "You cancelled your lesson with {teacher} on {starts_at} in time. It costs you nothing: the "
                "lesson is yours to book again."
            ),
            BOTH_TIMES,
            gettext_noop("It could be cancelled free of charge until {free_until}."),
        ),
        calendar=CalendarMethod.CANCEL,
    ),
    MessageKind.LESSON_CANCELLED_BY_STUDENT_USED: Template(
        gettext_noop("You cancelled your lesson on {starts_at}: it is used"),
        (
            gettext_noop(
                "You cancelled your lesson with {teacher} on {starts_at}. It was too late to cancel free of "
                "charge, so the lesson is used and the teacher is paid."
            ),
            BOTH_TIMES,
            gettext_noop("It could be cancelled free of charge until {free_until}."),
        ),
        calendar=CalendarMethod.CANCEL,
    ),
    MessageKind.LESSON_CANCELLED_BY_STUDENT_TEACHER: Template(
        gettext_noop("{student} cancelled the session on {starts_at}"),
        (
            gettext_noop("{student} cancelled the session on {starts_at}. You do not need to do anything."),
            BOTH_TIMES,
            gettext_noop("It could be cancelled free of charge until {free_until}, so it counts as used."),
            gettext_noop("You are paid for it, because it was cancelled late: {paid}."),
            gettext_noop("The reason given: {reason}"),
        ),
        calendar=CalendarMethod.CANCEL,
    ),
    MessageKind.LESSON_CANCELLED_BY_DESK_FREE: Template(
        gettext_noop("Your lesson on {starts_at} is cancelled"),
        (
            gettext_noop(
                "The scheduling desk cancelled your lesson with {teacher} on {starts_at} for you, in time. It costs "
                "you nothing: the lesson is yours to book again."
            ),
            BOTH_TIMES,
            gettext_noop("How you asked, as the desk recorded it: {asked_by}"),
            gettext_noop("The reason given: {reason}"),
            gettext_noop("It could be cancelled free of charge until {free_until}."),
            gettext_noop("If you did not ask for this, write to the scheduling desk: {desk_email}."),
        ),
        calendar=CalendarMethod.CANCEL,
    ),
    MessageKind.LESSON_CANCELLED_BY_DESK_USED: Template(
        gettext_noop("Your lesson on {starts_at} is cancelled: it is used"),
        (
            gettext_noop(
                "The scheduling desk cancelled your lesson with {teacher} on {starts_at} for you. It was too late to "
                "cancel free of charge, so the lesson is used and the teacher is paid."
            ),
            BOTH_TIMES,
            gettext_noop("How you asked, as the desk recorded it: {asked_by}"),
            gettext_noop("The reason given: {reason}"),
            gettext_noop("It could be cancelled free of charge until {free_until}."),
            gettext_noop("If you did not ask for this, write to the scheduling desk: {desk_email}."),
        ),
        calendar=CalendarMethod.CANCEL,
    ),
    MessageKind.LESSON_CANCELLED_FOR_SCHOOL: Template(
        gettext_noop("The school cancelled your lesson on {starts_at}"),
        (
            gettext_noop(
                "The school cancelled your lesson with {teacher} on {starts_at}. It costs you nothing: the lesson is "
                "yours to book again."
            ),
            BOTH_TIMES,
            gettext_noop("The reason given: {reason}"),
            gettext_noop("If you have a question, write to the scheduling desk: {desk_email}."),
        ),
        calendar=CalendarMethod.CANCEL,
    ),
    MessageKind.LESSON_CANCELLED_FOR_SCHOOL_PAID: Template(
        gettext_noop("The school cancelled the session with {student} on {starts_at}: you are paid"),
        (
            gettext_noop(
                "The school cancelled the session with {student} on {starts_at}. It counts for nothing, and you are "
                "paid for it."
            ),
            BOTH_TIMES,
            gettext_noop("What you are paid for it: {paid}."),
            gettext_noop("The reason given: {reason}"),
            gettext_noop("If you have a question, write to the scheduling desk: {desk_email}."),
        ),
        calendar=CalendarMethod.CANCEL,
    ),
    MessageKind.LESSON_CANCELLED_FOR_SCHOOL_UNPAID: Template(
        gettext_noop("The school cancelled the session with {student} on {starts_at}"),
        (
            gettext_noop(
                "The school cancelled the session with {student} on {starts_at}. It counts for nothing, and it is not "
                "paid."
            ),
            BOTH_TIMES,
            gettext_noop("The reason given: {reason}"),
            gettext_noop("If you have a question, write to the scheduling desk: {desk_email}."),
        ),
        calendar=CalendarMethod.CANCEL,
    ),
    MessageKind.CANCELLATION_UNDONE: Template(
        gettext_noop("Your lesson with {other} on {starts_at} takes place"),
        (
            gettext_noop("The lesson with {other} on {starts_at} is no longer cancelled: it takes place as booked."),
            BOTH_TIMES,
        ),
        to_teacher=Words(
            gettext_noop("Your session with {other} on {starts_at} takes place"),
            (
                gettext_noop(
                    "The session with {other} on {starts_at} is no longer cancelled: it takes place as booked."
                ),
                BOTH_TIMES,
            ),
        ),
        calendar=CalendarMethod.REQUEST,
    ),
    MessageKind.NOT_ASKED: Template(
        gettext_noop("{student} did not ask to cancel the session on {starts_at}"),
        (
            gettext_noop(
                "{teacher} cancelled the session on {starts_at} for {student}. {student} says: I did not ask for this."
            ),
            BOTH_TIMES,
            gettext_noop("{student} writes: {note}"),
            gettext_noop("How the student asked, as {teacher} recorded it: {asked_by}"),
        ),
        page="desk:requests",
        topic=Topic.DESK,
        after_leaving=AfterLeaving.NEVER,
    ),
}
