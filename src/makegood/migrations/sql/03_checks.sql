-- Checks of single rows: codes, minutes, money, order of instants.

CREATE FUNCTION makegood_is_currency(code text) RETURNS boolean LANGUAGE sql IMMUTABLE
  RETURN code ~ '^[A-Z]{3}$';

-- True when `steps` is a list of rules' turns of which each starts where the one before ended, the first at nothing and
-- the last at `penalty_minor`. No steps: no penalty.
CREATE FUNCTION makegood_steps_add_up(steps jsonb, penalty_minor bigint) RETURNS boolean LANGUAGE sql IMMUTABLE
  RETURN CASE
    WHEN jsonb_typeof(steps) <> 'array' THEN false
    WHEN jsonb_array_length(steps) = 0 THEN penalty_minor = 0
    ELSE (
      SELECT coalesce(bool_and((step ->> 'before_minor')::bigint = coalesce(former, 0)
                               AND (step ->> 'after_minor')::bigint >= 0), false)
      FROM (
        SELECT step, lag((step ->> 'after_minor')::bigint) OVER (ORDER BY place) AS former
        FROM jsonb_array_elements(steps) WITH ORDINALITY AS turns (step, place)
      ) AS chained
    ) AND (steps -> -1 ->> 'after_minor')::bigint = penalty_minor
  END;

ALTER TABLE makegood_school
  ADD CONSTRAINT a_school_slug_is_lower_case_and_short CHECK (slug ~ '^[a-z0-9][a-z0-9-]*$');

ALTER TABLE makegood_membership
  ADD CONSTRAINT a_member_leaves_after_joining CHECK (ended_at IS NULL OR ended_at >= joined_at);

ALTER TABLE makegood_rolegrant
  ADD CONSTRAINT a_role_ends_after_it_was_granted CHECK (ended_at IS NULL OR ended_at >= granted_at);

ALTER TABLE makegood_lesson
  ADD CONSTRAINT lesson_status_is_known
    CHECK (status IN ('booked', 'in_progress', 'taught', 'cancelled', 'moved', 'missed', 'cut_short')),
  ADD CONSTRAINT lesson_pay_has_a_currency CHECK (pay_minor IS NULL OR currency IS NOT NULL),
  ADD CONSTRAINT lesson_pay_is_not_negative CHECK (pay_minor >= 0),
  ADD CONSTRAINT lesson_currency_is_an_iso_code CHECK (makegood_is_currency(currency)),
  ADD CONSTRAINT taught_minutes_fit_the_lesson
    CHECK (taught_minutes >= 0 AND taught_minutes * 60 <= extract(epoch FROM ends_at - starts_at)),
  ADD CONSTRAINT a_lesson_is_not_its_teachers_own CHECK (student_id <> teacher_id),
  ADD CONSTRAINT lesson_versions_start_at_one CHECK (version >= 1);

ALTER TABLE makegood_incident
  ADD CONSTRAINT incident_door_is_known
    CHECK (door IN ('web', 'import', 'command', 'api', 'phone', 'chat', 'email', 'sms', 'job')),
  ADD CONSTRAINT incident_situation_is_one_of_three CHECK (situation BETWEEN 1 AND 3),
  ADD CONSTRAINT incident_minutes_are_within_a_day CHECK (lesson_minutes BETWEEN 1 AND 1440),
  ADD CONSTRAINT incident_taught_minutes_fit_the_lesson CHECK (taught_minutes BETWEEN 0 AND lesson_minutes),
  ADD CONSTRAINT incident_pay_has_a_currency CHECK (lesson_pay_minor IS NULL OR currency IS NOT NULL),
  ADD CONSTRAINT incident_pay_is_not_negative CHECK (lesson_pay_minor >= 0),
  ADD CONSTRAINT incident_currency_is_an_iso_code CHECK (makegood_is_currency(currency)),
  ADD CONSTRAINT incident_is_reported_within_a_year_of_the_lesson
    CHECK (abs(extract(epoch FROM reported_at - lesson_starts_at)) <= 366 * 86400),
  ADD CONSTRAINT a_claimed_time_is_before_the_receipt
    CHECK (claimed_reported_at IS NULL OR (reported_at IS NOT NULL AND claimed_reported_at <= reported_at)),
  ADD CONSTRAINT an_incident_has_a_reference CHECK (reference <> '');

