"""What people are told of bookings and lesson credits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext_noop

from makegood.domain.notifications.catalog.both_times import BOTH_TIMES, IN_BRACKETS
from makegood.domain.notifications.kinds import CalendarMethod, MessageKind, Template, Words
from makegood.domain.notifications.leaving import AfterLeaving
from makegood.domain.notifications.models import Topic

BOOKINGS: Final[Mapping[MessageKind, Template]] = {
    MessageKind.LESSON_BOOKED: Template(
        gettext_noop("Your lesson with {other} on {starts_at} is booked"),
        (
            gettext_noop("Your lesson with {other} on {starts_at} is booked."),
            BOTH_TIMES,
            gettext_noop("The reason given: {reason}"),
            gettext_noop("You can cancel or move it free of charge until {free_until}."),
            gettext_noop(
                "It is so near that cancelling or moving it uses the lesson: that was free of charge until "
                "{was_free_until}."
            ),
            gettext_noop("Move it to another time: {move_link}"),
            gettext_noop("Cancel it: {cancel_link}"),
        ),
        to_teacher=Words(
            gettext_noop("Your session with {other} on {starts_at} is booked"),
            (
                gettext_noop("Your session with {other} on {starts_at} is booked."),
                BOTH_TIMES,
                gettext_noop("The reason given: {reason}"),
            ),
        ),
        calendar=CalendarMethod.REQUEST,
    ),
    MessageKind.SERIES_BOOKED: Template(
        gettext_noop("Your weekly lessons with {other} are booked, the first on {starts_at}"),
        (
            gettext_noop("Your weekly lessons with {other} are booked. All times are your time: {city}.\n{times}"),
            IN_BRACKETS,
            gettext_noop("The reason given: {reason}"),
            gettext_noop("Each can be cancelled or moved on its own."),
            gettext_noop(
                "The first one is free of charge to cancel or move until {free_until}, each later one until as long "
                "before its start."
            ),
            gettext_noop(
                "The first one is free of charge to cancel or move until {first_free_until}. It differs for the later "
                "ones: your list of lessons says it."
            ),
            gettext_noop(
                "The one on {later_starts_at} is free of charge to cancel or move until {later_free_until}. Those "
                "before it no longer are."
            ),
            gettext_noop(
                "They are so near that cancelling or moving one uses it: for the last one that was free of charge "
                "until {was_free_until}."
            ),
        ),
        to_teacher=Words(
            gettext_noop("Your weekly sessions with {other} are booked, the first on {starts_at}"),
            (
                gettext_noop("Your weekly sessions with {other} are booked. All times are your time: {city}.\n{times}"),
                IN_BRACKETS,
                gettext_noop("The reason given: {reason}"),
                gettext_noop("Each can be cancelled or moved on its own."),
            ),
        ),
        calendar=CalendarMethod.REQUEST,
    ),
    MessageKind.BOOKING_PROPOSED: Template(
        gettext_noop("{teacher} proposes a lesson on {starts_at}"),
        (
            gettext_noop("{teacher} proposes a lesson on {starts_at}. The time is kept for you until {answer_by}."),
            BOTH_TIMES,
            gettext_noop("Accept or decline it here: {link}"),
        ),
        page="student:proposals",
        after_leaving=AfterLeaving.NEVER,
    ),
    MessageKind.SERIES_PROPOSED: Template(
        gettext_noop("{teacher} proposes weekly lessons, the first on {starts_at}"),
        (
            gettext_noop("{teacher} proposes weekly lessons. All times are your time: {city}.\n{times}"),
            IN_BRACKETS,
            gettext_noop("The times are kept for you until {answer_by}. You accept or decline all of them together."),
            gettext_noop("Accept or decline them here: {link}"),
        ),
        page="student:proposals",
        after_leaving=AfterLeaving.NEVER,
    ),
    MessageKind.PROPOSAL_TAKEN_BACK: Template(
        gettext_noop("{teacher} took back the proposal of a lesson on {starts_at}"),
        (
            gettext_noop(
                "{teacher} took back the proposal of a lesson on {starts_at}. The time is not kept for you any more."
            ),
            gettext_noop("It was one proposal of weekly lessons. All times are your time: {city}.\n{times}"),
            IN_BRACKETS,
            gettext_noop("You need not answer it. Nothing was used or charged."),
        ),
        page="student:proposals",
        after_leaving=AfterLeaving.NEVER,
    ),
    MessageKind.BOOKING_REQUESTED: Template(
        gettext_noop("To approve: {student} with {teacher} on {starts_at}"),
        (
            gettext_noop(
                "{student} asks for a session with {teacher} on {starts_at}. The time is kept until {answer_by}."
            ),
            BOTH_TIMES,
            gettext_noop("It is one request for weekly sessions. All times are your time: {city}.\n{times}"),
            gettext_noop("The session of {former_starts_at} would move there; until then it stays where it is."),
            gettext_noop("Approve or refuse it here: {link}"),
        ),
        page="desk:queue",
        topic=Topic.DESK,
        after_leaving=AfterLeaving.NEVER,
    ),
    MessageKind.BOOKING_WITHDRAWN: Template(
        gettext_noop("Nothing to approve: {student} withdrew the request for {starts_at}"),
        (
            gettext_noop(
                "{student} withdrew the request for a session with {teacher} on {starts_at}. The time is free again."
            ),
            gettext_noop("It was one request for weekly sessions. All times are your time: {city}.\n{times}"),
            gettext_noop("There is nothing to approve any more."),
        ),
        page="desk:queue",
        topic=Topic.DESK,
        after_leaving=AfterLeaving.NEVER,
    ),
    MessageKind.BOOKING_DECLINED: Template(
        gettext_noop("{student} declined the session on {starts_at}"),
        (
            gettext_noop("{student} declined the session that you proposed for {starts_at}. The time is free again."),
            gettext_noop("It was one proposal for weekly sessions. All times are your time: {city}.\n{times}"),
            IN_BRACKETS,
            gettext_noop("The reason given: {reason}"),
        ),
        has_lesson_page=False,
    ),
    MessageKind.BOOKING_REFUSED: Template(
        gettext_noop("The lesson on {starts_at} was not approved"),
        (
            gettext_noop("Your school did not approve the lesson with {other} on {starts_at}. The time is free again."),
            gettext_noop("It was one request for weekly lessons. All times are your time: {city}.\n{times}"),
            IN_BRACKETS,
            gettext_noop("Your lesson of {former_starts_at} stays where it is."),
            gettext_noop("The reason given: {reason}"),
            gettext_noop("Book another time, or ask the scheduling desk: {desk_email}, {desk_phone}."),
        ),
        has_lesson_page=False,
    ),
    MessageKind.BOOKING_EXPIRED: Template(
        gettext_noop("The lesson on {starts_at} was not confirmed in time"),
        (
            gettext_noop(
                "The lesson with {other} on {starts_at} was not confirmed in time, so it is not booked. The "
                "time is free again."
            ),
            gettext_noop(
                "They were weekly lessons, to be confirmed together. All times are your time: {city}.\n{times}"
            ),
            IN_BRACKETS,
            gettext_noop("Your lesson of {former_starts_at} stays where it is."),
            gettext_noop("Nothing was used or charged."),
        ),
        to_teacher=Words(
            gettext_noop("The session on {starts_at} was not confirmed in time"),
            (
                gettext_noop(
                    "The session with {other} on {starts_at} was not confirmed in time, so it is not booked. The "
                    "time is free again."
                ),
                gettext_noop(
                    "They were weekly sessions, to be confirmed together. All times are your time: {city}.\n{times}"
                ),
                IN_BRACKETS,
                gettext_noop("Your session of {former_starts_at} stays where it is."),
                gettext_noop("Nothing was used or charged."),
            ),
        ),
        has_lesson_page=False,
    ),
    MessageKind.BOOKING_UNDONE: Template(
        gettext_noop("The booking with {other} on {starts_at} was undone"),
        (
            gettext_noop("The booking with {other} on {starts_at} was undone. That was a moment after it was made."),
            gettext_noop("It was one booking, undone as a whole. All times are your time: {city}.\n{times}"),
            IN_BRACKETS,
            gettext_noop("The time is free again. Nothing was used or charged."),
        ),
        calendar=CalendarMethod.CANCEL,
        has_lesson_page=False,
    ),
    MessageKind.CREDITS_ADDED: Template(
        gettext_noop("You have new lesson credits"),
        (
            gettext_noop("Lesson credits added: {count}. You now have {left}."),
            gettext_noop("They expire on {valid_until}. Book with them before then; the lesson itself may be later."),
        ),
    ),
    MessageKind.CREDITS_TAKEN_BACK: Template(
        gettext_noop("Lesson credits were taken back"),
        (
            gettext_noop(
                "Lesson credits that had been given by mistake were taken back: {count}. You now have {left}."
            ),
            gettext_noop("The reason given: {reason}"),
            gettext_noop("If you have a question, ask the scheduling desk: {desk_email}."),
        ),
    ),
    MessageKind.CREDITS_EXPIRING: Template(
        gettext_noop("Lesson credits to use by {until_on}: {count}"),
        (
            gettext_noop("Lesson credits that expire if you do not use them: {count}. You now have {left} in all."),
            gettext_noop("Book with them by {until_on}: they expire on {valid_until}. The lesson itself may be later."),
            gettext_noop("Book a lesson here: {link}"),
        ),
        page="student:book",
        after_leaving=AfterLeaving.NEVER,
    ),
    MessageKind.CREDITS_EXPIRED: Template(
        gettext_noop("Lesson credits expired"),
        (
            gettext_noop("Lesson credits that were not used in time expired: {count}. You now have {left}."),
            gettext_noop("They could be used until {valid_until}."),
        ),
    ),
}
