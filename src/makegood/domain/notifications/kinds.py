"""The kinds of messages, and what the text of a kind is made of. The texts are in `catalog`."""

from __future__ import annotations

import string
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from makegood.domain.notifications.leaving import AfterLeaving
from makegood.domain.notifications.models import Topic


class MessageKind(StrEnum):
    """Which text a message has."""

    # Emergencies and decisions.
    LESSON_OFF_STUDENT = "lesson_off_student"
    LESSON_ON_AGAIN_STUDENT = "lesson_on_again_student"
    EMERGENCY_RECEIPT = "emergency_receipt"
    EMERGENCY_RECEIPT_WITHOUT_MONEY = "emergency_receipt_without_money"
    EMERGENCY_WITHDRAWN_TEACHER = "emergency_withdrawn_teacher"
    EMERGENCY_DESK = "emergency_desk"
    EMERGENCY_WITHDRAWN_DESK = "emergency_withdrawn_desk"
    DECISION_TEACHER = "decision_teacher"
    DECISION_TEACHER_WITHOUT_MONEY = "decision_teacher_without_money"
    # Booking.
    LESSON_BOOKED = "lesson_booked"
    SERIES_BOOKED = "series_booked"
    BOOKING_PROPOSED = "booking_proposed"
    SERIES_PROPOSED = "series_proposed"
    PROPOSAL_TAKEN_BACK = "proposal_taken_back"
    BOOKING_REQUESTED = "booking_requested"
    BOOKING_DECLINED = "booking_declined"
    BOOKING_REFUSED = "booking_refused"
    BOOKING_EXPIRED = "booking_expired"
    BOOKING_WITHDRAWN = "booking_withdrawn"
    BOOKING_UNDONE = "booking_undone"
    PROPOSAL_OPEN_AGAIN = "proposal_open_again"
    PROPOSAL_OPEN_AGAIN_TEACHER = "proposal_open_again_teacher"
    REQUEST_OPEN_AGAIN = "request_open_again"
    APPROVAL_UNDONE = "approval_undone"
    CREDITS_ADDED = "credits_added"
    CREDITS_TAKEN_BACK = "credits_taken_back"
    CREDITS_EXPIRING = "credits_expiring"
    CREDITS_EXPIRED = "credits_expired"
    # Moving.
    LESSON_MOVED = "lesson_moved"
    LESSON_MOVED_FOR_STUDENT = "lesson_moved_for_student"
    LESSON_MOVED_FOR_TEACHER = "lesson_moved_for_teacher"
    LESSON_MOVED_FOR_TEACHER_RECEIPT = "lesson_moved_for_teacher_receipt"
    LESSON_MOVED_FOR_SCHOOL = "lesson_moved_for_school"
    MOVE_UNDONE_BY_DESK = "move_undone_by_desk"
    MOVE_NOT_AGREED = "move_not_agreed"
    MOVE_ASKED = "move_asked"
    MOVE_AGREED = "move_agreed"
    MOVE_REFUSED = "move_refused"
    MOVE_EXPIRED = "move_expired"
    MOVE_PRICE_CHANGED = "move_price_changed"
    MOVE_OFF_DESK = "move_off_desk"
    MOVE_OPEN_AGAIN = "move_open_again"
    MOVE_OPEN_AGAIN_TEACHER = "move_open_again_teacher"
    MOVE_UNDONE = "move_undone"
    MOVE_UNDONE_TEACHER = "move_undone_teacher"
    # Cancelling.
    LESSON_CANCELLED_FOR_STUDENT = "lesson_cancelled_for_student"
    LESSON_CANCELLED_FOR_STUDENT_RECEIPT = "lesson_cancelled_for_student_receipt"
    LESSON_CANCELLED_BY_STUDENT_FREE = "lesson_cancelled_by_student_free"
    LESSON_CANCELLED_BY_STUDENT_USED = "lesson_cancelled_by_student_used"
    LESSON_CANCELLED_BY_STUDENT_TEACHER = "lesson_cancelled_by_student_teacher"
    LESSON_CANCELLED_BY_DESK_FREE = "lesson_cancelled_by_desk_free"
    LESSON_CANCELLED_BY_DESK_USED = "lesson_cancelled_by_desk_used"
    LESSON_CANCELLED_FOR_SCHOOL = "lesson_cancelled_for_school"
    LESSON_CANCELLED_FOR_SCHOOL_PAID = "lesson_cancelled_for_school_paid"
    LESSON_CANCELLED_FOR_SCHOOL_UNPAID = "lesson_cancelled_for_school_unpaid"
    CANCELLATION_UNDONE = "cancellation_undone"
    NOT_ASKED = "not_asked"
    NOT_ASKED_ACCEPTED = "not_asked_accepted"
    NOT_ASKED_ACCEPTED_TEACHER = "not_asked_accepted_teacher"
    DESK_CASE_ENDED = "desk_case_ended"
    # Teaching.
    REMINDER_24H = "reminder_24h"
    REMINDER_1H = "reminder_1h"
    LESSON_WITHOUT_TEACHER = "lesson_without_teacher"
    LESSON_ENDED_EARLY = "lesson_ended_early"
    LESSON_WITHOUT_STUDENT = "lesson_without_student"
    LESSON_LOOKED_INTO = "lesson_looked_into"
    LESSON_UNCLEAR = "lesson_unclear"
    LESSON_MISSED_BY_TEACHER = "lesson_missed_by_teacher"
    LESSON_MISSED_BY_STUDENT = "lesson_missed_by_student"
    LESSON_MISSED_BY_STUDENT_TEACHER = "lesson_missed_by_student_teacher"
    LESSON_NEVER_REPORTED = "lesson_never_reported"
    LESSON_CUT_SHORT = "lesson_cut_short"
    LESSON_CUT_SHORT_STUDENT = "lesson_cut_short_student"
    ABSENCE_CLAIMED = "absence_claimed"
    LATE_CLAIMED = "late_claimed"
    ABSENCE_CLAIMED_DESK = "absence_claimed_desk"
    BOTH_CLAIM_DESK = "both_claim_desk"
    LESSON_LATE = "lesson_late"
    LESSON_LATE_STUDENT = "lesson_late_student"
    LESSON_FOUND_TAUGHT = "lesson_found_taught"
    LESSON_FOUND_TAUGHT_TEACHER = "lesson_found_taught_teacher"
    LESSON_OFF_BY_OUTAGE = "lesson_off_by_outage"
    LESSON_OFF_BY_OUTAGE_PAID = "lesson_off_by_outage_paid"
    LESSON_OFF_BY_OUTAGE_UNPAID = "lesson_off_by_outage_unpaid"
    PROBLEM_REPORTED = "problem_reported"
    AVAILABILITY_RUNS_OUT = "availability_runs_out"
    AVAILABILITY_TOO_SHORT = "availability_too_short"
    MATCHING_PAUSED = "matching_paused"
    MATCHING_PAUSE_LIFTED = "matching_pause_lifted"
    AVAILABILITY_CHANGED = "availability_changed"
    VIDEO_LINK_SET = "video_link_set"
    VIDEO_LINK_TAKEN_AWAY = "video_link_taken_away"


