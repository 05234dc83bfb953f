-- The ledger. A transfer balances by construction; these keep it true to its source and out of closed periods.

ALTER TABLE makegood_payperiod
  ADD CONSTRAINT a_pay_period_has_days CHECK (ends_on > starts_on);

DO $$
DECLARE school_equal text := 'school_id WITH =';
BEGIN
  IF NOT EXISTS (SELECT FROM pg_extension WHERE extname = 'btree_gist') THEN
    school_equal := $e$int8range(school_id, school_id, '[]') WITH &&$e$;
  END IF;
  EXECUTE format(
    'ALTER TABLE makegood_payperiod ADD CONSTRAINT pay_periods_of_a_school_do_not_overlap
       EXCLUDE USING gist (%s, daterange(starts_on, ends_on, ''[)'') WITH &&)', school_equal);
END $$;

-- The lock makes a posting and a closing wait for each other: without it one could slip past the close.
CREATE FUNCTION makegood_check_period_is_open() RETURNS trigger LANGUAGE plpgsql
  SET search_path = public, pg_temp AS $$
DECLARE
  closing timestamptz;
BEGIN
  SELECT closed_at INTO closing FROM makegood_payperiod
  WHERE school_id = NEW.school_id AND id = NEW.period_id FOR SHARE;
  IF closing IS NOT NULL THEN
    RAISE EXCEPTION 'pay period % is closed and takes no postings', NEW.period_id
      USING ERRCODE = 'check_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = TG_NAME;
  END IF;
  RETURN NEW;
END $$;

-- A posting says what its source says: a penalty its assessment's amount, pay its lesson's, a reversal its original's.
CREATE FUNCTION makegood_check_transfer_source() RETURNS trigger LANGUAGE plpgsql
  SET search_path = public, pg_temp AS $$
DECLARE
  original makegood_transfer;
  due_minor bigint;
  due_currency text;
  due_teacher bigint;
BEGIN
  IF NEW.reverses_id IS NOT NULL THEN
    SELECT * INTO original FROM makegood_transfer WHERE school_id = NEW.school_id AND id = NEW.reverses_id;
    IF (NEW.kind, NEW.source, NEW.amount_minor, NEW.currency, NEW.debit_id, NEW.credit_id) IS DISTINCT FROM
       (original.kind || '_reversal', original.source, original.amount_minor, original.currency,
        original.credit_id, original.debit_id) THEN
      RAISE EXCEPTION 'a reversal mirrors its original: same source, amount and currency, accounts swapped'
        USING ERRCODE = 'check_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = TG_NAME;
    END IF;
    RETURN NEW;
  END IF;
  IF NEW.kind = 'penalty' THEN
    SELECT assessment.penalty_minor, assessment.currency, incident.teacher_id
    INTO due_minor, due_currency, due_teacher
    FROM makegood_assessment AS assessment
      JOIN makegood_incident AS incident ON (incident.school_id, incident.id) = (assessment.school_id, assessment.incident_id)
    WHERE assessment.school_id = NEW.school_id AND assessment.id = NEW.source;
  ELSE
    SELECT pay_minor, currency, teacher_id INTO due_minor, due_currency, due_teacher
    FROM makegood_lesson WHERE school_id = NEW.school_id AND id = NEW.source;
  END IF;
  IF (NEW.amount_minor, NEW.currency) IS DISTINCT FROM (due_minor, due_currency::varchar) THEN
    RAISE EXCEPTION 'a % is posted with exactly the amount of its source', NEW.kind
      USING ERRCODE = 'check_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = TG_NAME;
  END IF;
  IF (SELECT count(*) FROM makegood_account
      WHERE school_id = NEW.school_id AND id IN (NEW.debit_id, NEW.credit_id) AND membership_id = due_teacher) <> 1 THEN
    RAISE EXCEPTION 'a % is posted between the school and the teacher of its source', NEW.kind
      USING ERRCODE = 'check_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = TG_NAME;
  END IF;
  RETURN NEW;
END $$;
