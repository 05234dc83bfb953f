-- Checks of single rows of booking, moving, teaching and credits.

ALTER TABLE makegood_lesson
  DROP CONSTRAINT lesson_status_is_known,
  ADD CONSTRAINT lesson_status_is_known
    CHECK (status IN ('held', 'requested', 'booked', 'in_progress', 'taught', 'cancelled', 'moved', 'missed', 'cut_short',
                      'released')),
  -- Without an end a hold would keep a teacher's time for ever.
  ADD CONSTRAINT held_and_requested_lessons_lapse CHECK (status NOT IN ('held', 'requested') OR held_until IS NOT NULL),
  ADD CONSTRAINT only_a_requested_lesson_waits_for_somebody
    CHECK (waits_for IN ('', 'student', 'school') AND (status <> 'requested' OR waits_for <> '')),
  ADD CONSTRAINT a_lesson_of_a_series_has_its_place CHECK ((series_id IS NULL) = (series_position IS NULL)),
  ADD CONSTRAINT a_lesson_keeps_no_time_for_itself CHECK (keeps_time_for_id <> id),
  -- A time that is kept for a lesson never becomes one: the lesson moves there.
  ADD CONSTRAINT a_time_kept_for_a_lesson_is_none
    CHECK (keeps_time_for_id IS NULL OR status IN ('held', 'requested', 'released'));

ALTER TABLE makegood_lessontype
  ADD CONSTRAINT a_lesson_type_has_lengths
    CHECK (jsonb_typeof(minutes) = 'array' AND jsonb_array_length(minutes) BETWEEN 1 AND 12),
  ADD CONSTRAINT lesson_type_numbers_start_at_one CHECK (number >= 1),
  ADD CONSTRAINT a_lesson_type_has_a_code_and_a_name CHECK (code ~ '^[a-z][a-z0-9_]*$' AND name <> '');

ALTER TABLE makegood_payrate
  ADD CONSTRAINT a_pay_rate_is_not_negative CHECK (amount_minor >= 0),
  ADD CONSTRAINT pay_rate_currency_is_an_iso_code CHECK (makegood_is_currency(currency)),
  ADD CONSTRAINT pay_rate_minutes_are_within_a_day CHECK (minutes BETWEEN 1 AND 1440),
  ADD CONSTRAINT pay_rate_numbers_start_at_one CHECK (number >= 1);

ALTER TABLE makegood_lessonseries
  ADD CONSTRAINT a_series_has_some_weeks CHECK (count BETWEEN 1 AND 104),
  ADD CONSTRAINT a_series_starts_at_a_minute_of_the_day CHECK (starts_minute BETWEEN 0 AND 1439),
  ADD CONSTRAINT series_minutes_are_within_a_day CHECK (minutes BETWEEN 1 AND 1440),
  ADD CONSTRAINT series_door_is_known
    CHECK (door IN ('web', 'import', 'command', 'api', 'phone', 'chat', 'email', 'sms', 'job'));

ALTER TABLE makegood_lessonrelease
  ADD CONSTRAINT release_reason_is_known CHECK (why IN ('lapsed', 'let_go', 'declined', 'undone', 'used')),
  ADD CONSTRAINT release_door_is_known
    CHECK (door IN ('web', 'import', 'command', 'api', 'phone', 'chat', 'email', 'sms', 'job'));

ALTER TABLE makegood_lessonmove
  ADD CONSTRAINT a_move_leads_to_another_time
    CHECK ((from_starts_at, from_ends_at) IS DISTINCT FROM (to_starts_at, to_ends_at)),
  ADD CONSTRAINT a_moved_lesson_ends_after_it_starts CHECK (from_ends_at > from_starts_at AND to_ends_at > to_starts_at),
  ADD CONSTRAINT move_requester_is_known CHECK (requested_by IN ('teacher', 'student', 'company', 'platform')),
  ADD CONSTRAINT only_a_teachers_move_counts_by_an_incident CHECK (incident_id IS NULL OR requested_by = 'teacher'),
  ADD CONSTRAINT a_move_does_not_undo_itself CHECK (undoes_id <> id),
  ADD CONSTRAINT move_door_is_known
    CHECK (door IN ('web', 'import', 'command', 'api', 'phone', 'chat', 'email', 'sms', 'job'));

