-- A lesson that took credits of its student holds them exactly once while it is to come, goes on or was taught, and when
-- it is off by the student's doing and paid all the same (D29); else they were given back.
WITH live AS (
  SELECT incident.school_id, incident.lesson_id, incident.requested_by,
         coalesce((SELECT paid FROM makegood_assessment AS assessment
                   WHERE (assessment.school_id, assessment.incident_id) = (incident.school_id, incident.id)
                   ORDER BY number DESC LIMIT 1), false) AS is_paid
  FROM makegood_incident AS incident
  WHERE NOT EXISTS (SELECT FROM makegood_lessonmove AS move
                    WHERE (move.school_id, move.incident_id) = (incident.school_id, incident.id))
    AND NOT EXISTS (SELECT FROM makegood_incidentwithdrawal AS withdrawal
                    WHERE (withdrawal.school_id, withdrawal.incident_id) = (incident.school_id, incident.id))
    AND coalesce((SELECT decision <> 'voided' FROM makegood_incidentdecision AS decision
                  WHERE (decision.school_id, decision.incident_id) = (incident.school_id, incident.id)
                  ORDER BY number DESC LIMIT 1), true)
),
uses AS (
  SELECT used.school_id, used.lesson_id, count(*) FILTER (WHERE NOT EXISTS (
           SELECT FROM makegood_transfer AS reversal
           WHERE (reversal.school_id, reversal.source) = (used.school_id, used.id)
             AND reversal.kind = 'credit_used_reversal')) AS times
  FROM makegood_credituse AS used
  GROUP BY used.school_id, used.lesson_id
),
lessons AS (
  SELECT lesson.school_id, lesson.id, lesson.status, uses.times,
         lesson.status IN ('booked', 'in_progress', 'taught')
         OR (lesson.status <> 'released' AND coalesce(live.is_paid AND live.requested_by = 'student', false)) AS is_used
  FROM makegood_lesson AS lesson
    LEFT JOIN live ON (live.school_id, live.lesson_id) = (lesson.school_id, lesson.id)
    LEFT JOIN uses ON (uses.school_id, uses.lesson_id) = (lesson.school_id, lesson.id)
  -- What is held or asked for is not settled yet; what an old record calls moved went on somewhere else.
  WHERE lesson.status NOT IN ('held', 'requested', 'moved')
)
SELECT school_id, CASE
    WHEN times > 1 THEN format('lesson %s holds the credits of its student %s times', id, times)
    WHEN is_used AND times = 0 THEN format('lesson %s is %s and gave its credits back, though it is used', id, status)
    WHEN NOT is_used AND times > 0 THEN format('lesson %s is %s and holds credits, though it is not used', id, status)
  END
FROM lessons
