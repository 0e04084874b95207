-- find_actors_by_token: the active people of access tokens that were not revoked, with all that requests need to know
WITH policy AS (SELECT max(version) AS version FROM policies)
SELECT access_tokens.token_hash, people.id AS person_id, people.name, people.department, people.site, people.roles,
    access_tokens.scopes, access_tokens.expires_at, access_tokens.id AS token_id, NULL::text AS csrf_token,
    policy.version IS NULL OR EXISTS (
        SELECT FROM policy_acceptances WHERE person_id = people.id AND policy_version = policy.version
    ) AS policy_accepted
FROM access_tokens
JOIN people ON people.id = access_tokens.person_id AND people.active
CROSS JOIN policy
WHERE access_tokens.token_hash = ANY ($1::bytea[]) AND access_tokens.revoked_at IS NULL;

-- find_actors_by_session: the active people of browser sessions that were not ended
WITH policy AS (SELECT max(version) AS version FROM policies)
SELECT sessions.token_hash, people.id AS person_id, people.name, people.department, people.site, people.roles,
    NULL::text[] AS scopes, sessions.expires_at, NULL::uuid AS token_id, sessions.csrf_token,
    policy.version IS NULL OR EXISTS (
        SELECT FROM policy_acceptances WHERE person_id = people.id AND policy_version = policy.version
    ) AS policy_accepted
FROM sessions
JOIN people ON people.id = sessions.person_id AND people.active
CROSS JOIN policy
WHERE sessions.token_hash = ANY ($1::bytea[]) AND sessions.ended_at IS NULL;

-- note_token_uses: when tokens were last used; at most one write a minute for each
UPDATE access_tokens SET last_used_at = used.at
FROM unnest($1::uuid[], $2::timestamptz[]) AS used (id, at)
WHERE access_tokens.id = used.id AND (last_used_at IS NULL OR last_used_at < used.at);
