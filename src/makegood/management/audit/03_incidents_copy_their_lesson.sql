-- An incident has the teacher, start and length of its lesson, and a reference nobody else in the school has.
SELECT incident.school_id, CASE
    WHEN lesson.id IS NULL THEN format('incident %s has no lesson in its school', incident.id)
    WHEN (incident.teacher_id, incident.lesson_starts_at) <> (lesson.teacher_id, lesson.starts_at)
         OR incident.lesson_minutes * 60 <> extract(epoch FROM lesson.ends_at - lesson.starts_at)
      THEN format('incident %s tells other facts than lesson %s', incident.id, lesson.id)
    WHEN count(*) OVER (PARTITION BY incident.school_id, incident.reference) > 1
      THEN format('incident %s shares the reference %s', incident.id, incident.reference)
    WHEN incident.reported_at > incident.recorded_at + interval '5 minutes'
      THEN format('incident %s was reported after it was recorded', incident.id)
  END
FROM makegood_incident AS incident
  LEFT JOIN makegood_lesson AS lesson ON (lesson.school_id, lesson.id) = (incident.school_id, incident.lesson_id)
