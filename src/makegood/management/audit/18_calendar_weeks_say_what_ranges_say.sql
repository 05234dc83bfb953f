-- The calendar weeks from now to the booking horizon have open what defaults, single days and holidays say, and busy what lessons block.
-- Open time is not compared in weeks in which a clock changes (PostgreSQL reads the doubled hour another way) or availability begins.
WITH kept AS (
  SELECT week.*, school.zone AS school_zone
  FROM makegood_calendarweek AS week JOIN makegood_school AS school ON school.id = week.school_id
    LEFT JOIN LATERAL (SELECT horizon_days FROM makegood_bookingrules AS rules WHERE rules.school_id = week.school_id
                       ORDER BY number DESC LIMIT 1) AS latest ON true
  WHERE week_starts_at > :'now'::timestamptz
    AND week_starts_at + interval '7 days' < :'now'::timestamptz + coalesce(horizon_days, 60) * interval '1 day'
), days AS (
  SELECT kept.id, kept.week_starts_at, coalesce(single.zone, usual.zone) AS zone, day::date AS day,
         CASE WHEN single.ranges IS NOT NULL THEN single.ranges ELSE usual.weekly END AS ranges, single.ranges IS NULL AS weekly
  FROM kept CROSS JOIN generate_series(week_starts_at - interval '1 day', week_starts_at + interval '8 days', interval '1 day') AS day
    LEFT JOIN LATERAL (SELECT zone, weekly FROM makegood_defaultavailability AS row
                       WHERE (row.school_id, row.teacher_id) = (kept.school_id, kept.teacher_id) AND in_force_from_on <= day::date
                       ORDER BY number DESC LIMIT 1) AS usual ON true
    LEFT JOIN LATERAL (SELECT zone, ranges FROM makegood_availabilityday AS row
                       WHERE (row.school_id, row.teacher_id, row.day_on) = (kept.school_id, kept.teacher_id, day::date)
                       ORDER BY number DESC LIMIT 1) AS single ON single.ranges IS NOT NULL
), steady AS (
  SELECT id FROM days GROUP BY id
  HAVING count(DISTINCT zone) <= 1 AND count(DISTINCT (day::timestamp AT TIME ZONE coalesce(zone, 'UTC')) - (day::timestamp AT TIME ZONE 'UTC')) = 1
), open AS (
  SELECT DISTINCT days.id, floor(extract(epoch FROM at - days.week_starts_at) / 900)::int AS step
  FROM days CROSS JOIN jsonb_array_elements(ranges) AS entry
    CROSS JOIN generate_series((entry ->> 'start_minute')::int, (entry ->> 'end_minute')::int - 1, 15) AS minute
    CROSS JOIN LATERAL (SELECT (day + minute * interval '1 minute') AT TIME ZONE zone AS at) AS instant
    JOIN kept ON kept.id = days.id
  WHERE (NOT weekly OR (entry ->> 'weekday')::int = extract(isodow FROM day) - 1)
    AND at >= days.week_starts_at AND at < days.week_starts_at + interval '7 days'
    AND NOT EXISTS (SELECT FROM makegood_holiday AS holiday WHERE holiday.school_id = kept.school_id AND ended_at IS NULL
                      AND day_on = (at AT TIME ZONE school_zone)::date)
), taken AS (
  SELECT DISTINCT kept.id, step
  FROM kept JOIN makegood_lesson AS lesson ON (lesson.school_id, lesson.teacher_id) = (kept.school_id, kept.teacher_id)
      AND lesson.status IN ('held', 'requested', 'booked', 'in_progress')
      AND lesson.blocked && tstzrange(week_starts_at, week_starts_at + interval '7 days')
    CROSS JOIN generate_series(greatest(0, floor(extract(epoch FROM lower(blocked) - week_starts_at) / 900))::int,
                               least(672, ceil(extract(epoch FROM upper(blocked) - week_starts_at) / 900))::int - 1) AS step
), opened AS (
  SELECT kept.id, count(*) AS steps, count(*) FILTER (WHERE get_bit(available, step) = 0) AS missing
  FROM open JOIN kept ON kept.id = open.id GROUP BY kept.id
), blocked AS (
  SELECT kept.id, count(*) AS steps, count(*) FILTER (WHERE get_bit(busy, step) = 0) AS missing
  FROM taken JOIN kept ON kept.id = taken.id GROUP BY kept.id
)
SELECT kept.school_id, CASE
    WHEN steady.id IS NOT NULL AND (bit_count(available) <> coalesce(opened.steps, 0) OR opened.missing > 0)
      THEN format('teacher %s: the week of %s has other times open than the ranges say', teacher_id, week_starts_at::date)
    WHEN bit_count(busy) <> coalesce(blocked.steps, 0) OR blocked.missing > 0
      THEN format('teacher %s: the week of %s has other times busy than lessons block', teacher_id, week_starts_at::date)
  END
FROM kept LEFT JOIN steady ON steady.id = kept.id
  LEFT JOIN opened ON opened.id = kept.id LEFT JOIN blocked ON blocked.id = kept.id
