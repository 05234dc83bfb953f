-- What the two roles may do. The app role owns nothing and cannot bypass row-level security; the auditor reads, across
-- schools. Both may be run again at any time, for example after a role was created late.

DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'makegood_app') THEN
    CREATE ROLE makegood_app NOLOGIN;
  END IF;
EXCEPTION
  WHEN duplicate_object OR unique_violation THEN NULL;  -- another database of the cluster was quicker
  WHEN insufficient_privilege THEN
    RAISE WARNING 'The role makegood_app is missing: create it, then run 10_privileges.sql again.';
END $$;

DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'makegood_auditor') THEN
    CREATE ROLE makegood_auditor NOLOGIN BYPASSRLS;
  END IF;
EXCEPTION
  WHEN duplicate_object OR unique_violation THEN NULL;
  WHEN insufficient_privilege THEN
    RAISE WARNING 'The role makegood_auditor is missing: create it, then run 10_privileges.sql again.';
END $$;

-- The columns the app may UPDATE are named; all others, every DELETE and every TRUNCATE are refused before a trigger has to.
DO $$
DECLARE
  product text[] := ARRAY(SELECT tablename::text FROM pg_tables
                          WHERE schemaname = 'public' AND tablename LIKE 'makegood\_%' AND tablename <> 'makegood_cache');
  product_table text;
  columns text;
BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'makegood_app') THEN
    GRANT USAGE ON SCHEMA public TO makegood_app;
    -- The tables of sign-in, sessions, jobs and the cache are written by their own libraries.
    GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO makegood_app;
    GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO makegood_app;
    ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO makegood_app;
    ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO makegood_app;
    FOREACH product_table IN ARRAY product || ARRAY['django_migrations'] LOOP
      EXECUTE format('REVOKE ALL ON %I FROM makegood_app', product_table);
      EXECUTE format('GRANT SELECT ON %I TO makegood_app', product_table);
      IF product_table NOT IN ('makegood_lessontransition', 'django_migrations') THEN
        SELECT string_agg(quote_ident(column_name), ', ') INTO columns FROM information_schema.columns
        WHERE table_schema = 'public' AND table_name = product_table AND is_identity = 'NO';
        EXECUTE format('GRANT INSERT (%s) ON %I TO makegood_app', columns, product_table);
      END IF;
    END LOOP;
    GRANT UPDATE (name, zone, language, desk_email, desk_phone, support_email, emergency_phone, pays_teachers)
      ON makegood_school TO makegood_app;
    GRANT UPDATE (password, last_login, email, full_name, zone, language, is_active, is_demo)
      ON makegood_person TO makegood_app;
    GRANT UPDATE (display_name, engagement, country, ended_at) ON makegood_membership TO makegood_app;
    GRANT UPDATE (ended_at, ended_by_id) ON makegood_rolegrant TO makegood_app;
    GRANT UPDATE (accepted_at) ON makegood_invitation TO makegood_app;
    GRANT UPDATE (teacher_id, student_id, starts_at, ends_at, blocked, status, lesson_type, title, pay_minor, currency,
                  taught_minutes, join_link, version) ON makegood_lesson TO makegood_app;
    GRANT UPDATE (closed_at) ON makegood_payperiod TO makegood_app;
    GRANT UPDATE (sent_at, failed_at, read_at) ON makegood_message TO makegood_app;
  END IF;
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'makegood_auditor') THEN
    GRANT USAGE ON SCHEMA public TO makegood_auditor;
    FOREACH product_table IN ARRAY product || ARRAY['django_migrations'] LOOP
      EXECUTE format('REVOKE ALL ON %I FROM makegood_auditor', product_table);
      -- Nobody needs to read password hashes to check the books.
      SELECT string_agg(quote_ident(column_name), ', ') INTO columns FROM information_schema.columns
      WHERE table_schema = 'public' AND table_name = product_table AND column_name <> 'password';
      EXECUTE format('GRANT SELECT (%s) ON %I TO makegood_auditor', columns, product_table);
    END LOOP;
  END IF;
END $$;
