-- find_assignment: one assignment by its id
SELECT * FROM review_assignments WHERE id = $1;

-- latest_crowd_ranking: the newest ranking by the crowd's answers
SELECT id FROM rankings WHERE challenge_id = $1 AND kind IN ('closing', 'interim')
ORDER BY created_at DESC, id DESC LIMIT 1;

-- list_reviewable: ideas that still wait for a decision, in the order of a ranking ($2), unranked ones last
SELECT idea.id AS idea_id, entry.position AS place, placement.theme_id
FROM ideas AS idea
LEFT JOIN ranking_entries AS entry ON entry.ranking_id = $2 AND entry.idea_id = idea.id
LEFT JOIN idea_placements AS placement ON placement.idea_id = idea.id
WHERE idea.challenge_id = $1 AND idea.state IN ('submitted', 'under_review')
  AND idea.canonical_id IS NULL AND idea.hidden_at IS NULL
ORDER BY entry.position NULLS LAST, idea.id;

-- is_reviewable: whether an idea still waits for a decision
SELECT EXISTS (
    SELECT FROM ideas
    WHERE id = $1 AND state IN ('submitted', 'under_review') AND canonical_id IS NULL AND hidden_at IS NULL
);

-- list_texts: what these ideas say
SELECT id AS idea_id, title, body, state FROM ideas WHERE id = ANY ($1::uuid[]) ORDER BY id;

-- list_capacity: active panel members and the room left in their load
SELECT member.person_id,
       greatest(0, member.max_reviews - count(assignment.id) FILTER (WHERE assignment.released_at IS NULL))::integer AS room
FROM panel_members AS member
JOIN people AS person ON person.id = member.person_id AND person.active AND 'reviewer' = ANY (person.roles)
LEFT JOIN review_assignments AS assignment
    ON assignment.challenge_id = member.challenge_id AND assignment.reviewer_id = member.person_id
WHERE member.challenge_id = $1
GROUP BY member.person_id, member.max_reviews
ORDER BY member.person_id;

-- list_pairs: every assignment that was ever made, released ones too
SELECT idea_id, reviewer_id, released_at IS NULL AS standing
FROM review_assignments WHERE challenge_id = $1 ORDER BY idea_id, reviewer_id;

-- list_person_texts: what these people wrote: ideas, comments, comments of sent reviews; the newest of each
SELECT person_id, text FROM (
    SELECT person_id, text, row_number() OVER (PARTITION BY person_id ORDER BY at DESC) AS place FROM (
        SELECT author.person_id, idea.title || E'\n' || left(idea.body, 4000) AS text, idea.created_at AS at
        FROM idea_authors AS author JOIN ideas AS idea ON idea.id = author.idea_id
        WHERE author.person_id = ANY ($1::uuid[]) AND author.agreed_at IS NOT NULL AND idea.state <> 'draft'
        UNION ALL
        SELECT author_id, left(body, 4000), created_at FROM comments
        WHERE author_id = ANY ($1::uuid[]) AND deleted_at IS NULL AND hidden_at IS NULL
        UNION ALL
        SELECT review.reviewer_id, idea.title || E'\n' || review.comment, review.created_at
        FROM reviews AS review JOIN ideas AS idea ON idea.id = review.idea_id
        WHERE review.reviewer_id = ANY ($1::uuid[]) AND review.sent_at IS NOT NULL AND review.comment <> ''
    ) AS written
) AS numbered
WHERE place <= $2
ORDER BY person_id, place;

-- last_positions: where each reviewer's own order ends
SELECT reviewer_id, max(position) AS position FROM review_assignments WHERE challenge_id = $1 GROUP BY reviewer_id;

-- hold_panel: one change of a challenge's assignments at a time
SELECT pg_advisory_xact_lock(hashtextextended('assignments:' || $1::uuid, 0));

-- add_assignments: only for people still on the panel and ideas still waiting; a pair that exists stays as it is
INSERT INTO review_assignments (id, challenge_id, idea_id, reviewer_id, position, due_at, assigned_by, assigned_at)
SELECT row.id, $1, row.idea_id, row.reviewer_id, row.position, $6, $7, $8
FROM unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::integer[]) AS row (id, idea_id, reviewer_id, position)
JOIN panel_members AS member ON member.challenge_id = $1 AND member.person_id = row.reviewer_id
JOIN ideas AS idea ON idea.id = row.idea_id AND idea.challenge_id = $1 AND idea.state IN ('submitted', 'under_review')
    AND idea.canonical_id IS NULL AND idea.hidden_at IS NULL
