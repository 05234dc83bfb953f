-- The live penalty of every incident under 25hoon's policy, computed anew: bands, the month's tier for all of the month,
-- the week's multiplier for all of the week, decisions, being late.
WITH /* incident_facts */,
counted AS (
  SELECT incident_facts.*,
         requested_by = 'teacher' AND kind IN ('cancelled', 'rescheduled', 'no_show', 'cut_short')
           AND coalesce(band IN ('advance_notice', 'with_notice', 'without_notice'), false)
           AND decision IN ('upheld', 'reduced') AS counts
  FROM incident_facts WHERE preset = '25hoon'
),
totals AS (
  SELECT counted.*,
         count(*) FILTER (WHERE counts)
           OVER (PARTITION BY school_id, version_id, teacher_id, date_trunc('month', local_start)) AS in_month,
         count(*) FILTER (WHERE counts)
           OVER (PARTITION BY school_id, version_id, teacher_id, date_trunc('week', local_start)) AS in_week,
         CASE WHEN decision <> 'reduced' OR band = 'in_time_trouble' THEN band
              WHEN band = 'without_notice' THEN 'with_notice'
              WHEN band IS NOT NULL THEN 'advance_notice' END AS charged_band
  FROM counted
),
due AS (
  SELECT totals.*, CASE
      WHEN requested_by <> 'teacher' OR decision IN ('waived', 'voided') THEN 0
      WHEN kind = 'late' THEN 100
      WHEN NOT counts THEN 0
      ELSE (CASE charged_band WHEN 'advance_notice' THEN CASE WHEN in_month > 3 THEN 100 ELSE 30 END
                              WHEN 'with_notice' THEN CASE WHEN in_month > 3 THEN 200 ELSE 100 END
                              ELSE CASE WHEN in_month > 3 THEN 450 ELSE 300 END END)
           * (CASE WHEN in_week > 3 THEN 3 WHEN in_week > 2 THEN 2 ELSE 1 END)
    END AS penalty_minor
  FROM totals WHERE is_own
),
live AS (
  SELECT DISTINCT ON (school_id, incident_id) school_id, incident_id, penalty_minor, currency, policy_version_id, counts
  FROM makegood_assessment ORDER BY school_id, incident_id, number DESC
)
SELECT due.school_id, CASE
    WHEN live.policy_version_id <> due.version_id
      THEN format('incident %s was assessed under version %s instead of %s', due.incident_id, live.policy_version_id, due.version_id)
    WHEN (live.penalty_minor, live.currency) IS DISTINCT FROM (due.penalty_minor::bigint, 'USD'::varchar)
      THEN format('incident %s costs %s %s instead of %s USD (minor units)', due.incident_id,
                  live.penalty_minor, live.currency, due.penalty_minor)
    WHEN ((live.counts ->> 'month')::bigint, (live.counts ->> 'week')::bigint) IS DISTINCT FROM (in_month, in_week)
      THEN format('incident %s was counted %s instead of %s in the month, %s in the week', due.incident_id, live.counts, in_month, in_week)
  END
FROM due LEFT JOIN live ON (live.school_id, live.incident_id) = (due.school_id, due.incident_id)
