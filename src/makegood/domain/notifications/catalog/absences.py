"""What people are told when somebody says who was missing, and when the desk decides that."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext_noop

from makegood.domain.notifications.catalog.both_times import BOTH_TIMES
from makegood.domain.notifications.catalog.emergencies import OTHER_PENALTIES, PENALTY_STANDS, REPLACED
from makegood.domain.notifications.kinds import MessageKind, Template, Words
from makegood.domain.notifications.leaving import AfterLeaving
from makegood.domain.notifications.models import Topic

_BY_ITSELF: Final = gettext_noop("If nobody says more, it can be recorded by itself after {until}.")
_WRITES: Final = gettext_noop("{reporter} writes: {note}")
_QUESTION: Final = gettext_noop("If you have a question, write to the scheduling desk: {desk_email}.")
_OUTAGE: Final = gettext_noop(
    "The scheduling desk looked into the session with {student} on {starts_at}: our website or the video service "
    "failed, and nobody is to blame. It counts for nothing."
)

ABSENCES: Final[Mapping[MessageKind, Template]] = {
    MessageKind.LESSON_UNCLEAR: Template(
        gettext_noop("It is unclear what became of the session with {student} on {starts_at}"),
        (
            gettext_noop(
                "What the page saw does not say what became of the session with {student} on {starts_at}. Nothing is "
                "recorded yet, and the scheduling desk looks at it."
            ),
            gettext_noop(
                "Say on the page of the session what happened, or tell the scheduling desk: {desk_email}, {desk_phone}."
            ),
        ),
        topic=Topic.EMERGENCIES,
        is_urgent=True,
        after_leaving=AfterLeaving.ABOUT_BEFORE,
    ),
    MessageKind.ABSENCE_CLAIMED: Template(
        gettext_noop("{other} says that you did not come to your lesson on {starts_at}"),
        (
            gettext_noop(
                "{other} says that you did not come to your lesson on {starts_at}. The scheduling desk looks at it."
            ),
            _BY_ITSELF,
            gettext_noop(
                "If you can still come, join on the page of the lesson. If you were there, say so on that page, or "
                "ask the scheduling desk: {desk_email}, {desk_phone}."
            ),
        ),
        to_teacher=Words(
            gettext_noop("{other} says that you did not come to the session on {starts_at}"),
            (
                gettext_noop(
                    "{other} says that you did not come to the session on {starts_at}. The scheduling desk looks at it."
                ),
                _BY_ITSELF,
                gettext_noop(
                    "If you can still come, join on the page of the session. If you were there, or could not come, "
                    "say so on that page, or ask the scheduling desk: {desk_email}, {desk_phone}."
                ),
            ),
        ),
        topic=Topic.EMERGENCIES,
        is_urgent=True,
        after_leaving=AfterLeaving.ABOUT_BEFORE,
    ),
    MessageKind.LATE_CLAIMED: Template(
        gettext_noop("{other} says that you are late for your lesson on {starts_at}"),
        (
            gettext_noop(
                "{other} says that you are late for your lesson on {starts_at}. This alone changes nothing: what "
                "counts is when the page of the lesson saw you."
            ),
            gettext_noop(
                "If you can, open the lesson and join. If it is otherwise, say so on its page, or ask the scheduling "
                "desk: {desk_email}, {desk_phone}."
            ),
        ),
        to_teacher=Words(
            gettext_noop("{other} says that you are late for the session on {starts_at}"),
            (
                gettext_noop(
                    "{other} says that you are late for the session on {starts_at}. This alone changes nothing: what "
                    "counts is when the page of the session saw you."
                ),
                gettext_noop(
                    "If you can, open the session and join. If it is otherwise, say so on its page, or ask the "
                    "scheduling desk: {desk_email}, {desk_phone}."
                ),
            ),
        ),
        topic=Topic.EMERGENCIES,
        is_urgent=True,
        after_leaving=AfterLeaving.ABOUT_BEFORE,
    ),
    MessageKind.ABSENCE_CLAIMED_DESK: Template(
        gettext_noop("{reporter} says that nobody came: {teacher} with {student}, {starts_at}"),
        (
            gettext_noop(
                "{reporter} says that nobody came to the session of {teacher} with {student} that began on "
                "{starts_at}. It waits for you."
            ),
            BOTH_TIMES,
            _WRITES,
        ),
        page="desk:absences",
        topic=Topic.DESK,
        is_urgent=True,
        after_leaving=AfterLeaving.NEVER,
    ),
    MessageKind.BOTH_CLAIM_DESK: Template(
        gettext_noop("Both say that the other did not come: {teacher} with {student}, {starts_at}"),
        (
            gettext_noop(
                "{teacher} and {student} each say that the other did not come to the session that began on "
                "{starts_at}. It waits for you."
            ),
            BOTH_TIMES,
            _WRITES,
        ),
        page="desk:absences",
        topic=Topic.DESK,
        is_urgent=True,
        after_leaving=AfterLeaving.NEVER,
    ),
    MessageKind.LESSON_LATE: Template(
        gettext_noop("Recorded: you came late to the session with {student} on {starts_at}"),
        (
            gettext_noop(
                "It is recorded that you came late to the session with {student} on {starts_at}, with the reference "
                "{reference}. The session counts as taught."
            ),
            PENALTY_STANDS,
            *OTHER_PENALTIES,
            gettext_noop("You are paid for it: {paid}."),
            gettext_noop("If this is wrong, write to {support_email}, and name the reference."),
        ),
        page="teacher:case",
        topic=Topic.EMERGENCIES,
        after_leaving=AfterLeaving.ABOUT_BEFORE,
    ),
    MessageKind.LESSON_LATE_STUDENT: Template(
        gettext_noop("Recorded: {teacher} came late to your lesson on {starts_at}"),
        (
            gettext_noop(
                "It is recorded that {teacher} came late to your lesson on {starts_at}. We are sorry. The lesson "
                "counts as taught."
            ),
            gettext_noop("If this is wrong, tell the scheduling desk: {desk_email}, {desk_phone}."),
        ),
        after_leaving=AfterLeaving.ABOUT_BEFORE,
    ),
    MessageKind.LESSON_FOUND_TAUGHT: Template(
        gettext_noop("Your lesson with {teacher} on {starts_at} counts as taught"),
        (
            gettext_noop(
                "The scheduling desk looked into your lesson with {teacher} on {starts_at} and decided that it was "
                "taught. The lesson is used."
            ),
            _QUESTION,
        ),
        after_leaving=AfterLeaving.ABOUT_BEFORE,
    ),
    MessageKind.LESSON_FOUND_TAUGHT_TEACHER: Template(
        gettext_noop("The session with {student} on {starts_at} counts as taught"),
        (
            gettext_noop(
                "The scheduling desk looked into the session with {student} on {starts_at} and decided that it was "
                "taught. Minutes taught: {minutes}."
            ),
            gettext_noop("You are paid for it: {paid}."),
            REPLACED,
            *OTHER_PENALTIES,
            _QUESTION,
        ),
        after_leaving=AfterLeaving.ABOUT_BEFORE,
    ),
    MessageKind.LESSON_OFF_BY_OUTAGE: Template(
        gettext_noop("Your lesson with {teacher} on {starts_at} is yours to book again"),
        (
            gettext_noop(
                "The scheduling desk looked into your lesson with {teacher} on {starts_at}: our website or the video "
                "service failed, and nobody is to blame. We are sorry. It costs you nothing: the lesson is yours to "
                "book again."
            ),
            gettext_noop("The scheduling desk will help you find another time: {desk_email}, {desk_phone}."),
        ),
        after_leaving=AfterLeaving.ABOUT_BEFORE,
    ),
    MessageKind.LESSON_OFF_BY_OUTAGE_PAID: Template(
        gettext_noop("Nobody is to blame for the session with {student} on {starts_at}: you are paid"),
        (
            _OUTAGE,
            gettext_noop("You are paid for it: {paid}."),
            REPLACED,
            *OTHER_PENALTIES,
            _QUESTION,
        ),
        after_leaving=AfterLeaving.ABOUT_BEFORE,
    ),
    MessageKind.LESSON_OFF_BY_OUTAGE_UNPAID: Template(
        gettext_noop("Nobody is to blame for the session with {student} on {starts_at}"),
        (
            _OUTAGE,
            gettext_noop("The session is not paid."),
            REPLACED,
            *OTHER_PENALTIES,
            _QUESTION,
        ),
        after_leaving=AfterLeaving.ABOUT_BEFORE,
    ),
}
