-- Decisions are numbered without gaps, and nobody decided an own case.
SELECT decision.school_id, CASE
    WHEN decision.number <> row_number() OVER (PARTITION BY decision.school_id, decision.incident_id ORDER BY decision.number)
      THEN format('decision %s breaks the numbers of incident %s', decision.id, decision.incident_id)
    WHEN teacher.person_id = decider.person_id
      THEN format('decision %s was made by the teacher of incident %s', decision.id, decision.incident_id)
  END
FROM makegood_incidentdecision AS decision
  JOIN makegood_incident AS incident ON (incident.school_id, incident.id) = (decision.school_id, decision.incident_id)
  JOIN makegood_membership AS teacher ON (teacher.school_id, teacher.id) = (incident.school_id, incident.teacher_id)
  LEFT JOIN makegood_membership AS decider ON (decider.school_id, decider.id) = (decision.school_id, decision.decided_by_id)
