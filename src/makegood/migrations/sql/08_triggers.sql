-- Every trigger of the product. They refuse or stamp, nothing else; `manage audit` checks that each is here and enabled.

-- Written once: no UPDATE, no DELETE, no TRUNCATE.
CREATE TRIGGER incidents_are_written_once BEFORE UPDATE OR DELETE ON makegood_incident
  FOR EACH ROW EXECUTE FUNCTION makegood_refuse_change();
CREATE TRIGGER decisions_are_written_once BEFORE UPDATE OR DELETE ON makegood_incidentdecision
  FOR EACH ROW EXECUTE FUNCTION makegood_refuse_change();
CREATE TRIGGER withdrawals_are_written_once BEFORE UPDATE OR DELETE ON makegood_incidentwithdrawal
  FOR EACH ROW EXECUTE FUNCTION makegood_refuse_change();
CREATE TRIGGER quotes_are_written_once BEFORE UPDATE OR DELETE ON makegood_quote
  FOR EACH ROW EXECUTE FUNCTION makegood_refuse_change();
CREATE TRIGGER assessments_are_written_once BEFORE UPDATE OR DELETE ON makegood_assessment
  FOR EACH ROW EXECUTE FUNCTION makegood_refuse_change();
CREATE TRIGGER consequences_are_written_once BEFORE UPDATE OR DELETE ON makegood_consequence
  FOR EACH ROW EXECUTE FUNCTION makegood_refuse_change();
CREATE TRIGGER consequence_ends_are_written_once BEFORE UPDATE OR DELETE ON makegood_consequenceend
  FOR EACH ROW EXECUTE FUNCTION makegood_refuse_change();
CREATE TRIGGER accounts_are_written_once BEFORE UPDATE OR DELETE ON makegood_account
  FOR EACH ROW EXECUTE FUNCTION makegood_refuse_change();
CREATE TRIGGER transfers_are_written_once BEFORE UPDATE OR DELETE ON makegood_transfer
  FOR EACH ROW EXECUTE FUNCTION makegood_refuse_change();
CREATE TRIGGER policy_versions_are_written_once BEFORE UPDATE OR DELETE ON makegood_policyversion
  FOR EACH ROW EXECUTE FUNCTION makegood_refuse_change();
CREATE TRIGGER events_are_written_once BEFORE UPDATE OR DELETE ON makegood_event
  FOR EACH ROW EXECUTE FUNCTION makegood_refuse_change();
CREATE TRIGGER answered_requests_are_written_once BEFORE UPDATE OR DELETE ON makegood_idempotencykey
  FOR EACH ROW EXECUTE FUNCTION makegood_refuse_change();
CREATE TRIGGER delivery_attempts_are_written_once BEFORE UPDATE OR DELETE ON makegood_deliveryattempt
  FOR EACH ROW EXECUTE FUNCTION makegood_refuse_change();

-- Stamped once: only the named columns, and only from empty to a value.
CREATE TRIGGER messages_are_only_stamped BEFORE UPDATE ON makegood_message
  FOR EACH ROW EXECUTE FUNCTION makegood_refuse_all_but_stamps('sent_at', 'failed_at', 'read_at');
CREATE TRIGGER pay_periods_are_only_closed BEFORE UPDATE ON makegood_payperiod
  FOR EACH ROW EXECUTE FUNCTION makegood_refuse_all_but_stamps('closed_at');
CREATE TRIGGER role_grants_are_only_ended BEFORE UPDATE ON makegood_rolegrant
  FOR EACH ROW EXECUTE FUNCTION makegood_refuse_all_but_stamps('ended_at', 'ended_by_id');
CREATE TRIGGER invitations_are_only_accepted BEFORE UPDATE ON makegood_invitation
  FOR EACH ROW EXECUTE FUNCTION makegood_refuse_all_but_stamps('accepted_at');
CREATE TRIGGER memberships_keep_their_person_and_code BEFORE UPDATE ON makegood_membership
  FOR EACH ROW EXECUTE FUNCTION makegood_refuse_change_of('id', 'school_id', 'person_id', 'code', 'joined_at');

-- Never deleted.
CREATE TRIGGER schools_are_not_deleted BEFORE DELETE ON makegood_school
  FOR EACH ROW EXECUTE FUNCTION makegood_refuse_change();
CREATE TRIGGER memberships_are_not_deleted BEFORE DELETE ON makegood_membership
  FOR EACH ROW EXECUTE FUNCTION makegood_refuse_change();
