-- An incident has the teacher of its lesson, a start and length that the lesson has or had before it moved, and a reference nobody else in the school has.
SELECT incident.school_id, CASE
    WHEN lesson.id IS NULL THEN format('incident %s has no lesson in its school', incident.id)
    WHEN incident.teacher_id <> lesson.teacher_id
         OR (incident.lesson_starts_at, incident.lesson_minutes * interval '1 minute')
            NOT IN (SELECT lesson.starts_at, lesson.ends_at - lesson.starts_at
                    UNION ALL
                    SELECT from_starts_at, from_ends_at - from_starts_at FROM makegood_lessonmove AS move
                    WHERE (move.school_id, move.lesson_id) = (lesson.school_id, lesson.id))
      THEN format('incident %s tells other facts than lesson %s', incident.id, lesson.id)
    WHEN count(*) OVER (PARTITION BY incident.school_id, incident.reference) > 1
      THEN format('incident %s shares the reference %s', incident.id, incident.reference)
    WHEN incident.reported_at > incident.recorded_at + interval '5 minutes'
      THEN format('incident %s was reported after it was recorded', incident.id)
  END
FROM makegood_incident AS incident
  LEFT JOIN makegood_lesson AS lesson ON (lesson.school_id, lesson.id) = (incident.school_id, incident.lesson_id)
