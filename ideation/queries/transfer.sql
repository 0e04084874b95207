-- add_import: start an import
INSERT INTO imports (id, challenge_id, format, source_name, started_by, started_at)
VALUES ($1, $2, $3, $4, $5, $6) RETURNING *;

-- find_import: one import
SELECT * FROM imports WHERE id = $1;

-- lock_import: one import, held against a second upload of the same lines
SELECT * FROM imports WHERE id = $1 FOR UPDATE;

-- hold_open: a challenge that may still be imported into, kept from being frozen until the commit; else no row
SELECT id FROM challenges WHERE id = $1 AND frozen_at IS NULL AND stage IN ('draft', 'published') FOR KEY SHARE;

-- list_imports: imports of a challenge, newest first
SELECT * FROM imports WHERE challenge_id = $1 ORDER BY started_at DESC, id DESC LIMIT 100;

-- advance_import: count a batch
UPDATE imports SET lines_done = $2, accepted = accepted + $3, rejected = rejected + $4 WHERE id = $1 RETURNING *;

-- finish_import: the whole file has been read
UPDATE imports SET state = 'finished', finished_at = $2 WHERE id = $1 RETURNING *;

-- add_rejections: lines that were not taken, with the reason of each
INSERT INTO import_rejections (import_id, line_number, reason, code, details)
SELECT $1, line_number, reason, code, details
FROM unnest($2::bigint[], $3::text[], $4::text[], $5::jsonb[]) AS rejected (line_number, reason, code, details)
ON CONFLICT DO NOTHING;

-- list_rejections: rejected lines after a line number
SELECT line_number, reason, code, details FROM import_rejections
WHERE import_id = $1 AND line_number > $2 ORDER BY line_number LIMIT $3;

-- find_external_ids: what rows of a kind became here
SELECT external_id, internal_id FROM external_ids WHERE challenge_id = $1 AND kind = $2 AND external_id = ANY ($3::text[]);

-- find_people_by_email: people by lower-case e-mail
SELECT lower(email) AS email, id, department FROM people WHERE lower(email) = ANY ($1::text[]);

-- find_authorship: who wrote or agreed to co-write which of these ideas
SELECT idea_id, person_id FROM idea_authors WHERE idea_id = ANY ($1::uuid[]) AND agreed_at IS NOT NULL;

-- find_departments: the department each of these ideas came from
SELECT id, department FROM ideas WHERE id = ANY ($1::uuid[]);

-- find_criteria: keys, ids and scales of a challenge's criteria
SELECT key, id, scale_min, scale_max FROM criteria WHERE challenge_id = $1 ORDER BY position;

-- add_people: people nobody had the e-mail of
INSERT INTO people (id, email, name, department, site, created_at, updated_at)
SELECT id, email, name, department, site, $6, $6
FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[]) AS new (id, email, name, department, site)
ON CONFLICT (lower(email)) DO NOTHING;

-- add_external_ids: remember what each row was called where it came from
INSERT INTO external_ids (challenge_id, kind, external_id, internal_id)
SELECT $1, $2, external_id, internal_id
FROM unnest($3::text[], $4::uuid[]) AS new (external_id, internal_id);

-- add_ideas: submitted ideas as they were
INSERT INTO ideas (id, challenge_id, author_id, department, title, body, tags, state, created_at, updated_at, submitted_at)
SELECT id, $1, author_id, department, title, body,
       ARRAY(SELECT jsonb_array_elements_text(tags::jsonb)), 'submitted', at, at, at
FROM unnest($2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[], $8::timestamptz[])
    AS new (id, author_id, department, title, body, tags, at);

-- add_idea_tallies: a counter row for each new idea
INSERT INTO idea_tallies (idea_id, challenge_id) SELECT id, $1 FROM unnest($2::uuid[]) AS new (id);

-- add_idea_authors: authors and co-authors, agreed
INSERT INTO idea_authors (idea_id, person_id, invited_by, invited_at, agreed_at)
SELECT idea_id, person_id, invited_by, at, at
FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::timestamptz[]) AS new (idea_id, person_id, invited_by, at)
ON CONFLICT DO NOTHING;

