-- review_incomplete: sent reviews that leave a criterion out, or score off its scale or by another challenge's
SELECT 'review ' || reviews.id AS place FROM reviews
WHERE sent_at IS NOT NULL AND EXISTS (
        SELECT FROM criteria WHERE criteria.challenge_id = reviews.challenge_id
        AND NOT EXISTS (SELECT FROM review_scores WHERE review_id = reviews.id AND criterion_id = criteria.id))
   OR EXISTS (
        SELECT FROM review_scores JOIN criteria ON criteria.id = criterion_id
        WHERE review_id = reviews.id
        AND (criteria.challenge_id <> reviews.challenge_id OR score NOT BETWEEN scale_min AND scale_max));

-- review_of_another: reviews that do not belong to the assignment they name
SELECT 'review ' || reviews.id AS place
FROM reviews JOIN review_assignments AS assignment ON assignment.id = assignment_id
WHERE (reviews.idea_id, reviews.reviewer_id) <> (assignment.idea_id, assignment.reviewer_id);

-- reviewed_twice: people who reviewed one idea twice
SELECT format('idea %s, reviewer %s', idea_id, reviewer_id) AS place
FROM reviews GROUP BY idea_id, reviewer_id HAVING count(*) > 1;

-- review_of_own: reviews sent by somebody who had written the idea, or one merged into it by then
SELECT 'review ' || reviews.id AS place FROM reviews
WHERE sent_at IS NOT NULL AND EXISTS (
    SELECT FROM idea_authors WHERE idea_id = reviews.idea_id AND person_id = reviewer_id AND agreed_at <= sent_at);

-- list_open_assignments: who is to review what, and has not yet
SELECT idea_id, reviewer_id FROM review_assignments AS assignment
WHERE released_at IS NULL
  AND NOT EXISTS (SELECT FROM reviews WHERE assignment_id = assignment.id AND sent_at IS NOT NULL)
ORDER BY challenge_id, idea_id, reviewer_id;

-- unranked: challenges that were closed and have neither their closing ranking nor a job that makes it
SELECT 'challenge ' || challenges.id AS place FROM challenges
WHERE frozen_at IS NOT NULL
  AND NOT EXISTS (SELECT FROM rankings
                  WHERE challenge_id = challenges.id AND kind = 'closing' AND created_at >= frozen_at)
  AND NOT EXISTS (SELECT FROM staged_jobs WHERE job = 'rank_challenge' AND subject = challenges.id::text
                  AND finished_at IS NULL AND failed_at IS NULL);

-- ranked_twice: closed challenges with several closing rankings since they were closed
SELECT 'challenge ' || challenges.id AS place
FROM challenges JOIN rankings ON challenge_id = challenges.id AND kind = 'closing' AND rankings.created_at >= frozen_at
GROUP BY challenges.id HAVING count(*) > 1;

-- ranking_torn: rankings whose places are not those from 1 to the number of their ideas
SELECT 'ranking ' || rankings.id AS place FROM rankings
LEFT JOIN LATERAL (
    SELECT count(*) AS places, count(DISTINCT position) AS positions, max(position) AS last
    FROM ranking_entries WHERE ranking_id = rankings.id) AS entry ON true
WHERE places <> idea_count OR positions <> places OR coalesce(last, 0) <> places;

-- list_ranking_ids: every ranking, those that a decision may rest on first
SELECT id FROM rankings
ORDER BY array_position(ARRAY['closing', 'panel', 'interim'], kind), created_at DESC, id;

-- shortlist_torn: shortlists from another challenge's ranking, or with two ideas in one place
SELECT 'shortlist ' || shortlists.id AS place
FROM shortlists JOIN rankings ON rankings.id = ranking_id
WHERE rankings.challenge_id <> shortlists.challenge_id
   OR (SELECT count(*) <> count(DISTINCT position) FROM shortlist_entries WHERE shortlist_id = shortlists.id);
