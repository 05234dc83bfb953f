-- How people want to be told, and what becomes of a message. Functions: 20_inside_a_school.sql.

ALTER TABLE makegood_channelchoice
  ADD CONSTRAINT a_channel_choice_is_of_a_member_of_the_school
    FOREIGN KEY (school_id, membership_id) REFERENCES makegood_membership (school_id, id),
  ADD CONSTRAINT channel_choice_topic_is_known
    CHECK (topic IN ('lessons', 'reminders', 'emergencies', 'decisions', 'availability', 'desk')),
  -- Messages in the app are the record of what somebody was told.
  ADD CONSTRAINT a_channel_choice_is_about_a_channel_out_of_the_house CHECK (channel IN ('email', 'push')),
  ADD CONSTRAINT emergencies_stay_on_by_email CHECK (is_on OR topic <> 'emergencies' OR channel <> 'email');

ALTER TABLE makegood_quiethours
  ADD CONSTRAINT quiet_hours_are_of_a_member_of_the_school
    FOREIGN KEY (school_id, membership_id) REFERENCES makegood_membership (school_id, id),
  ADD CONSTRAINT quiet_hours_have_a_start_and_an_end CHECK ((starts_minute IS NULL) = (ends_minute IS NULL)),
  ADD CONSTRAINT quiet_hours_are_minutes_of_a_day CHECK (starts_minute < 1440 AND ends_minute < 1440),
  ADD CONSTRAINT quiet_hours_are_less_than_a_day CHECK (starts_minute <> ends_minute);

ALTER TABLE makegood_pushsubscription
  ADD CONSTRAINT a_push_subscription_is_of_a_member_of_the_school
    FOREIGN KEY (school_id, membership_id) REFERENCES makegood_membership (school_id, id),
  ADD CONSTRAINT a_push_subscription_says_why_it_ended CHECK ((ended_at IS NULL) = (ended_because IS NULL)),
  ADD CONSTRAINT a_push_subscription_ends_after_it_was_made CHECK (ended_at >= made_at);

ALTER TABLE makegood_calendarfeed
  ADD CONSTRAINT a_calendar_feed_is_of_a_member_of_the_school
    FOREIGN KEY (school_id, membership_id) REFERENCES makegood_membership (school_id, id),
  ADD CONSTRAINT a_calendar_feed_keeps_only_a_hash CHECK (token_hash ~ '^[0-9a-f]{64}$'),
  ADD CONSTRAINT a_calendar_feed_is_revoked_after_it_was_made CHECK (revoked_at >= made_at);

SELECT makegood_put_inside_a_school(
  'makegood_channelchoice', 'makegood_quiethours', 'makegood_pushsubscription', 'makegood_calendarfeed');
SELECT makegood_keep_written_once('makegood_channelchoice', 'makegood_quiethours');
SELECT makegood_keep_stamped('makegood_pushsubscription', 'ended_at', 'ended_because');
SELECT makegood_keep_stamped('makegood_calendarfeed', 'revoked_at');

ALTER TABLE makegood_message
  DROP CONSTRAINT message_channel_is_known,
  ADD CONSTRAINT message_channel_is_known CHECK (channel IN ('email', 'in_app', 'push')),
  ADD CONSTRAINT a_dropped_message_says_why CHECK ((dropped_at IS NULL) = (dropped_because IS NULL)),
  ADD CONSTRAINT a_dropped_message_was_not_sent CHECK (dropped_at IS NULL OR (sent_at IS NULL AND failed_at IS NULL)),
  ADD CONSTRAINT a_message_waits_from_its_writing_on CHECK (send_after >= created_at),
  ADD CONSTRAINT a_message_is_sent_again_in_its_school
    FOREIGN KEY (school_id, again_of_id) REFERENCES makegood_message (school_id, id);
CREATE INDEX message_by_first ON makegood_message (school_id, again_of_id) WHERE again_of_id IS NOT NULL;

DROP TRIGGER messages_are_only_stamped ON makegood_message;
CREATE TRIGGER messages_are_only_stamped BEFORE UPDATE ON makegood_message
  FOR EACH ROW EXECUTE FUNCTION
    makegood_refuse_all_but_stamps('sent_at', 'failed_at', 'read_at', 'dropped_at', 'dropped_because');
DO $$
BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'makegood_app') THEN
    GRANT INSERT (send_after, dropped_at, dropped_because, again_of_id) ON makegood_message TO makegood_app;
    GRANT UPDATE (dropped_at, dropped_because) ON makegood_message TO makegood_app;
  END IF;
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'makegood_auditor') THEN
    GRANT SELECT (send_after, dropped_at, dropped_because, again_of_id) ON makegood_message TO makegood_auditor;
  END IF;
END $$;
