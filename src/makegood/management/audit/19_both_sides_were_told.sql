-- Every lesson that was booked, moved, called off or put back in a real school has a message to both of its sides, by the
-- event itself, or as part of a series told with the first event of it; but for who had left the school by then.
WITH told AS (
  SELECT event.school_id, event.id, event.kind, event.at, event.actor_id, lesson.id AS lesson_id, side.name, side.member_id
  FROM makegood_event AS event
    JOIN makegood_school AS school ON school.id = event.school_id
    JOIN makegood_lesson AS lesson ON (lesson.school_id, lesson.id) = (event.school_id, event.lesson_id)
    CROSS JOIN LATERAL (VALUES ('teacher', lesson.teacher_id), ('student', lesson.student_id)) AS side (name, member_id)
  WHERE NOT school.is_demo AND side.member_id IS NOT NULL
    AND event.kind IN (
      'emergency_reported', 'incident_withdrawn', 'booking_approved', 'approval_undone', 'booking_undone', 'lesson_booked',
      'cancelled_for_student', 'cancelled_for_school', 'cancelled_by_student', 'cancelled_late_by_student', 'cancellation_undone',
      'moved_by_student', 'moved_for_student', 'moved_for_teacher', 'moved_for_school', 'move_agreed', 'move_undone', 'desk_case_ended')
)
SELECT school_id, CASE WHEN EXISTS (
      SELECT FROM makegood_membership AS member
      WHERE (member.school_id, member.id) = (told.school_id, told.member_id)
        AND (member.ended_at IS NULL OR member.ended_at > told.at)
        AND (NOT EXISTS (SELECT FROM makegood_rolegrant AS held
                         WHERE (held.school_id, held.membership_id) = (member.school_id, member.id))
             OR EXISTS (SELECT FROM makegood_rolegrant AS held
                        WHERE (held.school_id, held.membership_id) = (member.school_id, member.id)
                          AND (held.ended_at IS NULL OR held.ended_at > told.at))))
    AND NOT EXISTS (
      SELECT FROM makegood_message AS message
      WHERE (message.school_id, message.event_id, message.recipient_id) = (told.school_id, told.id, told.member_id))
    AND NOT EXISTS (
      SELECT FROM makegood_event AS first
        JOIN makegood_message AS message ON (message.school_id, message.event_id) = (first.school_id, first.id)
      WHERE (first.school_id, first.kind, first.at) = (told.school_id, told.kind, told.at)
        AND message.recipient_id = told.member_id
        AND message.values -> 'lessons' @> jsonb_build_array(jsonb_build_object('lesson', told.lesson_id)))
    THEN format('the %s was not told of %s, event %s of lesson %s', name, kind, id, lesson_id) END
FROM told
