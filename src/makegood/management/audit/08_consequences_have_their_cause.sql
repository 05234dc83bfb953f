-- What follows besides money, computed anew for both presets, equals the consequences that have not ended; none lacks,
-- none is without cause.
WITH /* incident_facts */,
live AS (SELECT * FROM incident_facts WHERE requested_by = 'teacher' AND decision <> 'voided'),
-- 25hoon: the fourth of a month, waived ones included, in the order of reports, pauses the account for a week (D17).
ranked AS (
  SELECT live.*, row_number() OVER (
           PARTITION BY school_id, version_id, teacher_id, date_trunc('month', local_start)
           ORDER BY reported_at, starts_at, incident_id::text COLLATE "C") AS place
  FROM live
  WHERE preset = '25hoon' AND kind IN ('cancelled', 'rescheduled', 'no_show', 'cut_short')
    AND band IN ('advance_notice', 'with_notice', 'without_notice')
),
-- Talaera: lessons missed in the six months up to each (D24).
missed AS (
  SELECT * FROM live
  WHERE preset = 'talaera' AND kind IN ('cancelled', 'rescheduled', 'no_show') AND decision IN ('upheld', 'reduced')
),
windows AS (
  SELECT missed.school_id, missed.version_id, missed.teacher_id, missed.incident_id, missed.is_own,
         earlier.number, earlier.latest_reported_at
  FROM missed CROSS JOIN LATERAL (
    SELECT count(*) AS number, max(other.reported_at) AS latest_reported_at FROM missed AS other
    WHERE (other.school_id, other.version_id, other.teacher_id) = (missed.school_id, missed.version_id, missed.teacher_id)
      AND other.starts_at <= missed.starts_at
      AND other.starts_at > (missed.local_start - interval '6 months') AT TIME ZONE missed.zone) AS earlier
),
-- Overlapping spells of sixty days join: one starts where none before it still lasts.
spells AS (
  SELECT windows.*, latest_reported_at + interval '1440 hours' AS ends_at,
         coalesce(latest_reported_at >= lag(latest_reported_at) OVER spell + interval '1440 hours', true) AS is_first
  FROM windows WHERE number >= 2
  WINDOW spell AS (PARTITION BY school_id, version_id, teacher_id
                   ORDER BY latest_reported_at, incident_id::text COLLATE "C")
),
numbered AS (
  SELECT spells.*, count(*) FILTER (WHERE is_first) OVER (
           PARTITION BY school_id, version_id, teacher_id
           ORDER BY latest_reported_at, incident_id::text COLLATE "C") AS island
  FROM spells
),
joined AS (
  SELECT DISTINCT ON (school_id, version_id, teacher_id, island)
         school_id, teacher_id, incident_id, is_own, latest_reported_at AS starts_at,
         max(ends_at) OVER (PARTITION BY school_id, version_id, teacher_id, island) AS ends_at
  FROM numbered
  ORDER BY school_id, version_id, teacher_id, island, latest_reported_at, incident_id::text COLLATE "C"
),
-- A review has no end, so later ones join the first.
reviews AS (
  SELECT DISTINCT ON (school_id, version_id, teacher_id) school_id, teacher_id, incident_id, is_own, latest_reported_at
  FROM windows WHERE number >= 4
  ORDER BY school_id, version_id, teacher_id, latest_reported_at, incident_id::text COLLATE "C"
),
due AS (
  SELECT school_id, teacher_id, incident_id, 'pause_account' AS kind, reported_at AS starts_at,
         reported_at + interval '168 hours' AS ends_at
  FROM ranked WHERE is_own AND place = 4
  UNION ALL
  -- Absent without a word by the scheduled end: the schedule is held until the teacher answers (D33).
  SELECT school_id, teacher_id, incident_id, 'hold_schedule', ends_at, CASE WHEN told_at > ends_at THEN told_at END
  FROM live
  WHERE is_own AND preset = '25hoon' AND kind = 'no_show' AND (told_at IS NULL OR told_at > ends_at)
  UNION ALL
  SELECT school_id, teacher_id, incident_id, 'deprioritize', starts_at, ends_at FROM joined WHERE is_own
  UNION ALL
  SELECT school_id, teacher_id, incident_id, 'review_for_termination', latest_reported_at, NULL
  FROM reviews WHERE is_own
  UNION ALL
  SELECT school_id, teacher_id, incident_id, 'rematch_student', reported_at, NULL
  FROM live
  WHERE is_own AND preset = 'talaera' AND lesson_type = 'meet_your_teacher'
    AND kind IN ('cancelled', 'rescheduled', 'no_show')
),
-- Only of incidents whose version can be computed anew.
standing AS (
  SELECT consequence.school_id, consequence.teacher_id, consequence.incident_id, consequence.kind,
         consequence.starts_at, consequence.ends_at
  FROM makegood_consequence AS consequence
  WHERE NOT EXISTS (SELECT FROM makegood_consequenceend AS ending
                    WHERE (ending.school_id, ending.consequence_id) = (consequence.school_id, consequence.id))
    AND EXISTS (SELECT FROM incident_facts AS own
                WHERE own.is_own AND (own.school_id, own.incident_id) = (consequence.school_id, consequence.incident_id))
)
SELECT coalesce(due.school_id, standing.school_id), CASE
    WHEN standing.kind IS NULL
      THEN format('%s from %s until %s because of incident %s lacks', due.kind, due.starts_at, due.ends_at, due.incident_id)
    WHEN due.kind IS NULL
      THEN format('%s from %s until %s because of incident %s has no cause', standing.kind, standing.starts_at,
                  standing.ends_at, standing.incident_id)
  END
FROM due FULL JOIN standing
  ON standing.school_id = due.school_id AND standing.teacher_id = due.teacher_id AND standing.incident_id = due.incident_id
     AND standing.kind = due.kind AND standing.starts_at = due.starts_at
     AND coalesce(standing.ends_at, 'infinity') = coalesce(due.ends_at, 'infinity')
