"""What people are told when an answer is undone: it waits again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext_noop

from makegood.domain.notifications.catalog.both_times import BOTH_TIMES, IN_BRACKETS
from makegood.domain.notifications.kinds import CalendarMethod, MessageKind, Template, Words
from makegood.domain.notifications.leaving import AfterLeaving

UNDOING: Final[Mapping[MessageKind, Template]] = {
    MessageKind.PROPOSAL_OPEN_AGAIN: Template(
        gettext_noop("The lesson on {starts_at} waits for your answer again"),
        (
            gettext_noop(
                "You declined the lesson that {teacher} proposes for {starts_at}, and undid that. The time is kept "
                "for you until {answer_by}."
            ),
            BOTH_TIMES,
            gettext_noop("It was one proposal of weekly lessons. All times are your time: {city}.\n{times}"),
            IN_BRACKETS,
            gettext_noop("Accept or decline it here: {link}"),
        ),
        has_lesson_page=False,
        after_leaving=AfterLeaving.NEVER,
    ),
    MessageKind.PROPOSAL_OPEN_AGAIN_TEACHER: Template(
        gettext_noop("{student} may still accept the session on {starts_at}"),
        (
            gettext_noop(
                "{student} declined the session that you proposed for {starts_at}, and undid that. The time is kept "
                "again, and the answer is due by {answer_by}."
            ),
            BOTH_TIMES,
            gettext_noop("It was one proposal for weekly sessions. All times are your time: {city}.\n{times}"),
            IN_BRACKETS,
        ),
        has_lesson_page=False,
    ),
    MessageKind.REQUEST_OPEN_AGAIN: Template(
        gettext_noop("Your school looks at the lesson on {starts_at} again"),
        (
            gettext_noop(
                "Your school did not approve the lesson with {other} on {starts_at}, and undid that. The time is "
                "kept again, and your school decides until {answer_by}."
            ),
            gettext_noop("It was one request for weekly lessons. All times are your time: {city}.\n{times}"),
            IN_BRACKETS,
            gettext_noop("Until then your lesson stays where it is: {former_starts_at}."),
        ),
        has_lesson_page=False,
        after_leaving=AfterLeaving.NEVER,
    ),
    MessageKind.APPROVAL_UNDONE: Template(
        gettext_noop("The lesson with {other} on {starts_at} is not booked yet"),
        (
            gettext_noop(
                "Your school approved the lesson with {other} on {starts_at}, and undid that a moment later. It is "
                "not booked yet: the time is kept, and your school decides until {answer_by}."
            ),
            gettext_noop("It was one booking, undone as a whole. All times are your time: {city}.\n{times}"),
            IN_BRACKETS,
        ),
        to_teacher=Words(
            gettext_noop("The session with {other} on {starts_at} is not booked yet"),
            (
                gettext_noop(
                    "The school approved the session with {other} on {starts_at}, and undid that a moment later. It is "
                    "not booked yet: the time is kept, and the school decides until {answer_by}."
                ),
                gettext_noop("It was one booking, undone as a whole. All times are your time: {city}.\n{times}"),
                IN_BRACKETS,
            ),
        ),
        calendar=CalendarMethod.CANCEL,
        has_lesson_page=False,
    ),
    MessageKind.MOVE_OPEN_AGAIN: Template(
        gettext_noop("Another time for your lesson on {starts_at} waits for your answer again"),
        (
            gettext_noop(
                "You kept the time of your lesson with {other} on {starts_at}, and undid that. The lesson stays where "
                "it is unless you agree to {wanted_starts_at}."
            ),
            BOTH_TIMES,
            gettext_noop("Please answer by {answer_by}: {link}"),
        ),
        after_leaving=AfterLeaving.NEVER,
    ),
    MessageKind.MOVE_OPEN_AGAIN_TEACHER: Template(
        gettext_noop("{student} may still move the session on {starts_at}"),
        (
            gettext_noop(
                "{student} kept the time of the session on {starts_at}, and undid that. Whether it moves to "
                "{wanted_starts_at}, as you ask, is open again: the answer is due by {answer_by}."
            ),
            BOTH_TIMES,
        ),
    ),
    MessageKind.MOVE_UNDONE: Template(
        gettext_noop("Your lesson with {other} is back on {starts_at}"),
        (
            gettext_noop(
                "That your lesson with {other} moved to {former_starts_at} was undone a moment later. It takes "
                "place on {starts_at}, as before."
            ),
            BOTH_TIMES,
            gettext_noop("The other time is kept for an answer until {answer_by}."),
            gettext_noop("Answer here: {link}"),
        ),
        calendar=CalendarMethod.REQUEST,
    ),
    MessageKind.MOVE_UNDONE_TEACHER: Template(
        gettext_noop("Your session with {student} is back on {starts_at}"),
        (
            gettext_noop(
                "That your session with {student} moved to {former_starts_at} was undone a moment later. It takes "
                "place on {starts_at}, as before."
            ),
            BOTH_TIMES,
            gettext_noop("The other time is kept for an answer until {answer_by}."),
            gettext_noop("The penalty for moving it is taken back: {penalty}."),
        ),
        calendar=CalendarMethod.REQUEST,
    ),
}