class Side(StrEnum):
    """As whom somebody is told of a lesson."""

    TEACHER = "teacher"
    STUDENT = "student"
    DESK = "desk"


class CalendarMethod(StrEnum):
    """What a calendar is asked to do with the event (RFC 5546)."""

    REQUEST = "REQUEST"
    CANCEL = "CANCEL"


# Where a message about one lesson leads whose template names no page of its own, and any other one.
LESSON_PAGE_OF_SIDE = {
    Side.TEACHER: "teacher:session",
    Side.STUDENT: "student:lesson",
    Side.DESK: "desk:session",
}
PAGE_OF_SIDE = {
    Side.TEACHER: "teacher:dashboard",
    Side.STUDENT: "student:lessons",
    Side.DESK: "desk:queue",
}


@dataclass(frozen=True, slots=True)
class Words:
    """A subject and paragraphs, each a whole sentence or more."""

    subject: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Template:
    """A subject and paragraphs, each a whole sentence or more. A paragraph whose value is missing is left out.

    `to_teacher` are the words for teachers where both sides are told; they read of sessions, students of lessons.
    `page` names the address that a message leads to; a case's is found by the value `reference`. Empty: the page of its
    lesson, or the first page of the recipient's side where it is about several lessons, about none, or about a time
    that is no lesson (`has_lesson_page`). An urgent text does not wait for the end of quiet hours. `calendar`: it
    carries the lesson for the recipient's calendar; if `calendar_with` names a value, only with that one.
    `is_while_open`: it is dropped when the lesson has another time or is off by then. `after_leaving`: whether somebody
    is told who left the school.
    """

    subject: str
    paragraphs: tuple[str, ...]
    page: str = ""
    has_lesson_page: bool = True
    topic: Topic = Topic.LESSONS
    is_urgent: bool = False
    calendar: CalendarMethod | None = None
    calendar_with: str = ""
    is_while_open: bool = False
    after_leaving: AfterLeaving = AfterLeaving.CAUSED_BEFORE
    to_teacher: Words | None = None

    def words_for(self, side: object) -> Words:
        """The words for somebody who is told as `side`."""
        if self.to_teacher is not None and side == Side.TEACHER:
            return self.to_teacher
        return Words(self.subject, self.paragraphs)

    @property
    def needed(self) -> frozenset[str]:
        """The values its subject names, and as whom the recipient is told."""
        return names_in(self.subject) | (frozenset() if self.page else {"side"})

    @property
    def optional(self) -> frozenset[str]:
        """The further values its paragraphs name; a lesson of an imported file may have no student."""
        return frozenset().union(*map(names_in, self.paragraphs)) - self.needed


# Every message that is written or shown asks this of its texts; there are a few hundred of them.
@lru_cache(maxsize=1024)
def names_in(text: str) -> frozenset[str]:
    """The names in the braces of a text."""
    return frozenset(name for _, name, _, _ in string.Formatter().parse(text) if name)
