-- A claim says at which time the lesson stood; the table, whose rights are by column, has one more column.
DO $$
BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'makegood_app') THEN
    GRANT INSERT (about_starts_at) ON makegood_lessonclaim TO makegood_app;
  END IF;
END $$;
