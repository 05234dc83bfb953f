-- No two overlapping live lessons for a teacher, nor for a student. Ranges are half-open, so back-to-back lessons fit.
-- Trap: btree_gist compares equal types only; cast parameters to bigint or the index is silently not used.

ALTER TABLE makegood_lesson
  ADD CONSTRAINT a_lesson_ends_after_it_starts CHECK (ends_at > starts_at),
  ADD CONSTRAINT a_lesson_lasts_at_most_a_day CHECK (extract(epoch FROM ends_at - starts_at) <= 86400),
  ADD CONSTRAINT a_lesson_blocks_a_half_open_range
    CHECK (NOT isempty(blocked) AND lower_inc(blocked) AND NOT upper_inc(blocked)
           AND NOT lower_inf(blocked) AND NOT upper_inf(blocked)),
  ADD CONSTRAINT a_lesson_blocks_at_least_its_own_time CHECK (blocked @> tstzrange(starts_at, ends_at, '[)'));

DO $$
DECLARE school_equal text := 'school_id WITH ='; teacher_equal text := 'teacher_id WITH ='; student_equal text := 'student_id WITH =';
BEGIN
  IF NOT EXISTS (SELECT FROM pg_extension WHERE extname = 'btree_gist') THEN
    BEGIN
      CREATE EXTENSION btree_gist;
    EXCEPTION WHEN insufficient_privilege OR undefined_file OR feature_not_supported THEN
      -- The same guarantee in the core's own range types, for servers without the extension.
      school_equal := $e$int8range(school_id, school_id, '[]') WITH &&$e$;
      teacher_equal := $e$int8range(teacher_id, teacher_id, '[]') WITH &&$e$;
      student_equal := $e$int8range(student_id, student_id, '[]') WITH &&$e$;
    END;
  END IF;
  EXECUTE format(
    'ALTER TABLE makegood_lesson
       ADD CONSTRAINT a_teacher_has_no_overlapping_live_lessons
         EXCLUDE USING gist (%1$s, %2$s, blocked WITH &&) WHERE (status IN (''booked'', ''in_progress'')),
       ADD CONSTRAINT a_student_has_no_overlapping_live_lessons
         EXCLUDE USING gist (%1$s, %3$s, blocked WITH &&)
         WHERE (student_id IS NOT NULL AND status IN (''booked'', ''in_progress''))',
    school_equal, teacher_equal, student_equal);
END $$;
