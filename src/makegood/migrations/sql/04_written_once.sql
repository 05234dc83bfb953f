-- Rows that are written once. A correction is a new row; the database's own clock says when each was written.

CREATE FUNCTION makegood_refuse_change() RETURNS trigger LANGUAGE plpgsql
  SET search_path = public, pg_temp AS $$
BEGIN
  RAISE EXCEPTION '% of % is refused: its rows are written once, a correction is a new row', TG_OP, TG_TABLE_NAME
    USING ERRCODE = 'restrict_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = TG_NAME;
END $$;

-- The columns named as arguments go from empty to a value once; every other column stays as it is.
CREATE FUNCTION makegood_refuse_all_but_stamps() RETURNS trigger LANGUAGE plpgsql
  SET search_path = public, pg_temp AS $$
DECLARE
  before jsonb := to_jsonb(OLD);
  after jsonb := to_jsonb(NEW);
  stamp text;
BEGIN
  IF before - TG_ARGV <> after - TG_ARGV THEN
    RAISE EXCEPTION 'only % of % may be stamped', array_to_string(TG_ARGV, ', '), TG_TABLE_NAME
      USING ERRCODE = 'restrict_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = TG_NAME;
  END IF;
  FOREACH stamp IN ARRAY TG_ARGV LOOP
    IF before ->> stamp IS NOT NULL AND before -> stamp <> after -> stamp THEN
      RAISE EXCEPTION '% of % is stamped once', stamp, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = TG_NAME, COLUMN = stamp;
    END IF;
  END LOOP;
  RETURN NEW;
END $$;

-- The columns named as arguments never change.
CREATE FUNCTION makegood_refuse_change_of() RETURNS trigger LANGUAGE plpgsql
  SET search_path = public, pg_temp AS $$
DECLARE
  fixed text;
BEGIN
  FOREACH fixed IN ARRAY TG_ARGV LOOP
    IF to_jsonb(OLD) -> fixed <> to_jsonb(NEW) -> fixed THEN
      RAISE EXCEPTION '% of % never changes', fixed, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = TG_NAME, COLUMN = fixed;
    END IF;
  END LOOP;
  RETURN NEW;
END $$;

-- Whatever the writer passed, `recorded_at` is the database's own clock.
CREATE FUNCTION makegood_stamp_recorded_at() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.recorded_at := clock_timestamp();
  RETURN NEW;
END $$;
