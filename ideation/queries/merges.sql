-- hold_merging: merges of one challenge happen one after another
SELECT pg_advisory_xact_lock(hashtextextended('merges:' || $1::uuid::text, 0));

-- hold_ideas: these ideas, those they are merged into and those merged into them, held in one order until the commit
SELECT id FROM ideas
WHERE id = ANY ($1::uuid[]) OR canonical_id = ANY ($1::uuid[])
OR id IN (SELECT canonical_id FROM ideas WHERE id = ANY ($1::uuid[]))
ORDER BY id FOR UPDATE;

-- list_mergeable: ideas as merging looks at them
SELECT ideas.id, ideas.challenge_id, title, state, canonical_id, hidden_at, submitted_at,
    (SELECT count(DISTINCT votes.person_id) FROM votes JOIN ideas AS folded ON folded.id = votes.idea_id
        WHERE ideas.id IN (folded.id, folded.canonical_id)) AS voters,
    EXISTS (SELECT FROM idea_authors WHERE idea_id = ideas.id AND person_id = $2 AND agreed_at IS NOT NULL)
        AS is_author
FROM ideas WHERE id = ANY ($1::uuid[]) ORDER BY id;

-- add_merge: the record of a merge
INSERT INTO merges (id, idea_id, canonical_id, reason, merged_by, merged_at) VALUES ($1, $2, $3, $4, $5, $6);

-- fold: an idea is shown with another, and with it whatever was shown with it
UPDATE ideas SET canonical_id = $2, version = version + 1 WHERE id = $1 OR canonical_id = $1;

-- touch: the survivor changed too, for those who hold its ETag
UPDATE ideas SET version = version + 1 WHERE id = $1;

-- end_merge: the record says when the idea was separated; no row when it was not merged
UPDATE merges SET unmerged_by = $2, unmerged_at = $3 WHERE idea_id = $1 AND unmerged_at IS NULL
RETURNING canonical_id;

-- unfold: an idea stands on its own again, and what was merged into it is shown with it as before
WITH RECURSIVE below AS (
    SELECT idea_id FROM merges WHERE canonical_id = $1 AND unmerged_at IS NULL
    UNION
    SELECT merges.idea_id FROM merges JOIN below ON merges.canonical_id = below.idea_id WHERE unmerged_at IS NULL
)
UPDATE ideas SET canonical_id = CASE WHEN id = $1 THEN NULL ELSE $1 END, version = version + 1
WHERE id = $1 OR id IN (SELECT idea_id FROM below);

-- list_merges: merges of a challenge, the latest first
SELECT merges.id, merges.idea_id, idea.title AS idea_title, merges.canonical_id, canonical.title AS canonical_title,
    reason, merged_at, unmerged_at
FROM merges JOIN ideas AS idea ON idea.id = merges.idea_id JOIN ideas AS canonical ON canonical.id = merges.canonical_id
WHERE idea.challenge_id = $1 AND ($2::boolean IS FALSE OR unmerged_at IS NULL)
AND ($3::timestamptz IS NULL OR (merged_at, merges.id) < ($3, $4::uuid))
ORDER BY merged_at DESC, merges.id DESC LIMIT $5;
