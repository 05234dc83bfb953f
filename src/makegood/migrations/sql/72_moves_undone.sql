-- An undo is by whoever reported the incident, by its teacher, or by whoever agreed to the move that it counts.
CREATE OR REPLACE FUNCTION makegood_check_withdrawal() RETURNS trigger LANGUAGE plpgsql
  SET search_path = public, pg_temp AS $$
BEGIN
  IF EXISTS (
       SELECT FROM makegood_incident AS incident
         JOIN makegood_membership AS teacher ON (teacher.school_id, teacher.id) = (incident.school_id, incident.teacher_id)
       WHERE incident.school_id = NEW.school_id AND incident.id = NEW.incident_id
         AND NEW.withdrawn_by_id <> teacher.person_id
         AND NEW.withdrawn_by_id IS DISTINCT FROM incident.reported_by_id
         AND NOT EXISTS (SELECT FROM makegood_lessonmove AS move
                         WHERE move.school_id = incident.school_id AND move.incident_id = incident.id
                           AND move.moved_by_id = NEW.withdrawn_by_id)) THEN
    RAISE EXCEPTION 'an incident is withdrawn by its teacher, by whoever reported it or by whoever agreed to the move it counts'
      USING ERRCODE = 'check_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = TG_NAME;
  END IF;
  RETURN NEW;
END $$;
