"""Damage that the audit must find: the name of the check, and the statement that does it."""

from __future__ import annotations

from typing import Final

DAMAGES: Final = [
    (
        "downtimes are silent",
        "INSERT INTO makegood_heartbeat (minute) SELECT minute + interval '7 minutes' FROM makegood_heartbeat",
    ),
    (
        "downtimes are silent",
        (
            "INSERT INTO makegood_downtime (started_at, ended_at)"
            " SELECT minute, minute + interval '7 minutes' FROM makegood_heartbeat"
        ),
    ),
    (
        "downtimes are silent",
        "INSERT INTO makegood_heartbeat (minute) SELECT minute - interval '4 minutes' FROM makegood_heartbeat",
    ),
    (
        "lessons do not overlap",
        (
            "INSERT INTO makegood_lesson (school_id, teacher_id, starts_at, ends_at, blocked,"
            " status, lesson_type, title, join_link, version) SELECT school_id, teacher_id,"
            " starts_at, ends_at, blocked,"
            " 'booked', lesson_type, title, join_link, 1 FROM makegood_lesson WHERE status = 'booked'"
        ),
    ),
    (
        "lessons tell the truth",
        (
            "UPDATE makegood_lesson SET status = 'moved' WHERE status = 'booked'"
            " AND id NOT IN (SELECT lesson_id FROM makegood_incident)"
        ),
    ),
    (
        "lessons tell the truth",
        (
            "UPDATE makegood_lesson SET status = 'booked' WHERE id = (SELECT lesson_id FROM"
            " makegood_incident WHERE kind = 'cancelled' AND reported_by_id IS NOT NULL ORDER BY id LIMIT 1)"
        ),
    ),
    ("incidents copy their lesson", "UPDATE makegood_incident SET lesson_minutes = 51"),
    ("incidents copy their lesson", "UPDATE makegood_incident SET reference = 'same'"),
    ("incidents copy their lesson", "UPDATE makegood_incident SET teacher_id = teacher_id + 1"),
    ("incidents copy their lesson", "UPDATE makegood_incident SET reported_at = recorded_at + interval '1 hour'"),
    ("decisions are by others", "UPDATE makegood_incidentdecision SET number = 2"),
    (
        "decisions are by others",
        (
            "UPDATE makegood_incidentdecision SET decided_by_id = (SELECT teacher_id FROM"
            " makegood_incident WHERE id = incident_id)"
        ),
    ),
    (
        "decisions are by others",
        (
            "UPDATE makegood_lesson AS lesson SET student_id = decided_by_id FROM"
            " makegood_incident AS incident JOIN makegood_incidentdecision AS made ON incident_id = incident.id"
            " WHERE lesson_id = lesson.id AND decided_by_id > 0"
        ),
    ),
    ("assessments form chains", "UPDATE makegood_assessment SET number = number + 1"),
    ("assessments form chains", "UPDATE makegood_assessment SET supersedes_id = NULL WHERE number > 1"),
    ("assessments form chains", "UPDATE makegood_assessment SET steps = '[]' WHERE penalty_minor > 0"),
    (
        "assessments form chains",
        (
            "UPDATE makegood_assessment SET steps = steps || jsonb_set(steps -> -1,"
            " '{before_minor}', '7') WHERE penalty_minor > 0"
        ),
    ),
    ("assessments form chains", "UPDATE makegood_assessment SET currency = NULL WHERE penalty_minor > 0"),
    ("penalties of 25hoon", "UPDATE makegood_assessment SET penalty_minor = penalty_minor + 1"),
    ("penalties of 25hoon", 'UPDATE makegood_assessment SET counts = \'{"month": 99, "week": 1}\''),
    ("penalties of 25hoon", "UPDATE makegood_incident SET reported_at = reported_at + interval '1 day'"),
    ("penalties of 25hoon", "UPDATE makegood_incidentdecision SET decision = 'voided' WHERE decision = 'upheld'"),
    ("penalties of 25hoon", "DELETE FROM makegood_incidentwithdrawal"),
    ("matching pauses rest on a warning", "DELETE FROM makegood_freshnesswarning"),
    ("matching pauses rest on a warning", "UPDATE makegood_freshnesswarning SET teacher_id = teacher_id + 1"),
    ("matching pauses rest on a warning", "UPDATE makegood_freshnesswarning SET pauses_at = warned_at"),
    (
        "matching pauses rest on a warning",
        "UPDATE makegood_matchingpause SET starts_at = starts_at - interval '1 s', ends_at = ends_at - interval '1 s'",
    ),
    ("matching pauses rest on a warning", "UPDATE makegood_matchingpause SET ends_at = ends_at + interval '1 s'"),
    (
        "matching pauses rest on a warning",
        "UPDATE makegood_matchingpauselift SET lifted_at = lifted_at + interval '90 d'",
    ),
    (
        "matching pauses rest on a warning",
        (
            "INSERT INTO makegood_matchingpause (school_id, teacher_id, warning_id, starts_at, ends_at, days_ahead,"
            " rules_number) SELECT school_id, teacher_id, warning_id, starts_at, ends_at, 0, 0"
            " FROM makegood_matchingpause"
        ),
    ),
    ("matching pauses rest on a warning", "DELETE FROM makegood_message WHERE kind = 'availability_too_short'"),
    (
        "penalties of 25hoon",
        (
            "DELETE FROM makegood_incident WHERE id = (SELECT incident_id FROM"
            " makegood_consequence WHERE kind = 'pause_account' LIMIT 1)"
        ),
    ),
    ("consequences have their cause", "DELETE FROM makegood_consequence WHERE kind = 'pause_account'"),
    ("consequences have their cause", "DELETE FROM makegood_consequence WHERE kind = 'hold_schedule'"),
    (
        "consequences have their cause",
        ("UPDATE makegood_consequence SET ends_at = ends_at + interval '1 second' WHERE kind = 'pause_account'"),
    ),
    ("consequences have their cause", "UPDATE makegood_consequence SET kind = 'warn'"),
    ("transfers balance", "UPDATE makegood_transfer SET amount_minor = -amount_minor"),
    ("transfers balance", "UPDATE makegood_transfer SET credit_id = debit_id"),
    ("transfers balance", "UPDATE makegood_transfer SET currency = 'PHP'"),
    ("transfers balance", "UPDATE makegood_transfer SET debit_id = 0"),
    ("transfers balance", "UPDATE makegood_transfer SET period_id = 0"),
    ("reversals mirror", "UPDATE makegood_transfer SET amount_minor = amount_minor + 1 WHERE reverses_id > 0"),
    ("reversals mirror", "UPDATE makegood_transfer SET reverses_id = 0 WHERE reverses_id > 0"),
    (
        "reversals mirror",
        (
            "INSERT INTO makegood_transfer (school_id, period_id, debit_id, credit_id, amount_minor,"
            " currency, kind, source, reverses_id, posted_at) SELECT school_id, period_id, debit_id, credit_id,"
            " amount_minor, currency, kind, source, reverses_id, posted_at FROM makegood_transfer WHERE reverses_id > 0"
        ),
    ),
    ("assessments are posted", "DELETE FROM makegood_transfer WHERE kind = 'penalty'"),
    ("assessments are posted", "DELETE FROM makegood_transfer WHERE reverses_id > 0"),
    ("assessments are posted", "UPDATE makegood_transfer SET source = source + 100000 WHERE kind = 'penalty'"),
    ("assessments are posted", "UPDATE makegood_transfer SET amount_minor = amount_minor * 2"),
    (
        "assessments are posted",
        ("UPDATE makegood_account SET membership_id = membership_id + 1 WHERE membership_id IS NOT NULL"),
    ),
    ("taught lessons are paid once", "DELETE FROM makegood_transfer WHERE kind = 'lesson_pay'"),
    (
        "taught lessons are paid once",
        (
            "UPDATE makegood_lesson SET status = 'booked' WHERE id IN"
            " (SELECT source FROM makegood_transfer WHERE kind = 'lesson_pay')"
        ),
    ),
    (
        "taught lessons are paid once",
        (
            "UPDATE makegood_lesson SET status = 'taught' WHERE status = 'cancelled'"
            " AND id IN (SELECT lesson_id FROM makegood_incident JOIN makegood_incidentdecision"
            " ON incident_id = makegood_incident.id AND decision = 'voided')"
        ),
    ),
    (
        "taught lessons are paid once",
        (
            "INSERT INTO makegood_transfer (school_id, period_id, debit_id, credit_id,"
            " amount_minor, currency, kind, source, number, posted_at) SELECT school_id, period_id,"
            " debit_id, credit_id,"
            " amount_minor, currency, kind, source, 2, posted_at FROM makegood_transfer WHERE kind = 'lesson_pay'"
        ),
    ),
    ("closed periods stay closed", "UPDATE makegood_payperiod SET closed_at = '2026-01-02Z'"),
    ("closed periods stay closed", "UPDATE makegood_payperiod SET ends_on = ends_on + 1"),
    ("policy versions follow", "UPDATE makegood_policyversion SET number = 2"),
    ("policy versions follow", "UPDATE makegood_policyversion SET in_force_from_on = in_force_from_on + 1"),
    ("emergencies were told", "DELETE FROM makegood_event WHERE kind = 'emergency_reported'"),
    ("emergencies were told", "DELETE FROM makegood_message"),
    ("emergencies were told", "DELETE FROM makegood_event WHERE incident_id IS NOT NULL"),
    (
        "both sides were told",
        ("DELETE FROM makegood_message WHERE recipient_id IN (SELECT student_id FROM makegood_lesson)"),
    ),
    (
        "both sides were told",
        (
            "DELETE FROM makegood_message WHERE recipient_id IN (SELECT teacher_id FROM"
            " makegood_lesson) AND kind LIKE 'emergency_withdrawn%'"
        ),
    ),
    (
        "both sides were told",
        (
            "INSERT INTO makegood_event (school_id, kind, at, door, reason, values, lesson_id)"
            " SELECT school_id, 'moved_by_student', starts_at, 'web', '', '{}', id FROM makegood_lesson"
            " WHERE status = 'booked'"
        ),
    ),
    (
        "lesson credits fit the outcome",
        (
            "INSERT INTO makegood_credituse (school_id, lesson_id, number, credits,"
            " used_at) SELECT school_id, id, 1, 1, starts_at FROM makegood_lesson WHERE status = 'cancelled'"
        ),
    ),
    (
        "lesson credits fit the outcome",
        (
            "INSERT INTO makegood_credituse (school_id, lesson_id, number, credits,"
            " used_at) SELECT school_id, id, number, 1, starts_at FROM makegood_lesson, generate_series(1, 2) AS number"
            " WHERE status = 'booked'"
        ),
    ),
    (
        "lesson credits fit the outcome",
        (
            "WITH used AS (INSERT INTO makegood_credituse (school_id, lesson_id,"
            " number, credits, used_at) SELECT school_id, id, 1, 1, starts_at FROM makegood_lesson"
            " WHERE status = 'booked'"
            " LIMIT 1 RETURNING school_id, id) INSERT INTO makegood_transfer (school_id, period_id,"
            " debit_id, credit_id,"
            " amount_minor, currency, kind, source, number, posted_at) SELECT used.school_id, period_id, debit_id,"
            " credit_id, 1, 'lesson', 'credit_used_reversal', used.id, 1, posted_at FROM used, (SELECT * FROM"
            " makegood_transfer LIMIT 1) AS any_transfer"
        ),
    ),
    (
        "credits given and taken back are posted",
        (
            "INSERT INTO makegood_creditcorrection (school_id, grant_id, number, credits, reason, corrected_at,"
            " corrected_by_id, door, request_id) SELECT school_id, grant_id, 2, 1, '', corrected_at, corrected_by_id,"
            " door, gen_random_uuid() FROM makegood_creditcorrection"
        ),
    ),
    ("credits given and taken back are posted", "UPDATE makegood_creditcorrection SET credits = credits + 1"),
    (
        "credits given and taken back are posted",
        (
            "WITH more AS (INSERT INTO makegood_creditexpiry (school_id, grant_id, credits, expired_at)"
            " SELECT school_id, id, credits, granted_at FROM makegood_creditgrant RETURNING id) SELECT id FROM more"
        ),
    ),
    (
        "calendar weeks say what ranges say",
        "UPDATE makegood_calendarweek SET available = set_bit(available, 0, 1 - get_bit(available, 0))",
    ),
    (
        "calendar weeks say what ranges say",
        "UPDATE makegood_calendarweek SET busy = set_bit(busy, 0, 1 - get_bit(busy, 0))",
    ),
    (
        "moves form chains",
        (
            "DELETE FROM makegood_lessonmove WHERE id = (SELECT undoes_id FROM makegood_lessonmove"
            " WHERE undoes_id IS NOT NULL LIMIT 1)"
        ),
    ),
    (
        "moves form chains",
        (
            "UPDATE makegood_lesson SET starts_at = starts_at + interval '1 hour', ends_at = ends_at"
            " + interval '1 hour' WHERE id IN (SELECT lesson_id FROM makegood_lessonmove)"
        ),
    ),
    ("moves form chains", "UPDATE makegood_lessonmove SET from_starts_at = from_starts_at - interval '1 minute'"),
    ("moves form chains", "UPDATE makegood_lessonmove SET lesson_version = lesson_version + 100"),
    ("moves form chains", "UPDATE makegood_lessonmove SET lesson_id = 0"),
    (
        "moves form chains",
        (
            "UPDATE makegood_lessonmove SET undoes_id = (SELECT min(id) FROM makegood_lessonmove)"
            " WHERE undoes_id IS NOT NULL"
        ),
    ),
    (
        "moves form chains",
        (
            "UPDATE makegood_lessonmove SET from_starts_at = from_starts_at + interval '1 hour',"
            " from_ends_at = from_ends_at + interval '1 hour' WHERE id = (SELECT min(undoes_id) FROM"
            " makegood_lessonmove)"
        ),
    ),
    ("moves form chains", "UPDATE makegood_lessonmove SET incident_id = NULL"),
    ("moves form chains", "UPDATE makegood_lessonmove SET requested_by = 'teacher'"),
    ("moves form chains", "UPDATE makegood_incident SET kind = 'late' WHERE kind = 'rescheduled'"),
    ("moves form chains", "DELETE FROM makegood_lessonmove WHERE incident_id IS NOT NULL"),
    ("moves form chains", "DELETE FROM makegood_moveanswer"),
    (
        "moves form chains",
        ("UPDATE makegood_lesson SET status = 'requested' WHERE id IN (SELECT hold_id FROM makegood_moverequest)"),
    ),
    ("moves form chains", "UPDATE makegood_moverequest SET to_starts_at = to_starts_at - interval '1 minute'"),
    ("moves form chains", "UPDATE makegood_moverequest SET from_starts_at = from_starts_at - interval '1 minute'"),
    (
        "moves form chains",
        (
            "UPDATE makegood_lesson SET booked_at = booked_at - interval '1 minute'"
            " WHERE booked_at IN (SELECT answered_at FROM makegood_moveanswer)"
        ),
    ),
    ("row security is on", "ALTER TABLE makegood_lesson NO FORCE ROW LEVEL SECURITY"),
    ("row security is on", "ALTER TABLE makegood_quote DISABLE ROW LEVEL SECURITY"),
    ("row security is on", "DROP POLICY rows_of_the_school_of_the_transaction ON makegood_invitation"),
    ("row security is on", "GRANT DELETE ON makegood_event TO makegood_app"),
]
