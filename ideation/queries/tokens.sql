-- add_token: a personal access token of an active person, by its hash
INSERT INTO access_tokens (id, person_id, name, token_hash, scopes, created_at, expires_at)
SELECT $1, id, $3, $4, $5, $6, $7 FROM people WHERE id = $2 AND active FOR SHARE
RETURNING id;

-- list_tokens: somebody's tokens, newest first, after the key ($3, $4)
SELECT id, name, scopes, created_at, expires_at, last_used_at, revoked_at FROM access_tokens
WHERE person_id = $1 AND ($3::timestamptz IS NULL OR (created_at, id) < ($3, $4::uuid))
ORDER BY created_at DESC, id DESC
LIMIT $2;

-- find_token: one token of somebody
SELECT id, name, scopes, created_at, expires_at, last_used_at, revoked_at FROM access_tokens
WHERE person_id = $1 AND id = $2;

-- revoke_token: end one token of somebody that was not ended before
UPDATE access_tokens SET revoked_at = $3 WHERE person_id = $1 AND id = $2 AND revoked_at IS NULL
RETURNING id;

-- revoke_all_tokens: end every token of somebody
UPDATE access_tokens SET revoked_at = $2 WHERE person_id = $1 AND revoked_at IS NULL;
