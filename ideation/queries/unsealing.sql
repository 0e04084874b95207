-- add_unsealing: ask for an author to be opened, unless that is asked or done already
INSERT INTO unsealings (id, idea_id, reason, requested_by, requested_role, requested_at)
SELECT $1, $2, $3, $4, $5, $6
FROM (SELECT id FROM ideas WHERE id = $2 FOR NO KEY UPDATE) AS idea
WHERE NOT EXISTS (SELECT FROM unsealings WHERE idea_id = $2)
RETURNING id;

-- find_unsealing: one request with its challenge
SELECT unsealings.*, challenge_id FROM unsealings JOIN ideas ON ideas.id = idea_id WHERE unsealings.id = $1;

-- approve_unsealing: once, by another person in another role
UPDATE unsealings SET approved_by = $2, approved_role = $3, approved_at = $4
WHERE id = $1 AND approved_at IS NULL AND requested_by <> $2 AND requested_role <> $3
RETURNING id;

-- list_unsealings: all requests of a challenge, the latest first
SELECT unsealings.*, challenge_id FROM unsealings JOIN ideas ON ideas.id = idea_id
WHERE challenge_id = $1 AND (requested_at, unsealings.id) < (coalesce($2::timestamptz, 'infinity'), coalesce($3::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff'))
ORDER BY requested_at DESC, unsealings.id DESC LIMIT $4;
