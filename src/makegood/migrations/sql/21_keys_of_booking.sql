-- Keys of the tables that booking, moving and teaching need: they join their school, and refer to its rows only.

SELECT makegood_put_inside_a_school(
  'makegood_lessontype', 'makegood_payrate', 'makegood_lessonseries', 'makegood_lessonrelease', 'makegood_lessonmove',
  'makegood_moverequest', 'makegood_moveanswer', 'makegood_presencefact', 'makegood_lessonclaim', 'makegood_deskcase',
  'makegood_creditgrant', 'makegood_credituse', 'makegood_creditexpiry');

ALTER TABLE makegood_payrate
  ADD CONSTRAINT a_pay_rate_is_for_a_member_of_the_school
    FOREIGN KEY (school_id, teacher_id) REFERENCES makegood_membership (school_id, id);

ALTER TABLE makegood_lessonseries
  ADD CONSTRAINT the_teacher_of_a_series_is_a_member_of_the_school
    FOREIGN KEY (school_id, teacher_id) REFERENCES makegood_membership (school_id, id),
  ADD CONSTRAINT the_student_of_a_series_is_a_member_of_the_school
    FOREIGN KEY (school_id, student_id) REFERENCES makegood_membership (school_id, id);

ALTER TABLE makegood_lesson
  ADD CONSTRAINT the_series_of_a_lesson_is_of_the_school
    FOREIGN KEY (school_id, series_id) REFERENCES makegood_lessonseries (school_id, id),
  ADD CONSTRAINT a_time_is_kept_for_a_lesson_of_the_school
    FOREIGN KEY (school_id, keeps_time_for_id) REFERENCES makegood_lesson (school_id, id);

ALTER TABLE makegood_lessonrelease
  ADD CONSTRAINT a_release_is_of_a_lesson_of_the_school
    FOREIGN KEY (school_id, lesson_id) REFERENCES makegood_lesson (school_id, id);

ALTER TABLE makegood_lessonmove
  ADD CONSTRAINT a_move_is_of_a_lesson_of_the_school
    FOREIGN KEY (school_id, lesson_id) REFERENCES makegood_lesson (school_id, id),
  ADD CONSTRAINT a_move_counts_by_an_incident_of_the_school
    FOREIGN KEY (school_id, incident_id) REFERENCES makegood_incident (school_id, id),
  ADD CONSTRAINT a_move_undoes_a_move_of_the_school
    FOREIGN KEY (school_id, undoes_id) REFERENCES makegood_lessonmove (school_id, id),
  ADD CONSTRAINT a_move_is_on_behalf_of_a_member_of_the_school
    FOREIGN KEY (school_id, on_behalf_of_id) REFERENCES makegood_membership (school_id, id);

ALTER TABLE makegood_moverequest
  ADD CONSTRAINT a_move_request_is_about_a_lesson_of_the_school
    FOREIGN KEY (school_id, lesson_id) REFERENCES makegood_lesson (school_id, id),
  ADD CONSTRAINT the_hold_of_a_move_request_is_of_the_school
    FOREIGN KEY (school_id, hold_id) REFERENCES makegood_lesson (school_id, id),
  ADD CONSTRAINT a_move_is_asked_by_a_member_of_the_school
    FOREIGN KEY (school_id, asked_by_id) REFERENCES makegood_membership (school_id, id);

ALTER TABLE makegood_moveanswer
  ADD CONSTRAINT an_answer_is_to_a_move_request_of_the_school
    FOREIGN KEY (school_id, move_request_id) REFERENCES makegood_moverequest (school_id, id);

ALTER TABLE makegood_presencefact
  ADD CONSTRAINT presence_is_in_a_lesson_of_the_school
    FOREIGN KEY (school_id, lesson_id) REFERENCES makegood_lesson (school_id, id),
  ADD CONSTRAINT presence_is_of_a_member_of_the_school
    FOREIGN KEY (school_id, member_id) REFERENCES makegood_membership (school_id, id);

ALTER TABLE makegood_lessonclaim
  ADD CONSTRAINT a_claim_is_about_a_lesson_of_the_school
    FOREIGN KEY (school_id, lesson_id) REFERENCES makegood_lesson (school_id, id),
  ADD CONSTRAINT a_claim_is_by_a_member_of_the_school
    FOREIGN KEY (school_id, member_id) REFERENCES makegood_membership (school_id, id);

ALTER TABLE makegood_deskcase
  ADD CONSTRAINT a_desk_case_is_about_a_lesson_of_the_school
    FOREIGN KEY (school_id, lesson_id) REFERENCES makegood_lesson (school_id, id),
  ADD CONSTRAINT a_desk_case_is_about_a_claim_of_the_school
    FOREIGN KEY (school_id, claim_id) REFERENCES makegood_lessonclaim (school_id, id),
  ADD CONSTRAINT a_desk_case_is_about_an_incident_of_the_school
    FOREIGN KEY (school_id, incident_id) REFERENCES makegood_incident (school_id, id);

ALTER TABLE makegood_creditgrant
  ADD CONSTRAINT credits_are_granted_to_a_member_of_the_school
    FOREIGN KEY (school_id, student_id) REFERENCES makegood_membership (school_id, id);

ALTER TABLE makegood_credituse
  ADD CONSTRAINT credits_are_used_by_a_lesson_of_the_school
    FOREIGN KEY (school_id, lesson_id) REFERENCES makegood_lesson (school_id, id);

ALTER TABLE makegood_creditexpiry
  ADD CONSTRAINT a_grant_that_expires_is_of_the_school
    FOREIGN KEY (school_id, grant_id) REFERENCES makegood_creditgrant (school_id, id);
