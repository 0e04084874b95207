-- list_ranked_ideas: every idea that can be ranked, and the distinct people who support it or one merged into it
WITH RECURSIVE folded AS (
    SELECT id, id AS survivor_id FROM ideas
    WHERE challenge_id = $1 AND canonical_id IS NULL AND state NOT IN ('draft', 'withdrawn') AND hidden_at IS NULL
    UNION ALL
    SELECT ideas.id, folded.survivor_id FROM ideas JOIN folded ON ideas.canonical_id = folded.id
), supported AS (
    SELECT folded.survivor_id, count(DISTINCT votes.person_id) AS people
    FROM votes JOIN folded ON folded.id = votes.idea_id
    WHERE votes.challenge_id = $1 AND votes.impression_id IS NULL AND votes.value > 0
      AND NOT EXISTS (SELECT FROM votes AS ranked JOIN folded AS of ON of.id = ranked.idea_id
                      WHERE of.survivor_id = folded.survivor_id AND ranked.person_id = votes.person_id
                        AND ranked.impression_id IS NOT NULL)
    GROUP BY folded.survivor_id
)
SELECT ideas.id, coalesce(supported.people, 0) AS supporters, idea_placements.novelty::double precision
FROM ideas LEFT JOIN supported ON supported.survivor_id = ideas.id
LEFT JOIN idea_placements ON idea_placements.idea_id = ideas.id
WHERE ideas.challenge_id = $1 AND ideas.canonical_id IS NULL AND ideas.state NOT IN ('draft', 'withdrawn')
  AND ideas.hidden_at IS NULL
ORDER BY ideas.id;

-- list_answers: every answered card, ideas by their place among the ranked ones, people and departments by theirs; no authors
WITH RECURSIVE folded AS (
    SELECT id, (row_number() OVER (ORDER BY id) - 1)::integer AS survivor, false AS merged FROM ideas
    WHERE challenge_id = $1 AND canonical_id IS NULL AND state NOT IN ('draft', 'withdrawn') AND hidden_at IS NULL
    UNION ALL
    SELECT ideas.id, folded.survivor, true FROM ideas JOIN folded ON ideas.canonical_id = folded.id
), numbered_ideas AS (
    SELECT id, survivor, merged, row_number() OVER (ORDER BY id)::integer AS number FROM folded
), authors AS (
    SELECT DISTINCT folded.survivor, idea_authors.person_id
    FROM idea_authors JOIN folded ON folded.id = idea_authors.idea_id WHERE agreed_at IS NOT NULL
), departments AS (
    SELECT name, row_number() OVER (ORDER BY name)::integer AS number
    FROM (SELECT DISTINCT department AS name FROM people WHERE department IS NOT NULL) AS named
), numbered_people AS (
    SELECT id, row_number() OVER (ORDER BY id)::integer AS number, coalesce(departments.number, 2147483647) AS department
    FROM people LEFT JOIN departments ON departments.name = people.department
)
SELECT idea.survivor, -1 AS against, person.number AS person, person.department, impressions.position::integer,
       impressions.shown_count::integer, impressions.own_department::integer, coalesce(votes.value, -1)::integer AS value,
       idea.merged::integer, votes.updated_at AS at, idea.number
FROM votes
JOIN numbered_ideas AS idea ON idea.id = votes.idea_id
JOIN impressions ON impressions.id = votes.impression_id
JOIN numbered_people AS person ON person.id = votes.person_id
WHERE votes.challenge_id = $1
  AND NOT EXISTS (SELECT FROM authors WHERE authors.survivor = idea.survivor AND authors.person_id = votes.person_id);