-- add_impressions: the dealt cards that imported answers belong to
INSERT INTO impressions (id, challenge_id, idea_id, person_id, sitting_id, position, dealt_by, own_department, dealt_at)
SELECT new.id, $1, new.idea_id, new.person_id, $2, new.position, 'import', people.department = ideas.department, new.at
FROM unnest($3::uuid[], $4::uuid[], $5::uuid[], $6::smallint[], $7::timestamptz[])
    AS new (id, idea_id, person_id, position, at)
JOIN ideas ON ideas.id = new.idea_id
JOIN people ON people.id = new.person_id;

-- find_votes: which of these people have voted on which of these ideas already
SELECT votes.idea_id, votes.person_id
FROM unnest($1::uuid[], $2::uuid[]) AS wanted (idea_id, person_id)
JOIN votes USING (idea_id, person_id);

-- add_votes: imported votes; the counters follow by themselves
INSERT INTO votes (idea_id, person_id, challenge_id, value, impression_id, created_at, updated_at)
SELECT idea_id, person_id, $1, value, impression_id, at, at
FROM unnest($2::uuid[], $3::uuid[], $4::smallint[], $5::uuid[], $6::timestamptz[])
    AS new (idea_id, person_id, value, impression_id, at);

-- add_comments: imported comments; parents stand in the same or an earlier batch
INSERT INTO comments (id, idea_id, parent_id, author_id, body, created_at)
SELECT id, idea_id, parent_id, author_id, body, at
FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::timestamptz[])
    AS new (id, idea_id, parent_id, author_id, body, at);

-- count_comments: bring the counters of these ideas up to date
UPDATE idea_tallies SET comments = (
    SELECT count(*) FROM comments
    WHERE comments.idea_id = idea_tallies.idea_id AND deleted_at IS NULL AND hidden_at IS NULL)
WHERE idea_id = ANY ($1::uuid[]);

-- find_reviewed: which of these people have a review or assignment on which of these ideas already
SELECT review_assignments.idea_id, review_assignments.reviewer_id
FROM unnest($1::uuid[], $2::uuid[]) AS wanted (idea_id, reviewer_id)
JOIN review_assignments USING (idea_id, reviewer_id);

-- add_assignments: the assignments that imported reviews answered
INSERT INTO review_assignments (id, challenge_id, idea_id, reviewer_id, position, assigned_by, assigned_at)
SELECT id, $1, idea_id, reviewer_id, 1, $2, at
FROM unnest($3::uuid[], $4::uuid[], $5::uuid[], $6::timestamptz[]) AS new (id, idea_id, reviewer_id, at);

-- add_panel_members: reviewers of imported reviews sit on the panel
INSERT INTO panel_members (challenge_id, person_id, added_by, added_at)
SELECT $1, person_id, $2, $3 FROM unnest($4::uuid[]) AS new (person_id) ON CONFLICT DO NOTHING;

-- add_reviews: imported reviews, sent
INSERT INTO reviews (id, assignment_id, challenge_id, idea_id, reviewer_id, comment, created_at, updated_at, sent_at)
SELECT id, assignment_id, $1, idea_id, reviewer_id, comment, at, at, at
FROM unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::uuid[], $6::text[], $7::timestamptz[])
    AS new (id, assignment_id, idea_id, reviewer_id, comment, at);

-- add_review_scores: the scores of imported reviews
INSERT INTO review_scores (review_id, criterion_id, score)
SELECT review_id, criterion_id, score FROM unnest($1::uuid[], $2::uuid[], $3::smallint[])
    AS new (review_id, criterion_id, score);

-- add_decisions: imported outcomes
INSERT INTO decisions (id, challenge_id, idea_id, outcome, reason, lesson, decided_by, decided_at)
SELECT id, $1, idea_id, outcome, reason, lesson, $2, at
FROM unnest($3::uuid[], $4::uuid[], $5::text[], $6::text[], $7::text[], $8::timestamptz[])
    AS new (id, idea_id, outcome, reason, lesson, at);

-- set_idea_states: each idea is in the state its decision put it in
UPDATE ideas SET state = new.outcome, updated_at = greatest(ideas.updated_at, new.at)
FROM unnest($1::uuid[], $2::text[], $3::timestamptz[]) AS new (idea_id, outcome, at) WHERE ideas.id = new.idea_id;

-- export_criteria: the criteria of a challenge
SELECT key, label, description, weight, scale_min, scale_max, anchors FROM criteria WHERE challenge_id = $1
ORDER BY position;

