-- No two live lessons of one teacher, or of one student, share a moment; held and requested ones are live.
WITH live AS (
  SELECT school_id, id, blocked, person
  FROM makegood_lesson CROSS JOIN LATERAL (VALUES (teacher_id), (student_id)) AS people (person)
  WHERE status IN ('held', 'requested', 'booked', 'in_progress') AND person IS NOT NULL
),
ordered AS (
  SELECT school_id, person, id,
         lower(blocked) < max(upper(blocked)) OVER (PARTITION BY school_id, person ORDER BY lower(blocked), id
                                                    ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS is_shared
  FROM live
)
SELECT school_id, CASE WHEN is_shared THEN format('lesson %s overlaps another live lesson of member %s', id, person) END
FROM ordered
