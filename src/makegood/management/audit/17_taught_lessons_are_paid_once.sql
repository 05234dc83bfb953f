-- In a school that pays teachers every taught lesson with pay is paid exactly once, and so is one whose live incident says
-- so once it is over; nothing else is paid.
WITH live AS (
  SELECT incident.school_id, incident.lesson_id,
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
posted AS (
  SELECT posting.school_id, posting.source AS lesson_id, count(*) AS times
  FROM makegood_transfer AS posting
  WHERE posting.kind = 'lesson_pay'
    AND NOT EXISTS (SELECT FROM makegood_transfer AS reversal
                    WHERE (reversal.school_id, reversal.reverses_id) = (posting.school_id, posting.id))
  GROUP BY posting.school_id, posting.source
),
lessons AS (
  SELECT lesson.school_id, lesson.id, lesson.status, coalesce(posted.times, 0) AS times,
         school.pays_teachers AND coalesce(lesson.pay_minor, 0) > 0
         AND coalesce(live.is_paid AND lesson.status NOT IN ('booked', 'in_progress'), lesson.status = 'taught') AS is_due
  FROM makegood_lesson AS lesson
    JOIN makegood_school AS school ON school.id = lesson.school_id
    LEFT JOIN live ON (live.school_id, live.lesson_id) = (lesson.school_id, lesson.id)
    LEFT JOIN posted ON (posted.school_id, posted.lesson_id) = (lesson.school_id, lesson.id)
)
SELECT school_id, CASE
    WHEN is_due AND times = 0 THEN format('lesson %s is %s and was not paid', id, status)
    WHEN is_due AND times > 1 THEN format('lesson %s is paid %s times', id, times)
    WHEN NOT is_due AND times > 0 THEN format('lesson %s is %s and paid, though nothing is due', id, status)
  END
FROM lessons
