-- A pay rate starts on the day it is set, whatever the zone of the school, or later; what was booked is never paid anew.
ALTER TABLE makegood_payrate
  ADD CONSTRAINT a_pay_rate_starts_when_it_is_set_or_later
    CHECK (from_on >= (set_at AT TIME ZONE 'UTC')::date - 1) NOT VALID;
ALTER TABLE makegood_payrate VALIDATE CONSTRAINT a_pay_rate_starts_when_it_is_set_or_later;
DO $$
BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'makegood_app') THEN
    GRANT INSERT (from_on) ON makegood_payrate TO makegood_app;
  END IF;
END $$;
