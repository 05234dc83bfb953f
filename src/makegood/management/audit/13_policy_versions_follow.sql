-- Policy versions are numbered without gaps, start with a month, and later ones started in the future.
SELECT school_id, CASE
    WHEN number <> row_number() OVER line THEN format('policy version %s breaks the numbers', id)
    WHEN extract(day FROM in_force_from_on) <> 1 THEN format('policy version %s starts inside a month', id)
    WHEN in_force_from_on <= lag(in_force_from_on) OVER line THEN format('policy version %s starts before the one before', id)
    WHEN number > 1 AND in_force_from_on <= (published_at AT TIME ZONE zone)::date
      THEN format('policy version %s was in force before it was published', id)
  END
FROM makegood_policyversion WINDOW line AS (PARTITION BY school_id ORDER BY number)
