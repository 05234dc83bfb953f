-- What policy.md makes of an incident, once per policy version of its school, for versions whose text is a shipped preset.
-- `is_own`: this version is in force at the lesson start (D23). `told_at` is the report, `reported_at` puts an unreported
-- incident at its scheduled end. `kind`: cut short with nothing taught and no word in time is a no-show (D13).
versions AS (
  SELECT version.school_id, version.id AS version_id, version.zone,
         shipped.preset,
         version.in_force_from_on::timestamp AT TIME ZONE version.zone AS from_at,
         lead(version.in_force_from_on::timestamp AT TIME ZONE version.zone)
           OVER (PARTITION BY version.school_id ORDER BY version.in_force_from_on) AS until_at
  FROM makegood_policyversion AS version
    LEFT JOIN jsonb_to_recordset(:'presets'::jsonb) AS shipped (preset text, sha256 text)
      ON shipped.sha256 = version.document_sha256
),
-- A no-show that nobody reported is answered by the teacher's first word about the lesson (D33).
answered AS (
  SELECT incident.*,
         coalesce(incident.reported_at, CASE WHEN incident.kind = 'no_show' THEN (
           SELECT min(claim.made_at) FROM makegood_lessonclaim AS claim
           WHERE (claim.school_id, claim.lesson_id) = (incident.school_id, incident.lesson_id)
             AND coalesce(claim.about_starts_at, incident.lesson_starts_at) = incident.lesson_starts_at
             AND claim.side = 'teacher' AND claim.kind = 'problem') END) AS heard_at
  FROM makegood_incident AS incident
),
recorded AS (
  SELECT incident.*,
         incident.lesson_starts_at + make_interval(mins => incident.lesson_minutes) AS lesson_ends_at,
         CASE WHEN EXISTS (SELECT FROM makegood_incidentwithdrawal AS withdrawal
                           WHERE (withdrawal.school_id, withdrawal.incident_id) = (incident.school_id, incident.id))
              THEN 'voided'
              ELSE coalesce((SELECT decision.decision FROM makegood_incidentdecision AS decision
                             WHERE (decision.school_id, decision.incident_id) = (incident.school_id, incident.id)
                             ORDER BY decision.number DESC LIMIT 1), 'upheld') END AS decision
  FROM answered AS incident
),
told AS (
  SELECT versions.version_id, versions.preset, versions.zone,
         recorded.lesson_starts_at >= versions.from_at
           AND (versions.until_at IS NULL OR recorded.lesson_starts_at < versions.until_at) AS is_own,
         recorded.school_id, recorded.id AS incident_id, recorded.teacher_id, recorded.requested_by,
         recorded.decision, recorded.lesson_type, recorded.lesson_starts_at AS starts_at,
         recorded.lesson_ends_at AS ends_at, recorded.lesson_minutes, recorded.taught_minutes,
         recorded.heard_at AS told_at, coalesce(recorded.heard_at, recorded.lesson_ends_at) AS reported_at,
         recorded.lesson_starts_at AT TIME ZONE versions.zone AS local_start,
         CASE WHEN recorded.kind = 'cut_short' AND recorded.taught_minutes = 0
                   AND (recorded.heard_at IS NULL OR recorded.heard_at >= recorded.lesson_ends_at)
              THEN 'no_show' ELSE recorded.kind END AS kind
  FROM recorded JOIN versions ON versions.school_id = recorded.school_id AND versions.preset IS NOT NULL
),
incident_facts AS (
  SELECT told.*,
         CASE
           WHEN requested_by <> 'teacher' OR kind = 'late' THEN NULL
           WHEN kind = 'cut_short' AND told_at < ends_at THEN 'in_time_trouble'
           WHEN kind = 'cut_short' AND taught_minutes >= least(20, lesson_minutes) THEN NULL
           WHEN kind = 'cut_short' THEN 'without_notice'
           WHEN told_at IS NULL OR told_at >= starts_at THEN 'without_notice'
           WHEN starts_at - told_at >= interval '1 hour' THEN 'advance_notice'
           ELSE 'with_notice'
         END AS band
  FROM told
)
