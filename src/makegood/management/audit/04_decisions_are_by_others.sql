-- Decisions are numbered without gaps, and nobody decided an own case.
SELECT decision.school_id, CASE
    WHEN decision.number <> row_number() OVER (PARTITION BY decision.school_id, decision.incident_id ORDER BY decision.number)
      THEN format('decision %s breaks the numbers of incident %s', decision.id, decision.incident_id)
    WHEN teacher.person_id = decider.person_id
      THEN format('decision %s was made by the teacher of incident %s', decision.id, decision.incident_id)
    WHEN student.person_id = decider.person_id
      THEN format('decision %s was made by the student of incident %s', decision.id, decision.incident_id)
  END
FROM makegood_incidentdecision AS decision
  JOIN makegood_incident AS incident ON (incident.school_id, incident.id) = (decision.school_id, decision.incident_id)
  JOIN makegood_membership AS teacher ON (teacher.school_id, teacher.id) = (incident.school_id, incident.teacher_id)
  JOIN makegood_lesson AS lesson ON (lesson.school_id, lesson.id) = (incident.school_id, incident.lesson_id)
  LEFT JOIN makegood_membership AS student ON (student.school_id, student.id) = (lesson.school_id, lesson.student_id)
  LEFT JOIN makegood_membership AS decider ON (decider.school_id, decider.id) = (decision.school_id, decision.decided_by_id)
