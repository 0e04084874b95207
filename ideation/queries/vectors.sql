-- store_vector: the vector of an idea in the wording that was read; nothing when it was edited since, or stands so already
INSERT INTO idea_vectors (idea_id, challenge_id, encoder, vector, indexed)
SELECT id, challenge_id, $3, $4, $5 FROM ideas WHERE id = $1 AND revision = $2
ON CONFLICT (idea_id) DO UPDATE SET encoder = excluded.encoder, vector = excluded.vector, indexed = excluded.indexed
WHERE (idea_vectors.encoder, idea_vectors.vector) <> (excluded.encoder, excluded.vector)
   OR excluded.indexed AND NOT idea_vectors.indexed;

-- delete_vector: an idea without a known word has none
DELETE FROM idea_vectors WHERE idea_id = $1;

-- index_vector: put a vector that was set aside into the index
UPDATE idea_vectors SET indexed = true WHERE idea_id = $1 AND NOT indexed;

-- list_without_vector: submitted ideas of a challenge that lack a vector of this encoder, after a given one
SELECT id, challenge_id, revision, title, left(body, 32000) AS body FROM ideas
WHERE challenge_id = $1 AND state <> 'draft' AND ($3::uuid IS NULL OR id > $3)
AND NOT EXISTS (SELECT FROM idea_vectors WHERE idea_id = ideas.id AND encoder = $2)
ORDER BY id LIMIT $4;

-- store_refined: the refined vector of an idea in the wording that was read; nothing when it was edited since
INSERT INTO refined_vectors (idea_id, revision, encoder, vector)
SELECT id, revision, $3, $4 FROM ideas WHERE id = $1 AND revision = $2
ON CONFLICT (idea_id) DO UPDATE SET
    revision = excluded.revision, encoder = excluded.encoder, vector = excluded.vector;

-- list_unrefined: ideas of a challenge that take part in comparisons without a refined vector of their wording
SELECT id, challenge_id, revision, title, left(body, 32000) AS body FROM ideas
WHERE challenge_id = $1 AND canonical_id IS NULL AND hidden_at IS NULL AND state NOT IN ('draft', 'withdrawn')
AND NOT EXISTS (SELECT FROM refined_vectors AS known
    WHERE known.idea_id = ideas.id AND known.revision = ideas.revision AND known.encoder = $2)
ORDER BY id LIMIT $3;

-- find_text: one idea that takes part in comparisons
SELECT id, challenge_id, revision, title, left(body, 32000) AS body FROM ideas
WHERE id = $1 AND canonical_id IS NULL AND hidden_at IS NULL AND state NOT IN ('draft', 'withdrawn');

-- list_analysed: every idea of a challenge that takes part, with what earlier analyses know of it
SELECT ideas.id, ideas.revision, title, left(body, 32000) AS body,
    coalesce(known.vector, refined.vector) AS vector, theme_id, x, y
FROM ideas
LEFT JOIN idea_vectors AS known ON known.idea_id = ideas.id AND known.encoder = $2
LEFT JOIN refined_vectors AS refined
    ON refined.idea_id = ideas.id AND refined.revision = ideas.revision AND refined.encoder = $2
LEFT JOIN idea_placements ON idea_placements.idea_id = ideas.id
WHERE ideas.challenge_id = $1 AND canonical_id IS NULL AND hidden_at IS NULL AND state NOT IN ('draft', 'withdrawn')
AND ($3::uuid[] IS NULL OR ideas.id = ANY ($3))
ORDER BY ideas.id;

-- nearest_by_meaning: the ideas of a challenge whose vectors are nearest to that of idea $2, fresh ones included
WITH asked AS MATERIALIZED (SELECT vector FROM idea_vectors WHERE idea_id = $2)
SELECT idea_id FROM (
    (SELECT idea_id, vector <#> (SELECT vector FROM asked) AS distance FROM idea_vectors
     WHERE indexed AND challenge_id = $1 AND encoder = $3 AND idea_id <> $2
     ORDER BY vector <#> (SELECT vector FROM asked) LIMIT $4)
    UNION ALL
    (SELECT idea_id, vector <#> (SELECT vector FROM asked) AS distance FROM idea_vectors
     WHERE NOT indexed AND challenge_id = $1 AND encoder = $3 AND idea_id <> $2)
) AS near
WHERE distance IS NOT NULL ORDER BY distance LIMIT $4;

-- sample: some ideas of a challenge, the same at random each time
SELECT idea_id FROM idea_tallies WHERE challenge_id = $1 AND in_feed ORDER BY shuffle LIMIT $2;

-- list_earlier: the challenges made before one
SELECT id FROM challenges
WHERE created_at < (SELECT created_at FROM challenges WHERE id = $1) AND stage <> 'draft';

-- nearest_of_earlier: vectors by encoder $3 of the ideas of earlier challenges $1 that are nearest to idea $2 by encoder $4
WITH asked AS MATERIALIZED (SELECT vector FROM idea_vectors WHERE idea_id = $2 AND encoder = $4),
near AS MATERIALIZED (
    SELECT idea_id, vector FROM idea_vectors
    WHERE indexed AND encoder = $4 AND challenge_id = ANY ($1::uuid[])
    ORDER BY vector <#> (SELECT vector FROM asked) LIMIT $5)
SELECT coalesce(refined.vector, near.vector) AS vector
FROM near LEFT JOIN refined_vectors AS refined ON refined.idea_id = near.idea_id AND refined.encoder = $3
WHERE EXISTS (SELECT FROM asked) AND ($3 = $4 OR refined.vector IS NOT NULL);

-- vectors_of_earlier: the latest vectors of ideas of challenges made before this one
SELECT vector FROM (
    SELECT idea_id, challenge_id, vector FROM idea_vectors WHERE encoder = $2
    UNION ALL
    SELECT idea_id, challenge_id, vector FROM refined_vectors JOIN ideas ON ideas.id = idea_id WHERE encoder = $2
) AS known
WHERE challenge_id IN (
    SELECT id FROM challenges
    WHERE created_at < (SELECT created_at FROM challenges WHERE id = $1) AND stage <> 'draft')
ORDER BY idea_id DESC LIMIT $3;

-- search_around: let the vector index search on until enough rows pass the filters
SELECT set_config('hnsw.iterative_scan', 'strict_order', true), set_config('hnsw.ef_search', $1, true);
