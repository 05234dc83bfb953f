-- What waited for a lesson that does not take place ends with it, by whoever took the lesson off: a release and an answer
-- of their own, so that nobody is said to have taken anything back. A file may take a lesson off with nobody at hand.
ALTER TABLE makegood_lessonrelease DROP CONSTRAINT release_reason_is_known;
ALTER TABLE makegood_lessonrelease
  ADD CONSTRAINT release_reason_is_known
    CHECK (why IN ('lapsed', 'let_go', 'declined', 'undone', 'used', 'lesson_off')) NOT VALID;
ALTER TABLE makegood_lessonrelease VALIDATE CONSTRAINT release_reason_is_known;
ALTER TABLE makegood_moveanswer
  DROP CONSTRAINT a_move_answer_is_known,
  DROP CONSTRAINT only_a_lapsed_request_has_no_answering_person;
ALTER TABLE makegood_moveanswer
  ADD CONSTRAINT a_move_answer_is_known
    CHECK (outcome IN ('agreed', 'refused', 'taken_back', 'lapsed', 'lesson_off')) NOT VALID,
  ADD CONSTRAINT only_what_ends_by_itself_has_no_answering_person
    CHECK (CASE outcome WHEN 'lapsed' THEN answered_by_id IS NULL WHEN 'lesson_off' THEN true
                        ELSE answered_by_id IS NOT NULL END) NOT VALID;
ALTER TABLE makegood_moveanswer VALIDATE CONSTRAINT a_move_answer_is_known;
ALTER TABLE makegood_moveanswer VALIDATE CONSTRAINT only_what_ends_by_itself_has_no_answering_person;
