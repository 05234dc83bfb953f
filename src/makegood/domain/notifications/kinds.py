"""What we tell people: per kind a subject and paragraphs, with the values each needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from django.utils.translation import gettext_noop


class MessageKind(StrEnum):
    """Which text a message has."""

    LESSON_OFF_STUDENT = "lesson_off_student"
    LESSON_ON_AGAIN_STUDENT = "lesson_on_again_student"
    EMERGENCY_RECEIPT = "emergency_receipt"
    EMERGENCY_RECEIPT_WITHOUT_MONEY = "emergency_receipt_without_money"
    EMERGENCY_WITHDRAWN_TEACHER = "emergency_withdrawn_teacher"
    EMERGENCY_DESK = "emergency_desk"
    EMERGENCY_WITHDRAWN_DESK = "emergency_withdrawn_desk"
    DECISION_TEACHER = "decision_teacher"
    DECISION_TEACHER_WITHOUT_MONEY = "decision_teacher_without_money"


@dataclass(frozen=True, slots=True)
class Template:
    """A subject and paragraphs, each a whole sentence or more. A paragraph whose value is missing is left out.

    `page` names the address that an e-mail leads to; a case's is found by the value `reference`.
    """

    subject: str
    paragraphs: tuple[str, ...]
    page: str


# Both times, each with its city; left out when the lesson has no student.
BOTH_TIMES: Final = gettext_noop("{teacher}: {starts_for_teacher}. {student}: {starts_for_student}.")

AFTER_A_REPORT: Final = (
    gettext_noop("Send proof by {deadline_at} to {support_email}, and name the reference."),
    gettext_noop("After an accident, a stay in hospital or a death in the family you have until {longer_deadline_at}."),
    gettext_noop("If this was a mistake, you can undo it in Makegood until {undo_until}."),
    gettext_noop("The student has been told. You do not need to do anything else about the session."),
)

TEMPLATES: Final[Mapping[MessageKind, Template]] = {
    MessageKind.LESSON_OFF_STUDENT: Template(
        gettext_noop("{teacher} cannot teach on {starts_at}"),
        (
            gettext_noop("Your lesson with {teacher} on {starts_at} cannot take place. We are sorry."),
            BOTH_TIMES,
            gettext_noop("This is not your fault and costs you nothing."),
            gettext_noop("The scheduling desk will help you find another time: {desk_email}, {desk_phone}."),
        ),
        page="student:lessons",
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
        page="student:lessons",
    ),
    MessageKind.EMERGENCY_RECEIPT: Template(
        gettext_noop("Emergency reported: {reference}"),
        (
            gettext_noop("We received your report for the session with {student} on {starts_at} at {reported_at}."),
            gettext_noop("Your reference is {reference}."),
            BOTH_TIMES,
            gettext_noop("The penalty is {amount}. It goes to the statement only if no proof is accepted."),
            *AFTER_A_REPORT,
        ),
        page="teacher:case",
    ),
    MessageKind.EMERGENCY_RECEIPT_WITHOUT_MONEY: Template(
        gettext_noop("Emergency reported: {reference}"),
        (
            gettext_noop("We received your report for the session with {student} on {starts_at} at {reported_at}."),
            gettext_noop("Your reference is {reference}."),
            BOTH_TIMES,
            *AFTER_A_REPORT,
        ),
        page="teacher:case",
    ),
    MessageKind.EMERGENCY_WITHDRAWN_TEACHER: Template(
        gettext_noop("Report withdrawn: {reference}"),
        (
            gettext_noop("Your report {reference} was withdrawn. The session on {starts_at} takes place as booked."),
            gettext_noop("The report costs nothing and counts for nothing."),
        ),
        page="teacher:case",
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
    ),
    MessageKind.EMERGENCY_WITHDRAWN_DESK: Template(
        gettext_noop("{teacher} teaches on {starts_at} after all"),
        (gettext_noop("{teacher} withdrew the report {reference}. The session with {student} takes place as booked."),),
        page="desk:case",
    ),
    MessageKind.DECISION_TEACHER: Template(
        gettext_noop("Decision on {reference}"),
        (
            gettext_noop("Your report {reference} for the session on {starts_at} was decided: {decision}."),
            gettext_noop("The reason given: {reason}"),
            gettext_noop("The penalty was {before} and is now {amount}."),
        ),
        page="teacher:case",
    ),
    MessageKind.DECISION_TEACHER_WITHOUT_MONEY: Template(
        gettext_noop("Decision on {reference}"),
        (
            gettext_noop("Your report {reference} for the session on {starts_at} was decided: {decision}."),
            gettext_noop("The reason given: {reason}"),
        ),
        page="teacher:case",
    ),
}
