-- find_idea: one idea by its id
SELECT * FROM ideas WHERE id = $1;

-- is_author: whether a person wrote the idea or agreed to be its co-author
SELECT EXISTS (SELECT FROM idea_authors WHERE idea_id = $1 AND person_id = $2 AND agreed_at IS NOT NULL);

-- submit_ideas: store ideas with all that belongs to them, and stage their comparison, each if its challenge takes ideas
-- (All the rest follows the ideas: the triggers of their counters look at them.)
WITH wanted AS MATERIALIZED (
    SELECT given.* FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[],
            $8::timestamptz[], $9::vector[], $10::uuid[], $11::text[])
        AS given (id, challenge_id, author_id, department, title, body, tags, at, vector, job_id, request_id)
    JOIN challenges ON challenges.id = given.challenge_id
    WHERE takes_ideas(challenges, given.at)
    FOR KEY SHARE OF challenges
), idea AS (
    INSERT INTO ideas (id, challenge_id, author_id, department, title, body, tags, state, created_at, updated_at,
        submitted_at)
    SELECT id, challenge_id, author_id, department, title, body,
        ARRAY(SELECT tag FROM jsonb_array_elements_text(tags::jsonb) WITH ORDINALITY AS listed (tag, place) ORDER BY place),
        'submitted', at, at, at
    FROM wanted
    RETURNING id
), author AS (
    INSERT INTO idea_authors (idea_id, person_id, invited_by, invited_at, agreed_at)
    SELECT id, author_id, author_id, at, at FROM idea JOIN wanted USING (id)
), tally AS (
    INSERT INTO idea_tallies (idea_id, challenge_id, trend)
    SELECT id, challenge_id, trend_after('-Infinity', at) FROM idea JOIN wanted USING (id)
), vector AS (
    INSERT INTO idea_vectors (idea_id, challenge_id, encoder, vector, indexed)
    SELECT id, challenge_id, $12, vector, false FROM idea JOIN wanted USING (id) WHERE vector IS NOT NULL
), job AS (
    INSERT INTO staged_jobs (id, job, subject, queue, request_id, not_before, staged_at)
    SELECT job_id, 'find_duplicates', id::text, 'default', request_id, at, at FROM idea JOIN wanted USING (id)
)
SELECT id FROM idea;

-- add_draft: store a draft with its author and its counters
WITH idea AS (
    INSERT INTO ideas (id, challenge_id, author_id, department, title, body, tags, state, created_at, updated_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, 'draft', $8, $8)
    RETURNING id, challenge_id
), author AS (
    INSERT INTO idea_authors (idea_id, person_id, invited_by, invited_at, agreed_at)
    SELECT id, $3, $3, $8, $8 FROM idea
)
INSERT INTO idea_tallies (idea_id, challenge_id) SELECT id, challenge_id FROM idea;

-- submit_draft: a draft becomes an idea, if the challenge takes ideas at this moment and nobody changed the draft
WITH open AS (
    SELECT id FROM challenges WHERE id = (SELECT challenge_id FROM ideas WHERE id = $1) AND takes_ideas(challenges, $3)
    FOR KEY SHARE
), idea AS (
    UPDATE ideas SET state = 'submitted', submitted_at = $3, updated_at = $3, version = version + 1
    FROM open WHERE ideas.id = $1 AND ideas.version = $2 AND state = 'draft'
    RETURNING ideas.id, ideas.version
), tally AS (
    UPDATE idea_tallies SET trend = trend_after(trend, $3) FROM idea WHERE idea_id = idea.id
)
SELECT version FROM idea;

-- edit_draft: a new wording of a draft, guarded by the version its author read
UPDATE ideas SET title = $3, body = $4, tags = $5, updated_at = $6, version = version + 1
WHERE id = $1 AND version = $2 AND state = 'draft'
RETURNING version;

-- edit_idea: a new wording of a submitted idea, while the challenge takes ideas; the old wording stays as a revision
WITH open AS (
    SELECT id FROM challenges WHERE id = (SELECT challenge_id FROM ideas WHERE id = $1) AND takes_ideas(challenges, $6)
    FOR KEY SHARE
), first AS (
    INSERT INTO idea_revisions (idea_id, revision, title, body, tags, edited_by, edited_at)
    SELECT ideas.id, revision, title, body, tags, author_id, coalesce(submitted_at, created_at)
    FROM ideas, open WHERE ideas.id = $1 AND version = $2 AND state = 'submitted'
    ON CONFLICT DO NOTHING
), idea AS (
    UPDATE ideas SET title = $3, body = $4, tags = $5, updated_at = $6, revision = revision + 1, version = version + 1
    FROM open WHERE ideas.id = $1 AND version = $2 AND state = 'submitted'
    RETURNING ideas.*
), latest AS (
    INSERT INTO idea_revisions (idea_id, revision, title, body, tags, edited_by, edited_at)
    SELECT id, revision, title, body, tags, $7, $6 FROM idea
)
SELECT version FROM idea;

