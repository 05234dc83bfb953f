-- Lesson credits that were given by mistake are taken back by a posting of their own, never more than were given.
-- Functions: 20_inside_a_school.sql; makegood_check_transfer_source is that of 24_credits.sql with one more kind.
SELECT makegood_put_inside_a_school('makegood_creditcorrection');
SELECT makegood_keep_written_once('makegood_creditcorrection');

ALTER TABLE makegood_creditcorrection
  ADD CONSTRAINT a_grant_that_is_corrected_is_of_the_school
    FOREIGN KEY (school_id, grant_id) REFERENCES makegood_creditgrant (school_id, id),
  ADD CONSTRAINT a_credit_correction_takes_something CHECK (credits >= 1),
  ADD CONSTRAINT credit_correction_numbers_start_at_one CHECK (number >= 1),
  ADD CONSTRAINT credit_correction_door_is_known
    CHECK (door IN ('web', 'import', 'command', 'api', 'phone', 'chat', 'email', 'sms', 'job'));

ALTER TABLE makegood_transfer DROP CONSTRAINT transfer_kind_is_known;
ALTER TABLE makegood_transfer
  ADD CONSTRAINT transfer_kind_is_known
    CHECK (kind IN ('lesson_pay', 'lesson_pay_reversal', 'penalty', 'penalty_reversal', 'credit_bought',
                    'credit_bought_reversal', 'credit_used', 'credit_used_reversal', 'credit_expired',
                    'credit_taken_back')) NOT VALID;
ALTER TABLE makegood_transfer VALIDATE CONSTRAINT transfer_kind_is_known;

CREATE OR REPLACE FUNCTION makegood_check_transfer_source() RETURNS trigger LANGUAGE plpgsql
  SET search_path = public, pg_temp AS $$
DECLARE
  original makegood_transfer;
  due_minor bigint;
  due_currency text := 'lesson';
  due_member bigint;
BEGIN
  IF NEW.reverses_id IS NOT NULL THEN
    SELECT * INTO original FROM makegood_transfer WHERE school_id = NEW.school_id AND id = NEW.reverses_id;
    IF (NEW.kind, NEW.source, NEW.number, NEW.amount_minor, NEW.currency, NEW.debit_id, NEW.credit_id) IS DISTINCT FROM
       (original.kind || '_reversal', original.source, original.number, original.amount_minor, original.currency,
        original.credit_id, original.debit_id) THEN
      RAISE EXCEPTION 'a reversal mirrors its original: same source, amount and currency, accounts swapped'
        USING ERRCODE = 'check_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = TG_NAME;
    END IF;
    RETURN NEW;
  END IF;
  IF NEW.kind = 'penalty' THEN
    SELECT assessment.penalty_minor, assessment.currency, incident.teacher_id
    INTO due_minor, due_currency, due_member
    FROM makegood_assessment AS assessment
      JOIN makegood_incident AS incident ON (incident.school_id, incident.id) = (assessment.school_id, assessment.incident_id)
    WHERE assessment.school_id = NEW.school_id AND assessment.id = NEW.source;
  ELSIF NEW.kind = 'credit_bought' THEN
    SELECT credits, student_id INTO due_minor, due_member
    FROM makegood_creditgrant WHERE school_id = NEW.school_id AND id = NEW.source;
  ELSIF NEW.kind = 'credit_used' THEN
    SELECT use.credits, lesson.student_id INTO due_minor, due_member
    FROM makegood_credituse AS use JOIN makegood_lesson AS lesson ON (lesson.school_id, lesson.id) = (use.school_id, use.lesson_id)
    WHERE use.school_id = NEW.school_id AND use.id = NEW.source;
  ELSIF NEW.kind = 'credit_expired' THEN
    SELECT expiry.credits, given.student_id INTO due_minor, due_member
    FROM makegood_creditexpiry AS expiry
      JOIN makegood_creditgrant AS given ON (given.school_id, given.id) = (expiry.school_id, expiry.grant_id)
    WHERE expiry.school_id = NEW.school_id AND expiry.id = NEW.source;
  ELSIF NEW.kind = 'credit_taken_back' THEN
    SELECT correction.credits, given.student_id INTO due_minor, due_member
    FROM makegood_creditcorrection AS correction
      JOIN makegood_creditgrant AS given ON (given.school_id, given.id) = (correction.school_id, correction.grant_id)
    WHERE correction.school_id = NEW.school_id AND correction.id = NEW.source;
  ELSE
    SELECT pay_minor, currency, teacher_id INTO due_minor, due_currency, due_member
    FROM makegood_lesson WHERE school_id = NEW.school_id AND id = NEW.source;
    IF NEW.number > 1 THEN
      IF NOT EXISTS (
           SELECT FROM makegood_transfer AS reversal
           WHERE reversal.school_id = NEW.school_id AND reversal.kind = NEW.kind || '_reversal'
             AND reversal.source = NEW.source AND reversal.number = NEW.number - 1) THEN
        RAISE EXCEPTION 'pay of lesson % is posted again only after it was taken back', NEW.source
          USING ERRCODE = 'check_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = TG_NAME;
      END IF;
    END IF;
  END IF;
  IF (NEW.amount_minor, NEW.currency) IS DISTINCT FROM (due_minor, due_currency::varchar) THEN
    RAISE EXCEPTION 'a % is posted with exactly the amount of its source', NEW.kind
      USING ERRCODE = 'check_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = TG_NAME;
  END IF;
  IF (SELECT count(*) FROM makegood_account
      WHERE school_id = NEW.school_id AND id IN (NEW.debit_id, NEW.credit_id) AND membership_id = due_member) <> 1 THEN
    RAISE EXCEPTION 'a % is posted between the school and the member of its source', NEW.kind
      USING ERRCODE = 'check_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = TG_NAME;
  END IF;
  RETURN NEW;
END $$;

-- All that is taken back of a grant, with what expired of it, is at most what was given. The student's row is locked, as
-- for every change of credits, so that two corrections see each other.
CREATE FUNCTION makegood_check_credit_correction() RETURNS trigger LANGUAGE plpgsql
  SET search_path = public, pg_temp AS $$
DECLARE
  given makegood_creditgrant;
BEGIN
  SELECT * INTO given FROM makegood_creditgrant WHERE school_id = NEW.school_id AND id = NEW.grant_id;
  PERFORM FROM makegood_membership WHERE school_id = NEW.school_id AND id = given.student_id FOR NO KEY UPDATE;
  -- A grant that does not exist is the foreign key's to refuse.
  IF NEW.credits > given.credits
     - (SELECT coalesce(sum(credits), 0) FROM makegood_creditcorrection
        WHERE school_id = NEW.school_id AND grant_id = NEW.grant_id)
     - (SELECT coalesce(sum(credits), 0) FROM makegood_creditexpiry
        WHERE school_id = NEW.school_id AND grant_id = NEW.grant_id) THEN
    RAISE EXCEPTION 'more lesson credits would be taken back of grant % than it gave', NEW.grant_id
      USING ERRCODE = 'check_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = TG_NAME;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER credits_are_taken_back_of_what_was_given BEFORE INSERT ON makegood_creditcorrection
  FOR EACH ROW EXECUTE FUNCTION makegood_check_credit_correction();
