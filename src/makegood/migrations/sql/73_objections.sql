-- An objection to a move is of a kind of its own and names the move, which is one of the school.
ALTER TABLE makegood_lessonclaim
  DROP CONSTRAINT claim_kind_is_known,
  ADD CONSTRAINT claim_kind_is_known CHECK (kind IN ('other_absent', 'other_late', 'problem', 'not_asked', 'not_agreed'));

ALTER TABLE makegood_deskcase
  DROP CONSTRAINT desk_case_kind_is_known,
  ADD CONSTRAINT desk_case_kind_is_known
    CHECK (kind IN ('not_asked', 'not_agreed', 'problem', 'both_claim', 'teacher_absent', 'student_absent',
                    'needs_new_time', 'outside_availability')),
  ADD CONSTRAINT only_an_objection_to_a_move_names_one CHECK ((kind = 'not_agreed') = (move_id IS NOT NULL)),
  ADD CONSTRAINT a_desk_case_is_about_a_move_of_the_school
    FOREIGN KEY (school_id, move_id) REFERENCES makegood_lessonmove (school_id, id);

DO $$
BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'makegood_app') THEN
    GRANT INSERT (move_id) ON makegood_deskcase TO makegood_app;
  END IF;
END $$;
