-- Held and requested lessons block their time like booked ones; a lesson moves and stays itself; releases have a record.

DO $$
DECLARE school_equal text := 'school_id WITH ='; teacher_equal text := 'teacher_id WITH ='; student_equal text := 'student_id WITH =';
BEGIN
  IF NOT EXISTS (SELECT FROM pg_extension WHERE extname = 'btree_gist') THEN
    school_equal := $e$int8range(school_id, school_id, '[]') WITH &&$e$;
    teacher_equal := $e$int8range(teacher_id, teacher_id, '[]') WITH &&$e$;
    student_equal := $e$int8range(student_id, student_id, '[]') WITH &&$e$;
  END IF;
  EXECUTE format(
    'ALTER TABLE makegood_lesson
       DROP CONSTRAINT a_teacher_has_no_overlapping_live_lessons,
       DROP CONSTRAINT a_student_has_no_overlapping_live_lessons,
       ADD CONSTRAINT a_teacher_has_no_overlapping_live_lessons
         EXCLUDE USING gist (%1$s, %2$s, blocked WITH &&) WHERE (status IN (''held'', ''requested'', ''booked'', ''in_progress'')),
       ADD CONSTRAINT a_student_has_no_overlapping_live_lessons
         EXCLUDE USING gist (%1$s, %3$s, tstzrange(starts_at, ends_at) WITH &&)
         WHERE (student_id IS NOT NULL AND status IN (''held'', ''requested'', ''booked'', ''in_progress''))',
    school_equal, teacher_equal, student_equal);
END $$;

INSERT INTO makegood_lessontransition (from_status, to_status, needs) VALUES
  ('held', 'requested', ''),
  ('held', 'booked', ''),
  ('requested', 'booked', ''),
  ('held', 'released', 'release'),
  ('requested', 'released', 'release'),
  -- A booking undone at once.
  ('booked', 'released', 'release');

-- An incident of the lesson's present time. One that a move was counted by belongs to the time the lesson left.
CREATE FUNCTION makegood_is_about_time(of_school bigint, of_incident bigint, of_start timestamptz, starts_at timestamptz)
  RETURNS boolean LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
BEGIN
  RETURN of_start = starts_at
         AND NOT EXISTS (SELECT FROM makegood_lessonmove WHERE school_id = of_school AND incident_id = of_incident);
END $$;

CREATE OR REPLACE FUNCTION makegood_check_lesson_step() RETURNS trigger LANGUAGE plpgsql
  SET search_path = public, pg_temp AS $$
DECLARE
  needed text;
  live_incidents bigint;
  ended_incidents bigint;
  fulfilled boolean;
BEGIN
  IF NEW.version <> OLD.version + 1 THEN
    RAISE EXCEPTION 'stale write: lesson % is at version %', OLD.id, OLD.version
      USING ERRCODE = 'serialization_failure', TABLE = TG_TABLE_NAME, CONSTRAINT = TG_NAME;
  END IF;
  SELECT count(*) FILTER (WHERE live), count(*) FILTER (WHERE NOT live) INTO live_incidents, ended_incidents
  FROM (SELECT makegood_incident_is_live(school_id, id) AS live
        FROM makegood_incident WHERE school_id = OLD.school_id AND lesson_id = OLD.id
          AND makegood_is_about_time(school_id, id, lesson_starts_at, OLD.starts_at)) AS incidents;
  IF (NEW.starts_at, NEW.ends_at) IS DISTINCT FROM (OLD.starts_at, OLD.ends_at) THEN
    IF OLD.status <> 'booked' OR NEW.status <> 'booked' OR live_incidents > 0 OR NOT EXISTS (
         SELECT FROM makegood_lessonmove
         WHERE school_id = OLD.school_id AND lesson_id = OLD.id AND lesson_version = NEW.version
           AND (from_starts_at, from_ends_at, to_starts_at, to_ends_at)
             = (OLD.starts_at, OLD.ends_at, NEW.starts_at, NEW.ends_at)) THEN
      RAISE EXCEPTION 'lesson % gets another time by a recorded move only, while it is booked and has no incident', OLD.id
        USING ERRCODE = 'check_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = TG_NAME;
    END IF;
  END IF;
  IF NEW.teacher_id <> OLD.teacher_id
     AND EXISTS (SELECT FROM makegood_incident WHERE school_id = OLD.school_id AND lesson_id = OLD.id) THEN
    RAISE EXCEPTION 'lesson % has an incident: its teacher stays', OLD.id
      USING ERRCODE = 'check_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = TG_NAME;
  END IF;
  IF NEW.status <> OLD.status THEN
    SELECT needs INTO needed FROM makegood_lessontransition
    WHERE from_status = OLD.status AND to_status = NEW.status;
    IF needed = 'live incident' THEN
      fulfilled := live_incidents > 0;
    ELSIF needed = 'ended incident' THEN
      fulfilled := live_incidents = 0 AND ended_incidents > 0;
    ELSIF needed = 'release' THEN
      fulfilled := live_incidents = 0
                   AND EXISTS (SELECT FROM makegood_lessonrelease WHERE school_id = OLD.school_id AND lesson_id = OLD.id);
    ELSE
      fulfilled := needed IS NOT NULL;
    END IF;
    IF NOT fulfilled THEN
      RAISE EXCEPTION 'lesson % does not go from % to %', OLD.id, OLD.status, NEW.status
        USING ERRCODE = 'check_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = TG_NAME,
              HINT = 'This step needs: ' || coalesce(nullif(needed, ''), 'another starting point');
    END IF;
  END IF;
  RETURN NEW;
