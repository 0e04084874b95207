-- add_notifications: one row for each active person of $2, unless they were told under this key before
INSERT INTO notifications (id, person_id, kind, message, challenge_id, idea_id, once_key, created_at)
SELECT wanted.id, wanted.person_id, $3, $4, $5, $6, $7, $8
FROM unnest($1::uuid[], $2::uuid[]) AS wanted (id, person_id)
JOIN people ON people.id = wanted.person_id AND people.active
ON CONFLICT (person_id, once_key) DO NOTHING;

-- list_notifications: somebody's messages, newest first, after the key ($4, $5)
SELECT id, kind, message, challenge_id, idea_id, created_at, read_at FROM notifications
WHERE person_id = $1 AND (NOT $2::boolean OR read_at IS NULL)
  AND ($4::timestamptz IS NULL OR (created_at, id) < ($4, $5::uuid))
ORDER BY created_at DESC, id DESC
LIMIT $3;

-- count_unread: how many messages somebody has not read
SELECT count(*)::integer FROM notifications WHERE person_id = $1 AND read_at IS NULL;

-- mark_read: one message of somebody, read now unless it was before
UPDATE notifications SET read_at = coalesce(read_at, $3) WHERE person_id = $1 AND id = $2
RETURNING id, kind, message, challenge_id, idea_id, created_at, read_at;

-- mark_all_read: everything somebody has not read
UPDATE notifications SET read_at = $2 WHERE person_id = $1 AND read_at IS NULL;
