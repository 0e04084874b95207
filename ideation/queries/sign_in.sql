-- find_actor_by_token: the active person of an access token that was not revoked, with all a request needs to know
SELECT people.id AS person_id, people.name, people.department, people.site, people.roles, access_tokens.scopes,
    access_tokens.expires_at, access_tokens.id AS token_id, NULL::text AS csrf_token,
    accepts_policy.yes AS policy_accepted
FROM access_tokens
JOIN people ON people.id = access_tokens.person_id AND people.active
CROSS JOIN LATERAL (
    SELECT max(version) IS NULL OR EXISTS (
        SELECT FROM policy_acceptances WHERE person_id = people.id AND policy_version = max(policies.version)
    ) AS yes
    FROM policies
) AS accepts_policy
WHERE access_tokens.token_hash = $1 AND access_tokens.revoked_at IS NULL;

-- find_actor_by_session: the active person of a browser session that was not ended
SELECT people.id AS person_id, people.name, people.department, people.site, people.roles, NULL::text[] AS scopes,
    sessions.expires_at, NULL::uuid AS token_id, sessions.csrf_token,
    accepts_policy.yes AS policy_accepted
FROM sessions
JOIN people ON people.id = sessions.person_id AND people.active
CROSS JOIN LATERAL (
    SELECT max(version) IS NULL OR EXISTS (
        SELECT FROM policy_acceptances WHERE person_id = people.id AND policy_version = max(policies.version)
    ) AS yes
    FROM policies
) AS accepts_policy
WHERE sessions.token_hash = $1 AND sessions.ended_at IS NULL;

-- note_token_uses: when tokens were last used; at most one write a minute for each
UPDATE access_tokens SET last_used_at = used.at
FROM unnest($1::uuid[], $2::timestamptz[]) AS used (id, at)
WHERE access_tokens.id = used.id AND (last_used_at IS NULL OR last_used_at < used.at);
