-- Every message has its cause; every emergency of a real school was told to somebody besides the teacher who reported it.
SELECT message.school_id, CASE WHEN event.id IS NULL THEN format('message %s has no cause in its school', message.id) END
FROM makegood_message AS message
  LEFT JOIN makegood_event AS event ON (event.school_id, event.id) = (message.school_id, message.event_id)
UNION ALL
SELECT event.school_id, CASE WHEN NOT EXISTS (
      SELECT FROM makegood_message AS message
        JOIN makegood_membership AS recipient ON (recipient.school_id, recipient.id) = (message.school_id, message.recipient_id)
      WHERE (message.school_id, message.event_id) = (event.school_id, event.id)
        AND recipient.person_id IS DISTINCT FROM event.actor_id)
    THEN format('nobody else was told of the emergency of event %s', event.id) END
FROM makegood_event AS event
  JOIN makegood_school AS school ON school.id = event.school_id
WHERE event.kind = 'emergency_reported' AND NOT school.is_demo
UNION ALL
SELECT incident.school_id, format('incident %s appears in no event', incident.id)
FROM makegood_incident AS incident
WHERE NOT EXISTS (SELECT FROM makegood_event AS event
                  WHERE (event.school_id, event.incident_id) = (incident.school_id, incident.id))
