-- When teachers can be booked: rows written once, one cache of them that a slot search reads.

SELECT makegood_put_inside_a_school('makegood_defaultavailability', 'makegood_availabilityday', 'makegood_holiday',
                                    'makegood_bookingrules', 'makegood_calendarweek');
SELECT makegood_keep_written_once('makegood_defaultavailability', 'makegood_availabilityday', 'makegood_bookingrules');
SELECT makegood_keep_stamped('makegood_holiday', 'ended_at', 'ended_by_id');

-- Ranges of a day (or of a week, each with its weekday): within the day, on steps of 15 minutes, in order, not touching.
CREATE FUNCTION makegood_are_open_ranges(ranges jsonb, weekly boolean) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
  SELECT jsonb_typeof(ranges) = 'array' AND NOT EXISTS (
    SELECT FROM (
      SELECT entry, lag(entry) OVER (ORDER BY place) AS earlier
      FROM jsonb_array_elements(CASE jsonb_typeof(ranges) WHEN 'array' THEN ranges ELSE '[]' END)
             WITH ORDINALITY AS listed (entry, place)
    ) AS pairs
    WHERE NOT coalesce(
      jsonb_typeof(entry) = 'object'
      AND entry - ARRAY['start_minute', 'end_minute'] - CASE WHEN weekly THEN 'weekday' ELSE '' END = '{}'
      AND jsonb_typeof(entry -> 'start_minute') = 'number' AND jsonb_typeof(entry -> 'end_minute') = 'number'
      AND (entry ->> 'start_minute')::numeric % 15 = 0 AND (entry ->> 'end_minute')::numeric % 15 = 0
      AND (entry ->> 'start_minute')::numeric >= 0 AND (entry ->> 'end_minute')::numeric <= 1440
      AND (entry ->> 'start_minute')::numeric < (entry ->> 'end_minute')::numeric
      AND (NOT weekly OR entry -> 'weekday' IN ('0', '1', '2', '3', '4', '5', '6'))
      AND (earlier IS NULL
           OR coalesce((earlier ->> 'weekday')::numeric, 0) < coalesce((entry ->> 'weekday')::numeric, 0)
           OR (coalesce((earlier ->> 'weekday')::numeric, 0) = coalesce((entry ->> 'weekday')::numeric, 0)
               AND (earlier ->> 'end_minute')::numeric < (entry ->> 'start_minute')::numeric)),
      false))
$$;

ALTER TABLE makegood_defaultavailability
  ADD CONSTRAINT a_default_availability_is_of_a_member_of_the_school
    FOREIGN KEY (school_id, teacher_id) REFERENCES makegood_membership (school_id, id),
  ADD CONSTRAINT default_availability_numbers_start_at_one CHECK (number >= 1),
  ADD CONSTRAINT a_default_availability_has_a_zone CHECK (zone <> ''),
  ADD CONSTRAINT a_default_availability_has_ranges CHECK (makegood_are_open_ranges(weekly, true)),
  ADD CONSTRAINT default_availability_door_is_known
    CHECK (door IN ('web', 'import', 'command', 'api', 'phone', 'chat', 'email', 'sms', 'job'));

ALTER TABLE makegood_availabilityday
  ADD CONSTRAINT an_availability_day_is_of_a_member_of_the_school
    FOREIGN KEY (school_id, teacher_id) REFERENCES makegood_membership (school_id, id),
  ADD CONSTRAINT availability_day_numbers_start_at_one CHECK (number >= 1),
  ADD CONSTRAINT an_availability_day_has_a_zone CHECK (zone <> ''),
  ADD CONSTRAINT an_availability_day_has_ranges CHECK (ranges IS NULL OR makegood_are_open_ranges(ranges, false)),
  ADD CONSTRAINT availability_day_door_is_known
    CHECK (door IN ('web', 'import', 'command', 'api', 'phone', 'chat', 'email', 'sms', 'job'));

ALTER TABLE makegood_holiday
  ADD CONSTRAINT a_holiday_has_a_name CHECK (name <> ''),
  ADD CONSTRAINT a_holiday_ends_after_it_was_made CHECK (ended_at >= made_at),
  ADD CONSTRAINT holiday_door_is_known
    CHECK (door IN ('web', 'import', 'command', 'api', 'phone', 'chat', 'email', 'sms', 'job'));

ALTER TABLE makegood_bookingrules
  ADD CONSTRAINT booking_rules_numbers_start_at_one CHECK (number >= 1),
  ADD CONSTRAINT slots_are_half_or_quarter_hours CHECK (slot_minutes IN (15, 30)),
  ADD CONSTRAINT booking_rules_lie_within_their_limits
    CHECK (buffer_minutes <= 120 AND minimum_notice_minutes <= 20160 AND horizon_days BETWEEN 7 AND 366
           AND max_lessons_per_day BETWEEN 1 AND 48 AND hold_minutes BETWEEN 1 AND 1440 AND probation_days <= 366
           AND probation_max_lessons_per_week BETWEEN 1 AND 100 AND freshness_days <= 60
           AND freshness_pause_days <= 366),
  ADD CONSTRAINT booking_rules_door_is_known
    CHECK (door IN ('web', 'import', 'command', 'api', 'phone', 'chat', 'email', 'sms', 'job'));

ALTER TABLE makegood_calendarweek
  ADD CONSTRAINT a_calendar_week_is_of_a_member_of_the_school
    FOREIGN KEY (school_id, teacher_id) REFERENCES makegood_membership (school_id, id),
  ADD CONSTRAINT a_calendar_week_starts_on_a_monday_of_utc
    CHECK (week_starts_at = date_bin('7 days', week_starts_at, '2001-01-01T00:00Z')),
  ADD CONSTRAINT a_calendar_week_has_672_steps CHECK (octet_length(available) = 84 AND octet_length(busy) = 84),
  ADD CONSTRAINT a_grid_begins_on_a_quarter CHECK (grid_minute IN (0, 15));

-- A slot search reads a week of all teachers from the index alone, in its order.
CREATE INDEX calendar_week_by_week ON makegood_calendarweek (school_id, week_starts_at, teacher_id)
  INCLUDE (available, busy, grid_minute);

DO $$
BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'makegood_app') THEN
    GRANT UPDATE (available, busy, grid_minute) ON makegood_calendarweek TO makegood_app;
  END IF;
END $$;
