-- list_known_pairs: what was proposed before, of a whole challenge or of one idea
SELECT idea_a, idea_b, state FROM duplicate_pairs
WHERE challenge_id = $1 AND ($2::uuid IS NULL OR $2 IN (idea_a, idea_b));

-- list_pairs_among: what was proposed or confirmed between some ideas
SELECT idea_a, idea_b, state FROM duplicate_pairs
WHERE idea_a = ANY ($1::uuid[]) AND idea_b = ANY ($1::uuid[]) AND state <> 'dismissed';

-- list_unchanged: which of these ideas still have the revision that was read and still take part
SELECT read.id FROM unnest($1::uuid[], $2::integer[]) AS read (id, revision)
JOIN ideas ON ideas.id = read.id AND ideas.revision = read.revision
WHERE canonical_id IS NULL AND hidden_at IS NULL AND state NOT IN ('draft', 'withdrawn');

-- add_pair: propose a pair or renew its evidence; a person's proposal and every verdict stay as they are
INSERT INTO duplicate_pairs (id, idea_a, idea_b, challenge_id, probability, evidence, model_version, proposed_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (idea_a, idea_b) DO UPDATE SET
    probability = excluded.probability, evidence = excluded.evidence, model_version = excluded.model_version
WHERE duplicate_pairs.state = 'proposed' AND duplicate_pairs.proposed_by IS NULL;

-- remove_pairs: the worker takes back what no longer reaches the threshold
DELETE FROM duplicate_pairs USING unnest($1::uuid[], $2::uuid[]) AS gone (idea_a, idea_b)
WHERE duplicate_pairs.idea_a = gone.idea_a AND duplicate_pairs.idea_b = gone.idea_b
AND state = 'proposed' AND proposed_by IS NULL;

-- newest_model: the model of this installation's own verdicts, for one encoder or the newest of all
SELECT model, curve, confirmed, dismissed, fitted_at FROM duplicate_models
WHERE $1::text IS NULL OR encoder = $1 ORDER BY fitted_at DESC, id DESC LIMIT 1;

-- list_queue: pairs of two shown, unmerged ideas in one state, the likeliest first
SELECT duplicate_pairs.id, duplicate_pairs.idea_a, duplicate_pairs.idea_b, probability, evidence, model_version,
    duplicate_pairs.state, proposed_by IS NOT NULL AS by_person, proposed_at, decided_at
FROM duplicate_pairs JOIN ideas AS a ON a.id = idea_a JOIN ideas AS b ON b.id = idea_b
WHERE duplicate_pairs.challenge_id = $1 AND duplicate_pairs.state = $2
AND a.canonical_id IS NULL AND a.hidden_at IS NULL AND a.state NOT IN ('draft', 'withdrawn')
AND b.canonical_id IS NULL AND b.hidden_at IS NULL AND b.state NOT IN ('draft', 'withdrawn')
AND ($3::float8 IS NULL OR (-probability, duplicate_pairs.id) > (-$3, $4::uuid))
ORDER BY probability DESC, duplicate_pairs.id LIMIT $5;

-- list_compared: both sides of pairs, and how one person relates to each
SELECT ideas.id, title, left(body, 20000) AS body, tags, state, submitted_at,
    (SELECT count(DISTINCT votes.person_id) FROM votes JOIN ideas AS folded ON folded.id = votes.idea_id
        WHERE ideas.id IN (folded.id, folded.canonical_id)) AS voters,
    EXISTS (SELECT FROM idea_authors WHERE idea_id = ideas.id AND person_id = $2 AND agreed_at IS NOT NULL)
        AS is_author,
    EXISTS (SELECT FROM unsealings WHERE idea_id = ideas.id AND approved_at IS NOT NULL) AS unsealed
FROM ideas WHERE ideas.id = ANY ($1::uuid[]);

-- hold_pairs: pairs of a challenge, held until the commit in one order
SELECT id, idea_a, idea_b, state FROM duplicate_pairs
WHERE challenge_id = $1 AND id = ANY ($2::uuid[]) ORDER BY id FOR UPDATE;

-- decide_pairs: a verdict, remembered for ever; it may be changed by a later one
UPDATE duplicate_pairs SET state = $2, decided_by = $3, decided_at = $4 WHERE id = ANY ($1::uuid[]);

-- find_pair: a pair by its ideas
SELECT id, idea_a, idea_b, state FROM duplicate_pairs WHERE idea_a = $1 AND idea_b = $2;

-- propose_pair: a person's proposal; nothing when the pair was proposed before
INSERT INTO duplicate_pairs (id, idea_a, idea_b, challenge_id, probability, evidence, model_version, proposed_by,
    proposed_at)
VALUES ($1, $2, $3, $4, 1, $5, 'person', $6, $7)
ON CONFLICT (idea_a, idea_b) DO NOTHING
RETURNING id;

-- list_verdicts: pairs of a challenge that people decided, between ideas that are shown and not merged
SELECT duplicate_pairs.idea_a, duplicate_pairs.idea_b, duplicate_pairs.state
FROM duplicate_pairs JOIN ideas AS a ON a.id = idea_a JOIN ideas AS b ON b.id = idea_b
WHERE duplicate_pairs.challenge_id = $1 AND duplicate_pairs.state <> 'proposed'
AND a.canonical_id IS NULL AND a.hidden_at IS NULL AND a.state NOT IN ('draft', 'withdrawn')
AND b.canonical_id IS NULL AND b.hidden_at IS NULL AND b.state NOT IN ('draft', 'withdrawn')
ORDER BY probability DESC, duplicate_pairs.id;

-- count_verdicts: what people said of the worker's suggestions in this whole installation
SELECT count(*) FILTER (WHERE state = 'confirmed') AS confirmed, count(*) FILTER (WHERE state = 'dismissed') AS dismissed
FROM duplicate_pairs WHERE state <> 'proposed' AND proposed_by IS NULL;

-- latest_used_model: what the last run said of the model it used
SELECT details -> 'model' AS model FROM analysis_runs
WHERE kind = 'duplicates' AND details ? 'model' AND error IS NULL AND finished_at IS NOT NULL
ORDER BY started_at DESC LIMIT 1;

-- list_training: the measured parts of suggestions by vectors of one encoder that people decided
SELECT evidence -> 'parts' AS parts, state = 'confirmed' AS confirmed FROM duplicate_pairs
WHERE state <> 'proposed' AND proposed_by IS NULL AND right(model_version, length($1) + 1) = ' ' || $1 ORDER BY id;

-- add_model: a model of this installation's own verdicts
INSERT INTO duplicate_models (id, encoder, model, curve, confirmed, dismissed, fitted_at)
VALUES ($1, $2, $3, $4, $5, $6, $7);

-- count_waiting: pairs of a challenge without a verdict
SELECT count(*) FROM duplicate_pairs WHERE challenge_id = $1 AND state = 'proposed';
