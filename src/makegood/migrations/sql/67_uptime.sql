-- When our own pages answered, and when they did not. Of no school; everybody's evidence. Functions: 20_inside_a_school.sql.
ALTER TABLE makegood_heartbeat
  ADD CONSTRAINT a_heartbeat_is_of_a_whole_minute CHECK (extract(epoch FROM minute) % 60 = 0),
  -- Nobody vouches for a minute that has not come yet.
  ADD CONSTRAINT a_heartbeat_is_not_of_the_future CHECK (minute <= recorded_at + interval '5 minutes');

ALTER TABLE makegood_downtime
  ADD CONSTRAINT a_downtime_ends_after_it_began CHECK (ended_at > started_at),
  ADD CONSTRAINT downtimes_do_not_overlap EXCLUDE USING gist (tstzrange(started_at, ended_at) WITH &&);

SELECT makegood_keep_written_once('makegood_heartbeat', 'makegood_downtime');

-- It was between two heartbeats: the pages answered just before and at its end, and not meanwhile.
CREATE FUNCTION makegood_check_downtime() RETURNS trigger LANGUAGE plpgsql
  SET search_path = public, pg_temp AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM makegood_heartbeat WHERE minute = NEW.started_at - interval '1 minute')
     OR NOT EXISTS (SELECT FROM makegood_heartbeat WHERE minute = NEW.ended_at)
     OR EXISTS (SELECT FROM makegood_heartbeat WHERE minute >= NEW.started_at AND minute < NEW.ended_at) THEN
    RAISE EXCEPTION 'a downtime lies between two heartbeats and has none in it'
      USING ERRCODE = 'check_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = TG_NAME;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER a_downtime_is_a_gap_between_heartbeats BEFORE INSERT ON makegood_downtime
  FOR EACH ROW EXECUTE FUNCTION makegood_check_downtime();

DO $$
BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'makegood_app') THEN
    REVOKE ALL ON makegood_heartbeat, makegood_downtime FROM makegood_app;
    GRANT SELECT, INSERT (minute, recorded_at) ON makegood_heartbeat TO makegood_app;
    GRANT SELECT, INSERT (started_at, ended_at, recorded_at) ON makegood_downtime TO makegood_app;
  END IF;
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'makegood_auditor') THEN
    REVOKE ALL ON makegood_heartbeat, makegood_downtime FROM makegood_auditor;
    GRANT SELECT ON makegood_heartbeat, makegood_downtime TO makegood_auditor;
  END IF;
END $$;
