-- Every trigger of the product is there and enabled, and so are the two exclusion constraints.
WITH expected AS (SELECT name FROM jsonb_array_elements_text(:'triggers'::jsonb) AS listed (name))
SELECT NULL::bigint, CASE
    WHEN tgname IS NULL THEN format('the trigger %s is missing', name)
    WHEN tgenabled <> 'O' THEN format('the trigger %s is switched off', name)
  END
FROM expected LEFT JOIN pg_trigger ON tgname = name AND NOT tgisinternal
UNION ALL
SELECT NULL, CASE WHEN conname IS NULL THEN format('the constraint %s is missing', name) END
FROM (VALUES ('a_teacher_has_no_overlapping_live_lessons'), ('a_student_has_no_overlapping_live_lessons'),
             ('pay_periods_of_a_school_do_not_overlap')) AS exclusions (name)
  LEFT JOIN pg_constraint ON conname = name AND convalidated
