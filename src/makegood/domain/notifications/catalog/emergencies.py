"""What people are told of emergencies, and of what was decided about them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext_noop

from makegood.domain.notifications.catalog.both_times import BOTH_TIMES
from makegood.domain.notifications.kinds import CalendarMethod, MessageKind, Template
from makegood.domain.notifications.leaving import AfterLeaving
from makegood.domain.notifications.models import Topic

AFTER_A_REPORT: Final = (
    gettext_noop("Send proof by {deadline_at} to {support_email}, and name the reference."),
    gettext_noop("After an accident, a stay in hospital or a death in the family you have until {longer_deadline_at}."),
    gettext_noop("If this was a mistake, you can undo it in Makegood until {undo_until}."),
    gettext_noop("The student has been told. You do not need to do anything else about the session."),
)

PENALTY_STANDS: Final = gettext_noop(
    "The penalty is {amount}. It stands on your statement; if proof is accepted, it is lowered or taken off."
)
# Both are said before what the teacher can do about it.
WHAT_ELSE_FOLLOWS: Final = (
    gettext_noop("Your account is paused until {paused_until}: no new bookings in that time."),
    gettext_noop("New students are proposed to other teachers first until {others_first_until}."),
    gettext_noop("What else follows: {follows}"),
)
OTHER_PENALTIES: Final = (
    gettext_noop("Because they are counted together, your other penalties go up by {others_up}."),
    gettext_noop("Because they are counted together, your other penalties go down by {others_down}."),
)

# Where the desk decided otherwise than was on record.
REPLACED: Final = gettext_noop("What was recorded before, {former_reference}, no longer counts: it costs nothing.")

EMERGENCIES: Final[Mapping[MessageKind, Template]] = {
    MessageKind.LESSON_OFF_STUDENT: Template(
        gettext_noop("{teacher} cannot teach on {starts_at}"),
        (
            gettext_noop("Your lesson with {teacher} on {starts_at} cannot take place. We are sorry."),
            BOTH_TIMES,
            gettext_noop("This is not your fault and costs you nothing."),
            gettext_noop("The scheduling desk will help you find another time: {desk_email}, {desk_phone}."),
        ),
        topic=Topic.EMERGENCIES,
        is_urgent=True,
        calendar=CalendarMethod.CANCEL,
    ),
    MessageKind.LESSON_ON_AGAIN_STUDENT: Template(
        gettext_noop("Your lesson on {starts_at} takes place"),
        (
            gettext_noop(
                "A few minutes ago we wrote that {teacher} cannot teach on {starts_at}. That was a "
                "mistake: the lesson takes place as booked."
            ),
            gettext_noop("There is nothing you need to do."),
        ),
        topic=Topic.EMERGENCIES,
        is_urgent=True,
        calendar=CalendarMethod.REQUEST,
    ),
    MessageKind.EMERGENCY_RECEIPT: Template(
        gettext_noop("Emergency reported: {reference}"),
        (
            gettext_noop("We received your report for the session with {student} on {starts_at} at {reported_at}."),
            gettext_noop("Your reference is {reference}."),
            BOTH_TIMES,
            PENALTY_STANDS,
            *OTHER_PENALTIES,
            *WHAT_ELSE_FOLLOWS,
            *AFTER_A_REPORT,
        ),
        page="teacher:case",
        topic=Topic.EMERGENCIES,
        is_urgent=True,
        calendar=CalendarMethod.CANCEL,
    ),
    MessageKind.EMERGENCY_RECEIPT_WITHOUT_MONEY: Template(
        gettext_noop("Emergency reported: {reference}"),
        (
            gettext_noop("We received your report for the session with {student} on {starts_at} at {reported_at}."),
            gettext_noop("Your reference is {reference}."),
            BOTH_TIMES,
            *WHAT_ELSE_FOLLOWS,
            *AFTER_A_REPORT,
        ),
        page="teacher:case",
        topic=Topic.EMERGENCIES,
        is_urgent=True,
        calendar=CalendarMethod.CANCEL,
    ),
    MessageKind.EMERGENCY_WITHDRAWN_TEACHER: Template(
        gettext_noop("Report withdrawn: {reference}"),
        (
            gettext_noop("Your report {reference} was withdrawn. The session on {starts_at} takes place as booked."),
            gettext_noop("The report costs nothing and counts for nothing."),
        ),
        page="teacher:case",
        topic=Topic.EMERGENCIES,
        is_urgent=True,
        calendar=CalendarMethod.REQUEST,
    ),
    MessageKind.EMERGENCY_DESK: Template(
        gettext_noop("{teacher} cannot teach on {starts_at}"),
        (
            gettext_noop("{teacher} reported an emergency at {reported_at}, reference {reference}."),
            gettext_noop("The session with {student} starts on {starts_at}."),
            BOTH_TIMES,
            gettext_noop("The student has been told and needs another time."),
        ),
        page="desk:case",
        topic=Topic.DESK,
        is_urgent=True,
        after_leaving=AfterLeaving.NEVER,
    ),
    MessageKind.EMERGENCY_WITHDRAWN_DESK: Template(
        gettext_noop("{teacher} teaches on {starts_at} after all"),
        (gettext_noop("{teacher} withdrew the report {reference}. The session with {student} takes place as booked."),),
        page="desk:case",
        topic=Topic.DESK,
        is_urgent=True,
        after_leaving=AfterLeaving.NEVER,
    ),
    MessageKind.DECISION_TEACHER: Template(
        gettext_noop("Decision on {reference}"),
        (
            gettext_noop("Your report {reference} for the session on {starts_at} was decided: {decision}."),
            gettext_noop("The reason given: {reason}"),
            gettext_noop("The penalty was {before} and is now {amount}."),
            *OTHER_PENALTIES,
            gettext_noop("Your account stays paused until {still_paused_until}."),
        ),
        page="teacher:case",
        topic=Topic.DECISIONS,
        after_leaving=AfterLeaving.ABOUT_BEFORE,
    ),
    MessageKind.DECISION_TEACHER_WITHOUT_MONEY: Template(
        gettext_noop("Decision on {reference}"),
        (
            gettext_noop("Your report {reference} for the session on {starts_at} was decided: {decision}."),
            gettext_noop("The reason given: {reason}"),
        ),
        page="teacher:case",
        topic=Topic.DECISIONS,
        after_leaving=AfterLeaving.ABOUT_BEFORE,
    ),
}
