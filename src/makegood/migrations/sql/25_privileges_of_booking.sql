-- What the app may change in lessons since they are held and moved.
DO $$
BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'makegood_app') THEN
    GRANT INSERT (held_until, waits_for, keeps_time_for_id, series_id, series_position, credits) ON makegood_lesson TO makegood_app;
    GRANT UPDATE (held_until, waits_for, credits, booked_at) ON makegood_lesson TO makegood_app;
    GRANT INSERT (number) ON makegood_transfer TO makegood_app;
  END IF;
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'makegood_auditor') THEN
    GRANT SELECT ON makegood_lesson, makegood_transfer TO makegood_auditor;
  END IF;
END $$;
