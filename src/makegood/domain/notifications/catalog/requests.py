"""What both sides are told when the desk ends a request about their lesson."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext_noop

from makegood.domain.notifications.catalog.both_times import BOTH_TIMES
from makegood.domain.notifications.catalog.emergencies import OTHER_PENALTIES, PENALTY_STANDS, WHAT_ELSE_FOLLOWS
from makegood.domain.notifications.kinds import MessageKind, Template, Words
from makegood.domain.notifications.leaving import AfterLeaving
from makegood.domain.notifications.models import Topic

_WHY = (
    gettext_noop("The reason given: {reason}"),
    gettext_noop("If you have a question, ask the scheduling desk: {desk_email}."),
)

REQUESTS: Final[Mapping[MessageKind, Template]] = {
    MessageKind.DESK_CASE_ENDED: Template(
        gettext_noop("About your lesson with {other} on {starts_at}"),
        (
            gettext_noop("The scheduling desk looked into your lesson with {other} on {starts_at}."),
            gettext_noop("What came of it: {outcome}."),
            *_WHY,
        ),
        to_teacher=Words(
            gettext_noop("About your session with {other} on {starts_at}"),
            (
                gettext_noop("The scheduling desk looked into your session with {other} on {starts_at}."),
                gettext_noop("What came of it: {outcome}."),
                *_WHY,
            ),
        ),
        topic=Topic.LESSONS,
        after_leaving=AfterLeaving.ABOUT_BEFORE,
    ),
    MessageKind.NOT_ASKED_ACCEPTED: Template(
        gettext_noop("Corrected: you did not ask to cancel your lesson on {starts_at}"),
        (
            gettext_noop(
                "The scheduling desk looked into it. It is now recorded that {teacher} cancelled your lesson on "
                "{starts_at}, and that you did not ask for it. It costs you nothing."
            ),
            BOTH_TIMES,
            *_WHY,
        ),
        topic=Topic.LESSONS,
        after_leaving=AfterLeaving.ABOUT_BEFORE,
    ),
    MessageKind.NOT_ASKED_ACCEPTED_TEACHER: Template(
        gettext_noop("Corrected: {student} did not ask to cancel the session on {starts_at}"),
        (
            gettext_noop(
                "You cancelled the session with {student} on {starts_at} as the student’s wish. The scheduling desk "
                "found that {student} did not ask for it. It is now recorded as cancelled by you, with the reference "
                "{reference}, at the time when you cancelled."
            ),
            BOTH_TIMES,
            gettext_noop("The reason given: {reason}"),
            PENALTY_STANDS,
            *OTHER_PENALTIES,
            *WHAT_ELSE_FOLLOWS,
            gettext_noop("If this is wrong, write to {support_email}, and name the reference."),
        ),
        page="teacher:case",
        topic=Topic.EMERGENCIES,
        after_leaving=AfterLeaving.ABOUT_BEFORE,
    ),
}
