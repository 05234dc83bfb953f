"""What people are told around teaching: reminders, missed lessons, problems, availability."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext_noop

from makegood.domain.notifications.catalog.both_times import BOTH_TIMES
from makegood.domain.notifications.catalog.emergencies import (
    OTHER_PENALTIES,
    PENALTY_STANDS,
    REPLACED,
    WHAT_ELSE_FOLLOWS,
)
from makegood.domain.notifications.kinds import CalendarMethod, MessageKind, Template, Words
from makegood.domain.notifications.leaving import AfterLeaving
from makegood.domain.notifications.models import Topic

# What nobody has decided yet; the price where the policy has money.
BY_ITSELF: Final = gettext_noop("If nobody says more, it is recorded by itself after {until}.")
PRICE_BY_ITSELF: Final = gettext_noop("The penalty is then {amount}.")
# `link` leads to the page of the session; what is said there opens the schedule.
SCHEDULE_HELD: Final = gettext_noop(
    "Your schedule is closed for new bookings until you say what happened. Say it on the page of the session, and your "
    "schedule is open again: {link}"
)

TEACHING: Final[Mapping[MessageKind, Template]] = {
    MessageKind.REMINDER_24H: Template(
        gettext_noop("Reminder: your lesson with {other} on {starts_at}"),
        (
            gettext_noop("Your lesson with {other} starts on {starts_at}."),
            BOTH_TIMES,
        ),
        to_teacher=Words(
            gettext_noop("Reminder: your session with {other} on {starts_at}"),
            (
                gettext_noop("Your session with {other} starts on {starts_at}."),
                BOTH_TIMES,
            ),
        ),
        topic=Topic.REMINDERS,
        # The mail about a series could offer its first lesson alone (docs/decisions/0014).
        calendar=CalendarMethod.REQUEST,
        calendar_with="place_in_series",
        is_while_open=True,
        after_leaving=AfterLeaving.NEVER,
    ),
    MessageKind.REMINDER_1H: Template(
        gettext_noop("Soon: your lesson with {other}, {starts_at}"),
        (
            gettext_noop("Your lesson with {other} starts soon: {starts_at}."),
            BOTH_TIMES,
        ),
        to_teacher=Words(
            gettext_noop("Soon: your session with {other}, {starts_at}"),
            (
                gettext_noop("Your session with {other} starts soon: {starts_at}."),
                BOTH_TIMES,
            ),
        ),
        topic=Topic.REMINDERS,
        is_while_open=True,
        after_leaving=AfterLeaving.NEVER,
    ),
    MessageKind.LESSON_WITHOUT_TEACHER: Template(
        gettext_noop("You are not seen in the session with {student} on {starts_at}"),
        (
            gettext_noop("We have not seen you in the session with {student} that began on {starts_at}."),
            BY_ITSELF,
            PRICE_BY_ITSELF,
            gettext_noop(
                "If you can, open the session and join. If you cannot, say there what happened, or ask the scheduling "
                "desk: {desk_email}, {desk_phone}."
            ),
        ),
        topic=Topic.EMERGENCIES,
        is_urgent=True,
        after_leaving=AfterLeaving.ABOUT_BEFORE,
    ),
    MessageKind.LESSON_ENDED_EARLY: Template(
        gettext_noop("The session with {student} on {starts_at} ended early and is not recorded yet"),
        (
            gettext_noop(
                "We saw you teach {student} for fewer minutes than the session of {starts_at} needs. "
                "Minutes taught: {minutes}."
            ),
            BY_ITSELF,
            PRICE_BY_ITSELF,
            gettext_noop(
                "If it was otherwise, tell the scheduling desk soon: {desk_email}, {desk_phone}. The page of the "
                "session shows what was seen."
            ),
        ),
        topic=Topic.EMERGENCIES,
        is_urgent=True,
        after_leaving=AfterLeaving.ABOUT_BEFORE,
    ),
    MessageKind.LESSON_WITHOUT_STUDENT: Template(
        gettext_noop("You are not seen in your lesson with {teacher} on {starts_at}"),
        (
            gettext_noop("We have not seen you in your lesson with {teacher} that began on {starts_at}."),
            gettext_noop(
                "If nobody says more, it is recorded after {until} that you did not come, and the lesson is used."
            ),
            gettext_noop(
                "If you can, open the lesson and join. If you were there, say so on its page, or ask the scheduling "
                "desk: {desk_email}, {desk_phone}."
            ),
        ),
        is_urgent=True,
        after_leaving=AfterLeaving.ABOUT_BEFORE,
    ),
    MessageKind.LESSON_LOOKED_INTO: Template(
        gettext_noop("We look into your lesson with {teacher} on {starts_at}"),
        (
            gettext_noop(
                "We see that your lesson with {teacher} on {starts_at} did not go as planned. You need not do anything."
            ),
            gettext_noop("You hear from us soon after {until} at the latest."),
            gettext_noop("If you want to tell us something, the scheduling desk listens: {desk_email}, {desk_phone}."),
        ),
        is_urgent=True,
        after_leaving=AfterLeaving.ABOUT_BEFORE,
    ),
    MessageKind.LESSON_MISSED_BY_TEACHER: Template(
        gettext_noop("{teacher} did not come to your lesson on {starts_at}"),
        (
            gettext_noop(
                "{teacher} did not come to your lesson on {starts_at}. We are sorry. It costs you nothing: "
                "the lesson is yours to book again."
            ),
            gettext_noop("The scheduling desk will help you find another time: {desk_email}, {desk_phone}."),
        ),
        is_urgent=True,
        after_leaving=AfterLeaving.ABOUT_BEFORE,
    ),
    MessageKind.LESSON_MISSED_BY_STUDENT: Template(
        gettext_noop("You missed your lesson on {starts_at}"),
        (
            gettext_noop("{teacher} waited for you on {starts_at}, and you did not come. The lesson is used."),
            gettext_noop("If {teacher} was not there either, tell us here: {link}"),
        ),
        after_leaving=AfterLeaving.ABOUT_BEFORE,
    ),
    MessageKind.LESSON_MISSED_BY_STUDENT_TEACHER: Template(
        gettext_noop("{student} did not come on {starts_at}"),
        (
            gettext_noop("{student} did not come to the session on {starts_at}. It is recorded that you waited."),
            gettext_noop("You are paid for it: {paid}."),
            REPLACED,
            *OTHER_PENALTIES,
        ),
        after_leaving=AfterLeaving.ABOUT_BEFORE,
    ),
    MessageKind.LESSON_NEVER_REPORTED: Template(
        gettext_noop("The session with {student} on {starts_at} was not taught"),
        (
            gettext_noop(
                "The session with {student} on {starts_at} was not taught, and nobody reported it in time. It is "
                "recorded with the reference {reference}."
            ),
            gettext_noop("You first came at {reported_at}, and that counts as when you told us."),
            REPLACED,
            PENALTY_STANDS,
            *OTHER_PENALTIES,
            *WHAT_ELSE_FOLLOWS,
            SCHEDULE_HELD,
            gettext_noop("Send proof by {deadline_at} to {support_email}, and name the reference."),
        ),
        page="teacher:case",
        topic=Topic.EMERGENCIES,
        after_leaving=AfterLeaving.ABOUT_BEFORE,
    ),
    MessageKind.LESSON_CUT_SHORT: Template(
        gettext_noop("The session with {student} on {starts_at} ended early"),
        (
            gettext_noop(
                "The session with {student} on {starts_at} ended before its time. Minutes taught: {minutes}. It is "
                "recorded with the reference {reference}."
            ),
            gettext_noop("The first report of trouble reached us at {reported_at}."),
            REPLACED,
            PENALTY_STANDS,
            *OTHER_PENALTIES,
            *WHAT_ELSE_FOLLOWS,
            gettext_noop("Send proof by {deadline_at} to {support_email}, and name the reference."),
            gettext_noop("If this is wrong, write to {support_email}, and name the reference."),
        ),
        page="teacher:case",
        topic=Topic.EMERGENCIES,
        after_leaving=AfterLeaving.ABOUT_BEFORE,
    ),
    MessageKind.LESSON_CUT_SHORT_STUDENT: Template(
        gettext_noop("Your lesson with {teacher} on {starts_at} ended early"),
        (
            gettext_noop(
                "Your lesson with {teacher} on {starts_at} ended before its time. We are sorry. It costs you nothing: "
                "the lesson is yours to book again."
            ),
            gettext_noop("The scheduling desk will help you find another time: {desk_email}, {desk_phone}."),
        ),
        after_leaving=AfterLeaving.ABOUT_BEFORE,
    ),
    MessageKind.PROBLEM_REPORTED: Template(
        gettext_noop("Problem in the session of {teacher} with {student}"),
        (
            gettext_noop(
                "{reporter} reports a problem in the session of {teacher} with {student} that began on "
                "{starts_at}: {problem}."
            ),
            BOTH_TIMES,
            gettext_noop("{reporter} writes: {note}"),
        ),
        page="desk:requests",
        topic=Topic.DESK,
        is_urgent=True,
        after_leaving=AfterLeaving.NEVER,
    ),
}
