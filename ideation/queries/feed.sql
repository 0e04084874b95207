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
  -- Whoever became an author since, also by a merge, cannot answer it any more.
  AND NOT EXISTS (SELECT FROM idea_authors JOIN ideas AS folded ON folded.id = idea_authors.idea_id
                  WHERE ideas.id IN (folded.id, folded.canonical_id)
                    AND idea_authors.person_id = $1 AND agreed_at IS NOT NULL)
ORDER BY impressions.position;

-- hold_feeds: hold off other requests of these people for cards of these challenges, until this transaction ends
SELECT count(pg_advisory_xact_lock(key)) FROM (
    -- Everybody takes locks in this order: groups never wait for each other in a circle.
    SELECT DISTINCT hashtextextended(challenge_id::text || person_id::text, 0) AS key
    FROM unnest($1::uuid[], $2::uuid[]) AS given (challenge_id, person_id) ORDER BY key OFFSET 0
) AS keys;

-- open_hands: the latest sitting of each of these people who may be dealt cards just now, and whether cards of it wait
SELECT given.place, challenges.voting_method, latest.*, EXISTS (
        SELECT FROM impressions JOIN ideas ON ideas.id = impressions.idea_id
        WHERE impressions.person_id = given.person_id AND impressions.challenge_id = given.challenge_id
          AND impressions.sitting_id = latest.id AND belongs_in_feed(ideas)
          AND NOT EXISTS (SELECT FROM votes WHERE votes.idea_id = ideas.id AND votes.person_id = given.person_id)
    ) AS waits
FROM unnest($1::uuid[], $2::uuid[], $3::timestamptz[], $4::text[], $5::text[])
    WITH ORDINALITY AS given (challenge_id, person_id, at, department, site, place)
JOIN challenges ON challenges.id = given.challenge_id
LEFT JOIN LATERAL (
    SELECT sitting_id AS id, dealt_at AS last_dealt_at, position::integer AS last_position
    FROM impressions
    WHERE person_id = given.person_id AND challenge_id = given.challenge_id AND dealt_by <> 'import'
    ORDER BY dealt_at DESC, position DESC LIMIT 1
) AS latest ON true
WHERE takes_votes(challenges, given.at) AND in_audience(challenges, given.department, given.site)
  AND voting_method <> 'pairwise';

-- list_candidates: for each hand, ideas to deal from, entered at a random place: the two lowest view counts, and a sample
SELECT given.place, array_agg(idea_id) AS idea_ids, array_agg(views) AS views,
       array_agg(effective_views::float8) AS effective_views, array_agg(yes) AS yes,
       array_agg(stars_sum) AS stars_sum, array_agg(stars_count) AS stars_count
FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::float8[], $5::integer[], $6::integer[])
    WITH ORDINALITY AS given (challenge_id, person_id, sitting_id, entry, per_level, sample, place)
CROSS JOIN LATERAL (
    WITH own AS (
        SELECT idea_id FROM votes WHERE person_id = given.person_id AND challenge_id = given.challenge_id
        UNION ALL SELECT idea_id FROM idea_authors WHERE person_id = given.person_id AND agreed_at IS NOT NULL
        UNION ALL SELECT idea_id FROM impressions
        WHERE person_id = given.person_id AND challenge_id = given.challenge_id AND sitting_id = given.sitting_id
    ), taken AS (
        SELECT idea_id FROM own
        UNION ALL SELECT canonical_id FROM ideas JOIN own ON own.idea_id = ideas.id WHERE canonical_id IS NOT NULL
    ), least AS (
        SELECT min(views) AS views FROM idea_tallies WHERE challenge_id = given.challenge_id AND in_feed
    )
    SELECT level.* FROM least CROSS JOIN generate_series(0, 1) AS above CROSS JOIN LATERAL (
        (SELECT idea_id, views, effective_views, yes, stars_sum, stars_count FROM idea_tallies
         WHERE challenge_id = given.challenge_id AND in_feed AND views = least.views + above AND shuffle >= given.entry
           AND idea_id NOT IN (SELECT idea_id FROM taken) ORDER BY views, shuffle LIMIT given.per_level)
        UNION ALL
        (SELECT idea_id, views, effective_views, yes, stars_sum, stars_count FROM idea_tallies
         WHERE challenge_id = given.challenge_id AND in_feed AND views = least.views + above AND shuffle < given.entry
           AND idea_id NOT IN (SELECT idea_id FROM taken) ORDER BY views, shuffle LIMIT given.per_level)
    ) AS level
    UNION
    (SELECT idea_id, views, effective_views, yes, stars_sum, stars_count FROM idea_tallies
     WHERE challenge_id = given.challenge_id AND in_feed AND shuffle >= given.entry
       AND idea_id NOT IN (SELECT idea_id FROM taken) ORDER BY shuffle LIMIT given.sample)
) AS candidates
GROUP BY given.place;

-- list_all_candidates: every idea a person may still be dealt, for somebody who has answered nearly everything
SELECT coalesce(array_agg(idea_id), '{}') AS idea_ids, coalesce(array_agg(views), '{}') AS views,
       coalesce(array_agg(effective_views::float8), '{}') AS effective_views, coalesce(array_agg(yes), '{}') AS yes,
       coalesce(array_agg(stars_sum), '{}') AS stars_sum, coalesce(array_agg(stars_count), '{}') AS stars_count
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

-- deal_cards: log the cards of some hands and read them back; none of a hand whose challenge takes no votes
WITH open AS MATERIALIZED (
    SELECT hand.*
    FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::timestamptz[], $5::text[])
        AS hand (challenge_id, person_id, sitting_id, at, department)
    JOIN challenges ON challenges.id = hand.challenge_id AND takes_votes(challenges, hand.at)
    FOR KEY SHARE OF challenges
), dealt AS (
    INSERT INTO impressions (id, challenge_id, idea_id, person_id, sitting_id, position, dealt_by, own_department,
                             shown_count, dealt_at)
    SELECT new.id, open.challenge_id, new.idea_id, open.person_id, open.sitting_id, new.position, 'feed',
           ideas.department = open.department, 0, open.at
    FROM unnest($6::uuid[], $7::uuid[], $8::uuid[], $9::smallint[]) AS new (sitting_id, id, idea_id, position)
    JOIN open ON open.sitting_id = new.sitting_id
    -- OFFSET 0: idea by idea, never by walking through all of them in the order of their ids.
    CROSS JOIN LATERAL (SELECT department FROM ideas WHERE id = new.idea_id OFFSET 0) AS ideas
    RETURNING id, idea_id, sitting_id, position, dealt_at
)
SELECT dealt.sitting_id, dealt.id, dealt.idea_id, dealt.position::integer, ideas.title, ideas.body, ideas.tags,
       dealt.dealt_at
FROM dealt CROSS JOIN LATERAL (SELECT title, body, tags FROM ideas WHERE id = dealt.idea_id OFFSET 0) AS ideas
ORDER BY dealt.sitting_id, dealt.position;