CREATE TRIGGER role_grants_are_not_deleted BEFORE DELETE ON makegood_rolegrant
  FOR EACH ROW EXECUTE FUNCTION makegood_refuse_change();
CREATE TRIGGER lessons_are_not_deleted BEFORE DELETE ON makegood_lesson
  FOR EACH ROW EXECUTE FUNCTION makegood_refuse_change();
CREATE TRIGGER messages_are_not_deleted BEFORE DELETE ON makegood_message
  FOR EACH ROW EXECUTE FUNCTION makegood_refuse_change();
CREATE TRIGGER pay_periods_are_not_deleted BEFORE DELETE ON makegood_payperiod
  FOR EACH ROW EXECUTE FUNCTION makegood_refuse_change();

-- Never emptied.
CREATE TRIGGER incidents_are_not_emptied BEFORE TRUNCATE ON makegood_incident
  EXECUTE FUNCTION makegood_refuse_change();
CREATE TRIGGER decisions_are_not_emptied BEFORE TRUNCATE ON makegood_incidentdecision
  EXECUTE FUNCTION makegood_refuse_change();
CREATE TRIGGER withdrawals_are_not_emptied BEFORE TRUNCATE ON makegood_incidentwithdrawal
  EXECUTE FUNCTION makegood_refuse_change();
CREATE TRIGGER quotes_are_not_emptied BEFORE TRUNCATE ON makegood_quote
  EXECUTE FUNCTION makegood_refuse_change();
CREATE TRIGGER assessments_are_not_emptied BEFORE TRUNCATE ON makegood_assessment
  EXECUTE FUNCTION makegood_refuse_change();
CREATE TRIGGER consequences_are_not_emptied BEFORE TRUNCATE ON makegood_consequence
  EXECUTE FUNCTION makegood_refuse_change();
CREATE TRIGGER consequence_ends_are_not_emptied BEFORE TRUNCATE ON makegood_consequenceend
  EXECUTE FUNCTION makegood_refuse_change();
CREATE TRIGGER accounts_are_not_emptied BEFORE TRUNCATE ON makegood_account
  EXECUTE FUNCTION makegood_refuse_change();
CREATE TRIGGER transfers_are_not_emptied BEFORE TRUNCATE ON makegood_transfer
  EXECUTE FUNCTION makegood_refuse_change();
CREATE TRIGGER pay_periods_are_not_emptied BEFORE TRUNCATE ON makegood_payperiod
  EXECUTE FUNCTION makegood_refuse_change();
CREATE TRIGGER policy_versions_are_not_emptied BEFORE TRUNCATE ON makegood_policyversion
  EXECUTE FUNCTION makegood_refuse_change();
CREATE TRIGGER events_are_not_emptied BEFORE TRUNCATE ON makegood_event
  EXECUTE FUNCTION makegood_refuse_change();
CREATE TRIGGER answered_requests_are_not_emptied BEFORE TRUNCATE ON makegood_idempotencykey
  EXECUTE FUNCTION makegood_refuse_change();
CREATE TRIGGER messages_are_not_emptied BEFORE TRUNCATE ON makegood_message
  EXECUTE FUNCTION makegood_refuse_change();
CREATE TRIGGER delivery_attempts_are_not_emptied BEFORE TRUNCATE ON makegood_deliveryattempt
  EXECUTE FUNCTION makegood_refuse_change();
CREATE TRIGGER lessons_are_not_emptied BEFORE TRUNCATE ON makegood_lesson
  EXECUTE FUNCTION makegood_refuse_change();
CREATE TRIGGER memberships_are_not_emptied BEFORE TRUNCATE ON makegood_membership
  EXECUTE FUNCTION makegood_refuse_change();
CREATE TRIGGER role_grants_are_not_emptied BEFORE TRUNCATE ON makegood_rolegrant
  EXECUTE FUNCTION makegood_refuse_change();

-- Recorded by the database's own clock.
CREATE TRIGGER incidents_are_recorded_now BEFORE INSERT ON makegood_incident
  FOR EACH ROW EXECUTE FUNCTION makegood_stamp_recorded_at();
CREATE TRIGGER decisions_are_recorded_now BEFORE INSERT ON makegood_incidentdecision
  FOR EACH ROW EXECUTE FUNCTION makegood_stamp_recorded_at();
CREATE TRIGGER withdrawals_are_recorded_now BEFORE INSERT ON makegood_incidentwithdrawal
  FOR EACH ROW EXECUTE FUNCTION makegood_stamp_recorded_at();