ON CONFLICT (idea_id, reviewer_id) DO NOTHING
RETURNING reviewer_id;

-- assign_by_hand: one review asked for by a person; a released one is asked for again
INSERT INTO review_assignments (id, challenge_id, idea_id, reviewer_id, position, due_at, assigned_by, assigned_at)
VALUES ($1, $2, $3, $4,
        (SELECT coalesce(max(position), 0) + 1 FROM review_assignments WHERE challenge_id = $2 AND reviewer_id = $4),
        $5, $6, $7)
ON CONFLICT (idea_id, reviewer_id) DO UPDATE SET released_at = NULL,
    due_at = CASE WHEN review_assignments.released_at IS NULL THEN review_assignments.due_at ELSE excluded.due_at END,
    assigned_by = CASE WHEN review_assignments.released_at IS NULL
                       THEN review_assignments.assigned_by ELSE excluded.assigned_by END
RETURNING id;

-- release: free a reviewer of an idea whose review was not sent; a draft stays, without its wildcard
WITH released AS (
    UPDATE review_assignments AS assignment SET released_at = $4
    WHERE assignment.challenge_id = $1 AND assignment.idea_id = $2 AND assignment.reviewer_id = $3
      AND assignment.released_at IS NULL
      AND NOT EXISTS (SELECT FROM reviews AS review
                      WHERE review.assignment_id = assignment.id AND review.sent_at IS NOT NULL)
    RETURNING assignment.id
), freed AS (
    UPDATE reviews SET wildcard = false FROM released WHERE reviews.assignment_id = released.id
)
SELECT id FROM released;

-- forget_unstarted: assignments of somebody leaving the panel that hold no review at all
DELETE FROM review_assignments AS assignment
WHERE assignment.challenge_id = $1 AND assignment.reviewer_id = $2
  AND NOT EXISTS (SELECT FROM reviews AS review WHERE review.assignment_id = assignment.id);

-- list_unsent_pairs: standing assignments without a sent review, to be checked again for conflicts
SELECT assignment.idea_id, assignment.reviewer_id, true AS standing
FROM review_assignments AS assignment
LEFT JOIN reviews AS review ON review.assignment_id = assignment.id
WHERE assignment.challenge_id = $1 AND assignment.released_at IS NULL AND review.sent_at IS NULL;

-- list_unsent_of_leavers: the same of those who left the panel, lost the role of a reviewer or are no longer active
SELECT assignment.idea_id, assignment.reviewer_id, true AS standing
FROM review_assignments AS assignment
JOIN people AS person ON person.id = assignment.reviewer_id
LEFT JOIN panel_members AS member
    ON member.challenge_id = assignment.challenge_id AND member.person_id = assignment.reviewer_id
LEFT JOIN reviews AS review ON review.assignment_id = assignment.id
WHERE assignment.challenge_id = $1 AND assignment.released_at IS NULL AND review.sent_at IS NULL
  AND NOT (person.active AND 'reviewer' = ANY (person.roles) AND member.person_id IS NOT NULL)
ORDER BY assignment.id;

-- list_panels_of: undecided challenges that ask this person for reviews, or may
SELECT id FROM challenges
WHERE stage = 'published'
  AND id IN (SELECT challenge_id FROM panel_members WHERE person_id = $1
             UNION SELECT challenge_id FROM review_assignments WHERE reviewer_id = $1 AND released_at IS NULL)
ORDER BY id;

-- list_unsent_of: what one person was asked for in challenges that are not decided ($2: only in this one), and has not sent
SELECT assignment.* FROM review_assignments AS assignment
JOIN challenges ON challenges.id = assignment.challenge_id AND challenges.stage = 'published'
LEFT JOIN reviews AS review ON review.assignment_id = assignment.id
WHERE assignment.reviewer_id = $1 AND assignment.released_at IS NULL AND review.sent_at IS NULL
  AND ($2::uuid IS NULL OR assignment.challenge_id = $2)
ORDER BY assignment.challenge_id, assignment.id;

