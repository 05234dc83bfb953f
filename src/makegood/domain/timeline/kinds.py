"""The kinds of events and the sentence that tells each; `Event.values` fill its names."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from django.utils.translation import gettext_noop


class EventKind(StrEnum):
    """What an event says."""

    EMERGENCY_REPORTED = "emergency_reported"
    PENALTY_CHANGED = "penalty_changed"
    CONSEQUENCE_STARTED = "consequence_started"
    CONSEQUENCE_ENDED = "consequence_ended"
    INCIDENT_WITHDRAWN = "incident_withdrawn"
    INCIDENT_DECIDED = "incident_decided"
    INCIDENT_RECORDED = "incident_recorded"
    INCIDENT_IMPORTED = "incident_imported"
    HISTORY_IMPORTED = "history_imported"
    POLICY_PUBLISHED = "policy_published"
    PAY_PERIOD_OPENED = "pay_period_opened"
    PAY_PERIOD_CLOSED = "pay_period_closed"
    LESSON_REMINDED = "lesson_reminded"
    MESSAGE_SENT_AGAIN = "message_sent_again"
    DEFAULT_AVAILABILITY_SET = "default_availability_set"
    AVAILABILITY_SET = "availability_set"
    AVAILABILITY_COPIED = "availability_copied"
    AVAILABILITY_RUNS_OUT = "availability_runs_out"
    FRESHNESS_WARNED = "freshness_warned"
    MATCHING_PAUSED = "matching_paused"
    MATCHING_PAUSE_LIFTED = "matching_pause_lifted"
    HOLIDAY_ADDED = "holiday_added"
    HOLIDAY_ENDED = "holiday_ended"
    BOOKING_RULES_SET = "booking_rules_set"
    SLOT_HELD = "slot_held"
    LESSON_BOOKED = "lesson_booked"
    LESSON_REQUESTED = "lesson_requested"
    LESSON_PROPOSED = "lesson_proposed"
    PROPOSAL_ACCEPTED = "proposal_accepted"
    PROPOSAL_DECLINED = "proposal_declined"
    BOOKING_APPROVED = "booking_approved"
    BOOKING_REFUSED = "booking_refused"
    BOOKING_UNDONE = "booking_undone"
    ANSWER_UNDONE = "answer_undone"
    APPROVAL_UNDONE = "approval_undone"
    PROPOSED_AGAIN = "proposed_again"
    REQUESTED_AGAIN = "requested_again"
    TIME_LET_GO = "time_let_go"
    TIME_LAPSED = "time_lapsed"
    LESSON_TYPE_SET = "lesson_type_set"
    PAY_RATE_SET = "pay_rate_set"
    PAY_RATE_PLANNED = "pay_rate_planned"
    PAY_DAY_SET = "pay_day_set"
    VIDEO_LINK_SET = "video_link_set"
    VIDEO_LINK_TAKEN_AWAY = "video_link_taken_away"
    CREDITS_GRANTED = "credits_granted"
    CREDITS_IMPORTED = "credits_imported"
    CREDITS_REMINDED = "credits_reminded"
    CREDITS_EXPIRED = "credits_expired"
    CREDITS_TAKEN_BACK = "credits_taken_back"
    LESSON_STARTED = "lesson_started"
    LESSON_FINISHED = "lesson_finished"
    LESSON_TAUGHT = "lesson_taught"
    PROBLEM_REPORTED = "problem_reported"
    ABSENCE_CLAIMED = "absence_claimed"
    LESSON_DOUBTED = "lesson_doubted"
    INCIDENT_DETECTED = "incident_detected"
    ABSENCE_DECIDED = "absence_decided"
    CANCELLED_FOR_STUDENT = "cancelled_for_student"
    CANCELLED_FOR_SCHOOL = "cancelled_for_school"
    CANCELLED_BY_STUDENT = "cancelled_by_student"
    CANCELLED_LATE_BY_STUDENT = "cancelled_late_by_student"
    CANCELLATION_UNDONE = "cancellation_undone"
    NOT_ASKED = "not_asked"
    NOT_AGREED = "not_agreed"
    CANCELLATION_CORRECTED = "cancellation_corrected"
    DESK_CASE_ENDED = "desk_case_ended"
    MOVED_BY_STUDENT = "moved_by_student"
    MOVED_FOR_STUDENT = "moved_for_student"
    MOVED_FOR_TEACHER = "moved_for_teacher"
    MOVED_FOR_SCHOOL = "moved_for_school"
    MOVE_REQUESTED = "move_requested"
    MOVE_APPROVED = "move_approved"
    MOVE_NOT_APPROVED = "move_not_approved"
    MOVE_ASKED = "move_asked"
    MOVE_AGREED = "move_agreed"
    MOVE_REFUSED = "move_refused"
    MOVE_TAKEN_BACK = "move_taken_back"
    MOVE_WITHDRAWN = "move_withdrawn"
    MOVE_LAPSED = "move_lapsed"
    MOVE_PRICE_CHANGED = "move_price_changed"
    OTHER_TIME_FREED = "other_time_freed"
    MOVE_UNDONE = "move_undone"
    OTHER_TIME_BOOKED = "other_time_booked"


# The value of PROBLEM_REPORTED that names the claim to which a side added words later.
ADDS_TO: Final = "claim"

# Moves that the desk made of itself. A student's wish that it approved is the student's move.
MOVED_BY_DESK: Final = (EventKind.MOVED_FOR_STUDENT, EventKind.MOVED_FOR_TEACHER, EventKind.MOVED_FOR_SCHOOL)
# What waits again, as an answer to it was undone; of a proposal with the teacher's `note` among its values.
WAITS_AGAIN: Final = (EventKind.PROPOSED_AGAIN, EventKind.REQUESTED_AGAIN)
SENTENCES: Final[Mapping[EventKind, str]] = {
    EventKind.EMERGENCY_REPORTED: gettext_noop("Emergency reported. The penalty is {amount}."),
    EventKind.PENALTY_CHANGED: gettext_noop("The penalty changed from {before} to {after}."),
    EventKind.CONSEQUENCE_STARTED: gettext_noop("This follows from it: {consequence}."),
    EventKind.CONSEQUENCE_ENDED: gettext_noop("This no longer follows from it: {consequence}."),
    EventKind.INCIDENT_WITHDRAWN: gettext_noop("The report was withdrawn as a mistake. The session takes place."),
    EventKind.INCIDENT_DECIDED: gettext_noop("Decision: {decision}. The penalty is {amount}."),
    EventKind.INCIDENT_RECORDED: gettext_noop("Recorded by the school."),
    EventKind.INCIDENT_IMPORTED: gettext_noop("Brought in from the school's history file."),
    EventKind.HISTORY_IMPORTED: gettext_noop("A history file was imported."),
    EventKind.POLICY_PUBLISHED: gettext_noop("Policy version {number} was published, in force from {from_on}."),
    EventKind.PAY_PERIOD_OPENED: gettext_noop("The pay period was opened."),
    EventKind.PAY_PERIOD_CLOSED: gettext_noop("The pay period was closed."),
    EventKind.DEFAULT_AVAILABILITY_SET: gettext_noop("The default availability was changed, in force from {from_on}."),
    EventKind.AVAILABILITY_SET: gettext_noop("The availability of these days was changed: {days}."),
    EventKind.AVAILABILITY_COPIED: gettext_noop("The availability of a week was copied to these days: {days}."),
    EventKind.AVAILABILITY_RUNS_OUT: gettext_noop("The teacher was told that their calendar is open until {until_on}."),
    EventKind.FRESHNESS_WARNED: gettext_noop(
        "The teacher was warned: too little is open, so matching pauses on {pauses_at} if it stays so."
    ),
    EventKind.MATCHING_PAUSED: gettext_noop("Too little stayed open: matching pauses until {paused_until}."),
    EventKind.MATCHING_PAUSE_LIFTED: gettext_noop("The scheduling desk ended the pause of matching."),
    EventKind.HOLIDAY_ADDED: gettext_noop("{day} was made a holiday: {name}."),
    EventKind.HOLIDAY_ENDED: gettext_noop("{day} is no longer a holiday: {name}."),
    EventKind.BOOKING_RULES_SET: gettext_noop("The booking rules were changed."),
    EventKind.LESSON_REMINDED: gettext_noop("Both sides were reminded of the session."),
    EventKind.MESSAGE_SENT_AGAIN: gettext_noop("A message that had not arrived was sent again."),
    EventKind.SLOT_HELD: gettext_noop("The time was kept for booking until {until}."),
    EventKind.LESSON_BOOKED: gettext_noop("Booked."),
    EventKind.LESSON_REQUESTED: gettext_noop("Asked for; the school approves until {until}."),
    EventKind.LESSON_PROPOSED: gettext_noop("Proposed by the teacher; the student answers until {until}."),
    EventKind.PROPOSAL_ACCEPTED: gettext_noop("The student accepted the proposal."),
    EventKind.PROPOSAL_DECLINED: gettext_noop("The student declined the proposal. The time is free again."),
    EventKind.BOOKING_APPROVED: gettext_noop("The school approved the booking."),
    EventKind.BOOKING_REFUSED: gettext_noop("The school did not approve the booking. The time is free again."),
    EventKind.BOOKING_UNDONE: gettext_noop("The booking was undone. The time is free again."),
    EventKind.ANSWER_UNDONE: gettext_noop("The answer was undone. It waits for an answer again until {until}."),
    EventKind.APPROVAL_UNDONE: gettext_noop("The approval was undone. It waits for the school again until {until}."),
    EventKind.PROPOSED_AGAIN: gettext_noop(
        "Proposed as before, as the answer was undone; the student answers until {until}."
    ),
    EventKind.REQUESTED_AGAIN: gettext_noop(
        "Asked for as before, as the answer was undone; the school approves until {until}."
    ),
    EventKind.TIME_LET_GO: gettext_noop("The time was let go before it was booked."),
    EventKind.TIME_LAPSED: gettext_noop("Nobody confirmed in time. The time is free again."),
    EventKind.LESSON_TYPE_SET: gettext_noop("Lesson type “{name}” was set."),
    EventKind.PAY_RATE_SET: gettext_noop("The pay of “{lesson_type}”, {minutes} minutes, was set to {amount}."),
    EventKind.PAY_RATE_PLANNED: gettext_noop(
        "The pay of “{lesson_type}”, {minutes} minutes, was set to {amount} from {from_on} on."
    ),
    EventKind.PAY_DAY_SET: gettext_noop("The day on which pay is expected was set: {day}."),
    EventKind.VIDEO_LINK_SET: gettext_noop("The video link was set: {link}."),
    EventKind.VIDEO_LINK_TAKEN_AWAY: gettext_noop("The video link was taken away."),
    EventKind.CREDITS_GRANTED: gettext_noop("Lesson credits added for {student}: {count}."),
    EventKind.CREDITS_IMPORTED: gettext_noop("A file with lesson credits was imported; students in it: {count}."),
    EventKind.CREDITS_REMINDED: gettext_noop("{student} was told that lesson credits expire soon: {count}."),
    EventKind.CREDITS_EXPIRED: gettext_noop("Lesson credits of {student} expired: {count}."),
    EventKind.CREDITS_TAKEN_BACK: gettext_noop("Lesson credits of {student} taken back: {count}."),
    EventKind.LESSON_STARTED: gettext_noop("The session was started."),
    EventKind.LESSON_FINISHED: gettext_noop("The session was finished."),
    EventKind.LESSON_TAUGHT: gettext_noop("The session was taught. Minutes: {minutes}."),
    EventKind.PROBLEM_REPORTED: gettext_noop("A problem was reported."),
    EventKind.ABSENCE_CLAIMED: gettext_noop("Somebody said that the other side was not there or late."),
    EventKind.LESSON_DOUBTED: gettext_noop("It was not seen to go as planned. It waits for people until {until}."),
    EventKind.INCIDENT_DETECTED: gettext_noop("Recorded from what the lesson page saw."),
    EventKind.ABSENCE_DECIDED: gettext_noop("The scheduling desk decided who was absent."),
    EventKind.CANCELLED_FOR_STUDENT: gettext_noop("Cancelled for the student. How the student asked: {asked_by}."),
    EventKind.CANCELLED_FOR_SCHOOL: gettext_noop(
        "Cancelled for the school. The student has the lesson back, and nothing is counted."
    ),
    EventKind.CANCELLED_BY_STUDENT: gettext_noop("Cancelled by the student in time. The lesson is free."),
    EventKind.CANCELLED_LATE_BY_STUDENT: gettext_noop(
        "Cancelled by the student after the free time. The lesson is used and the teacher is paid."
    ),
    EventKind.CANCELLATION_UNDONE: gettext_noop("The cancellation was undone. The session takes place."),
    EventKind.NOT_ASKED: gettext_noop("The student says: I did not ask for this."),
    EventKind.NOT_AGREED: gettext_noop("The student says: I did not agree to this move."),
    EventKind.CANCELLATION_CORRECTED: gettext_noop(
        "Corrected by the scheduling desk: the student had not asked, so the teacher cancelled the session."
    ),
    EventKind.DESK_CASE_ENDED: gettext_noop("The scheduling desk looked into it: {outcome}."),
    EventKind.MOVED_BY_STUDENT: gettext_noop("Moved by the student from {former_starts_at} to {starts_at}."),
    EventKind.MOVED_FOR_STUDENT: gettext_noop(
        "Moved for the student from {former_starts_at} to {starts_at}. How the student asked: {asked_by}."
    ),
    EventKind.MOVED_FOR_TEACHER: gettext_noop(
        "Moved for the teacher from {former_starts_at} to {starts_at}. How the student agreed: {asked_by}."
    ),
    EventKind.MOVED_FOR_SCHOOL: gettext_noop(
        "Moved for the school from {former_starts_at} to {starts_at}. How the student agreed: {asked_by}."
    ),
    EventKind.MOVE_REQUESTED: gettext_noop(
        "The student wants to move it from {former_starts_at} to {starts_at}. The school has until {until}."
    ),
    EventKind.MOVE_APPROVED: gettext_noop(
        "The school approved what the student wanted: from {former_starts_at} to {starts_at}."
    ),
    EventKind.MOVE_NOT_APPROVED: gettext_noop("The school did not approve the move. It stays at {former_starts_at}."),
    EventKind.MOVE_ASKED: gettext_noop("The teacher asks to move it from {former_starts_at} to {starts_at}."),
    EventKind.MOVE_AGREED: gettext_noop("The student agreed: moved from {former_starts_at} to {starts_at}."),
    EventKind.MOVE_REFUSED: gettext_noop("The student keeps the time {former_starts_at}."),
    EventKind.MOVE_TAKEN_BACK: gettext_noop("The teacher no longer asks for another time."),
    EventKind.MOVE_WITHDRAWN: gettext_noop(
        "The student no longer asks for another time. It stays at {former_starts_at}."
    ),
    EventKind.MOVE_LAPSED: gettext_noop("Nobody agreed to the other time. It stays at {former_starts_at}."),
    EventKind.MOVE_PRICE_CHANGED: gettext_noop(
        "The student agreed, but the price of moving had changed since the teacher asked. Nothing was moved."
    ),
    EventKind.OTHER_TIME_FREED: gettext_noop("It does not take place, so the other time kept for it is free again."),
    EventKind.MOVE_UNDONE: gettext_noop("The move was undone. It takes place on {starts_at} again."),
    EventKind.OTHER_TIME_BOOKED: gettext_noop("Another time was booked for it: {starts_at}."),
}
