-- list_visible: the challenges a person may look for ideas in
SELECT id FROM challenges
WHERE $4::boolean OR owner_id = $1 OR sponsor_id = $1
OR (stage <> 'draft' AND ($5::boolean OR in_audience(challenges, $2, $3)
    OR EXISTS (SELECT FROM panel_members WHERE challenge_id = challenges.id AND person_id = $1)));

-- nearest_by_meaning: the nearest vectors in some challenges, fresh ones included
SELECT idea_id FROM (
    (SELECT idea_id, vector <#> $1 AS distance FROM idea_vectors
     WHERE indexed AND encoder = $2 AND challenge_id = ANY ($3::uuid[]) ORDER BY vector <#> $1 LIMIT $4)
    UNION ALL
    (SELECT idea_id, vector <#> $1 AS distance FROM idea_vectors
     WHERE NOT indexed AND encoder = $2 AND challenge_id = ANY ($3::uuid[]))
) AS near
ORDER BY distance LIMIT $4;

-- list_candidates: what orders some ideas
SELECT ideas.id, (-(known.vector <#> $2))::float8 AS similarity, (-(refined.vector <#> $4))::float8 AS refined,
    novelty::float8 AS novelty, tsvector_to_array(ts_filter(search, '{a,b}')) AS lexemes
FROM unnest($1::uuid[]) WITH ORDINALITY AS page (id, place) JOIN ideas ON ideas.id = page.id
LEFT JOIN idea_vectors AS known ON known.idea_id = ideas.id AND known.encoder = $3
LEFT JOIN refined_vectors AS refined
    ON refined.idea_id = ideas.id AND refined.revision = ideas.revision AND refined.encoder = $5
LEFT JOIN idea_placements ON idea_placements.idea_id = ideas.id
ORDER BY place;

-- find_vectors: the vectors of one idea in its present wording
SELECT known.vector, refined.vector AS refined, refined.encoder AS refined_by
FROM ideas
LEFT JOIN idea_vectors AS known ON known.idea_id = ideas.id AND known.encoder = $2
LEFT JOIN refined_vectors AS refined ON refined.idea_id = ideas.id AND refined.revision = ideas.revision
WHERE ideas.id = $1;

-- list_near: some ideas, merged ones as those shown for them, with the latest decision where person $5 may know it
-- The panel knows the state, not the reasons.
SELECT DISTINCT ON (found.place) shown.id, shown.challenge_id, question, shown.title, left(shown.body, 4000) AS body,
    CASE WHEN told OR shown.state IN ('submitted', 'under_review')
              OR EXISTS (SELECT FROM panel_members WHERE challenge_id = challenges.id AND person_id = $5)
         THEN shown.state ELSE 'under_review' END AS state,
    shown.submitted_at, similarity,
    outcome, reason, lesson, decisions.decided_at
FROM (
    SELECT coalesce(ideas.canonical_id, ideas.id) AS id, min(place) AS place, max(page.similarity) AS similarity
    FROM unnest($1::uuid[], $2::float8[]) WITH ORDINALITY AS page (id, similarity, place)
    JOIN ideas ON ideas.id = page.id
    WHERE ideas.hidden_at IS NULL AND ideas.state NOT IN ('draft', 'withdrawn')
    GROUP BY coalesce(ideas.canonical_id, ideas.id)
) AS found
JOIN ideas AS shown ON shown.id = found.id
JOIN challenges ON challenges.id = shown.challenge_id
CROSS JOIN LATERAL (
    SELECT stage IN ('decided', 'archived') OR $6::boolean OR $5 IN (owner_id, sponsor_id)
        OR EXISTS (SELECT FROM idea_authors WHERE idea_id = shown.id AND person_id = $5 AND agreed_at IS NOT NULL) AS told
) AS reader
LEFT JOIN decisions ON decisions.idea_id = shown.id AND told
WHERE shown.hidden_at IS NULL AND shown.state NOT IN ('draft', 'withdrawn') AND shown.id <> ALL ($3::uuid[])
ORDER BY found.place, decisions.decided_at DESC NULLS LAST LIMIT $4;
