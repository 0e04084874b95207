-- list_known_pairs: what was proposed before, of a whole challenge or of one idea
SELECT idea_a, idea_b, state FROM duplicate_pairs
WHERE challenge_id = $1 AND ($2::uuid IS NULL OR $2 IN (idea_a, idea_b));

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

-- newest_model: the model of this installation's own verdicts
SELECT model, curve, confirmed, dismissed, fitted_at FROM duplicate_models ORDER BY fitted_at DESC, id DESC LIMIT 1;
