-- A decision moves the student's credits as it moves the teacher's pay: neither of the two decides their own case.
CREATE OR REPLACE FUNCTION makegood_check_decision() RETURNS trigger LANGUAGE plpgsql
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
           JOIN makegood_lesson AS lesson ON (lesson.school_id, lesson.id) = (incident.school_id, incident.lesson_id)
           JOIN makegood_membership AS own ON own.school_id = incident.school_id
             AND own.id IN (incident.teacher_id, lesson.student_id)
           JOIN makegood_membership AS decider ON decider.school_id = NEW.school_id AND decider.id = NEW.decided_by_id
         WHERE incident.school_id = NEW.school_id AND incident.id = NEW.incident_id
           AND own.person_id = decider.person_id) THEN
      RAISE EXCEPTION 'nobody decides an own case'
        USING ERRCODE = 'check_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = TG_NAME;
    END IF;
  END IF;
  RETURN NEW;
END $$;
