"""What people of the demo do: events of the verbs, and at least how many of each a small school has."""

from __future__ import annotations

EVERY_SCHOOL = {
    "lesson_type_set": 4,
    "booking_rules_set": 1,
    "video_link_set": 2,
    "lesson_proposed": 8,
    "proposal_accepted": 1,
    "proposal_declined": 1,
    "availability_set": 1,
    "availability_copied": 1,
    "cancellation_undone": 1,
    "absence_decided": 1,
    "desk_case_ended": 1,
    "slot_held": 1,
    "cancelled_by_student": 2,
    "cancelled_late_by_student": 2,
    "cancelled_for_student": 3,
    "not_asked": 1,
    "problem_reported": 1,
    "absence_claimed": 3,
    "moved_by_student": 1,
    "move_asked": 2,
    "lesson_started": 5,
    "incident_detected": 5,
}
ONE_SCHOOL = {
    "marigold": {
        "lesson_booked": 20,
        "booking_undone": 1,
        "pay_rate_set": 20,
        "credits_imported": 1,
        "credits_granted": 3,
        "credits_expired": 1,
        "move_undone": 1,
    },
    "larkspur": {
        "lesson_requested": 20,
        "booking_approved": 20,
        "lesson_booked": 1,
        "time_let_go": 1,
        "move_requested": 1,
        "move_approved": 1,
        "move_withdrawn": 1,
        "freshness_warned": 1,
        "matching_paused": 1,
        "availability_runs_out": 1,
    },
}
