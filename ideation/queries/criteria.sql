-- list_criteria: the criteria of a challenge in their order
SELECT id, key, label, description, weight, scale_min, scale_max, anchors FROM criteria WHERE challenge_id = $1
ORDER BY position, key;

-- delete_other_criteria: those whose key is not among the given ones
DELETE FROM criteria WHERE challenge_id = $1 AND key <> ALL ($2::text[]);

-- put_criterion: add a criterion, or change the one with this key
INSERT INTO criteria (id, challenge_id, key, label, description, weight, scale_min, scale_max, anchors, position)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
ON CONFLICT (challenge_id, key) DO UPDATE SET label = excluded.label, description = excluded.description,
    weight = excluded.weight, scale_min = excluded.scale_min, scale_max = excluded.scale_max,
    anchors = excluded.anchors, position = excluded.position;

-- has_reviews: whether anybody began a review in this challenge
SELECT EXISTS (SELECT FROM reviews WHERE challenge_id = $1);
