-- answer_cards: record or change answers to dealt cards, in one step with every check; no row for one that is refused
WITH card AS MATERIALIZED (
    SELECT given.place, given.value, given.at, impressions.id, impressions.idea_id, impressions.person_id,
           impressions.challenge_id, challenges.voting_method
    FROM unnest($1::uuid[], $2::uuid[], $3::smallint[], $4::text[], $5::timestamptz[], $6::text[], $7::text[])
        WITH ORDINALITY AS given (card_id, person_id, value, methods, at, department, site, place)
    JOIN impressions ON impressions.id = given.card_id AND impressions.person_id = given.person_id
    JOIN challenges ON challenges.id = impressions.challenge_id
    JOIN ideas ON ideas.id = impressions.idea_id
    WHERE takes_votes(challenges, given.at)
      AND (given.methods IS NULL OR challenges.voting_method = ANY (string_to_array(given.methods, ',')))
      AND in_audience(challenges, given.department, given.site)
      AND ideas.state NOT IN ('draft', 'withdrawn') AND ideas.hidden_at IS NULL
      AND NOT EXISTS (SELECT FROM idea_authors JOIN ideas AS folded ON folded.id = idea_authors.idea_id
                      WHERE (folded.id = ideas.id OR folded.canonical_id = ideas.id)
                        AND idea_authors.person_id = given.person_id AND agreed_at IS NOT NULL)
    -- Everybody takes locks in this order, and the counters follow in it: groups never wait for each other in a circle.
    ORDER BY impressions.idea_id, impressions.person_id
    FOR KEY SHARE OF challenges
    FOR NO KEY UPDATE OF impressions
), written AS (
    INSERT INTO votes (idea_id, person_id, challenge_id, value, impression_id, created_at, updated_at)
    SELECT idea_id, person_id, challenge_id, value, id, at, at FROM card
    ON CONFLICT (idea_id, person_id) DO UPDATE SET
        value = excluded.value,
        impression_id = coalesce(votes.impression_id, excluded.impression_id),
        updated_at = CASE WHEN votes.impression_id IS NULL OR votes.value IS DISTINCT FROM excluded.value
                          THEN excluded.updated_at ELSE votes.updated_at END
    RETURNING idea_id, person_id, value, impression_id IS NOT NULL AS dealt, updated_at
)
SELECT place, idea_id, written.value, dealt, updated_at, voting_method FROM written JOIN card USING (idea_id, person_id);

-- find_card: whose card it is and of which idea
SELECT challenge_id, idea_id FROM impressions WHERE id = $1 AND person_id = $2;

-- put_votes: votes from anywhere but the feed on ideas that are not merged; each supports, or changes an answered card
WITH wanted AS MATERIALIZED (
    SELECT given.place, given.value, given.at, given.person_id, ideas.id AS idea_id, ideas.challenge_id,
           standing.impression_id, challenges.voting_method
    FROM unnest($1::uuid[], $2::uuid[], $3::smallint[], $4::text[], $5::timestamptz[], $6::text[], $7::text[])
        WITH ORDINALITY AS given (idea_id, person_id, value, methods, at, department, site, place)
    JOIN ideas ON ideas.id = given.idea_id
    LEFT JOIN votes AS standing ON standing.idea_id = given.idea_id AND standing.person_id = given.person_id
    JOIN challenges ON challenges.id = ideas.challenge_id
    WHERE ideas.canonical_id IS NULL
      AND takes_votes(challenges, given.at)
      AND (given.methods IS NULL OR challenges.voting_method = ANY (string_to_array(given.methods, ',')))
      AND in_audience(challenges, given.department, given.site)
      AND ideas.state NOT IN ('draft', 'withdrawn') AND ideas.hidden_at IS NULL
      AND NOT EXISTS (SELECT FROM idea_authors JOIN ideas AS folded ON folded.id = idea_authors.idea_id
                      WHERE (folded.id = ideas.id OR folded.canonical_id = ideas.id)
                        AND idea_authors.person_id = given.person_id AND agreed_at IS NOT NULL)
      AND ((given.value > 0 AND challenges.voting_method <> 'lemons') OR standing.impression_id IS NOT NULL)
      -- Whoever answered the card of an idea merged into this one changes that answer instead.
      AND (standing.person_id IS NOT NULL OR NOT EXISTS (
          SELECT FROM ideas AS merged JOIN votes AS own ON own.idea_id = merged.id AND own.person_id = given.person_id
          WHERE merged.canonical_id = ideas.id AND own.impression_id IS NOT NULL))
    ORDER BY ideas.id, given.person_id
    FOR KEY SHARE OF challenges
), written AS (
    INSERT INTO votes (idea_id, person_id, challenge_id, value, impression_id, created_at, updated_at)
    SELECT idea_id, person_id, challenge_id, value, impression_id, at, at FROM wanted
    ON CONFLICT (idea_id, person_id) DO UPDATE SET
        value = excluded.value,
        updated_at = CASE WHEN votes.value IS DISTINCT FROM excluded.value
                          THEN excluded.updated_at ELSE votes.updated_at END
    RETURNING idea_id, person_id, value, impression_id IS NOT NULL AS dealt, updated_at
)
SELECT place, idea_id, written.value, dealt, updated_at, voting_method
FROM written JOIN wanted USING (idea_id, person_id);

