-- publish_policy: the next version, unless somebody else published it at the same moment
INSERT INTO policies (version, title, body, body_sha256, published_by, published_at)
SELECT coalesce(max(version), 0) + 1, $1, $2, $3, $4, $5 FROM policies
ON CONFLICT DO NOTHING
RETURNING *;

-- find_current_policy: the version in force
SELECT * FROM policies ORDER BY version DESC LIMIT 1;

-- find_policy: one version
SELECT * FROM policies WHERE version = $1;

-- list_policies: versions before $2, newest first
SELECT version, title, body_sha256, published_at FROM policies
WHERE $2::integer IS NULL OR version < $2
ORDER BY version DESC
LIMIT $1;

-- accept_policy: somebody's acceptance of a version, at the time of the first one
INSERT INTO policy_acceptances (person_id, policy_version, accepted_at) VALUES ($1, $2, $3)
ON CONFLICT DO NOTHING;

-- find_acceptance: when somebody accepted a version
SELECT policy_version, accepted_at FROM policy_acceptances WHERE person_id = $1 AND policy_version = $2;

-- list_own_acceptances: every version somebody accepted, newest first
SELECT policy_version, accepted_at FROM policy_acceptances WHERE person_id = $1 ORDER BY policy_version DESC;

-- policy_share: how many active people there are and how many of them accepted a version
SELECT $1::integer AS policy_version, count(*)::integer AS active_people, count(accepted_at)::integer AS accepted_people,
    count(accepted_at)::double precision / nullif(count(*), 0) AS share
FROM people LEFT JOIN policy_acceptances ON person_id = people.id AND policy_version = $1
WHERE active;

-- export_acceptances: who accepted which version when, of one version or all
SELECT policy_version, body_sha256, person_id, name, email, department, active, accepted_at
FROM policy_acceptances
JOIN people ON people.id = person_id
JOIN policies ON policies.version = policy_version
WHERE $1::integer IS NULL OR policy_version = $1
ORDER BY policy_version, accepted_at, person_id;
