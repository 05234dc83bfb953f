-- Keys. Every key of a table inside a school starts with the school, and every reference inside a school carries it,
-- so that no row can point at another school's row (foreign keys are checked without row-level security).

-- Primary keys (school_id, id): Django's `id` alone would be a key that does not start with the school.
DO $$
DECLARE inside text;
BEGIN
  FOREACH inside IN ARRAY ARRAY[
    'account', 'assessment', 'consequence', 'consequenceend', 'deliveryattempt', 'event', 'idempotencykey', 'incident',
    'incidentdecision', 'incidentwithdrawal', 'invitation', 'lesson', 'membership', 'message', 'payperiod',
    'policyversion', 'quote', 'rolegrant', 'transfer'
  ] LOOP
    EXECUTE format('ALTER TABLE makegood_%1$s DROP CONSTRAINT makegood_%1$s_pkey, ADD PRIMARY KEY (school_id, id)', inside);
  END LOOP;
END $$;

-- A transfer refers to its accounts together with their currency.
ALTER TABLE makegood_account ADD CONSTRAINT an_account_has_one_currency UNIQUE (school_id, id, currency);
-- A superseding assessment refers to one of the same incident.
ALTER TABLE makegood_assessment ADD CONSTRAINT an_assessment_has_one_incident UNIQUE (school_id, incident_id, id);

ALTER TABLE makegood_rolegrant
  ADD CONSTRAINT a_role_is_granted_to_a_member_of_the_school
    FOREIGN KEY (school_id, membership_id) REFERENCES makegood_membership (school_id, id);

ALTER TABLE makegood_lesson
  ADD CONSTRAINT the_teacher_of_a_lesson_is_a_member_of_the_school
    FOREIGN KEY (school_id, teacher_id) REFERENCES makegood_membership (school_id, id),
  ADD CONSTRAINT the_student_of_a_lesson_is_a_member_of_the_school
    FOREIGN KEY (school_id, student_id) REFERENCES makegood_membership (school_id, id);

ALTER TABLE makegood_incident
  ADD CONSTRAINT the_lesson_of_an_incident_is_in_the_school
    FOREIGN KEY (school_id, lesson_id) REFERENCES makegood_lesson (school_id, id),
  ADD CONSTRAINT the_teacher_of_an_incident_is_a_member_of_the_school
    FOREIGN KEY (school_id, teacher_id) REFERENCES makegood_membership (school_id, id);

ALTER TABLE makegood_incidentdecision
  ADD CONSTRAINT a_decision_is_about_an_incident_of_the_school
    FOREIGN KEY (school_id, incident_id) REFERENCES makegood_incident (school_id, id),
  ADD CONSTRAINT a_decision_is_made_by_a_member_of_the_school
    FOREIGN KEY (school_id, decided_by_id) REFERENCES makegood_membership (school_id, id);

ALTER TABLE makegood_incidentwithdrawal
  ADD CONSTRAINT a_withdrawal_is_about_an_incident_of_the_school
    FOREIGN KEY (school_id, incident_id) REFERENCES makegood_incident (school_id, id);

ALTER TABLE makegood_quote
  ADD CONSTRAINT a_quote_is_about_a_lesson_of_the_school
    FOREIGN KEY (school_id, lesson_id) REFERENCES makegood_lesson (school_id, id),
  ADD CONSTRAINT a_quote_is_for_a_member_of_the_school
    FOREIGN KEY (school_id, teacher_id) REFERENCES makegood_membership (school_id, id),
  ADD CONSTRAINT a_quote_uses_a_policy_version_of_the_school
    FOREIGN KEY (school_id, policy_version_id) REFERENCES makegood_policyversion (school_id, id);