-- find_merged_card: the card that a person answered of an idea merged into another one, the latest answer first
SELECT votes.impression_id FROM votes JOIN ideas ON ideas.id = votes.idea_id
WHERE ideas.canonical_id = $1 AND votes.person_id = $2 AND votes.impression_id IS NOT NULL
ORDER BY votes.updated_at DESC, votes.idea_id LIMIT 1;

-- remove_vote: take a vote back while voting is open, also one on an idea merged into it; says whether it was open
WITH open AS (
    SELECT challenges.id
    FROM ideas JOIN challenges ON challenges.id = ideas.challenge_id
    WHERE ideas.id = $1 AND takes_votes(challenges, $3)
    FOR KEY SHARE OF challenges
), mine AS MATERIALIZED (
    -- In the order in which everybody takes locks.
    SELECT votes.idea_id FROM votes JOIN ideas ON ideas.id = votes.idea_id
    WHERE (ideas.id = $1 OR ideas.canonical_id = $1) AND person_id = $2 AND EXISTS (SELECT FROM open)
    ORDER BY votes.idea_id FOR UPDATE OF votes
), removed AS (
    DELETE FROM votes USING mine WHERE votes.idea_id = mine.idea_id AND person_id = $2
)
SELECT EXISTS (SELECT FROM open);

-- find_vote: how a person last voted on an idea or on one merged into it
SELECT votes.idea_id, votes.value, votes.impression_id IS NOT NULL AS dealt, votes.updated_at, challenges.voting_method
FROM votes JOIN ideas ON ideas.id = votes.idea_id JOIN challenges ON challenges.id = votes.challenge_id
WHERE (ideas.id = $1 OR ideas.canonical_id = $1) AND votes.person_id = $2
ORDER BY votes.updated_at DESC, ideas.id <> $1, ideas.id LIMIT 1;

-- spent_tokens: tokens or lemons a person has given out in a challenge, those on one idea aside
SELECT coalesce(sum(value), 0)::integer FROM votes
WHERE challenge_id = $1 AND person_id = $2 AND impression_id IS NOT NULL AND idea_id IS DISTINCT FROM $3::uuid;

-- survivor_of: the idea that is shown in place of a merged one, however often it was merged on
WITH RECURSIVE chain AS (
    SELECT id, canonical_id FROM ideas WHERE id = $1
    UNION
    SELECT ideas.id, ideas.canonical_id FROM ideas JOIN chain ON ideas.id = chain.canonical_id
)
SELECT id FROM chain WHERE canonical_id IS NULL;

