-- A month's pay is expected on a day that every month has.
ALTER TABLE makegood_school
  ADD CONSTRAINT a_pay_day_is_in_every_month CHECK (pay_day BETWEEN 1 AND 28);
DO $$
BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'makegood_app') THEN
    GRANT INSERT (pay_day), UPDATE (pay_day) ON makegood_school TO makegood_app;
  END IF;
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'makegood_auditor') THEN
    GRANT SELECT (pay_day) ON makegood_school TO makegood_auditor;
  END IF;
END $$;
