-- Matching pauses after a warning, for as long as the warning said, one at a time; the desk lifts it once.
-- Functions: 20_inside_a_school.sql.
ALTER TABLE makegood_bookingrules
  DROP CONSTRAINT booking_rules_lie_within_their_limits,
  ADD CONSTRAINT booking_rules_lie_within_their_limits
    CHECK (buffer_minutes <= 120 AND minimum_notice_minutes <= 20160 AND horizon_days BETWEEN 7 AND 366
           AND max_lessons_per_day BETWEEN 1 AND 48 AND hold_minutes BETWEEN 1 AND 1440 AND probation_days <= 366
           AND probation_max_lessons_per_week BETWEEN 1 AND 100 AND freshness_days <= 60
           AND freshness_pause_days <= 366 AND freshness_grace_hours BETWEEN 1 AND 336);

DO $$
BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'makegood_app') THEN
    GRANT INSERT (freshness_grace_hours) ON makegood_bookingrules TO makegood_app;
  END IF;
END $$;

SELECT makegood_put_inside_a_school('makegood_freshnesswarning', 'makegood_matchingpause', 'makegood_matchingpauselift');
SELECT makegood_keep_written_once('makegood_freshnesswarning', 'makegood_matchingpause', 'makegood_matchingpauselift');

ALTER TABLE makegood_freshnesswarning
  ADD CONSTRAINT a_freshness_warning_is_of_a_member_of_the_school
    FOREIGN KEY (school_id, teacher_id) REFERENCES makegood_membership (school_id, id),
  ADD CONSTRAINT freshness_warning_numbers_start_at_one CHECK (number >= 1),
  ADD CONSTRAINT a_freshness_warning_follows_what_it_warns_of CHECK (broken_since_at <= warned_at),
  ADD CONSTRAINT a_freshness_warning_names_a_pause CHECK (needed_days BETWEEN 1 AND 60 AND pause_days BETWEEN 1 AND 366),
  -- The difference of two instants is elapsed time, whatever clocks do in between.
  ADD CONSTRAINT a_freshness_warning_gives_the_time_of_the_rules
    CHECK (grace_hours BETWEEN 1 AND 336 AND pauses_at - warned_at = make_interval(hours => grace_hours));

ALTER TABLE makegood_matchingpause
  ADD CONSTRAINT a_matching_pause_is_of_a_member_of_the_school
    FOREIGN KEY (school_id, teacher_id) REFERENCES makegood_membership (school_id, id),
  ADD CONSTRAINT a_matching_pause_follows_a_warning_of_the_school
    FOREIGN KEY (school_id, warning_id) REFERENCES makegood_freshnesswarning (school_id, id),
  ADD CONSTRAINT a_matching_pause_ends_after_it_starts CHECK (ends_at > starts_at);

ALTER TABLE makegood_matchingpauselift
  ADD CONSTRAINT a_lift_is_of_a_matching_pause_of_the_school
    FOREIGN KEY (school_id, pause_id) REFERENCES makegood_matchingpause (school_id, id),
  ADD CONSTRAINT a_lift_has_a_reason CHECK (reason <> ''),
  ADD CONSTRAINT lift_door_is_known
    CHECK (door IN ('web', 'import', 'command', 'api', 'phone', 'chat', 'email', 'sms', 'job'));

-- A pause says what its warning said, not before it said so, and the teacher has no other one that runs.
CREATE FUNCTION makegood_check_matching_pause() RETURNS trigger LANGUAGE plpgsql
  SET search_path = public, pg_temp AS $$
BEGIN
  -- Two pauses of a teacher wait for each other; the second then sees the first.
  PERFORM FROM makegood_membership WHERE school_id = NEW.school_id AND id = NEW.teacher_id FOR NO KEY UPDATE;
  IF NOT EXISTS (
       SELECT FROM makegood_freshnesswarning AS warning
       WHERE warning.school_id = NEW.school_id AND warning.id = NEW.warning_id AND warning.teacher_id = NEW.teacher_id
         AND NEW.starts_at >= warning.pauses_at
         AND NEW.ends_at - NEW.starts_at = make_interval(hours => 24 * warning.pause_days)) THEN
    RAISE EXCEPTION 'a pause of matching starts after its warning, and lasts as long as it said'
      USING ERRCODE = 'check_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = TG_NAME;
  END IF;
  IF EXISTS (
       SELECT FROM makegood_matchingpause AS other
         LEFT JOIN makegood_matchingpauselift AS lift ON (lift.school_id, lift.pause_id) = (other.school_id, other.id)
       WHERE other.school_id = NEW.school_id AND other.teacher_id = NEW.teacher_id
         AND other.starts_at < NEW.ends_at AND coalesce(lift.lifted_at, other.ends_at) > NEW.starts_at) THEN
    RAISE EXCEPTION 'matching pauses for this teacher already'
      USING ERRCODE = 'check_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = TG_NAME;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER a_matching_pause_does_what_its_warning_said BEFORE INSERT ON makegood_matchingpause
  FOR EACH ROW EXECUTE FUNCTION makegood_check_matching_pause();

-- Only what runs is lifted, and nobody lifts an own pause.
CREATE FUNCTION makegood_check_matching_pause_lift() RETURNS trigger LANGUAGE plpgsql
  SET search_path = public, pg_temp AS $$
BEGIN
  IF NOT EXISTS (
       SELECT FROM makegood_matchingpause AS pause
         JOIN makegood_membership AS teacher ON (teacher.school_id, teacher.id) = (pause.school_id, pause.teacher_id)
       WHERE pause.school_id = NEW.school_id AND pause.id = NEW.pause_id AND teacher.person_id <> NEW.lifted_by_id
         AND NEW.lifted_at >= pause.starts_at AND NEW.lifted_at < pause.ends_at) THEN
    RAISE EXCEPTION 'a pause of matching is lifted while it runs, by somebody else than its teacher'
      USING ERRCODE = 'check_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = TG_NAME;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER a_matching_pause_is_lifted_by_somebody_else BEFORE INSERT ON makegood_matchingpauselift
  FOR EACH ROW EXECUTE FUNCTION makegood_check_matching_pause_lift();