-- count_votes: distinct people over each of some ideas and those merged into it; an answer to a card goes before a link vote
WITH RECURSIVE folded AS (
    SELECT id AS idea_id, id FROM ideas WHERE id = ANY ($1::uuid[])
    UNION
    SELECT idea_id, ideas.id FROM ideas JOIN folded ON ideas.canonical_id = folded.id
), others AS (
    -- Idea by idea: PostgreSQL expects a thousand merged ideas of any list, and would rather read all votes there are.
    SELECT folded.idea_id, given.person_id, given.value, given.impression_id, given.updated_at, folded.id AS voted_on
    FROM folded CROSS JOIN LATERAL (
        SELECT person_id, value, impression_id, updated_at FROM votes WHERE votes.idea_id = folded.id OFFSET 0) AS given
    WHERE folded.id <> folded.idea_id
), own AS (
    -- What the same people gave the idea itself. All others there are in its counters already.
    SELECT people.idea_id, people.person_id, given.value, given.impression_id, given.updated_at, people.idea_id AS voted_on
    FROM (SELECT DISTINCT idea_id, person_id FROM others) AS people
    CROSS JOIN LATERAL (
        SELECT * FROM votes WHERE votes.idea_id = people.idea_id AND votes.person_id = people.person_id OFFSET 0
    ) AS given
), voices AS (
    SELECT DISTINCT ON (person_id, idea_id) idea_id, value, impression_id
    FROM (SELECT * FROM others UNION ALL SELECT * FROM own) AS given
    ORDER BY person_id, idea_id, impression_id IS NULL, updated_at DESC, voted_on
), counted AS (
    SELECT idea_id,
        sum(sign) FILTER (WHERE impression_id IS NOT NULL AND value > 0) AS positive,
        sum(sign) FILTER (WHERE impression_id IS NOT NULL AND value = 0) AS no,
        sum(sign) FILTER (WHERE impression_id IS NOT NULL AND value IS NULL) AS skips,
        sum(sign) FILTER (WHERE impression_id IS NULL AND value > 0) AS supporters,
        sum(sign * value) FILTER (WHERE impression_id IS NOT NULL) AS stars
    FROM (SELECT *, 1 AS sign FROM voices UNION ALL SELECT idea_id, value, impression_id, -1 FROM own) AS changes
    GROUP BY idea_id
), seen AS (
    -- People who saw another one only. The idea's own cards are in its counters already.
    SELECT idea_id, count(*) AS views FROM (
        SELECT DISTINCT folded.idea_id, dealt.person_id
        FROM folded
        CROSS JOIN LATERAL (SELECT person_id FROM impressions WHERE impressions.idea_id = folded.id OFFSET 0) AS dealt
        WHERE folded.id <> folded.idea_id
    ) AS people
    -- Not as NOT EXISTS, for which PostgreSQL reads all cards there are.
    WHERE (SELECT id FROM impressions AS own
           WHERE own.person_id = people.person_id AND own.idea_id = people.idea_id LIMIT 1) IS NULL
    GROUP BY idea_id
)
SELECT tally.idea_id, tally.views + coalesce(seen.views, 0) AS views,
    yes + stars_count + coalesce(positive, 0) AS positive, tally.no + coalesce(counted.no, 0) AS no,
    tally.skips + coalesce(counted.skips, 0) AS skips, tally.supporters + coalesce(counted.supporters, 0) AS supporters,
    -- Of a challenge without stars this means nothing.
    (stars_sum + coalesce(stars, 0))::double precision / nullif(stars_count + coalesce(positive, 0), 0) AS mean_stars
FROM idea_tallies AS tally LEFT JOIN counted USING (idea_id) LEFT JOIN seen USING (idea_id)
WHERE tally.idea_id = ANY ($1::uuid[]);

-- owes_review: whether a person was assigned this idea to review and has not sent the review
SELECT EXISTS (
    SELECT FROM review_assignments
    WHERE idea_id = $1 AND reviewer_id = $2 AND released_at IS NULL
      AND NOT EXISTS (SELECT FROM reviews WHERE assignment_id = review_assignments.id AND sent_at IS NOT NULL));

-- takes_votes: whether a challenge takes votes at this moment
SELECT takes_votes(challenges, $2) FROM challenges WHERE id = $1;

-- is_author_of_folded: whether a person is an author of the idea or of one merged into it
SELECT EXISTS (SELECT FROM idea_authors JOIN ideas ON ideas.id = idea_authors.idea_id
               WHERE (ideas.id = $1 OR ideas.canonical_id = $1) AND person_id = $2 AND agreed_at IS NOT NULL);
