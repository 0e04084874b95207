-- open_feed: what decides whether a person is dealt cards, holding off a second request of the same person
SELECT challenges.*, state_at(challenges, $3) AS state, takes_votes(challenges, $3),
       EXISTS (SELECT FROM panel_members WHERE challenge_id = $1 AND person_id = $2) AS panel_member,
       pg_advisory_xact_lock(hashtextextended($1::uuid::text || $2::uuid::text, 0))
FROM challenges WHERE id = $1;

-- find_sitting: a person's latest sitting in a challenge
SELECT sitting_id AS id, dealt_at AS last_dealt_at, position::integer AS last_position
FROM impressions
WHERE person_id = $1 AND challenge_id = $2 AND dealt_by <> 'import'
ORDER BY dealt_at DESC, position DESC
LIMIT 1;

-- list_waiting_cards: the cards of a sitting that wait for an answer, in the order they were dealt
SELECT impressions.id, impressions.idea_id, impressions.position::integer, ideas.title, ideas.body, ideas.tags,
       impressions.dealt_at
FROM impressions JOIN ideas ON ideas.id = impressions.idea_id
WHERE impressions.person_id = $1 AND impressions.challenge_id = $2 AND impressions.sitting_id = $3
  AND belongs_in_feed(ideas)
  AND NOT EXISTS (SELECT FROM votes WHERE votes.idea_id = ideas.id AND votes.person_id = $1)
ORDER BY impressions.position;

-- list_candidates: ideas to deal from, entered at a random place ($4): the two lowest view counts, and a random sample
WITH own AS (
    SELECT idea_id FROM votes WHERE person_id = $2 AND challenge_id = $1
    UNION ALL SELECT idea_id FROM idea_authors WHERE person_id = $2 AND agreed_at IS NOT NULL
    UNION ALL SELECT idea_id FROM impressions WHERE person_id = $2 AND challenge_id = $1 AND sitting_id = $3
), taken AS (
    SELECT idea_id FROM own
    UNION ALL SELECT canonical_id FROM ideas JOIN own ON own.idea_id = ideas.id WHERE canonical_id IS NOT NULL
), least AS (
    SELECT min(views) AS views FROM idea_tallies WHERE challenge_id = $1 AND in_feed
)
SELECT level.* FROM least CROSS JOIN generate_series(0, 1) AS above CROSS JOIN LATERAL (
    (SELECT idea_id, views, effective_views::float8, yes, stars_sum, stars_count FROM idea_tallies
     WHERE challenge_id = $1 AND in_feed AND views = least.views + above AND shuffle >= $4
       AND idea_id NOT IN (SELECT idea_id FROM taken) ORDER BY views, shuffle LIMIT $5)
    UNION ALL
    (SELECT idea_id, views, effective_views::float8, yes, stars_sum, stars_count FROM idea_tallies
     WHERE challenge_id = $1 AND in_feed AND views = least.views + above AND shuffle < $4
       AND idea_id NOT IN (SELECT idea_id FROM taken) ORDER BY views, shuffle LIMIT $5)
) AS level
UNION ALL
(SELECT idea_id, views, effective_views::float8, yes, stars_sum, stars_count FROM idea_tallies
 WHERE challenge_id = $1 AND in_feed AND shuffle >= $4
   AND idea_id NOT IN (SELECT idea_id FROM taken) ORDER BY shuffle LIMIT $6);

-- list_all_candidates: every idea a person may still be dealt, for somebody who has answered nearly everything
SELECT idea_id, views, effective_views::float8, yes, stars_sum, stars_count
FROM idea_tallies
WHERE challenge_id = $1 AND in_feed
  AND NOT EXISTS (SELECT FROM votes JOIN ideas ON ideas.id = votes.idea_id
                  WHERE person_id = $2 AND votes.challenge_id = $1
                    AND idea_tallies.idea_id IN (ideas.id, ideas.canonical_id))
  AND NOT EXISTS (SELECT FROM idea_authors JOIN ideas ON ideas.id = idea_authors.idea_id
                  WHERE person_id = $2 AND agreed_at IS NOT NULL
                    AND idea_tallies.idea_id IN (ideas.id, ideas.canonical_id))
  AND NOT EXISTS (SELECT FROM impressions JOIN ideas ON ideas.id = impressions.idea_id
                  WHERE person_id = $2 AND impressions.challenge_id = $1 AND sitting_id = $3
                    AND idea_tallies.idea_id IN (ideas.id, ideas.canonical_id));

-- deal_cards: log the cards of a hand and read them back; none when voting is not open
WITH dealt AS (
    INSERT INTO impressions (id, challenge_id, idea_id, person_id, sitting_id, position, dealt_by, own_department,
                             shown_count, dealt_at)
    SELECT new.id, open.id, new.idea_id, $2, $3, new.position, 'feed', ideas.department = $8, 0, $4
    FROM (SELECT id FROM challenges WHERE id = $1 AND takes_votes(challenges, $4) FOR KEY SHARE) AS open
    CROSS JOIN unnest($5::uuid[], $6::uuid[], $7::smallint[]) AS new (id, idea_id, position)
    JOIN ideas ON ideas.id = new.idea_id
    RETURNING id, idea_id, position, dealt_at
)
SELECT dealt.id, dealt.idea_id, dealt.position::integer, ideas.title, ideas.body, ideas.tags, dealt.dealt_at
-- OFFSET 0: idea by idea, never by walking through all of them in the order of their ids.
FROM dealt CROSS JOIN LATERAL (SELECT title, body, tags FROM ideas WHERE id = dealt.idea_id OFFSET 0) AS ideas
ORDER BY dealt.position;
