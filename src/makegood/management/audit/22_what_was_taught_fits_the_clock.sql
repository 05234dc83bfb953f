-- Nobody teaches two lessons at once: what a teacher taught of one, or waited in vain in another, ends before the next
-- lesson that they were there for begins. Where one ended early the next may lie in its booked time; a lesson that the
-- teacher missed took none of it. Whole lessons count where no minutes are on record.
-- Left out is what a file told of: other systems book groups and doubles, and the file is the school's word for its past.
WITH live AS (
  SELECT incident.school_id, incident.lesson_id, incident.requested_by
  FROM makegood_incident AS incident
  WHERE NOT EXISTS (SELECT FROM makegood_lessonmove AS move
                    WHERE (move.school_id, move.incident_id) = (incident.school_id, incident.id))
    AND NOT EXISTS (SELECT FROM makegood_incidentwithdrawal AS withdrawal
                    WHERE (withdrawal.school_id, withdrawal.incident_id) = (incident.school_id, incident.id))
    AND coalesce((SELECT decision <> 'voided' FROM makegood_incidentdecision AS decision
                  WHERE (decision.school_id, decision.incident_id) = (incident.school_id, incident.id)
                  ORDER BY number DESC LIMIT 1), true)
),
there AS (
  SELECT lesson.school_id, lesson.teacher_id, lesson.id, lesson.starts_at,
         lesson.starts_at + CASE
           WHEN lesson.status = 'missed' THEN least(interval '15 minutes', (lesson.ends_at - lesson.starts_at) / 3)
           WHEN lesson.status = 'taught' AND coalesce(lesson.taught_minutes, 0) = 0 THEN lesson.ends_at - lesson.starts_at
           ELSE least(make_interval(mins => coalesce(lesson.taught_minutes, 0)), lesson.ends_at - lesson.starts_at)
         END AS left_at,
         lesson.student_id IS NULL AND EXISTS (
           SELECT FROM makegood_incident AS told
           WHERE (told.school_id, told.lesson_id) = (lesson.school_id, lesson.id) AND told.door = 'import') AS is_told
  FROM makegood_lesson AS lesson
    LEFT JOIN live ON (live.school_id, live.lesson_id) = (lesson.school_id, lesson.id)
  WHERE lesson.status IN ('taught', 'cut_short', 'missed')
    AND (lesson.status <> 'missed' OR live.requested_by = 'student')
),
ordered AS (
  SELECT school_id, teacher_id, id,
         NOT is_told AND left_at > starts_at
         AND starts_at < max(left_at) FILTER (WHERE NOT is_told AND left_at > starts_at)
               OVER (PARTITION BY school_id, teacher_id ORDER BY starts_at, id
                     ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS is_shared
  FROM there
)
SELECT school_id, CASE WHEN is_shared
    THEN format('teacher %s was in another lesson when lesson %s began, and is said to have been there', teacher_id, id) END
FROM ordered