-- list_comparisons: answered pairs of surviving ideas, the preferred one first, in the columns of list_answers; no skips,
-- no authors of either
WITH RECURSIVE folded AS (
    SELECT id, (row_number() OVER (ORDER BY id) - 1)::integer AS survivor FROM ideas
    WHERE challenge_id = $1 AND canonical_id IS NULL AND state NOT IN ('draft', 'withdrawn') AND hidden_at IS NULL
    UNION ALL
    SELECT ideas.id, folded.survivor FROM ideas JOIN folded ON ideas.canonical_id = folded.id
), authors AS (
    SELECT DISTINCT folded.survivor, idea_authors.person_id
    FROM idea_authors JOIN folded ON folded.id = idea_authors.idea_id WHERE agreed_at IS NOT NULL
), departments AS (
    SELECT name, row_number() OVER (ORDER BY name)::integer AS number
    FROM (SELECT DISTINCT department AS name FROM people WHERE department IS NOT NULL) AS named
), numbered_people AS (
    SELECT id, row_number() OVER (ORDER BY id)::integer AS number, coalesce(departments.number, 2147483647) AS department
    FROM people LEFT JOIN departments ON departments.name = people.department
), answers AS (
    SELECT pairs.id, person.number AS person, person.department, answer = 'left' AS left_won,
           on_left.survivor AS on_left, on_right.survivor AS on_right,
           left_own_department::integer - right_own_department::integer AS home
    FROM pairs
    JOIN folded AS on_left ON on_left.id = left_id
    JOIN folded AS on_right ON on_right.id = right_id
    JOIN numbered_people AS person ON person.id = pairs.person_id
    WHERE pairs.challenge_id = $1 AND answer IN ('left', 'right') AND on_left.survivor <> on_right.survivor
      AND NOT EXISTS (SELECT FROM authors WHERE authors.person_id = pairs.person_id
                      AND authors.survivor IN (on_left.survivor, on_right.survivor))
)
SELECT CASE WHEN left_won THEN on_left ELSE on_right END AS survivor,
       CASE WHEN left_won THEN on_right ELSE on_left END AS against, person, department,
       CASE WHEN left_won THEN 1 ELSE 2 END AS position, 0 AS shown_count,
       CASE WHEN left_won THEN home ELSE -home END AS own_department, 1 AS value, 0 AS merged,
       'epoch'::timestamptz AS at, 0 AS number
FROM answers
ORDER BY id;

