-- sweep_ended: forget sessions, links and tokens that ended before $1, and messages read before it
WITH gone_sessions AS (
    DELETE FROM sessions WHERE coalesce(ended_at, expires_at) < $1 RETURNING id
), gone_links AS (
    DELETE FROM sign_in_links WHERE expires_at < $1 RETURNING id
), gone_tokens AS (
    DELETE FROM access_tokens WHERE least(revoked_at, expires_at) < $1 RETURNING id
), gone_notifications AS (
    DELETE FROM notifications WHERE read_at < $1 RETURNING id
)
SELECT ((SELECT count(*) FROM gone_sessions) + (SELECT count(*) FROM gone_links)
    + (SELECT count(*) FROM gone_tokens) + (SELECT count(*) FROM gone_notifications))::integer;
