-- No two live lessons of one teacher, or of one student, share a moment; held and requested ones are live.
-- A teacher's time is taken with the break after a lesson, a student's without it.
WITH live AS (
  SELECT school_id, id, taken, person
  FROM makegood_lesson
    CROSS JOIN LATERAL (VALUES (teacher_id, blocked), (student_id, tstzrange(starts_at, ends_at))) AS people (person, taken)
  WHERE status IN ('held', 'requested', 'booked', 'in_progress') AND person IS NOT NULL
),
ordered AS (
  SELECT school_id, person, id,
         lower(taken) < max(upper(taken)) OVER (PARTITION BY school_id, person ORDER BY lower(taken), id
                                                ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS is_shared
  FROM live
)
SELECT school_id, CASE WHEN is_shared THEN format('lesson %s overlaps another live lesson of member %s', id, person) END
FROM ordered
