-- A lesson that did not take place has an incident; one that will, does or did has no live one (being late aside).
WITH incidents AS (
  SELECT incident.school_id, incident.lesson_id, incident.kind,
         NOT EXISTS (SELECT FROM makegood_lessonmove AS move
                     WHERE (move.school_id, move.incident_id) = (incident.school_id, incident.id)) AS is_of_this_time,
         NOT EXISTS (SELECT FROM makegood_incidentwithdrawal AS withdrawal
                     WHERE (withdrawal.school_id, withdrawal.incident_id) = (incident.school_id, incident.id))
         AND coalesce((SELECT decision <> 'voided' FROM makegood_incidentdecision AS decision
                       WHERE (decision.school_id, decision.incident_id) = (incident.school_id, incident.id)
                       ORDER BY number DESC LIMIT 1), true) AS is_live
  FROM makegood_incident AS incident
),
counted AS (
  SELECT lesson.school_id, lesson.id, lesson.status, count(*) FILTER (WHERE is_of_this_time) AS all_of_them,
         count(*) FILTER (WHERE is_live AND is_of_this_time) AS live,
         count(*) FILTER (WHERE is_live AND is_of_this_time AND kind <> 'late') AS live_not_late
  FROM makegood_lesson AS lesson
    LEFT JOIN incidents ON incidents.school_id = lesson.school_id AND incidents.lesson_id = lesson.id
  GROUP BY lesson.school_id, lesson.id, lesson.status
)
SELECT school_id, CASE
    WHEN live > 1 THEN format('lesson %s has %s live incidents', id, live)
    WHEN status IN ('cancelled', 'moved', 'missed', 'cut_short') AND all_of_them = 0
      THEN format('lesson %s is %s without an incident', id, status)
    WHEN status IN ('held', 'requested', 'booked', 'in_progress', 'taught', 'released') AND live_not_late > 0
      THEN format('lesson %s is %s although an incident is live', id, status)
  END
FROM counted
