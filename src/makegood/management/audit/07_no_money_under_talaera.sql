-- Under Talaera's policy nothing costs money, and the six months' count is right.
WITH /* incident_facts */,
own AS (SELECT * FROM incident_facts WHERE preset = 'talaera' AND is_own),
counted AS (
  SELECT own.school_id, own.incident_id, own.version_id, (
      SELECT count(*) FROM incident_facts AS other
      WHERE (other.school_id, other.version_id, other.teacher_id) = (own.school_id, own.version_id, own.teacher_id)
        AND other.requested_by = 'teacher' AND other.kind IN ('cancelled', 'rescheduled', 'no_show')
        AND other.decision IN ('upheld', 'reduced')
        AND other.starts_at <= own.starts_at
        AND other.starts_at > (own.local_start - interval '6 months') AT TIME ZONE own.zone) AS in_six_months
  FROM own
),
live AS (
  SELECT DISTINCT ON (school_id, incident_id) school_id, incident_id, penalty_minor, currency, policy_version_id, counts
  FROM makegood_assessment ORDER BY school_id, incident_id, number DESC
)
SELECT counted.school_id, CASE
    WHEN live.policy_version_id <> version_id
      THEN format('incident %s was assessed under version %s instead of %s', counted.incident_id, live.policy_version_id, version_id)
    WHEN live.penalty_minor IS DISTINCT FROM 0 OR live.currency IS NOT NULL
      THEN format('incident %s costs %s %s', counted.incident_id, live.penalty_minor, live.currency)
    WHEN (live.counts ->> 'six_months')::bigint IS DISTINCT FROM in_six_months
      THEN format('incident %s was counted %s instead of %s', counted.incident_id, live.counts, in_six_months)
  END
FROM counted LEFT JOIN live ON (live.school_id, live.incident_id) = (counted.school_id, counted.incident_id)