END $$;

-- At the end of the transaction, the lesson's status tells the same story as its incidents: cancelled, moved, missed and
-- cut short have an incident of that time; held, requested, booked, in progress, taught and released have no live one,
-- being late aside and the moves that brought the lesson here.
CREATE OR REPLACE FUNCTION makegood_check_lesson_tells_the_truth() RETURNS trigger LANGUAGE plpgsql
  SET search_path = public, pg_temp AS $$
DECLARE
  of_lesson bigint;
  now_status text;
  now_start timestamptz;
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
  SELECT status, starts_at INTO now_status, now_start
  FROM makegood_lesson WHERE school_id = NEW.school_id AND id = of_lesson;
  -- One IF inside the other: PostgreSQL then asks the tables only where the answer matters.
  IF now_status IN ('cancelled', 'moved', 'missed', 'cut_short') THEN
    IF TG_TABLE_NAME = 'makegood_lesson' THEN
      IF NOT EXISTS (
           SELECT FROM makegood_incident WHERE school_id = NEW.school_id AND lesson_id = of_lesson
             AND makegood_is_about_time(school_id, id, lesson_starts_at, now_start)) THEN
        RAISE EXCEPTION 'lesson % is % but has no incident', of_lesson, now_status
          USING ERRCODE = 'check_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = TG_NAME;
      END IF;
    END IF;
  ELSIF now_status IS NOT NULL THEN
    IF EXISTS (
         SELECT FROM makegood_incident AS incident
         WHERE school_id = NEW.school_id AND lesson_id = of_lesson AND kind <> 'late'
           AND NOT EXISTS (SELECT FROM makegood_lessonmove AS move
                           WHERE move.school_id = incident.school_id AND move.incident_id = incident.id)
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

-- At most one live incident per lesson and time of it; also when a decision brings a voided one back.
CREATE OR REPLACE FUNCTION makegood_check_one_live_incident() RETURNS trigger LANGUAGE plpgsql
  SET search_path = public, pg_temp AS $$
DECLARE
  of_lesson bigint;
  of_start timestamptz;
BEGIN
  IF TG_TABLE_NAME = 'makegood_incident' THEN
    of_lesson := NEW.lesson_id;
    of_start := NEW.lesson_starts_at;
  ELSIF NEW.decision = 'voided' THEN
    RETURN NULL;
  ELSE
    SELECT lesson_id, lesson_starts_at INTO of_lesson, of_start
    FROM makegood_incident WHERE school_id = NEW.school_id AND id = NEW.incident_id;
  END IF;
  PERFORM makegood_lock_lesson(NEW.school_id, of_lesson);
  -- Most lessons have one incident at most; whether those of a lesson are live is asked only when there are several.
  IF NOT EXISTS (SELECT FROM makegood_incident WHERE school_id = NEW.school_id AND lesson_id = of_lesson OFFSET 1) THEN
    RETURN NULL;
  END IF;
  IF (SELECT count(*) FROM makegood_incident
      WHERE school_id = NEW.school_id AND lesson_id = of_lesson
        AND makegood_is_about_time(school_id, id, lesson_starts_at, of_start)
        AND makegood_incident_is_live(school_id, id)) > 1 THEN
    RAISE EXCEPTION 'lesson % has a live incident already', of_lesson
      USING ERRCODE = 'unique_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = TG_NAME;
  END IF;
  RETURN NULL;
END $$;

-- A move is of a lesson as it is, and counts by an incident of the same lesson and of the time it leaves.
CREATE FUNCTION makegood_check_move() RETURNS trigger LANGUAGE plpgsql
  SET search_path = public, pg_temp AS $$
DECLARE
  lesson makegood_lesson;
BEGIN
  lesson := makegood_lock_lesson(NEW.school_id, NEW.lesson_id);
  -- A lesson that does not exist is the foreign key's to refuse.
  IF lesson.id IS NOT NULL AND (NEW.lesson_version <> lesson.version + 1
     OR (NEW.from_starts_at, NEW.from_ends_at) <> (lesson.starts_at, lesson.ends_at)) THEN
    RAISE EXCEPTION 'a move starts from where the lesson is and takes its next version'
      USING ERRCODE = 'check_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = TG_NAME;
  END IF;
  IF NEW.incident_id IS NOT NULL THEN
    IF EXISTS (SELECT FROM makegood_incident
               WHERE school_id = NEW.school_id AND id = NEW.incident_id
                 AND (lesson_id, lesson_starts_at, kind) IS DISTINCT FROM (NEW.lesson_id, NEW.from_starts_at, 'rescheduled')) THEN
      RAISE EXCEPTION 'a move counts by a rescheduled incident of its lesson and of the time it leaves'
        USING ERRCODE = 'check_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = TG_NAME;
    END IF;
  END IF;
  RETURN NEW;
END $$;

-- A move is asked of a lesson as it is, to the time that is kept for it, so that the overlap constraints of lessons hold
-- for what is asked, too. A teacher asks the student, a student asks the school.
CREATE FUNCTION makegood_check_move_request() RETURNS trigger LANGUAGE plpgsql
  SET search_path = public, pg_temp AS $$
BEGIN
  -- Rows that do not exist are the foreign keys' to refuse.
  IF EXISTS (
       SELECT FROM makegood_lesson AS lesson JOIN makegood_lesson AS hold ON hold.school_id = lesson.school_id
       WHERE lesson.school_id = NEW.school_id AND lesson.id = NEW.lesson_id AND hold.id = NEW.hold_id
         AND (lesson.starts_at, lesson.ends_at, hold.keeps_time_for_id, hold.status, hold.starts_at, hold.ends_at,
              hold.waits_for)
             IS DISTINCT FROM
             (NEW.from_starts_at, NEW.from_ends_at, lesson.id, 'requested', NEW.to_starts_at, NEW.to_ends_at,
              CASE NEW.asked_by_id WHEN lesson.teacher_id THEN 'student' WHEN lesson.student_id THEN 'school' END)) THEN
    RAISE EXCEPTION 'a move is asked by one of the two people of the lesson, from where it is to a time that is kept for it'
      USING ERRCODE = 'check_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = TG_NAME;
  END IF;
  RETURN NEW;
END $$;

-- At the end of the transaction the lesson has moved: its version is at least the move's.
CREATE FUNCTION makegood_check_move_happened() RETURNS trigger LANGUAGE plpgsql
  SET search_path = public, pg_temp AS $$
DECLARE
  former_school text := coalesce(current_setting('makegood.school_id', true), '');
BEGIN
  IF former_school <> NEW.school_id::text THEN
    PERFORM set_config('makegood.school_id', NEW.school_id::text, true);
  END IF;
  IF NOT EXISTS (SELECT FROM makegood_lesson
                 WHERE school_id = NEW.school_id AND id = NEW.lesson_id AND version >= NEW.lesson_version) THEN
    RAISE EXCEPTION 'a move was recorded but lesson % stayed where it was', NEW.lesson_id
      USING ERRCODE = 'check_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = TG_NAME;
  END IF;
  IF former_school <> NEW.school_id::text THEN
    PERFORM set_config('makegood.school_id', former_school, true);
  END IF;
  RETURN NULL;
END $$;

-- At the end of the transaction what was released is released.
CREATE FUNCTION makegood_check_release_happened() RETURNS trigger LANGUAGE plpgsql
  SET search_path = public, pg_temp AS $$
DECLARE
  former_school text := coalesce(current_setting('makegood.school_id', true), '');
BEGIN
  IF former_school <> NEW.school_id::text THEN
    PERFORM set_config('makegood.school_id', NEW.school_id::text, true);
  END IF;
  IF NOT EXISTS (SELECT FROM makegood_lesson
                 WHERE school_id = NEW.school_id AND id = NEW.lesson_id AND status = 'released') THEN
    RAISE EXCEPTION 'a release was recorded but lesson % was not released', NEW.lesson_id
      USING ERRCODE = 'check_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = TG_NAME;
  END IF;
  IF former_school <> NEW.school_id::text THEN
    PERFORM set_config('makegood.school_id', former_school, true);
  END IF;
  RETURN NULL;
END $$;

-- Presence and claims are of the two people of the lesson, each on their own side, and not from the future.
CREATE FUNCTION makegood_check_side() RETURNS trigger LANGUAGE plpgsql
  SET search_path = public, pg_temp AS $$
DECLARE
  at timestamptz := CASE TG_TABLE_NAME WHEN 'makegood_presencefact' THEN (to_jsonb(NEW) ->> 'at')::timestamptz
                                       ELSE (to_jsonb(NEW) ->> 'made_at')::timestamptz END;
BEGIN
  IF EXISTS (SELECT FROM makegood_lesson
             WHERE school_id = NEW.school_id AND id = NEW.lesson_id
               AND NEW.member_id IS DISTINCT FROM CASE NEW.side WHEN 'teacher' THEN teacher_id ELSE student_id END) THEN
    RAISE EXCEPTION 'member % is not the % of lesson %', NEW.member_id, NEW.side, NEW.lesson_id
      USING ERRCODE = 'check_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = TG_NAME;
  END IF;
  IF at > clock_timestamp() + interval '5 minutes' THEN
    RAISE EXCEPTION 'nobody is seen or heard in the future'
      USING ERRCODE = 'check_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = TG_NAME;
  END IF;
  RETURN NEW;
END $$;

SELECT makegood_keep_written_once(
  'makegood_lessontype', 'makegood_payrate', 'makegood_lessonseries', 'makegood_lessonrelease', 'makegood_lessonmove',
  'makegood_moverequest', 'makegood_moveanswer', 'makegood_presencefact', 'makegood_lessonclaim', 'makegood_creditgrant',
  'makegood_credituse', 'makegood_creditexpiry');
SELECT makegood_keep_stamped('makegood_deskcase', 'ended_at', 'ended_by_id', 'outcome');
CREATE TRIGGER deskcase_rows_are_recorded_now BEFORE INSERT ON makegood_deskcase
  FOR EACH ROW EXECUTE FUNCTION makegood_stamp_recorded_at();

CREATE TRIGGER a_move_starts_from_where_the_lesson_is BEFORE INSERT ON makegood_lessonmove
  FOR EACH ROW EXECUTE FUNCTION makegood_check_move();
CREATE TRIGGER a_move_is_asked_to_the_time_that_is_kept BEFORE INSERT ON makegood_moverequest
  FOR EACH ROW EXECUTE FUNCTION makegood_check_move_request();
CREATE CONSTRAINT TRIGGER a_recorded_move_happened AFTER INSERT ON makegood_lessonmove
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION makegood_check_move_happened();
CREATE CONSTRAINT TRIGGER a_recorded_release_happened AFTER INSERT ON makegood_lessonrelease
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION makegood_check_release_happened();
CREATE TRIGGER presence_is_of_the_people_of_the_lesson BEFORE INSERT ON makegood_presencefact
  FOR EACH ROW EXECUTE FUNCTION makegood_check_side();
CREATE TRIGGER a_claim_is_by_the_people_of_the_lesson BEFORE INSERT ON makegood_lessonclaim
  FOR EACH ROW EXECUTE FUNCTION makegood_check_side();