-- add_ranking: a snapshot, unless one of the very same inputs exists
INSERT INTO rankings (id, challenge_id, kind, formula_version, shortlist_size, seed, inputs, inputs_sha256, summary,
                      idea_count, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
ON CONFLICT (challenge_id, kind, formula_version, inputs_sha256) DO NOTHING
RETURNING id;

-- add_entries: the entries of a snapshot
INSERT INTO ranking_entries (ranking_id, idea_id, position, score, score_low, score_high, rank_low, rank_high,
                             probability_top, band, contributions)
SELECT $1, row.* FROM unnest($2::uuid[], $3::integer[], $4::double precision[], $5::double precision[],
    $6::double precision[], $7::integer[], $8::integer[], $9::double precision[], $10::integer[], $11::jsonb[]) AS row;

-- has_inputs: whether a snapshot of these very inputs exists
SELECT EXISTS (SELECT FROM rankings WHERE challenge_id = $1 AND kind = $2 AND inputs_sha256 = $3);

-- still_frozen_at: whether the challenge is frozen as it was ($2), or still not at all; held until the commit
SELECT frozen_at IS NOT DISTINCT FROM $2::timestamptz FROM challenges WHERE id = $1 FOR KEY SHARE;

-- hold_closing: one closing ranking of a challenge is stored at a time, until the commit
SELECT pg_advisory_xact_lock(hashtextextended('closing:' || $1::uuid::text, 0));

-- has_closing: whether the challenge as it was frozen at $2 has its closing ranking
SELECT EXISTS (SELECT FROM rankings WHERE challenge_id = $1 AND kind = 'closing' AND created_at >= $2);

-- read_inputs: what a ranking was computed from
SELECT kind, inputs, inputs_sha256, summary, formula_version FROM rankings WHERE id = $1;

-- list_stored: a ranking as it was stored
SELECT idea_id, position, score, score_low, score_high, rank_low, rank_high, probability_top, band, contributions
FROM ranking_entries WHERE ranking_id = $1 ORDER BY position;

-- list_rankings: snapshots of a challenge, newest first
SELECT id, challenge_id, kind, formula_version, shortlist_size, idea_count, inputs_sha256, summary, created_at
FROM rankings
WHERE challenge_id = $1 AND kind = ANY ($2::text[])
  AND ($3::timestamptz IS NULL OR (created_at, id) < ($3, $4::uuid))
ORDER BY created_at DESC, id DESC
LIMIT $5;

-- find_standing: a challenge, or that of a ranking, and what one person is to its panel
SELECT challenges.*, state_at(challenges, $4) AS state, (SELECT kind FROM rankings WHERE id = $2) AS kind,
       EXISTS (SELECT FROM panel_members WHERE challenge_id = challenges.id AND person_id = $3) AS panel_member,
       reviews.open, reviews.sent
FROM challenges CROSS JOIN LATERAL (
    SELECT count(*) FILTER (WHERE review.sent_at IS NULL AND idea.hidden_at IS NULL AND idea.state <> 'withdrawn'
                                  AND idea.canonical_id IS NULL) AS open,
           count(review.sent_at) AS sent
    FROM review_assignments AS assignment
    JOIN ideas AS idea ON idea.id = assignment.idea_id
    LEFT JOIN reviews AS review ON review.assignment_id = assignment.id
    WHERE assignment.challenge_id = challenges.id AND assignment.reviewer_id = $3 AND assignment.released_at IS NULL
) AS reviews
WHERE challenges.id = coalesce($1, (SELECT challenge_id FROM rankings WHERE id = $2));

-- find_ranking: one snapshot
SELECT id, challenge_id, kind, formula_version, shortlist_size, idea_count, inputs_sha256, summary, created_at
FROM rankings WHERE id = $1;

-- list_entries: places of a snapshot with titles, from the top after place $7, as far as the filter keeps them
SELECT ranking_entries.idea_id, idea.title, idea.state, idea.theme, position,
    score, score_low, score_high, rank_low, rank_high, probability_top, band, contributions,
    position::double precision AS sort_key
FROM ranking_entries
-- OFFSET 0: place by place, however many places a plan made for any limit expects.
CROSS JOIN LATERAL (
    SELECT title, state, placed.theme_id, coalesce(themes.name, themes.label) AS theme
    FROM ideas LEFT JOIN idea_placements AS placed ON placed.idea_id = ideas.id
    LEFT JOIN themes ON themes.id = placed.theme_id
    WHERE ideas.id = ranking_entries.idea_id OFFSET 0
) AS idea
WHERE ranking_id = $1
  AND ($2::double precision IS NULL OR probability_top BETWEEN $2 AND $3::double precision)
  AND ($4::text IS NULL OR idea.state = $4) AND ($5::uuid IS NULL OR idea.theme_id = $5)
  AND NOT ($8::boolean AND idea.state IN ('declined', 'already_exists', 'withdrawn'))
  AND position > $7
ORDER BY position
LIMIT $6;

-- list_entries_sorted: the same in another order ($10) after a key ($9) and place ($7)
SELECT * FROM (
    SELECT ranking_entries.idea_id, ideas.title, ideas.state, coalesce(themes.name, themes.label) AS theme, position,
        score, score_low, score_high, rank_low, rank_high, probability_top, band, contributions,
        CASE $10::text WHEN 'greyest' THEN abs(probability_top - 0.5) ELSE score_low - score_high END AS sort_key
    FROM ranking_entries JOIN ideas ON ideas.id = ranking_entries.idea_id
    LEFT JOIN idea_placements AS placed ON placed.idea_id = ideas.id
    LEFT JOIN themes ON themes.id = placed.theme_id
    WHERE ranking_id = $1
      AND ($2::double precision IS NULL OR probability_top BETWEEN $2 AND $3::double precision)
      AND ($4::text IS NULL OR ideas.state = $4) AND ($5::uuid IS NULL OR placed.theme_id = $5)
      AND NOT ($8::boolean AND ideas.state IN ('declined', 'already_exists', 'withdrawn'))
) AS listed
WHERE $9::double precision IS NULL OR (sort_key, position) > ($9, $7::integer)
ORDER BY sort_key, position
LIMIT $6;