-- list_revisions: every wording of an idea, the latest first; one never edited has its only wording
SELECT revision, title, body, tags, edited_by, edited_at FROM idea_revisions WHERE idea_id = $1
UNION ALL
SELECT revision, title, body, tags, author_id, coalesce(submitted_at, created_at) FROM ideas
WHERE id = $1 AND NOT EXISTS (SELECT FROM idea_revisions WHERE idea_id = $1)
ORDER BY revision DESC;

-- withdraw_idea: take an idea back, unless it has been decided or others are merged into it
UPDATE ideas SET state = 'withdrawn', updated_at = $3, version = version + 1
WHERE id = $1 AND version = $2 AND state IN ('submitted', 'under_review')
AND NOT EXISTS (SELECT FROM ideas AS merged WHERE merged.canonical_id = $1)
RETURNING version;

-- restore_idea: bring a withdrawn idea back while the challenge takes ideas
WITH open AS (
    SELECT id FROM challenges WHERE id = (SELECT challenge_id FROM ideas WHERE id = $1) AND takes_ideas(challenges, $3)
    FOR KEY SHARE
)
UPDATE ideas SET state = 'submitted', updated_at = $3, version = version + 1
FROM open WHERE ideas.id = $1 AND ideas.version = $2 AND state = 'withdrawn' AND submitted_at IS NOT NULL
RETURNING ideas.version;

-- delete_draft: a draft leaves no trace
DELETE FROM ideas WHERE id = $1 AND version = $2 AND state = 'draft' RETURNING id;

-- set_hidden: hide an idea ($2 a moment) or show it again ($2 NULL); no row when it is so already
UPDATE ideas SET hidden_at = $2, updated_at = $3, version = version + 1
WHERE id = $1 AND (hidden_at IS NULL) <> ($2::timestamptz IS NULL)
RETURNING version;

-- read_surroundings: what stands around an idea, and how one person relates to it
SELECT (SELECT count(*) FROM ideas AS merged WHERE merged.canonical_id = ideas.id AND merged.hidden_at IS NULL)
        AS merged_count,
    idea_placements.theme_id, coalesce(themes.name, themes.label) AS theme,
    coalesce(idea_tallies.comments, 0) AS comment_count,
    EXISTS (SELECT FROM votes WHERE idea_id = ideas.id AND person_id = $2)
        OR EXISTS (SELECT FROM ideas AS merged JOIN votes ON votes.idea_id = merged.id AND votes.person_id = $2
                   WHERE merged.canonical_id = ideas.id) AS answered,
    idea_authors.agreed_at IS NOT NULL AS is_author,
    idea_authors.person_id IS NOT NULL AND agreed_at IS NULL AND declined_at IS NULL AS is_invited,
    EXISTS (SELECT FROM panel_members WHERE challenge_id = ideas.challenge_id AND person_id = $2) AS panel_member,
    EXISTS (SELECT FROM review_assignments
        WHERE idea_id = ideas.id AND reviewer_id = $2 AND released_at IS NULL
        AND NOT EXISTS (SELECT FROM reviews WHERE assignment_id = review_assignments.id AND sent_at IS NOT NULL))
        AS owes_review,
    EXISTS (SELECT FROM unsealings WHERE idea_id = ideas.id AND approved_at IS NOT NULL) AS unsealed
FROM ideas
LEFT JOIN idea_tallies ON idea_tallies.idea_id = ideas.id
LEFT JOIN idea_placements ON idea_placements.idea_id = ideas.id
LEFT JOIN themes ON themes.id = theme_id
LEFT JOIN idea_authors ON idea_authors.idea_id = ideas.id AND idea_authors.person_id = $2
WHERE ideas.id = $1;

-- list_my_ideas: what a person wrote, agreed to or is invited to, the latest change first
SELECT ideas.id, ideas.challenge_id, question, title, state,
    agreed_at IS NULL AS is_invited, canonical_id, hidden_at IS NOT NULL AS hidden,
    coalesce(comments, 0) AS comment_count, answer.outcome, answer.reason, ideas.version, ideas.updated_at, submitted_at
FROM idea_authors JOIN ideas ON ideas.id = idea_authors.idea_id JOIN challenges ON challenges.id = ideas.challenge_id
LEFT JOIN idea_tallies ON idea_tallies.idea_id = ideas.id
LEFT JOIN LATERAL (
    -- The author of a merged idea is answered with the idea it was merged into.
    SELECT outcome, reason FROM decisions WHERE idea_id = coalesce(canonical_id, ideas.id) AND outcome <> 'under_review'
    ORDER BY decided_at DESC LIMIT 1
) AS answer ON true
WHERE person_id = $1 AND declined_at IS NULL AND ($2::uuid IS NULL OR ideas.challenge_id = $2)
AND (ideas.updated_at, ideas.id) < (coalesce($3::timestamptz, 'infinity'), coalesce($4::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff'))
ORDER BY ideas.updated_at DESC, ideas.id DESC LIMIT $5;

-- list_merged: what everybody may read of the ideas merged into one, the earliest first
SELECT id, title FROM ideas WHERE canonical_id = $1 AND hidden_at IS NULL AND state <> 'withdrawn'
ORDER BY submitted_at, id LIMIT $2;