ALTER TABLE makegood_moverequest
  ADD CONSTRAINT a_move_request_names_a_side CHECK (says_side IN ('teacher', 'student')),
  ADD CONSTRAINT a_move_request_lapses_after_it_is_asked CHECK (expires_at > asked_at),
  ADD CONSTRAINT a_requested_time_ends_after_it_starts CHECK (to_ends_at > to_starts_at AND from_ends_at > from_starts_at),
  ADD CONSTRAINT another_time_than_now_is_asked_for CHECK (to_starts_at <> from_starts_at),
  ADD CONSTRAINT move_request_door_is_known
    CHECK (door IN ('web', 'import', 'command', 'api', 'phone', 'chat', 'email', 'sms', 'job'));

ALTER TABLE makegood_moveanswer
  ADD CONSTRAINT a_move_answer_is_known CHECK (outcome IN ('agreed', 'refused', 'taken_back', 'lapsed')),
  ADD CONSTRAINT a_move_answer_names_a_side_or_none CHECK (says_side IN ('', 'teacher', 'student')),
  ADD CONSTRAINT only_a_lapsed_request_has_no_answering_person CHECK ((outcome = 'lapsed') = (answered_by_id IS NULL)),
  ADD CONSTRAINT move_answer_door_is_known
    CHECK (door IN ('web', 'import', 'command', 'api', 'phone', 'chat', 'email', 'sms', 'job'));

ALTER TABLE makegood_presencefact
  ADD CONSTRAINT presence_kind_is_known CHECK (kind IN ('joined', 'started', 'seen', 'finished', 'left')),
  ADD CONSTRAINT presence_side_is_known CHECK (side IN ('teacher', 'student')),
  ADD CONSTRAINT presence_door_is_known
    CHECK (door IN ('web', 'import', 'command', 'api', 'phone', 'chat', 'email', 'sms', 'job'));

ALTER TABLE makegood_lessonclaim
  ADD CONSTRAINT claim_kind_is_known CHECK (kind IN ('other_absent', 'other_late', 'problem', 'not_asked')),
  ADD CONSTRAINT claim_side_is_known CHECK (side IN ('teacher', 'student')),
  ADD CONSTRAINT claim_door_is_known
    CHECK (door IN ('web', 'import', 'command', 'api', 'phone', 'chat', 'email', 'sms', 'job'));

ALTER TABLE makegood_deskcase
  ADD CONSTRAINT desk_case_kind_is_known
    CHECK (kind IN ('not_asked', 'problem', 'both_claim', 'teacher_absent', 'student_absent', 'needs_new_time',
                    'outside_availability')),
  ADD CONSTRAINT a_desk_case_ends_with_an_outcome CHECK ((ended_at IS NULL) = (outcome IS NULL)),
  ADD CONSTRAINT a_desk_case_ends_after_it_was_opened CHECK (ended_at >= opened_at);

ALTER TABLE makegood_creditgrant
  ADD CONSTRAINT a_credit_grant_grants_something CHECK (credits BETWEEN 1 AND 10000),
  ADD CONSTRAINT credit_grant_door_is_known
    CHECK (door IN ('web', 'import', 'command', 'api', 'phone', 'chat', 'email', 'sms', 'job'));
ALTER TABLE makegood_credituse
  ADD CONSTRAINT a_credit_use_uses_something CHECK (credits >= 1),
  ADD CONSTRAINT credit_use_numbers_start_at_one CHECK (number >= 1);
ALTER TABLE makegood_creditexpiry
  ADD CONSTRAINT a_credit_expiry_takes_something CHECK (credits >= 1);