-- export_people: everybody an export refers to and in which parts they appear; who comments on an own idea, apart
SELECT people.id, people.email, people.name, people.department, people.site,
       bool_or(part = 'author') AS writes, bool_or(part = 'author_commenting') AS answers,
       bool_or(part = 'voter') AS votes, bool_or(part IN ('commenter', 'reviewer')) AS judges
FROM (SELECT person_id, 'author' AS part FROM idea_authors JOIN ideas ON ideas.id = idea_id
      WHERE challenge_id = $1 AND agreed_at IS NOT NULL AND submitted_at IS NOT NULL AND state <> 'withdrawn'
      UNION ALL SELECT person_id, 'voter' FROM votes WHERE challenge_id = $1
      UNION ALL SELECT comments.author_id, CASE WHEN own.person_id IS NULL THEN 'commenter' ELSE 'author_commenting' END
      FROM comments JOIN ideas ON ideas.id = comments.idea_id
      LEFT JOIN idea_authors AS own ON own.idea_id = ideas.id AND own.person_id = comments.author_id AND own.agreed_at IS NOT NULL
      WHERE challenge_id = $1
      UNION ALL SELECT reviewer_id, 'reviewer' FROM reviews WHERE challenge_id = $1 AND sent_at IS NOT NULL) AS parts
JOIN people ON people.id = parts.person_id
GROUP BY people.id ORDER BY people.id;

-- export_ideas: submitted ideas with their agreed co-authors
SELECT ideas.id, ideas.author_id, ideas.title, ideas.body, ideas.tags, ideas.submitted_at,
       ARRAY(SELECT person_id FROM idea_authors WHERE idea_id = ideas.id AND agreed_at IS NOT NULL
             AND person_id <> ideas.author_id) AS co_author_ids
FROM ideas WHERE challenge_id = $1 AND submitted_at IS NOT NULL AND state <> 'withdrawn' ORDER BY submitted_at, id;

-- export_votes: every vote with where its card stood, in the order of time: that of people's ids would undo pseudonyms
SELECT votes.idea_id, votes.person_id, votes.impression_id IS NOT NULL AS dealt, impressions.position,
       CASE WHEN votes.value IS NULL THEN to_jsonb('skip'::text)
            WHEN challenges.voting_method IN ('stars', 'budget', 'lemons') THEN to_jsonb(votes.value)
            WHEN votes.value = 1 THEN to_jsonb('yes'::text) ELSE to_jsonb('no'::text) END AS answer,
       votes.created_at AS at
FROM votes LEFT JOIN impressions ON impressions.id = votes.impression_id
JOIN challenges ON challenges.id = votes.challenge_id
JOIN ideas ON ideas.id = votes.idea_id AND ideas.state <> 'withdrawn'
WHERE votes.challenge_id = $1 ORDER BY votes.idea_id, votes.created_at, votes.impression_id, random();

-- export_comments: visible comments, parents first
SELECT comments.id, comments.idea_id, comments.author_id, comments.body, comments.parent_id, comments.created_at AS at,
       EXISTS (SELECT FROM idea_authors WHERE idea_id = ideas.id AND person_id = comments.author_id AND agreed_at IS NOT NULL)
           AS by_idea_author
FROM comments JOIN ideas ON ideas.id = comments.idea_id
WHERE ideas.challenge_id = $1 AND ideas.state <> 'withdrawn' AND ideas.submitted_at IS NOT NULL
  AND comments.deleted_at IS NULL AND comments.hidden_at IS NULL
ORDER BY comments.created_at, comments.id;

-- export_reviews: sent reviews with their scores by criterion
SELECT reviews.id, reviews.idea_id, reviews.reviewer_id, reviews.comment, reviews.sent_at AS at,
       (SELECT jsonb_object_agg(criteria.key, review_scores.score)
        FROM review_scores JOIN criteria ON criteria.id = review_scores.criterion_id
        WHERE review_scores.review_id = reviews.id) AS scores
FROM reviews WHERE challenge_id = $1 AND sent_at IS NOT NULL ORDER BY sent_at, id;

-- export_decisions: every decision in order
SELECT idea_id, outcome, reason, lesson, decided_at AS at FROM decisions
WHERE challenge_id = $1 ORDER BY decided_at, id;