ALTER TABLE makegood_incidentdecision
  ADD CONSTRAINT decision_door_is_known
    CHECK (door IN ('web', 'import', 'command', 'api', 'phone', 'chat', 'email', 'sms', 'job')),
  ADD CONSTRAINT decision_numbers_start_at_one CHECK (number >= 1);

ALTER TABLE makegood_incidentwithdrawal
  ADD CONSTRAINT withdrawal_door_is_known
    CHECK (door IN ('web', 'import', 'command', 'api', 'phone', 'chat', 'email', 'sms', 'job'));

ALTER TABLE makegood_quote
  ADD CONSTRAINT a_quote_holds_for_a_while CHECK (valid_until > made_at),
  ADD CONSTRAINT a_quote_knows_its_facts CHECK (facts_sha256 ~ '^[0-9a-f]{64}$');

ALTER TABLE makegood_assessment
  ADD CONSTRAINT assessment_numbers_start_at_one CHECK (number >= 1),
  ADD CONSTRAINT only_the_first_assessment_supersedes_nothing CHECK ((number = 1) = (supersedes_id IS NULL)),
  ADD CONSTRAINT a_penalty_has_a_currency CHECK (penalty_minor = 0 OR currency IS NOT NULL),
  ADD CONSTRAINT penalty_currency_is_an_iso_code CHECK (makegood_is_currency(currency)),
  ADD CONSTRAINT assessment_bands_are_known
    CHECK (band IN ('advance_notice', 'with_notice', 'without_notice', 'in_time_trouble')
           AND charged_band IN ('advance_notice', 'with_notice', 'without_notice', 'in_time_trouble')),
  ADD CONSTRAINT the_steps_add_up_to_the_penalty CHECK (makegood_steps_add_up(steps, penalty_minor));

ALTER TABLE makegood_consequence
  ADD CONSTRAINT consequence_kind_is_known
    CHECK (kind IN ('pause_account', 'hold_schedule', 'deprioritize', 'pause_matching', 'rematch_student', 'warn',
                    'review_for_termination')),
  ADD CONSTRAINT a_consequence_ends_after_it_starts CHECK (ends_at > starts_at);

ALTER TABLE makegood_account
  ADD CONSTRAINT account_kind_is_known
    CHECK (kind IN ('teacher_pay', 'teacher_penalties_pending', 'school_lesson_cost', 'school_penalties_pending')),
  ADD CONSTRAINT account_currency_is_an_iso_code CHECK (makegood_is_currency(currency)),
  ADD CONSTRAINT teacher_accounts_have_an_owner_and_school_accounts_none
    CHECK ((kind LIKE 'teacher\_%') = (membership_id IS NOT NULL));

ALTER TABLE makegood_transfer
  ADD CONSTRAINT transfer_kind_is_known
    CHECK (kind IN ('lesson_pay', 'lesson_pay_reversal', 'penalty', 'penalty_reversal')),
  ADD CONSTRAINT transfer_currency_is_an_iso_code CHECK (makegood_is_currency(currency)),
  ADD CONSTRAINT reversals_and_only_they_name_what_they_reverse
    CHECK ((kind LIKE '%\_reversal') = (reverses_id IS NOT NULL));

ALTER TABLE makegood_policyversion
  ADD CONSTRAINT a_policy_version_starts_with_a_month CHECK (extract(day FROM in_force_from_on) = 1),
  ADD CONSTRAINT later_policy_versions_start_in_the_future
    CHECK (number = 1 OR in_force_from_on > (published_at AT TIME ZONE zone)::date),
  ADD CONSTRAINT a_policy_version_knows_its_document CHECK (document_sha256 ~ '^[0-9a-f]{64}$'),
  ADD CONSTRAINT policy_version_numbers_start_at_one CHECK (number >= 1);

ALTER TABLE makegood_event
  ADD CONSTRAINT event_door_is_known
    CHECK (door IN ('web', 'import', 'command', 'api', 'phone', 'chat', 'email', 'sms', 'job')),
  ADD CONSTRAINT an_event_has_a_kind CHECK (kind <> '');

ALTER TABLE makegood_message
  ADD CONSTRAINT message_channel_is_known CHECK (channel IN ('email', 'in_app')),
  ADD CONSTRAINT a_message_is_sent_or_failed_not_both CHECK (sent_at IS NULL OR failed_at IS NULL);

ALTER TABLE makegood_idempotencykey
  ADD CONSTRAINT an_answered_request_is_known_by_its_content CHECK (request_sha256 ~ '^[0-9a-f]{64}$');
