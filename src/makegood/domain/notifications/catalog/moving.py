"""What people are told when a lesson gets another time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext_noop

from makegood.domain.notifications.catalog.both_times import BOTH_TIMES
from makegood.domain.notifications.catalog.emergencies import OTHER_PENALTIES, WHAT_ELSE_FOLLOWS
from makegood.domain.notifications.kinds import CalendarMethod, MessageKind, Template, Words
from makegood.domain.notifications.leaving import AfterLeaving
from makegood.domain.notifications.models import Topic

MOVING: Final[Mapping[MessageKind, Template]] = {
    MessageKind.LESSON_MOVED: Template(
        gettext_noop("Your lesson with {other} moved to {starts_at}"),
        (
            gettext_noop("Your lesson with {other} moved from {former_starts_at} to {starts_at}."),
            BOTH_TIMES,
            gettext_noop("The reason given: {reason}"),
        ),
        to_teacher=Words(
            gettext_noop("Your session with {other} moved to {starts_at}"),
            (
                gettext_noop("Your session with {other} moved from {former_starts_at} to {starts_at}."),
                BOTH_TIMES,
                gettext_noop("The reason given: {reason}"),
            ),
        ),
        calendar=CalendarMethod.REQUEST,
    ),
    MessageKind.LESSON_MOVED_FOR_STUDENT: Template(
        gettext_noop("Your lesson with {teacher} moved to {starts_at}"),
        (
            gettext_noop(
                "The scheduling desk moved your lesson with {teacher} from {former_starts_at} to {starts_at}, as you "
                "asked."
            ),
            BOTH_TIMES,
            gettext_noop("How you asked, as the desk recorded it: {asked_by}"),
            gettext_noop("The reason given: {reason}"),
            gettext_noop("If you did not ask for this, tell us here: {link}"),
        ),
        calendar=CalendarMethod.REQUEST,
    ),
    MessageKind.LESSON_MOVED_FOR_TEACHER: Template(
        gettext_noop("Your lesson with {teacher} moved to {starts_at}"),
        (
            gettext_noop(
                "The scheduling desk moved your lesson from {former_starts_at} to {starts_at}: {teacher} asked for "
                "it, and you agreed. It costs you nothing."
            ),
            BOTH_TIMES,
            gettext_noop("How you agreed, as the desk recorded it: {asked_by}"),
            gettext_noop("The reason given: {reason}"),
            gettext_noop("If you did not agree to this, tell us here: {link}"),
        ),
        calendar=CalendarMethod.REQUEST,
    ),
    MessageKind.LESSON_MOVED_FOR_TEACHER_RECEIPT: Template(
        gettext_noop("Your session with {student} moved to {starts_at}"),
        (
            gettext_noop(
                "The scheduling desk moved your session with {student} from {former_starts_at} to {starts_at}, as you "
                "asked. It is on record as moved at your wish, with the reference {reference}."
            ),
            BOTH_TIMES,
            gettext_noop("How the student agreed, as the desk recorded it: {asked_by}"),
            gettext_noop("The reason given: {reason}"),
            gettext_noop("The penalty for moving it: {penalty}."),
            *OTHER_PENALTIES,
            *WHAT_ELSE_FOLLOWS,
            gettext_noop("If you did not ask for this, write to the scheduling desk: {desk_email}."),
        ),
        calendar=CalendarMethod.REQUEST,
    ),
    MessageKind.LESSON_MOVED_FOR_SCHOOL: Template(
        gettext_noop("The school moved your lesson with {teacher} to {starts_at}"),
        (
            gettext_noop(
                "The school moved your lesson with {teacher} from {former_starts_at} to {starts_at}. You agreed, and "
                "it costs you nothing."
            ),
            BOTH_TIMES,
            gettext_noop("How you agreed, as the desk recorded it: {asked_by}"),
            gettext_noop("The reason given: {reason}"),
            gettext_noop("If you did not agree to this, tell us here: {link}"),
        ),
        calendar=CalendarMethod.REQUEST,
    ),
    MessageKind.MOVE_UNDONE_BY_DESK: Template(
        gettext_noop("Your lesson with {other} is on {starts_at} again"),
        (
            gettext_noop(
                "The scheduling desk took the move to {former_starts_at} back. Your lesson with {other} takes place "
                "on {starts_at} as before."
            ),
            BOTH_TIMES,
            gettext_noop("Nothing is charged or counted for it."),
        ),
        to_teacher=Words(
            gettext_noop("Your session with {other} is on {starts_at} again"),
            (
                gettext_noop(
                    "The scheduling desk took the move to {former_starts_at} back. Your session with {other} takes "
                    "place on {starts_at} as before."
                ),
                BOTH_TIMES,
                gettext_noop("Nothing is charged or counted for it."),
            ),
        ),
        calendar=CalendarMethod.REQUEST,
    ),
    MessageKind.MOVE_NOT_AGREED: Template(
        gettext_noop("{student} did not want the session to move to {starts_at}"),
        (
            gettext_noop(
                "The desk moved the session of {student} with {teacher} from {former_starts_at} to {starts_at}. "
                "{student} says: I did not ask for this, or did not agree."
            ),
            BOTH_TIMES,
            gettext_noop("{student} writes: {note}"),
        ),
        page="desk:requests",
        topic=Topic.DESK,
        after_leaving=AfterLeaving.NEVER,
    ),
    MessageKind.MOVE_ASKED: Template(
        gettext_noop("{teacher} asks to move your lesson on {former_starts_at}"),
        (
            gettext_noop(
                "{teacher} asks to move your lesson from {former_starts_at} to {starts_at}. It stays where it "
                "is unless you agree."
            ),
            gettext_noop("The new time: {teacher}: {starts_for_teacher}. {student}: {starts_for_student}."),
            gettext_noop("The reason given: {reason}"),
            gettext_noop("Please answer by {answer_by}: {link}"),
        ),
        after_leaving=AfterLeaving.NEVER,
    ),
    MessageKind.MOVE_AGREED: Template(
        gettext_noop("{student} agreed: your session moved to {starts_at}"),
        (
            gettext_noop("{student} agreed to move your session from {former_starts_at} to {starts_at}."),
            BOTH_TIMES,
            gettext_noop("The penalty for moving it: {penalty}."),
        ),
        calendar=CalendarMethod.REQUEST,
    ),
    MessageKind.MOVE_REFUSED: Template(
        gettext_noop("{student} keeps the session on {starts_at}"),
        (
            gettext_noop("{student} did not agree to another time. Your session takes place as booked on {starts_at}."),
            BOTH_TIMES,
            gettext_noop("The reason given: {reason}"),
        ),
    ),
    MessageKind.MOVE_PRICE_CHANGED: Template(
        gettext_noop("Your session on {starts_at} did not move: the price changed"),
        (
            gettext_noop(
                "{student} agreed to {wanted_starts_at}, but what moving costs you changed since you asked. Nothing "
                "was moved. Your session takes place as booked on {starts_at}."
            ),
            gettext_noop("Look at the new price and ask again, if you like: {link}"),
        ),
        after_leaving=AfterLeaving.NEVER,
    ),
    MessageKind.MOVE_OFF_DESK: Template(
        gettext_noop("Nothing to approve: the session of {student} on {former_starts_at} is off"),
        (
            gettext_noop(
                "{student} had asked to move the session with {teacher} from {former_starts_at} to {starts_at}. It "
                "does not take place, so there is nothing to approve any more. The time is free again."
            ),
        ),
        page="desk:queue",
        topic=Topic.DESK,
        after_leaving=AfterLeaving.NEVER,
    ),
    MessageKind.MOVE_EXPIRED: Template(
        gettext_noop("Your lesson on {starts_at} stays where it is"),
        (
            gettext_noop(
                "Nobody agreed to the other time for your lesson with {other}. It takes place as booked on {starts_at}."
            ),
            BOTH_TIMES,
        ),
        to_teacher=Words(
            gettext_noop("Your session on {starts_at} stays where it is"),
            (
                gettext_noop(
                    "Nobody agreed to the other time for your session with {other}. It takes place "
                    "as booked on {starts_at}."
                ),
                BOTH_TIMES,
            ),
        ),
    ),
}
