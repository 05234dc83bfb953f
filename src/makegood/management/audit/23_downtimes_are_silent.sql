-- Each gap between heartbeats is on record, none has a heartbeat in it, and each heartbeat was kept when it was seen.
SELECT NULL::bigint AS school,
       CASE WHEN recorded_at > minute + interval '3 minutes'
              THEN format('the heartbeat of %s was written at %s', minute, recorded_at)
            WHEN minute - before > interval '6 minutes'
                 AND NOT EXISTS (SELECT FROM makegood_downtime
                                 WHERE started_at = before + interval '1 minute' AND ended_at = minute)
              THEN format('no downtime is on record between the heartbeats of %s and %s', before, minute) END AS finding
FROM (SELECT minute, recorded_at, lag(minute) OVER (ORDER BY minute) AS before FROM makegood_heartbeat) AS heartbeat
UNION ALL
SELECT NULL,
       CASE WHEN EXISTS (SELECT FROM makegood_heartbeat WHERE minute >= started_at AND minute < ended_at)
              THEN format('the pages answered during the downtime from %s to %s', started_at, ended_at) END
FROM makegood_downtime;
