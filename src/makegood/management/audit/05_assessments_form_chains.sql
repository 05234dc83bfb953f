-- Every incident is assessed; its assessments are one chain without gaps; their steps add up to their penalty.
WITH chained AS (
  SELECT *, lag(id) OVER chain AS former_id, row_number() OVER chain AS place
  FROM makegood_assessment WINDOW chain AS (PARTITION BY school_id, incident_id ORDER BY number)
),
turns AS (
  SELECT assessment.school_id, assessment.id, place, (step ->> 'after_minor')::bigint AS after_minor,
         (step ->> 'before_minor')::bigint
           <> lag((step ->> 'after_minor')::bigint, 1, 0::bigint)
              OVER (PARTITION BY assessment.school_id, assessment.id ORDER BY place) AS is_broken
  FROM makegood_assessment AS assessment
    CROSS JOIN jsonb_array_elements(assessment.steps) WITH ORDINALITY AS listed (step, place)
),
added_up AS (
  SELECT school_id, id, bool_or(is_broken) AS is_broken, (array_agg(after_minor ORDER BY place DESC))[1] AS total
  FROM turns GROUP BY school_id, id
)
SELECT chained.school_id, CASE
    WHEN number <> place OR supersedes_id IS DISTINCT FROM former_id
      THEN format('assessment %s does not follow the one before', chained.id)
    WHEN coalesce(is_broken, false) OR coalesce(total, 0) <> penalty_minor
      THEN format('the steps of assessment %s do not add up to its penalty', chained.id)
    WHEN penalty_minor > 0 AND currency IS NULL THEN format('assessment %s has a penalty without a currency', chained.id)
  END
FROM chained LEFT JOIN added_up ON (added_up.school_id, added_up.id) = (chained.school_id, chained.id)
UNION ALL
SELECT school_id, format('incident %s was never assessed', id)
FROM makegood_incident AS incident
WHERE NOT EXISTS (SELECT FROM makegood_assessment AS assessment
                  WHERE (assessment.school_id, assessment.incident_id) = (incident.school_id, incident.id))
