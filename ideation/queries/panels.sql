-- set_member: add somebody or change how much they take on
INSERT INTO panel_members (challenge_id, person_id, max_reviews, added_by, added_at) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (challenge_id, person_id) DO UPDATE SET max_reviews = excluded.max_reviews;

-- remove_member: who was on the panel, no longer is
DELETE FROM panel_members WHERE challenge_id = $1 AND person_id = $2 RETURNING person_id;

-- list_members: the panel by name ($2: only this person), with the work given and done
SELECT member.person_id, person.name, person.department, person.active, member.max_reviews, member.added_at,
       count(assignment.id) AS assigned, count(review.sent_at) AS sent
FROM panel_members AS member
JOIN people AS person ON person.id = member.person_id
LEFT JOIN review_assignments AS assignment
    ON assignment.challenge_id = member.challenge_id AND assignment.reviewer_id = member.person_id
   AND assignment.released_at IS NULL
LEFT JOIN reviews AS review ON review.assignment_id = assignment.id
WHERE member.challenge_id = $1 AND ($2::uuid IS NULL OR member.person_id = $2)
GROUP BY member.challenge_id, member.person_id, person.id
ORDER BY person.name, member.person_id;

-- progress_by_idea: reviews sent of those asked for, by idea id after $2
SELECT assignment.idea_id, idea.title, count(*) AS assigned, count(review.sent_at) AS sent
FROM review_assignments AS assignment
JOIN ideas AS idea ON idea.id = assignment.idea_id
LEFT JOIN reviews AS review ON review.assignment_id = assignment.id
WHERE assignment.challenge_id = $1 AND assignment.released_at IS NULL
  AND ($2::uuid IS NULL OR assignment.idea_id > $2)
GROUP BY assignment.idea_id, idea.title
ORDER BY assignment.idea_id
LIMIT $3;

-- progress: the whole panel at $2
WITH standing AS (
    SELECT assignment.idea_id, assignment.reviewer_id, assignment.due_at, review.sent_at
    FROM review_assignments AS assignment
    LEFT JOIN reviews AS review ON review.assignment_id = assignment.id
    WHERE assignment.challenge_id = $1 AND assignment.released_at IS NULL
)
SELECT count(*) AS assigned, count(sent_at) AS sent,
       count(*) FILTER (WHERE sent_at IS NULL AND due_at <= $2) AS overdue,
       count(DISTINCT idea_id) AS ideas,
       count(DISTINCT idea_id) - count(DISTINCT idea_id) FILTER (WHERE sent_at IS NULL) AS ideas_reviewed_by_all,
       count(DISTINCT reviewer_id) AS reviewers,
       count(DISTINCT reviewer_id) - count(DISTINCT reviewer_id) FILTER (WHERE sent_at IS NULL) AS reviewers_finished
FROM standing;

-- curve: expected wrong calls after each panel ranking, oldest first
SELECT (summary ->> 'review_count')::integer AS reviews,
       (summary ->> 'expected_wrong_calls')::double precision AS expected_wrong_calls, created_at AS at
FROM rankings WHERE challenge_id = $1 AND kind = 'panel'
ORDER BY created_at, id;
