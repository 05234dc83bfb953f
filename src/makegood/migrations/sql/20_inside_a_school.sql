-- What every table inside a school needs, in one call, for the migrations that add tables after the first ones.

-- Primary key (school_id, id), row-level security enabled and forced, the app may read and insert, the auditor may read.
CREATE FUNCTION makegood_put_inside_a_school(VARIADIC inside text[]) RETURNS void LANGUAGE plpgsql
  SET search_path = public, pg_temp AS $$
DECLARE
  inside_table text;
  columns text;
BEGIN
  FOREACH inside_table IN ARRAY inside LOOP
    EXECUTE format('ALTER TABLE %1$I DROP CONSTRAINT %2$I, ADD PRIMARY KEY (school_id, id)', inside_table, inside_table || '_pkey');
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', inside_table);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', inside_table);
    EXECUTE format(
      $p$CREATE POLICY rows_of_the_school_of_the_transaction ON %I
           USING (school_id = nullif(current_setting('makegood.school_id', true), '')::bigint)
           WITH CHECK (school_id = nullif(current_setting('makegood.school_id', true), '')::bigint)$p$, inside_table);
    SELECT string_agg(quote_ident(column_name), ', ') INTO columns FROM information_schema.columns AS known
    WHERE known.table_schema = 'public' AND known.table_name = inside_table AND is_identity = 'NO';
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'makegood_app') THEN
      EXECUTE format('REVOKE ALL ON %I FROM makegood_app', inside_table);
      EXECUTE format('GRANT SELECT, INSERT (%s) ON %I TO makegood_app', columns, inside_table);
    END IF;
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'makegood_auditor') THEN
      EXECUTE format('REVOKE ALL ON %I FROM makegood_auditor', inside_table);
      EXECUTE format('GRANT SELECT ON %I TO makegood_auditor', inside_table);
    END IF;
  END LOOP;
END $$;

-- Rows of these tables are written once: no UPDATE, DELETE or TRUNCATE; `recorded_at` is the database's own clock.
CREATE FUNCTION makegood_keep_written_once(VARIADIC once text[]) RETURNS void LANGUAGE plpgsql
  SET search_path = public, pg_temp AS $$
DECLARE
  table_name text;
  rows_of text;
BEGIN
  FOREACH table_name IN ARRAY once LOOP
    rows_of := replace(table_name, 'makegood_', '');
    EXECUTE format('CREATE TRIGGER %I BEFORE UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION makegood_refuse_change()',
                   rows_of || '_rows_are_written_once', table_name);
    EXECUTE format('CREATE TRIGGER %I BEFORE TRUNCATE ON %I EXECUTE FUNCTION makegood_refuse_change()',
                   rows_of || '_rows_are_not_emptied', table_name);
    EXECUTE format('CREATE TRIGGER %I BEFORE INSERT ON %I FOR EACH ROW EXECUTE FUNCTION makegood_stamp_recorded_at()',
                   rows_of || '_rows_are_recorded_now', table_name);
  END LOOP;
END $$;

-- Rows of this table are stamped: each of `stamps` goes from empty to a value once; nothing else changes or goes away.
CREATE FUNCTION makegood_keep_stamped(table_name text, VARIADIC stamps text[]) RETURNS void LANGUAGE plpgsql
  SET search_path = public, pg_temp AS $$
DECLARE
  rows_of text := replace(table_name, 'makegood_', '');
  quoted text := (SELECT string_agg(quote_literal(stamp), ', ') FROM unnest(stamps) AS stamp);
BEGIN
  EXECUTE format('CREATE TRIGGER %I BEFORE UPDATE ON %I FOR EACH ROW EXECUTE FUNCTION makegood_refuse_all_but_stamps(%s)',
                 rows_of || '_rows_are_only_stamped', table_name, quoted);
  EXECUTE format('CREATE TRIGGER %I BEFORE DELETE ON %I FOR EACH ROW EXECUTE FUNCTION makegood_refuse_change()',
                 rows_of || '_rows_are_not_deleted', table_name);
  EXECUTE format('CREATE TRIGGER %I BEFORE TRUNCATE ON %I EXECUTE FUNCTION makegood_refuse_change()',
                 rows_of || '_rows_are_not_emptied', table_name);
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'makegood_app') THEN
    EXECUTE format('GRANT UPDATE (%s) ON %I TO makegood_app', array_to_string(stamps, ', '), table_name);
  END IF;
END $$;