ALTER TABLE makegood_assessment
  ADD CONSTRAINT an_assessment_is_about_an_incident_of_the_school
    FOREIGN KEY (school_id, incident_id) REFERENCES makegood_incident (school_id, id),
  ADD CONSTRAINT an_assessment_supersedes_one_of_the_same_incident
    FOREIGN KEY (school_id, incident_id, supersedes_id) REFERENCES makegood_assessment (school_id, incident_id, id),
  ADD CONSTRAINT an_assessment_uses_a_policy_version_of_the_school
    FOREIGN KEY (school_id, policy_version_id) REFERENCES makegood_policyversion (school_id, id),
  ADD CONSTRAINT an_assessment_honors_a_quote_of_the_school
    FOREIGN KEY (school_id, quote_id) REFERENCES makegood_quote (school_id, id);

ALTER TABLE makegood_consequence
  ADD CONSTRAINT a_consequence_is_for_a_member_of_the_school
    FOREIGN KEY (school_id, teacher_id) REFERENCES makegood_membership (school_id, id),
  ADD CONSTRAINT a_consequence_follows_from_an_incident_of_the_school
    FOREIGN KEY (school_id, incident_id) REFERENCES makegood_incident (school_id, id),
  ADD CONSTRAINT a_consequence_follows_from_an_assessment_of_its_incident
    FOREIGN KEY (school_id, incident_id, assessment_id) REFERENCES makegood_assessment (school_id, incident_id, id);

ALTER TABLE makegood_consequenceend
  ADD CONSTRAINT an_end_is_of_a_consequence_of_the_school
    FOREIGN KEY (school_id, consequence_id) REFERENCES makegood_consequence (school_id, id);

ALTER TABLE makegood_account
  ADD CONSTRAINT an_account_belongs_to_a_member_of_the_school
    FOREIGN KEY (school_id, membership_id) REFERENCES makegood_membership (school_id, id);

ALTER TABLE makegood_transfer
  ADD CONSTRAINT a_transfer_is_posted_in_a_pay_period_of_the_school
    FOREIGN KEY (school_id, period_id) REFERENCES makegood_payperiod (school_id, id),
  ADD CONSTRAINT the_debited_account_is_of_the_school_and_currency
    FOREIGN KEY (school_id, debit_id, currency) REFERENCES makegood_account (school_id, id, currency),
  ADD CONSTRAINT the_credited_account_is_of_the_school_and_currency
    FOREIGN KEY (school_id, credit_id, currency) REFERENCES makegood_account (school_id, id, currency),
  ADD CONSTRAINT a_reversal_reverses_a_transfer_of_the_school
    FOREIGN KEY (school_id, reverses_id) REFERENCES makegood_transfer (school_id, id);

ALTER TABLE makegood_event
  ADD CONSTRAINT an_event_is_on_behalf_of_a_member_of_the_school
    FOREIGN KEY (school_id, on_behalf_of_id) REFERENCES makegood_membership (school_id, id),
  ADD CONSTRAINT the_lesson_of_an_event_is_in_the_school
    FOREIGN KEY (school_id, lesson_id) REFERENCES makegood_lesson (school_id, id),
  ADD CONSTRAINT the_incident_of_an_event_is_in_the_school
    FOREIGN KEY (school_id, incident_id) REFERENCES makegood_incident (school_id, id);

ALTER TABLE makegood_message
  ADD CONSTRAINT a_message_has_its_cause_in_the_school
    FOREIGN KEY (school_id, event_id) REFERENCES makegood_event (school_id, id),
  ADD CONSTRAINT a_message_goes_to_a_member_of_the_school
    FOREIGN KEY (school_id, recipient_id) REFERENCES makegood_membership (school_id, id);

ALTER TABLE makegood_deliveryattempt
  ADD CONSTRAINT a_delivery_attempt_is_of_a_message_of_the_school
    FOREIGN KEY (school_id, message_id) REFERENCES makegood_message (school_id, id);

-- The referencing side of keys that no index of the models covers.
CREATE INDEX role_grant_by_membership ON makegood_rolegrant (school_id, membership_id);
CREATE INDEX transfer_by_period ON makegood_transfer (school_id, period_id);
