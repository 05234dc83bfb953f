-- Lesson credits on the ledger, counted in lessons; pay that is posted again after it was taken back.

CREATE FUNCTION makegood_is_unit(code text) RETURNS boolean LANGUAGE sql IMMUTABLE
  RETURN code ~ '^[A-Z]{3}$' OR code = 'lesson';

ALTER TABLE makegood_account
  DROP CONSTRAINT account_kind_is_known,
  DROP CONSTRAINT account_currency_is_an_iso_code,
  DROP CONSTRAINT teacher_accounts_have_an_owner_and_school_accounts_none,
  ADD CONSTRAINT account_kind_is_known
    CHECK (kind IN ('teacher_pay', 'teacher_penalties_pending', 'school_lesson_cost', 'school_penalties_pending',
                    'student_credits', 'school_credits_sold', 'school_credits_used', 'school_credits_expired')),
  ADD CONSTRAINT account_unit_is_a_currency_or_lessons CHECK (makegood_is_unit(currency)),
  ADD CONSTRAINT credits_and_only_they_are_counted_in_lessons CHECK ((kind LIKE '%credits%') = (currency = 'lesson')),
  ADD CONSTRAINT accounts_of_people_have_an_owner_and_school_accounts_none
    CHECK ((kind LIKE 'school\_%') = (membership_id IS NULL));

ALTER TABLE makegood_transfer
  DROP CONSTRAINT transfer_kind_is_known,
  DROP CONSTRAINT transfer_currency_is_an_iso_code,
  ADD CONSTRAINT transfer_kind_is_known
    CHECK (kind IN ('lesson_pay', 'lesson_pay_reversal', 'penalty', 'penalty_reversal', 'credit_bought',
                    'credit_bought_reversal', 'credit_used', 'credit_used_reversal', 'credit_expired')),
  ADD CONSTRAINT transfer_unit_is_a_currency_or_lessons CHECK (makegood_is_unit(currency)),
  ADD CONSTRAINT only_pay_is_posted_a_second_time CHECK (number >= 1 AND (number = 1 OR kind LIKE 'lesson\_pay%'));

-- A posting says what its source says: a penalty its assessment's amount, pay its lesson's, credits their grant's, use's
-- or expiry's, a reversal its original's. Pay is posted again only after the one before was taken back.
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

-- A student's credits never go below zero. The student's row is locked, so that two uses cannot both find the last one.
CREATE FUNCTION makegood_check_credits() RETURNS trigger LANGUAGE plpgsql
  SET search_path = public, pg_temp AS $$
DECLARE
  giving makegood_account;
  balance bigint;
BEGIN
  SELECT * INTO giving FROM makegood_account WHERE school_id = NEW.school_id AND id = NEW.credit_id;
  IF giving.kind <> 'student_credits' THEN
    RETURN NULL;
  END IF;
  PERFORM FROM makegood_membership WHERE school_id = NEW.school_id AND id = giving.membership_id FOR NO KEY UPDATE;
  SELECT coalesce(sum(CASE WHEN debit_id = NEW.credit_id THEN amount_minor ELSE -amount_minor END), 0) INTO balance
  FROM makegood_transfer WHERE school_id = NEW.school_id AND NEW.credit_id IN (debit_id, credit_id);
  IF balance < 0 THEN
    RAISE EXCEPTION 'account % would have % lesson credits', NEW.credit_id, balance
      USING ERRCODE = 'check_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = TG_NAME;
  END IF;
  RETURN NULL;
END $$;

CREATE TRIGGER credits_are_not_overdrawn AFTER INSERT ON makegood_transfer
  FOR EACH ROW WHEN (NEW.currency = 'lesson') EXECUTE FUNCTION makegood_check_credits();
