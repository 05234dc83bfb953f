-- Each move of a lesson starts where the one before ended and keeps the lesson's length, and the lesson stands where the
-- last one put it; a move that takes one back mirrors the one right before it; a teacher's wish counts by an incident of
-- the time that was left. Whoever asked for another time has it kept as long as the answer is open. What was agreed to
-- moved; what a student asked the school for too late used the lesson, and another one was booked instead.
WITH moves AS (
  SELECT move.*,
         row_number() OVER of_lesson AS place,
         lag(move.id) OVER of_lesson AS former_id,
         lag(move.to_starts_at) OVER of_lesson AS former_starts_at,
         lag(move.to_ends_at) OVER of_lesson AS former_ends_at,
         lead(move.id) OVER of_lesson IS NULL AS is_last
  FROM makegood_lessonmove AS move
  WINDOW of_lesson AS (PARTITION BY move.school_id, move.lesson_id ORDER BY move.lesson_version)
)
SELECT moves.school_id, CASE
    WHEN lesson.id IS NULL THEN format('the lesson of move %s is not of its school', moves.id)
    WHEN place > 1 AND (moves.from_starts_at, moves.from_ends_at) <> (former_starts_at, former_ends_at)
      THEN format('move %s of lesson %s does not start where the one before ended', moves.id, moves.lesson_id)
    WHEN moves.to_ends_at - moves.to_starts_at <> moves.from_ends_at - moves.from_starts_at
      THEN format('move %s changed how long lesson %s is', moves.id, moves.lesson_id)
    WHEN is_last AND (moves.to_starts_at, moves.to_ends_at) <> (lesson.starts_at, lesson.ends_at)
      THEN format('lesson %s does not stand where its last move %s put it', moves.lesson_id, moves.id)
    WHEN moves.lesson_version > lesson.version
      THEN format('move %s names version %s of lesson %s, which is at %s', moves.id, moves.lesson_version, moves.lesson_id, lesson.version)
    WHEN moves.undoes_id IS NOT NULL AND (undone.id IS DISTINCT FROM moves.former_id OR undone.undoes_id IS NOT NULL)
      THEN format('move %s does not take back the move of lesson %s right before it', moves.id, moves.lesson_id)
    WHEN moves.undoes_id IS NOT NULL
         AND (undone.from_starts_at, undone.from_ends_at) <> (moves.to_starts_at, moves.to_ends_at)
      THEN format('move %s does not mirror move %s', moves.id, undone.id)
    WHEN moves.incident_id IS NOT NULL AND incident.id IS NULL
      THEN format('move %s counts by an incident of another lesson, kind or time', moves.id)
    WHEN (moves.requested_by = 'teacher') <> (moves.incident_id IS NOT NULL)
      THEN format('move %s at the wish of the %s has %s incident', moves.id, moves.requested_by,
                  CASE WHEN moves.incident_id IS NULL THEN 'no' ELSE 'an' END)
  END
FROM moves
  LEFT JOIN makegood_lesson AS lesson ON (lesson.school_id, lesson.id) = (moves.school_id, moves.lesson_id)
  LEFT JOIN makegood_incident AS incident
    ON (incident.school_id, incident.id, incident.lesson_id, incident.lesson_starts_at, incident.kind)
     = (moves.school_id, moves.incident_id, moves.lesson_id, moves.from_starts_at, 'rescheduled')
  LEFT JOIN makegood_lessonmove AS undone
    ON (undone.school_id, undone.id, undone.lesson_id) = (moves.school_id, moves.undoes_id, moves.lesson_id)
UNION ALL
SELECT request.school_id, CASE
    WHEN (answer.id IS NULL) <> (hold.status = 'requested')
      THEN format('request %s is %s, and the time that is kept for it is %s', request.id,
                  coalesce(answer.outcome, 'open'), hold.status)
    WHEN answer.outcome = 'agreed' AND NOT EXISTS (
        SELECT FROM makegood_lessonmove AS move
        WHERE (move.school_id, move.lesson_id, move.from_starts_at, move.to_starts_at, move.moved_at)
            = (request.school_id, request.lesson_id, request.from_starts_at, request.to_starts_at, answer.answered_at)
      ) AND NOT (hold.waits_for = 'school' AND EXISTS (
        SELECT FROM makegood_lesson AS another
          JOIN makegood_incident AS incident ON incident.school_id = another.school_id
        WHERE (another.school_id, another.teacher_id, another.student_id, another.booked_at)
            = (hold.school_id, hold.teacher_id, hold.student_id, answer.answered_at)
          AND (incident.lesson_id, incident.lesson_starts_at, incident.kind, incident.requested_by)
            = (request.lesson_id, request.from_starts_at, 'cancelled', 'student')
      )) THEN format('request %s was agreed to and did not move lesson %s', request.id, request.lesson_id)
  END
FROM makegood_moverequest AS request
  JOIN makegood_lesson AS hold ON (hold.school_id, hold.id) = (request.school_id, request.hold_id)
  LEFT JOIN makegood_moveanswer AS answer
    ON (answer.school_id, answer.move_request_id) = (request.school_id, request.id)
