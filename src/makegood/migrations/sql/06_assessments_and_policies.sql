-- Assessments form one chain per incident; policy versions one line per school.

CREATE FUNCTION makegood_check_assessment() RETURNS trigger LANGUAGE plpgsql
  SET search_path = public, pg_temp AS $$
DECLARE
  former_id bigint;
  former_number integer;
BEGIN
  SELECT id, number INTO former_id, former_number FROM makegood_assessment
  WHERE school_id = NEW.school_id AND incident_id = NEW.incident_id ORDER BY number DESC LIMIT 1;
  IF NEW.number <> coalesce(former_number, 0) + 1 OR NEW.supersedes_id IS DISTINCT FROM former_id THEN
    RAISE EXCEPTION 'an assessment supersedes the latest of its incident and takes the next number'
      USING ERRCODE = 'check_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = TG_NAME;
  END IF;
  -- One IF inside the other: PostgreSQL then asks the tables only where there is a quote.
  IF NEW.quote_id IS NOT NULL THEN
    IF EXISTS (
         SELECT FROM makegood_quote AS quote
           JOIN makegood_incident AS incident ON incident.school_id = NEW.school_id AND incident.id = NEW.incident_id
         WHERE quote.school_id = NEW.school_id AND quote.id = NEW.quote_id
           AND (quote.lesson_id, quote.teacher_id) <> (incident.lesson_id, incident.teacher_id)) THEN
      RAISE EXCEPTION 'the quote of an assessment is about the same lesson and teacher'
        USING ERRCODE = 'check_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = TG_NAME;
    END IF;
  END IF;
  RETURN NEW;
END $$;

-- A consequence is for the teacher of its incident.
CREATE FUNCTION makegood_check_consequence() RETURNS trigger LANGUAGE plpgsql
  SET search_path = public, pg_temp AS $$
BEGIN
  IF EXISTS (
       SELECT FROM makegood_incident AS incident
       WHERE incident.school_id = NEW.school_id AND incident.id = NEW.incident_id
         AND incident.teacher_id <> NEW.teacher_id) THEN
    RAISE EXCEPTION 'a consequence is for the teacher of its incident'
      USING ERRCODE = 'check_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = TG_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE FUNCTION makegood_check_policy_version() RETURNS trigger LANGUAGE plpgsql
  SET search_path = public, pg_temp AS $$
DECLARE
  former makegood_policyversion;
BEGIN
  SELECT * INTO former FROM makegood_policyversion
  WHERE school_id = NEW.school_id ORDER BY number DESC LIMIT 1;
  IF NEW.number <> coalesce(former.number, 0) + 1 THEN
    RAISE EXCEPTION 'policy versions of a school are numbered without gaps'
      USING ERRCODE = 'check_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = TG_NAME;
  END IF;
  IF NEW.published_at < former.published_at OR NEW.in_force_from_on <= former.in_force_from_on THEN
    RAISE EXCEPTION 'a policy version is published after and in force after the one before'
      USING ERRCODE = 'check_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = TG_NAME;
  END IF;
  RETURN NEW;
END $$;
