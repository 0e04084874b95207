-- find_review: the review that belongs to an assignment
SELECT id, assignment_id, challenge_id, idea_id, reviewer_id, comment, wildcard, version, created_at, updated_at, sent_at
FROM reviews WHERE assignment_id = $1;

-- list_scores: the scores of one review in the order of the criteria
SELECT score.criterion_id, criterion.key, score.score, score.comment
FROM review_scores AS score JOIN criteria AS criterion ON criterion.id = score.criterion_id
WHERE score.review_id = $1
ORDER BY criterion.position, criterion.key;

-- list_criteria: what a challenge's ideas are scored on
SELECT id, key, label, description, weight, scale_min, scale_max, anchors FROM criteria WHERE challenge_id = $1
ORDER BY position, key;

-- list_author_names: who wrote an idea, for reviews that are not blind
SELECT person.name FROM idea_authors AS author JOIN people AS person ON person.id = author.person_id
WHERE author.idea_id = $1 AND author.agreed_at IS NOT NULL ORDER BY author.invited_at, person.name;

-- hold_for_review: keep the challenge from being decided, and the assignment from being released, until the commit
SELECT assignment.id FROM review_assignments AS assignment
JOIN challenges AS challenge ON challenge.id = assignment.challenge_id
WHERE assignment.id = $1 AND assignment.released_at IS NULL
FOR NO KEY UPDATE OF assignment FOR KEY SHARE OF challenge;

-- start_review: the first save of a review; 1 is the version of one that was not begun
INSERT INTO reviews (id, assignment_id, challenge_id, idea_id, reviewer_id, comment, wildcard, version,
                     created_at, updated_at)
SELECT $1, id, challenge_id, idea_id, reviewer_id, $3, $4, 2, $5, $5 FROM review_assignments WHERE id = $2
ON CONFLICT (assignment_id) DO NOTHING
RETURNING id;

-- save_review: a further save, of the version the reviewer read, while it is not sent
UPDATE reviews SET comment = $3, wildcard = $4, version = version + 1, updated_at = $5
WHERE assignment_id = $1 AND version = $2 AND sent_at IS NULL
RETURNING id;

-- clear_scores: make room for the scores of the new version
DELETE FROM review_scores WHERE review_id = $1;

-- add_scores: the scores of the new version
INSERT INTO review_scores (review_id, criterion_id, score, comment)
SELECT $1, row.criterion_id, row.score, row.comment
FROM unnest($2::uuid[], $3::smallint[], $4::text[]) AS row (criterion_id, score, comment);

-- send_review: the version the reviewer read, once
UPDATE reviews SET sent_at = $3, updated_at = $3, version = version + 1
WHERE assignment_id = $1 AND version = $2 AND sent_at IS NULL
RETURNING id;

-- has_other_wildcard: whether the reviewer gave the wildcard of this challenge to another idea
SELECT EXISTS (SELECT FROM reviews
               WHERE challenge_id = $1 AND reviewer_id = $2 AND wildcard AND assignment_id <> $3);

-- list_sent: sent reviews of an idea with their scores
SELECT review.id, review.reviewer_id, person.name AS reviewer_name, review.comment, review.wildcard, review.sent_at,
       coalesce((SELECT jsonb_agg(jsonb_build_object('criterion_id', score.criterion_id, 'key', criterion.key,
                                                     'score', score.score, 'comment', score.comment)
                                  ORDER BY criterion.position, criterion.key)
                 FROM review_scores AS score JOIN criteria AS criterion ON criterion.id = score.criterion_id
                 WHERE score.review_id = review.id), '[]'::jsonb) AS scores
FROM reviews AS review JOIN people AS person ON person.id = review.reviewer_id
WHERE review.idea_id = $1 AND review.sent_at IS NOT NULL
ORDER BY review.sent_at, review.id;

-- standing_of: whether a person still owes the review of an idea, and whether they sent it
SELECT coalesce(bool_or(review.sent_at IS NULL AND assignment.released_at IS NULL), false) AS owes,
       coalesce(bool_or(review.sent_at IS NOT NULL), false) AS sent
FROM review_assignments AS assignment
LEFT JOIN reviews AS review ON review.assignment_id = assignment.id
WHERE assignment.idea_id = $1 AND assignment.reviewer_id = $2;
