-- list_ideas: every idea of the challenge with the crowd's score ($2: its ranking) and its novelty, in a fixed order
SELECT idea.id, entry.score AS crowd, placement.novelty::double precision AS novelty
FROM ideas AS idea
LEFT JOIN ranking_entries AS entry ON entry.ranking_id = $2 AND entry.idea_id = idea.id
LEFT JOIN idea_placements AS placement ON placement.idea_id = idea.id
WHERE idea.challenge_id = $1 AND idea.state NOT IN ('draft', 'withdrawn')
  AND idea.canonical_id IS NULL AND idea.hidden_at IS NULL
ORDER BY idea.id;

-- list_reviews: sent reviews in a fixed order, those of merged ideas under the survivor, with scores by criterion key;
-- none of somebody who is an author of it by now
SELECT coalesce(idea.canonical_id, idea.id) AS idea_id, review.reviewer_id, review.wildcard,
       jsonb_object_agg(criterion.key, score.score) AS scores
FROM reviews AS review
JOIN ideas AS idea ON idea.id = review.idea_id
JOIN review_scores AS score ON score.review_id = review.id
JOIN criteria AS criterion ON criterion.id = score.criterion_id
WHERE review.challenge_id = $1 AND review.sent_at IS NOT NULL
  AND NOT EXISTS (SELECT FROM idea_authors AS author JOIN ideas AS written ON written.id = author.idea_id
                  WHERE author.person_id = review.reviewer_id AND author.agreed_at IS NOT NULL
                    AND coalesce(written.canonical_id, written.id) = coalesce(idea.canonical_id, idea.id))
GROUP BY review.id, idea.id
ORDER BY review.id;

-- latest: the newest panel ranking
SELECT id, created_at, formula_version, idea_count, summary FROM rankings
WHERE challenge_id = $1 AND kind = 'panel' ORDER BY created_at DESC, id DESC LIMIT 1;

-- list_titles: titles by id
SELECT id, title FROM ideas WHERE id = ANY ($1::uuid[]);

-- list_names: names by id
SELECT id, name FROM people WHERE id = ANY ($1::uuid[]);
