-- find_challenge: one challenge with its state at $2
SELECT challenges.*, state_at(challenges, $2) AS state FROM challenges WHERE id = $1;

-- find_challenges: the same of several
SELECT challenges.*, state_at(challenges, $2) AS state FROM challenges WHERE id = ANY ($1::uuid[]);

-- find_challenge_for: the same, and whether person $3 sits on its panel
SELECT challenges.*, state_at(challenges, $2) AS state,
       EXISTS (SELECT FROM panel_members WHERE challenge_id = $1 AND person_id = $3) AS panel_member
FROM challenges WHERE id = $1;

-- lock_challenge: one challenge with its state at $2, held against every other change (and against votes and submissions) until the commit
SELECT challenges.*, state_at(challenges, $2) AS state FROM challenges WHERE id = $1 FOR UPDATE;

-- is_panel_member: whether a person sits on the challenge's panel
SELECT EXISTS (SELECT FROM panel_members WHERE challenge_id = $1 AND person_id = $2);

-- add_challenge: a new draft
INSERT INTO challenges (id, question, brief, sponsor_id, owner_id, audience_departments, audience_sites,
    submit_opens_at, submit_closes_at, vote_opens_at, vote_closes_at, review_opens_at, review_closes_at, answer_by,
    voting_method, counts_hidden, blind_review, authorship, shortlist_size, reviews_per_idea, idea_template, stop_words,
    token_budget, created_by, created_at, updated_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22,
    $23, $24, $25, $25);

-- update_challenge: everything people may change, guarded by the version they read
UPDATE challenges SET question = $3, brief = $4, sponsor_id = $5, owner_id = $6, audience_departments = $7,
    audience_sites = $8, submit_opens_at = $9, submit_closes_at = $10, vote_opens_at = $11, vote_closes_at = $12,
    review_opens_at = $13, review_closes_at = $14, answer_by = $15, voting_method = $16, counts_hidden = $17,
    blind_review = $18, authorship = $19, shortlist_size = $20, reviews_per_idea = $21, idea_template = $22,
    stop_words = $23, token_budget = $24, stage = $25, frozen_at = $26, decided_at = $27, updated_at = $28, version = version + 1
WHERE id = $1 AND version = $2
RETURNING version;

-- delete_challenge: a draft that holds no ideas
DELETE FROM challenges WHERE id = $1 AND stage = 'draft'
AND NOT EXISTS (SELECT FROM ideas WHERE challenge_id = $1)
RETURNING id;

-- list_challenges: those a person may see, newest first, after a given row
SELECT challenges.id, question, state_at(challenges, $1) AS state, owner_id, people.name AS owner_name,
    submit_opens_at, submit_closes_at, vote_opens_at, vote_closes_at, answer_by, voting_method,
    (SELECT count(*) FROM ideas WHERE challenge_id = challenges.id AND state NOT IN ('draft', 'withdrawn')
        AND hidden_at IS NULL AND canonical_id IS NULL) AS idea_count,
    challenges.created_at
FROM challenges JOIN people ON people.id = owner_id
WHERE ($6::boolean OR owner_id = $2 OR sponsor_id = $2
    OR (stage <> 'draft' AND ($7::boolean OR in_audience(challenges, $3, $4)
        OR EXISTS (SELECT FROM panel_members WHERE challenge_id = challenges.id AND person_id = $2))))
AND ($5::text IS NULL OR state_at(challenges, $1) = $5)
AND ($8::boolean IS FALSE OR owner_id = $2 OR sponsor_id = $2)
AND (challenges.created_at, challenges.id) < (coalesce($9::timestamptz, 'infinity'), coalesce($10::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff'))
ORDER BY challenges.created_at DESC, challenges.id DESC LIMIT $11;

-- count_ideas: how many ideas of a challenge are listed
SELECT count(*) FROM ideas
WHERE challenge_id = $1 AND state NOT IN ('draft', 'withdrawn') AND hidden_at IS NULL AND canonical_id IS NULL;

-- find_names: the names of some people
SELECT id, name FROM people WHERE id = ANY ($1::uuid[]);

-- find_active: those of some people who are active
SELECT id FROM people WHERE id = ANY ($1::uuid[]) AND active;

-- participation: how many took part, and how many authors have their answer
WITH first_answer AS MATERIALIZED (
    SELECT idea_id, min(decided_at) AS at FROM decisions WHERE challenge_id = $1 AND outcome <> 'under_review'
    GROUP BY idea_id
), answered AS (
    -- The author of a merged idea is answered with the idea it was merged into.
    SELECT submitted_at, least(own.at, survivors.at) AS answered_at
    FROM ideas
    LEFT JOIN first_answer AS own ON own.idea_id = ideas.id
    LEFT JOIN first_answer AS survivors ON survivors.idea_id = ideas.canonical_id
    WHERE challenge_id = $1 AND state NOT IN ('draft', 'withdrawn')
)
SELECT count(*) AS ideas,
    (SELECT count(DISTINCT person_id) FROM idea_authors JOIN ideas ON ideas.id = idea_id
        WHERE challenge_id = $1 AND state NOT IN ('draft', 'withdrawn') AND agreed_at IS NOT NULL) AS authors,
    (SELECT count(DISTINCT person_id) FROM votes WHERE challenge_id = $1) AS voters,
    (SELECT count(*) FROM votes WHERE challenge_id = $1 AND impression_id IS NOT NULL) AS answers,
    (SELECT coalesce(sum(comments), 0) FROM idea_tallies WHERE challenge_id = $1) AS comments,
    count(answered_at) AS answered_ideas,
    count(answered_at)::float8 / nullif(count(*), 0) AS answer_rate,
    percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM answered_at - submitted_at) / 3600)
        AS median_answer_hours,
    count(*) FILTER (WHERE answered_at IS NULL
        AND (SELECT answer_by < $2 FROM challenges WHERE id = $1)) AS overdue_ideas
FROM answered;
