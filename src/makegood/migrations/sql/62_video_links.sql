-- Where lessons are held. Functions: 20_inside_a_school.sql.
ALTER TABLE makegood_videolink
  ADD CONSTRAINT a_video_link_is_of_a_member_of_the_school
    FOREIGN KEY (school_id, teacher_id) REFERENCES makegood_membership (school_id, id),
  -- Nobody signs in with it, and no other scheme runs in a page.
  ADD CONSTRAINT a_video_link_is_secure_and_names_nobody
    CHECK (link = '' OR link ~ '^https://[^/?#@\\[:space:][:cntrl:]]+([/?#][^[:space:][:cntrl:]]*)?$'),
  ADD CONSTRAINT video_link_door_is_known
    CHECK (door IN ('web', 'import', 'command', 'api', 'phone', 'chat', 'email', 'sms', 'job'));

SELECT makegood_put_inside_a_school('makegood_videolink');
SELECT makegood_keep_written_once('makegood_videolink');
