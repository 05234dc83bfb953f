-- Lessons keep their state machine, incidents their truth about the lesson.

INSERT INTO makegood_lessontransition (from_status, to_status, needs) VALUES
  ('booked', 'in_progress', ''),
  ('booked', 'taught', ''),
  ('booked', 'cancelled', ''),
  ('booked', 'moved', ''),
  ('booked', 'missed', ''),
  ('booked', 'cut_short', ''),
  ('in_progress', 'taught', ''),
  ('in_progress', 'cancelled', ''),
  ('in_progress', 'missed', ''),
  ('in_progress', 'cut_short', ''),
  -- A lesson thought taught was not: the incident that says so comes first.
  ('taught', 'cancelled', 'live incident'),
  ('taught', 'missed', 'live incident'),
  ('taught', 'cut_short', 'live incident'),
  -- An incident was withdrawn or voided: that record comes first.
  ('cancelled', 'booked', 'ended incident'),
  ('cancelled', 'in_progress', 'ended incident'),
  ('cancelled', 'taught', 'ended incident'),
  ('moved', 'booked', 'ended incident'),
  ('missed', 'booked', 'ended incident'),
  ('missed', 'in_progress', 'ended incident'),
  ('missed', 'taught', 'ended incident'),
  ('cut_short', 'booked', 'ended incident'),
  ('cut_short', 'in_progress', 'ended incident'),
  ('cut_short', 'taught', 'ended incident');

-- Live: neither withdrawn nor, by the latest decision, voided.
CREATE FUNCTION makegood_incident_is_live(of_school bigint, of_incident bigint) RETURNS boolean LANGUAGE plpgsql STABLE
  SET search_path = public, pg_temp AS $$
BEGIN
  -- In plpgsql, because it keeps its plan for the whole session: a file of history asks this a hundred thousand times.
  RETURN NOT EXISTS (
           SELECT FROM makegood_incidentwithdrawal
           WHERE school_id = of_school AND incident_id = of_incident)
         AND coalesce((
           SELECT decision <> 'voided' FROM makegood_incidentdecision
           WHERE school_id = of_school AND incident_id = of_incident
           ORDER BY number DESC LIMIT 1), true);
END $$;

-- Waits for whoever else is changing this lesson and returns it as it is then. Later statements of the transaction see
-- what was committed, which only READ COMMITTED guarantees (SERIALIZABLE finds the conflict itself).
CREATE FUNCTION makegood_lock_lesson(of_school bigint, of_lesson bigint) RETURNS makegood_lesson LANGUAGE plpgsql
  SET search_path = public, pg_temp AS $$
DECLARE
  lesson makegood_lesson;
BEGIN
  IF current_setting('transaction_isolation') = 'repeatable read' THEN
    RAISE EXCEPTION 'lessons and incidents are not written under REPEATABLE READ: it hides what others committed'
      USING ERRCODE = 'feature_not_supported';
  END IF;
  SELECT * INTO lesson FROM makegood_lesson WHERE school_id = of_school AND id = of_lesson FOR NO KEY UPDATE;
  RETURN lesson;
END $$;

CREATE FUNCTION makegood_check_lesson_step() RETURNS trigger LANGUAGE plpgsql
  SET search_path = public, pg_temp AS $$
DECLARE
  needed text;
  live_incidents bigint;
  ended_incidents bigint;
