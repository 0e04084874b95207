-- list_ideas: every idea of the challenge with the crowd's score ($2: its ranking) and its novelty, in a fixed order
SELECT idea.id, entry.score AS crowd, placement.novelty::double precision AS novelty
FROM ideas AS idea
LEFT JOIN ranking_entries AS entry ON entry.ranking_id = $2 AND entry.idea_id = idea.id
LEFT JOIN idea_placements AS placement ON placement.idea_id = idea.id
WHERE idea.challenge_id = $1 AND idea.state NOT IN ('draft', 'withdrawn')
  AND idea.canonical_id IS NULL AND idea.hidden_at IS NULL
ORDER BY idea.id;

-- list_reviews: sent reviews in a fixed order, those of merged ideas under the survivor, with scores by criterion key
SELECT coalesce(idea.canonical_id, idea.id) AS idea_id, review.reviewer_id, review.wildcard,
       jsonb_object_agg(criterion.key, score.score) AS scores
FROM reviews AS review
JOIN ideas AS idea ON idea.id = review.idea_id
JOIN review_scores AS score ON score.review_id = review.id
JOIN criteria AS criterion ON criterion.id = score.criterion_id
WHERE review.challenge_id = $1 AND review.sent_at IS NOT NULL
GROUP BY review.id, idea.id
ORDER BY review.id;

-- add_ranking: a snapshot, unless one of the very same inputs exists
INSERT INTO rankings (id, challenge_id, kind, formula_version, shortlist_size, seed, inputs, inputs_sha256, summary,
                      idea_count, created_at)
VALUES ($1, $2, 'panel', $3, $4, $5, $6, $7, $8, $9, $10)
ON CONFLICT (challenge_id, kind, formula_version, inputs_sha256) DO NOTHING
RETURNING id;

-- add_entries: the entries of a snapshot
INSERT INTO ranking_entries (ranking_id, idea_id, position, score, score_low, score_high, rank_low, rank_high,
                             probability_top, band, contributions)
SELECT $1, row.* FROM unnest($2::uuid[], $3::integer[], $4::double precision[], $5::double precision[],
    $6::double precision[], $7::integer[], $8::integer[], $9::double precision[], $10::integer[], $11::jsonb[]) AS row;

-- latest: the newest panel ranking
SELECT id, created_at, formula_version, idea_count, summary FROM rankings
WHERE challenge_id = $1 AND kind = 'panel' ORDER BY created_at DESC, id DESC LIMIT 1;

-- read_inputs: what a ranking was computed from
SELECT inputs, inputs_sha256 FROM rankings WHERE id = $1;

-- list_entries: a ranking as it was stored
SELECT idea_id, position, score, score_low, score_high, rank_low, rank_high, probability_top, band, contributions
FROM ranking_entries WHERE ranking_id = $1 ORDER BY position;

-- list_titles: titles by id
SELECT id, title FROM ideas WHERE id = ANY ($1::uuid[]);

-- list_names: names by id
SELECT id, name FROM people WHERE id = ANY ($1::uuid[]);
