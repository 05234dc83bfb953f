-- Each pause of matching follows a warning of the same teacher, not before that one said, for as long as it said, and
-- in a real school a message that told it; no two pauses of a teacher run at once; the desk lifted a pause while it ran.
WITH pauses AS (
  SELECT pause.school_id, pause.id, pause.teacher_id, pause.starts_at, pause.ends_at, lift.lifted_at,
         coalesce(lift.lifted_at, pause.ends_at) AS over_at, lift.id IS NOT NULL AS is_lifted,
         lift.lifted_by_id = teacher.person_id AS is_own,
         warning.id AS warning_id, warning.teacher_id AS warned_id, warning.warned_at, warning.broken_since_at,
         warning.grace_hours, warning.pause_days, warning.pauses_at
  FROM makegood_matchingpause AS pause
    LEFT JOIN makegood_freshnesswarning AS warning ON (warning.school_id, warning.id) = (pause.school_id, pause.warning_id)
    LEFT JOIN makegood_matchingpauselift AS lift ON (lift.school_id, lift.pause_id) = (pause.school_id, pause.id)
    JOIN makegood_membership AS teacher ON (teacher.school_id, teacher.id) = (pause.school_id, pause.teacher_id)
)
SELECT school_id, CASE
    WHEN warning_id IS NULL OR warned_id <> teacher_id THEN format('pause %s rests on no warning of its teacher', id)
    WHEN pauses_at - warned_at <> make_interval(hours => grace_hours) OR broken_since_at > warned_at
      THEN format('the warning of pause %s does not give the time that it names', id)
    WHEN starts_at < pauses_at THEN format('pause %s starts before its warning said', id)
    WHEN ends_at - starts_at <> make_interval(hours => 24 * pause_days)
      THEN format('pause %s does not last as long as its warning said', id)
    WHEN is_lifted AND (is_own OR lifted_at < starts_at OR lifted_at >= ends_at)
      THEN format('pause %s was lifted by its own teacher, or when it did not run', id)
    WHEN EXISTS (SELECT FROM pauses AS other
                 WHERE other.school_id = pauses.school_id AND other.teacher_id = pauses.teacher_id
                   AND other.id <> pauses.id AND other.starts_at < pauses.over_at AND other.over_at > pauses.starts_at)
      THEN format('pause %s runs beside another one of its teacher', id)
    WHEN NOT EXISTS (SELECT FROM makegood_school AS school WHERE school.id = pauses.school_id AND school.is_demo)
      AND NOT EXISTS (SELECT FROM makegood_message AS message
                      WHERE message.school_id = pauses.school_id AND message.recipient_id = pauses.teacher_id
                        AND message.kind = 'availability_too_short' AND message.created_at = pauses.warned_at)
      THEN format('nobody was told of the warning that pause %s rests on', id) END
FROM pauses