CREATE TRIGGER assessments_are_recorded_now BEFORE INSERT ON makegood_assessment
  FOR EACH ROW EXECUTE FUNCTION makegood_stamp_recorded_at();
CREATE TRIGGER consequences_are_recorded_now BEFORE INSERT ON makegood_consequence
  FOR EACH ROW EXECUTE FUNCTION makegood_stamp_recorded_at();
CREATE TRIGGER consequence_ends_are_recorded_now BEFORE INSERT ON makegood_consequenceend
  FOR EACH ROW EXECUTE FUNCTION makegood_stamp_recorded_at();
CREATE TRIGGER transfers_are_recorded_now BEFORE INSERT ON makegood_transfer
  FOR EACH ROW EXECUTE FUNCTION makegood_stamp_recorded_at();
CREATE TRIGGER events_are_recorded_now BEFORE INSERT ON makegood_event
  FOR EACH ROW EXECUTE FUNCTION makegood_stamp_recorded_at();
CREATE TRIGGER delivery_attempts_are_recorded_now BEFORE INSERT ON makegood_deliveryattempt
  FOR EACH ROW EXECUTE FUNCTION makegood_stamp_recorded_at();

-- Lessons and incidents.
CREATE TRIGGER lessons_take_only_allowed_steps BEFORE UPDATE ON makegood_lesson
  FOR EACH ROW EXECUTE FUNCTION makegood_check_lesson_step();
CREATE CONSTRAINT TRIGGER a_new_lesson_tells_the_truth AFTER INSERT ON makegood_lesson
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
  WHEN (NEW.status IN ('cancelled', 'moved', 'missed', 'cut_short'))
  EXECUTE FUNCTION makegood_check_lesson_tells_the_truth();
CREATE CONSTRAINT TRIGGER a_changed_lesson_tells_the_truth AFTER UPDATE ON makegood_lesson
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
  WHEN (NEW.status <> OLD.status)
  EXECUTE FUNCTION makegood_check_lesson_tells_the_truth();
CREATE CONSTRAINT TRIGGER a_lesson_tells_of_its_incident AFTER INSERT ON makegood_incident
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION makegood_check_lesson_tells_the_truth();
CREATE CONSTRAINT TRIGGER a_lesson_tells_of_a_decision AFTER INSERT ON makegood_incidentdecision
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION makegood_check_lesson_tells_the_truth();
CREATE TRIGGER an_incident_tells_its_lessons_facts BEFORE INSERT ON makegood_incident
  FOR EACH ROW EXECUTE FUNCTION makegood_check_incident_facts();
CREATE TRIGGER a_lesson_has_one_live_incident AFTER INSERT ON makegood_incident
  FOR EACH ROW EXECUTE FUNCTION makegood_check_one_live_incident();
CREATE TRIGGER a_decision_revives_no_second_incident AFTER INSERT ON makegood_incidentdecision
  FOR EACH ROW EXECUTE FUNCTION makegood_check_one_live_incident();
CREATE TRIGGER nobody_decides_an_own_case BEFORE INSERT ON makegood_incidentdecision
  FOR EACH ROW EXECUTE FUNCTION makegood_check_decision();
CREATE TRIGGER an_incident_is_withdrawn_by_its_own_people BEFORE INSERT ON makegood_incidentwithdrawal
  FOR EACH ROW EXECUTE FUNCTION makegood_check_withdrawal();

-- Assessments, consequences, policies.
CREATE TRIGGER an_assessment_supersedes_the_latest BEFORE INSERT ON makegood_assessment
  FOR EACH ROW EXECUTE FUNCTION makegood_check_assessment();
CREATE TRIGGER a_consequence_is_for_the_teacher_of_its_incident BEFORE INSERT ON makegood_consequence
  FOR EACH ROW EXECUTE FUNCTION makegood_check_consequence();
CREATE TRIGGER policy_versions_follow_each_other BEFORE INSERT ON makegood_policyversion
  FOR EACH ROW EXECUTE FUNCTION makegood_check_policy_version();

-- The ledger.
CREATE TRIGGER closed_periods_take_no_postings BEFORE INSERT ON makegood_transfer
  FOR EACH ROW EXECUTE FUNCTION makegood_check_period_is_open();
CREATE TRIGGER transfers_say_what_their_source_says BEFORE INSERT ON makegood_transfer
  FOR EACH ROW EXECUTE FUNCTION makegood_check_transfer_source();
