-- hold_person: hold off a second request of the same person for pairs of the same challenge
SELECT pg_advisory_xact_lock(hashtextextended('pairs' || $1::uuid || $2::uuid, 0));

-- list_waiting_pairs: pairs dealt to a person that wait for an answer
SELECT pairs.id, left_id, on_left.title AS left_title, on_left.body AS left_body, on_left.tags AS left_tags,
       right_id, on_right.title AS right_title, on_right.body AS right_body, on_right.tags AS right_tags, dealt_at, answer
FROM pairs JOIN ideas AS on_left ON on_left.id = left_id JOIN ideas AS on_right ON on_right.id = right_id
WHERE pairs.challenge_id = $1 AND person_id = $2 AND answer IS NULL
  AND belongs_in_feed(on_left) AND belongs_in_feed(on_right)
  -- Whoever became an author since, also by a merge, cannot answer it any more.
  AND NOT EXISTS (SELECT FROM idea_authors JOIN ideas AS folded ON folded.id = idea_authors.idea_id
                  WHERE idea_authors.person_id = $2 AND agreed_at IS NOT NULL
                    AND (folded.id IN (left_id, right_id) OR folded.canonical_id IN (left_id, right_id)))
ORDER BY dealt_at, pairs.id;

-- list_candidates: the least seen ideas and the best ones of the latest ranking, never one's own
WITH latest AS (
    SELECT id FROM rankings WHERE challenge_id = $1 AND kind <> 'panel' AND formula_version LIKE 'bradley-terry%'
    ORDER BY created_at DESC, id DESC LIMIT 1
), open AS (
    SELECT idea_tallies.idea_id, views, shuffle, score, score_low, score_high, position
    FROM idea_tallies
    LEFT JOIN ranking_entries ON ranking_entries.idea_id = idea_tallies.idea_id
        AND ranking_id = (SELECT id FROM latest)
    WHERE challenge_id = $1 AND in_feed
      AND NOT EXISTS (SELECT FROM idea_authors JOIN ideas ON ideas.id = idea_authors.idea_id
                      WHERE person_id = $2 AND agreed_at IS NOT NULL
                        AND idea_tallies.idea_id IN (ideas.id, ideas.canonical_id))
), few AS (
    (SELECT * FROM open ORDER BY views, shuffle LIMIT $3)
    UNION (SELECT * FROM open WHERE position IS NOT NULL ORDER BY position LIMIT $3)
)
SELECT idea_id, score AS chance, score_low AS chance_low, score_high AS chance_high FROM few ORDER BY idea_id;

-- list_met: pairs a person was dealt before
SELECT left_id, right_id FROM pairs WHERE challenge_id = $1 AND person_id = $2;

-- deal_pairs: log pairs and count a view of each idea; none when voting is not open
WITH open AS (
    SELECT id FROM challenges WHERE id = $1 AND takes_votes(challenges, $3) AND voting_method = 'pairwise' FOR KEY SHARE
), dealt AS (
    INSERT INTO pairs (id, challenge_id, person_id, left_id, right_id, left_own_department, right_own_department, dealt_at)
    SELECT new.id, open.id, $2, new.left_id, new.right_id, on_left.department = $7, on_right.department = $7, $3
    FROM open CROSS JOIN unnest($4::uuid[], $5::uuid[], $6::uuid[]) AS new (id, left_id, right_id)
    JOIN ideas AS on_left ON on_left.id = new.left_id JOIN ideas AS on_right ON on_right.id = new.right_id
    RETURNING left_id, right_id
), seen AS (
    SELECT idea_id, count(*) AS cards
    FROM (SELECT left_id AS idea_id FROM dealt UNION ALL SELECT right_id FROM dealt) AS sides GROUP BY idea_id
), held AS (
    SELECT idea_id FROM idea_tallies WHERE idea_id IN (SELECT idea_id FROM seen) ORDER BY idea_id FOR NO KEY UPDATE
)
UPDATE idea_tallies SET views = views + seen.cards
FROM seen JOIN held USING (idea_id) WHERE idea_tallies.idea_id = seen.idea_id;

-- answer_pair: record or change the answer to a dealt pair while voting is open; no row when something refuses
UPDATE pairs SET answer = $3, answered_at = $4
FROM (SELECT pairs.id FROM pairs JOIN challenges ON challenges.id = pairs.challenge_id
      JOIN ideas AS on_left ON on_left.id = left_id JOIN ideas AS on_right ON on_right.id = right_id
      WHERE pairs.id = $1 AND pairs.person_id = $2 AND takes_votes(challenges, $4) AND in_audience(challenges, $5, $6)
        AND on_left.state NOT IN ('draft', 'withdrawn') AND on_left.hidden_at IS NULL
        AND on_right.state NOT IN ('draft', 'withdrawn') AND on_right.hidden_at IS NULL
        AND NOT EXISTS (SELECT FROM idea_authors JOIN ideas AS folded ON folded.id = idea_authors.idea_id
                        WHERE idea_authors.person_id = $2 AND agreed_at IS NOT NULL
                          AND (folded.id IN (left_id, right_id) OR folded.canonical_id IN (left_id, right_id)))
      FOR KEY SHARE OF challenges) AS open
WHERE pairs.id = open.id
RETURNING pairs.id;

-- find_pair: a person's pair
SELECT pairs.id, pairs.challenge_id, left_id, on_left.title AS left_title, on_left.body AS left_body,
       on_left.tags AS left_tags, right_id, on_right.title AS right_title, on_right.body AS right_body,
       on_right.tags AS right_tags, dealt_at, answer
FROM pairs JOIN ideas AS on_left ON on_left.id = left_id JOIN ideas AS on_right ON on_right.id = right_id
WHERE pairs.id = $1 AND person_id = $2;
