-- add_link: a sign-in link, by its hash
INSERT INTO sign_in_links (id, person_id, token_hash, uses_left, created_at, expires_at)
VALUES ($1, $2, $3, $4, $5, $6);

-- use_link: take one use of a link that still has one and whose person is active
UPDATE sign_in_links SET uses_left = uses_left - 1
FROM people
WHERE token_hash = $1 AND uses_left > 0 AND expires_at > $2 AND people.id = person_id AND people.active
RETURNING person_id;

-- find_link: why a link was refused
SELECT uses_left, expires_at, people.active FROM sign_in_links JOIN people ON people.id = person_id
WHERE token_hash = $1;

-- void_links: no link of somebody works any more
UPDATE sign_in_links SET uses_left = 0 WHERE person_id = $1 AND uses_left > 0;

-- add_session: a browser session of an active person, by the hash of its cookie
INSERT INTO sessions (id, person_id, token_hash, csrf_token, created_at, expires_at)
SELECT $1, id, $3, $4, $5, $6 FROM people WHERE id = $2 AND active FOR SHARE
RETURNING id;

-- list_sessions: the sessions of somebody that still last, newest first
SELECT id, created_at, expires_at FROM sessions
WHERE person_id = $1 AND ended_at IS NULL AND expires_at > $2
ORDER BY created_at DESC, id DESC;

-- find_session: which session of somebody a cookie stands for
SELECT id FROM sessions WHERE person_id = $1 AND token_hash = $2;

-- end_session: end one session of somebody that still lasts
UPDATE sessions SET ended_at = $3 WHERE person_id = $1 AND id = $2 AND ended_at IS NULL AND expires_at > $3
RETURNING id;

-- end_session_by_hash: end the session of a cookie
UPDATE sessions SET ended_at = $2 WHERE token_hash = $1 AND ended_at IS NULL;

-- end_all_sessions: end every session of somebody
UPDATE sessions SET ended_at = $2 WHERE person_id = $1 AND ended_at IS NULL;