BEGIN
  IF NEW.version <> OLD.version + 1 THEN
    RAISE EXCEPTION 'stale write: lesson % is at version %', OLD.id, OLD.version
      USING ERRCODE = 'serialization_failure', TABLE = TG_TABLE_NAME, CONSTRAINT = TG_NAME;
  END IF;
  SELECT count(*) FILTER (WHERE live), count(*) FILTER (WHERE NOT live) INTO live_incidents, ended_incidents
  FROM (SELECT makegood_incident_is_live(school_id, id) AS live
        FROM makegood_incident WHERE school_id = OLD.school_id AND lesson_id = OLD.id) AS incidents;
  IF live_incidents + ended_incidents > 0
     AND (NEW.teacher_id, NEW.starts_at, NEW.ends_at) IS DISTINCT FROM (OLD.teacher_id, OLD.starts_at, OLD.ends_at) THEN
    RAISE EXCEPTION 'lesson % has an incident: its teacher and its time stay as they were', OLD.id
      USING ERRCODE = 'check_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = TG_NAME;
  END IF;
  IF NEW.status <> OLD.status THEN
    SELECT needs INTO needed FROM makegood_lessontransition
    WHERE from_status = OLD.status AND to_status = NEW.status;
    IF needed IS NULL
       OR (needed = 'live incident' AND live_incidents = 0)
       OR (needed = 'ended incident' AND (live_incidents > 0 OR ended_incidents = 0)) THEN
      RAISE EXCEPTION 'lesson % does not go from % to %', OLD.id, OLD.status, NEW.status
        USING ERRCODE = 'check_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = TG_NAME,
              HINT = 'This step needs: ' || coalesce(nullif(needed, ''), 'another starting point');
    END IF;
  END IF;
  RETURN NEW;
END $$;

-- At the end of the transaction, the lesson's status tells the same story as its incidents: cancelled, moved, missed and
-- cut short have an incident; booked, in progress and taught have no live one (being late aside).
CREATE FUNCTION makegood_check_lesson_tells_the_truth() RETURNS trigger LANGUAGE plpgsql
  SET search_path = public, pg_temp AS $$
DECLARE
  of_lesson bigint;
  now_status text;
  -- Checks run at the end, when another school may be set; look at the school of the row.
  former_school text := coalesce(current_setting('makegood.school_id', true), '');
BEGIN
  IF former_school <> NEW.school_id::text THEN
    PERFORM set_config('makegood.school_id', NEW.school_id::text, true);
  END IF;
  IF TG_TABLE_NAME = 'makegood_lesson' THEN
    of_lesson := NEW.id;
  ELSIF TG_TABLE_NAME = 'makegood_incident' THEN
    of_lesson := NEW.lesson_id;
  ELSE
    SELECT lesson_id INTO of_lesson FROM makegood_incident WHERE school_id = NEW.school_id AND id = NEW.incident_id;
  END IF;
  SELECT status INTO now_status FROM makegood_lesson WHERE school_id = NEW.school_id AND id = of_lesson;
  -- One IF inside the other: PostgreSQL then asks the tables only where the answer matters.
  IF now_status IN ('cancelled', 'moved', 'missed', 'cut_short') THEN
    IF TG_TABLE_NAME = 'makegood_lesson' THEN
      IF NOT EXISTS (SELECT FROM makegood_incident WHERE school_id = NEW.school_id AND lesson_id = of_lesson) THEN
        RAISE EXCEPTION 'lesson % is % but has no incident', of_lesson, now_status
          USING ERRCODE = 'check_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = TG_NAME;
      END IF;
    END IF;
  ELSIF now_status IN ('booked', 'in_progress', 'taught') THEN
    IF EXISTS (
         SELECT FROM makegood_incident
         WHERE school_id = NEW.school_id AND lesson_id = of_lesson AND kind <> 'late'
           AND makegood_incident_is_live(school_id, id)) THEN
      RAISE EXCEPTION 'lesson % is % but has a live incident', of_lesson, now_status
        USING ERRCODE = 'check_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = TG_NAME;
    END IF;
  END IF;
  IF former_school <> NEW.school_id::text THEN
    PERFORM set_config('makegood.school_id', former_school, true);
  END IF;
  RETURN NULL;
END $$;

-- An incident copies its lesson's facts as they are, and nobody reports from the future.
CREATE FUNCTION makegood_check_incident_facts() RETURNS trigger LANGUAGE plpgsql
  SET search_path = public, pg_temp AS $$
DECLARE
  lesson makegood_lesson;
