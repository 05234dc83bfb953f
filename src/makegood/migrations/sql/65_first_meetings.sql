-- Schools say whether the first lesson of a student with a teacher is a first meeting.
DO $$
BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'makegood_app') THEN
    GRANT INSERT (first_meeting_required) ON makegood_bookingrules TO makegood_app;
  END IF;
END $$;
