-- find_plan: how far directed reviewing goes in a challenge
SELECT review_plans.*, person.name AS set_by_name
FROM review_plans JOIN people AS person ON person.id = set_by WHERE challenge_id = $1;

-- put_plan: set it
INSERT INTO review_plans (challenge_id, target_wrong_calls, review_budget, batch_size, set_by, set_at)
VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (challenge_id) DO UPDATE SET target_wrong_calls = excluded.target_wrong_calls,
    review_budget = excluded.review_budget, batch_size = excluded.batch_size, set_by = excluded.set_by,
    set_at = excluded.set_at;

-- remove_plan: no further batch by itself
DELETE FROM review_plans WHERE challenge_id = $1 RETURNING challenge_id;

-- read_progress: reviews asked for and open, and the wrong calls that the latest panel ranking expects
SELECT count(*) AS asked, count(*) FILTER (WHERE review.sent_at IS NULL) AS open,
       (SELECT (summary ->> 'expected_wrong_calls')::double precision FROM rankings
        WHERE challenge_id = $1 AND kind = 'panel' ORDER BY created_at DESC, id DESC LIMIT 1) AS expected_wrong_calls
FROM review_assignments AS assignment
LEFT JOIN reviews AS review ON review.assignment_id = assignment.id
WHERE assignment.challenge_id = $1 AND assignment.released_at IS NULL;