BEGIN
  lesson := makegood_lock_lesson(NEW.school_id, NEW.lesson_id);
  -- A lesson that does not exist is the foreign key's to refuse.
  IF lesson.id IS NOT NULL AND (NEW.teacher_id <> lesson.teacher_id OR NEW.lesson_starts_at <> lesson.starts_at
     OR NEW.lesson_minutes * 60 <> extract(epoch FROM lesson.ends_at - lesson.starts_at)) THEN
    RAISE EXCEPTION 'teacher, start and minutes of an incident are those of its lesson'
      USING ERRCODE = 'check_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = TG_NAME;
  END IF;
  IF NEW.reported_at > clock_timestamp() + interval '5 minutes' THEN
    RAISE EXCEPTION 'an incident is not reported from the future'
      USING ERRCODE = 'check_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = TG_NAME;
  END IF;
  RETURN NEW;
END $$;

-- At most one live incident per lesson; also when a decision brings a voided one back.
CREATE FUNCTION makegood_check_one_live_incident() RETURNS trigger LANGUAGE plpgsql
  SET search_path = public, pg_temp AS $$
DECLARE
  of_lesson bigint;
BEGIN
  IF TG_TABLE_NAME = 'makegood_incident' THEN
    of_lesson := NEW.lesson_id;
  ELSIF NEW.decision = 'voided' THEN
    RETURN NULL;
  ELSE
    SELECT lesson_id INTO of_lesson FROM makegood_incident WHERE school_id = NEW.school_id AND id = NEW.incident_id;
  END IF;
  PERFORM makegood_lock_lesson(NEW.school_id, of_lesson);
  -- Most lessons have one incident at most; whether those of a lesson are live is asked only when there are several.
  IF NOT EXISTS (SELECT FROM makegood_incident WHERE school_id = NEW.school_id AND lesson_id = of_lesson OFFSET 1) THEN
    RETURN NULL;
  END IF;
  IF (SELECT count(*) FROM makegood_incident
      WHERE school_id = NEW.school_id AND lesson_id = of_lesson AND makegood_incident_is_live(school_id, id)) > 1 THEN
    RAISE EXCEPTION 'lesson % has a live incident already', of_lesson
      USING ERRCODE = 'unique_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = TG_NAME;
  END IF;
  RETURN NULL;
END $$;

-- Decisions are numbered without gaps and nobody decides an own case, under whatever membership.
CREATE FUNCTION makegood_check_decision() RETURNS trigger LANGUAGE plpgsql
  SET search_path = public, pg_temp AS $$
BEGIN
  IF NEW.number <> 1 + coalesce((
       SELECT max(number) FROM makegood_incidentdecision
       WHERE school_id = NEW.school_id AND incident_id = NEW.incident_id), 0) THEN
    RAISE EXCEPTION 'decisions of an incident are numbered without gaps'
      USING ERRCODE = 'check_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = TG_NAME;
  END IF;
  IF NEW.decided_by_id IS NOT NULL THEN
    IF EXISTS (
         SELECT FROM makegood_incident AS incident
           JOIN makegood_membership AS teacher ON (teacher.school_id, teacher.id) = (incident.school_id, incident.teacher_id)
           JOIN makegood_membership AS decider ON decider.school_id = NEW.school_id AND decider.id = NEW.decided_by_id
         WHERE incident.school_id = NEW.school_id AND incident.id = NEW.incident_id
           AND teacher.person_id = decider.person_id) THEN
      RAISE EXCEPTION 'nobody decides an own case'
        USING ERRCODE = 'check_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = TG_NAME;
    END IF;
  END IF;
  RETURN NEW;
END $$;

-- An undo is by whoever reported the incident, or by its teacher.
CREATE FUNCTION makegood_check_withdrawal() RETURNS trigger LANGUAGE plpgsql
  SET search_path = public, pg_temp AS $$
BEGIN
  IF EXISTS (
       SELECT FROM makegood_incident AS incident
         JOIN makegood_membership AS teacher ON (teacher.school_id, teacher.id) = (incident.school_id, incident.teacher_id)
       WHERE incident.school_id = NEW.school_id AND incident.id = NEW.incident_id
         AND NEW.withdrawn_by_id <> teacher.person_id
         AND NEW.withdrawn_by_id IS DISTINCT FROM incident.reported_by_id) THEN
    RAISE EXCEPTION 'an incident is withdrawn by its teacher or by whoever reported it'
      USING ERRCODE = 'check_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = TG_NAME;
  END IF;
  RETURN NEW;
END $$;
