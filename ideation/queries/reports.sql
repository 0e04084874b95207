-- add_report: report an idea ($2) or a comment ($3); no row when this person's report of it is open already
INSERT INTO reports (id, idea_id, comment_id, reporter_id, reason, created_at) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT DO NOTHING RETURNING id;

-- find_report: one report with its challenge
SELECT reports.id, reports.idea_id, comment_id, challenge_id, ideas.id AS about_idea_id, reporter_id, reason,
    reports.created_at, outcome
FROM reports LEFT JOIN comments ON comments.id = comment_id
JOIN ideas ON ideas.id = coalesce(reports.idea_id, comments.idea_id)
WHERE reports.id = $1;

-- list_open_reports: what waits for a moderator, the longest waiting first; in all challenges, or in one ($1)
SELECT reports.id, challenge_id, ideas.id AS about_idea_id, title AS idea_title, comment_id,
    CASE WHEN comment_id IS NULL THEN left(ideas.body, 2000) ELSE left(comments.body, 2000) END AS text, reason,
    (SELECT count(*) FROM reports AS others WHERE others.outcome IS NULL
        AND coalesce(others.idea_id, others.comment_id) = coalesce(reports.idea_id, reports.comment_id))
        AS open_reports,
    CASE WHEN comment_id IS NULL THEN ideas.hidden_at ELSE comments.hidden_at END IS NOT NULL AS already_hidden,
    reports.created_at
FROM reports LEFT JOIN comments ON comments.id = comment_id
JOIN ideas ON ideas.id = coalesce(reports.idea_id, comments.idea_id)
WHERE outcome IS NULL AND ($1::uuid IS NULL OR challenge_id = $1)
AND (reports.created_at, reports.id) > (coalesce($2::timestamptz, '-infinity'), coalesce($3::uuid, '00000000-0000-0000-0000-000000000000'))
ORDER BY reports.created_at, reports.id LIMIT $4;

-- list_my_reports: what a person reported and what came of it, the latest first
SELECT id, idea_id, comment_id, reason, created_at, outcome, note, resolved_at FROM reports
WHERE reporter_id = $1 AND (created_at, id) < (coalesce($2::timestamptz, 'infinity'), coalesce($3::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff'))
ORDER BY created_at DESC, id DESC LIMIT $4;

-- resolve_reports: close every open report of an idea ($1) or a comment ($2); returns who reported it
UPDATE reports SET outcome = $3, note = $4, resolved_by = $5, resolved_at = $6
WHERE outcome IS NULL AND coalesce(idea_id, comment_id) = coalesce($1::uuid, $2::uuid)
RETURNING id, reporter_id;

-- list_hidden: ideas and comments hidden at present, the latest first; in all challenges, or in one ($1)
SELECT * FROM (
    SELECT challenge_id, id AS idea_id, NULL::uuid AS comment_id, title AS idea_title, left(body, 2000) AS text,
        hidden_at, id
    FROM ideas WHERE hidden_at IS NOT NULL AND ($1::uuid IS NULL OR challenge_id = $1)
    UNION ALL
    SELECT challenge_id, ideas.id, comments.id, title, left(comments.body, 2000), comments.hidden_at, comments.id
    FROM comments JOIN ideas ON ideas.id = idea_id
    WHERE comments.hidden_at IS NOT NULL AND deleted_at IS NULL AND ($1::uuid IS NULL OR challenge_id = $1)
) AS hidden
WHERE (hidden_at, id) < (coalesce($2::timestamptz, 'infinity'), coalesce($3::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff'))
ORDER BY hidden_at DESC, id DESC LIMIT $4;