-- read_assignment: one assignment, for those who run the challenge
SELECT assignment.id, assignment.idea_id, idea.title, assignment.reviewer_id, person.name AS reviewer_name,
       assignment.assigned_by IS NOT NULL AS by_hand, assignment.due_at, assignment.assigned_at, review.sent_at
FROM review_assignments AS assignment
JOIN ideas AS idea ON idea.id = assignment.idea_id
JOIN people AS person ON person.id = assignment.reviewer_id
LEFT JOIN reviews AS review ON review.assignment_id = assignment.id
WHERE assignment.id = $1;

-- list_assignments: standing ones after a key, for those who run the challenge
SELECT assignment.id, assignment.idea_id, idea.title, assignment.reviewer_id, person.name AS reviewer_name,
       assignment.assigned_by IS NOT NULL AS by_hand, assignment.due_at, assignment.assigned_at, review.sent_at
FROM review_assignments AS assignment
JOIN ideas AS idea ON idea.id = assignment.idea_id
JOIN people AS person ON person.id = assignment.reviewer_id
LEFT JOIN reviews AS review ON review.assignment_id = assignment.id
WHERE assignment.challenge_id = $1 AND assignment.released_at IS NULL
  AND ($2::uuid IS NULL OR assignment.reviewer_id = $2)
  AND ($3::uuid IS NULL OR assignment.id > $3)
ORDER BY assignment.id
LIMIT $4;

-- list_queue: the ideas a reviewer is asked for, in their own order
SELECT assignment.id AS assignment_id, assignment.challenge_id, challenge.question, assignment.idea_id, idea.title,
       assignment.position, assignment.due_at, review.id IS NOT NULL AS draft_saved, review.sent_at
FROM review_assignments AS assignment
JOIN challenges AS challenge ON challenge.id = assignment.challenge_id
JOIN ideas AS idea ON idea.id = assignment.idea_id
LEFT JOIN reviews AS review ON review.assignment_id = assignment.id
WHERE assignment.reviewer_id = $1 AND assignment.released_at IS NULL
  AND ($2::uuid IS NULL OR assignment.challenge_id = $2)
  AND ($3::boolean IS NULL OR (review.sent_at IS NOT NULL) = $3)
  AND (review.sent_at IS NOT NULL OR idea.hidden_at IS NULL AND idea.state <> 'withdrawn' AND idea.canonical_id IS NULL)
  AND ($4::uuid IS NULL OR (assignment.challenge_id, assignment.position, assignment.id) > ($4, $5::integer, $6::uuid))
ORDER BY assignment.challenge_id, assignment.position, assignment.id
LIMIT $7;

-- count_reviews: what this person still owes in the challenge, and has sent
SELECT count(*) FILTER (WHERE review.sent_at IS NULL AND idea.hidden_at IS NULL AND idea.state <> 'withdrawn'
                              AND idea.canonical_id IS NULL) AS open,
       count(review.sent_at) AS sent
FROM review_assignments AS assignment
JOIN ideas AS idea ON idea.id = assignment.idea_id
LEFT JOIN reviews AS review ON review.assignment_id = assignment.id
WHERE assignment.challenge_id = $1 AND assignment.reviewer_id = $2 AND assignment.released_at IS NULL;

-- review_counts: reviews asked for by idea
SELECT idea_id, count(*) AS asked FROM review_assignments
WHERE challenge_id = $1 AND released_at IS NULL GROUP BY idea_id;

-- latest_ranking: the newest ranking, by the panel if there is one
SELECT id, kind, (summary ->> 'expected_wrong_calls')::double precision AS expected_wrong_calls
FROM rankings WHERE challenge_id = $1
ORDER BY kind = 'panel' DESC, created_at DESC, id DESC LIMIT 1;

-- list_chances: P(top k) and standard deviation by idea; the stored interval spans 90 %, 1.645 deviations each way
SELECT idea_id, probability_top, (score_high - score_low) / (2 * 1.6448536269514722) AS score_sd
FROM ranking_entries WHERE ranking_id = $1;

-- is_round_dealt: whether the directed round requested at $2 was dealt, as its audit row says
SELECT EXISTS (SELECT FROM audit_events WHERE challenge_id = $1 AND action = 'panel.assigned'
                                          AND (details ->> 'requested_at')::timestamptz = $2);
