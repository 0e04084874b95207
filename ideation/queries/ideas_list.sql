-- ids_newest: listed ideas of a challenge, the latest first
SELECT id, submitted_at AS key FROM ideas
WHERE challenge_id = $1 AND canonical_id IS NULL AND hidden_at IS NULL AND state NOT IN ('draft', 'withdrawn')
AND ($2::text[] IS NULL OR state = ANY ($2)) AND ($3::text IS NULL OR tags @> ARRAY[$3])
AND ($4::text IS NULL OR department = $4)
AND ($5::uuid IS NULL OR EXISTS (SELECT FROM idea_placements JOIN themes ON themes.id = theme_id
    WHERE idea_id = ideas.id AND $5 IN (themes.id, themes.parent_id)))
AND (submitted_at, id) < (coalesce($6::timestamptz, 'infinity'), coalesce($7::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff'))
ORDER BY submitted_at DESC, id DESC LIMIT $8;

-- ids_trending: the same, by recent support and comments
SELECT id, trend AS key FROM idea_tallies JOIN ideas ON ideas.id = idea_id
WHERE idea_tallies.challenge_id = $1
AND canonical_id IS NULL AND hidden_at IS NULL AND state NOT IN ('draft', 'withdrawn')
AND ($2::text[] IS NULL OR state = ANY ($2)) AND ($3::text IS NULL OR tags @> ARRAY[$3])
AND ($4::text IS NULL OR department = $4)
AND ($5::uuid IS NULL OR EXISTS (SELECT FROM idea_placements JOIN themes ON themes.id = theme_id
    WHERE idea_placements.idea_id = ideas.id AND $5 IN (themes.id, themes.parent_id)))
AND (trend, idea_id) < (coalesce($6::float8, 'Infinity'), coalesce($7::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff'))
ORDER BY trend DESC, idea_id DESC LIMIT $8;

-- ids_supported: the same, by the people who said yes or supported, or by the mean of the stars
SELECT id, key FROM (
    SELECT id, CASE WHEN $9::boolean THEN coalesce(stars_sum::float8 / nullif(stars_count, 0), 0)
        ELSE yes + supporters END AS key
    FROM idea_tallies JOIN ideas ON ideas.id = idea_id
    WHERE idea_tallies.challenge_id = $1
    AND canonical_id IS NULL AND hidden_at IS NULL AND state NOT IN ('draft', 'withdrawn')
    AND ($2::text[] IS NULL OR state = ANY ($2)) AND ($3::text IS NULL OR tags @> ARRAY[$3])
    AND ($4::text IS NULL OR department = $4)
    AND ($5::uuid IS NULL OR EXISTS (SELECT FROM idea_placements JOIN themes ON themes.id = theme_id
        WHERE idea_placements.idea_id = ideas.id AND $5 IN (themes.id, themes.parent_id)))
) AS listed
WHERE (key, id) < (coalesce($6::float8, 'Infinity'), coalesce($7::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff'))
ORDER BY key DESC, id DESC LIMIT $8;

-- ids_random: the same, in an order that the seed $9 shuffles: first 1,024 blocks of ideas, then the ideas of a block
-- A key is 32 bits of its block's and 32 of its own, so that a page starts at its block and ends when it is full.
SELECT id, key FROM (
    SELECT block, hashint4extended(block, $9) & -4294967296 AS start FROM generate_series(0, 1023) AS block
    WHERE hashint4extended(block, $9) & -4294967296 >= coalesce($6::int8, -9223372036854775808) & -4294967296
    ORDER BY start OFFSET 0
) AS blocks
CROSS JOIN LATERAL (
    SELECT id, start | (uuid_hash_extended(id, $9) & 4294967295) AS key FROM ideas
    WHERE challenge_id = $1 AND (uuid_hash_extended(id, 0) & 1023) = block
    AND canonical_id IS NULL AND hidden_at IS NULL AND state NOT IN ('draft', 'withdrawn')
    AND ($2::text[] IS NULL OR state = ANY ($2)) AND ($3::text IS NULL OR tags @> ARRAY[$3])
    AND ($4::text IS NULL OR department = $4)
    AND ($5::uuid IS NULL OR EXISTS (SELECT FROM idea_placements JOIN themes ON themes.id = theme_id
        WHERE idea_id = ideas.id AND $5 IN (themes.id, themes.parent_id)))
    OFFSET 0
) AS listed
WHERE (key, id) > (coalesce($6::int8, -9223372036854775808), coalesce($7::uuid, '00000000-0000-0000-0000-000000000000'))
ORDER BY start, key, id LIMIT $8;

-- ids_matching: the same, the best matches of a text first; of more than five hundred, the latest five hundred
WITH latest AS MATERIALIZED (
    SELECT id FROM ideas WHERE search @@ (websearch_to_tsquery('english', $9) || websearch_to_tsquery('simple', $9))
    AND challenge_id = $1 AND canonical_id IS NULL AND hidden_at IS NULL AND state NOT IN ('draft', 'withdrawn')
    AND ($2::text[] IS NULL OR state = ANY ($2)) AND ($3::text IS NULL OR tags @> ARRAY[$3])
    AND ($4::text IS NULL OR department = $4)
    AND ($5::uuid IS NULL OR EXISTS (SELECT FROM idea_placements JOIN themes ON themes.id = theme_id
        WHERE idea_id = ideas.id AND $5 IN (themes.id, themes.parent_id)))
    ORDER BY submitted_at DESC, id DESC LIMIT 500
)
SELECT id, key FROM (
    SELECT id, ts_rank_cd(search,
        websearch_to_tsquery('english', $9) || websearch_to_tsquery('simple', $9))::float8 AS key
    FROM ideas WHERE id IN (SELECT id FROM latest)
) AS listed
WHERE (key, id) < (coalesce($6::float8, 'Infinity'), coalesce($7::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff'))
ORDER BY key DESC, id DESC LIMIT $8;

-- list_items: what a list shows of some ideas, in the given order
SELECT ideas.id, ideas.challenge_id, title, left(body, 300) AS excerpt, tags, state, ideas.department,
    (SELECT count(*) FROM ideas AS merged WHERE merged.canonical_id = ideas.id AND merged.hidden_at IS NULL)
        AS merged_count,
    idea_placements.theme_id, coalesce(themes.name, themes.label) AS theme,
    coalesce(idea_tallies.comments, 0) AS comment_count,
    EXISTS (SELECT FROM votes WHERE idea_id = ideas.id AND person_id = $2)
        OR EXISTS (SELECT FROM ideas AS merged JOIN votes ON votes.idea_id = merged.id AND votes.person_id = $2
                   WHERE merged.canonical_id = ideas.id) AS answered,
    EXISTS (SELECT FROM idea_authors WHERE idea_id = ideas.id AND person_id = $2 AND agreed_at IS NOT NULL)
        AS is_author,
    EXISTS (SELECT FROM review_assignments
        WHERE idea_id = ideas.id AND reviewer_id = $2 AND released_at IS NULL
        AND NOT EXISTS (SELECT FROM reviews WHERE assignment_id = review_assignments.id AND sent_at IS NOT NULL))
        AS owes_review,
    EXISTS (SELECT FROM unsealings WHERE idea_id = ideas.id AND approved_at IS NOT NULL) AS unsealed,
    submitted_at, ideas.updated_at
FROM unnest($1::uuid[]) WITH ORDINALITY AS page (id, place)
JOIN ideas ON ideas.id = page.id
LEFT JOIN idea_tallies ON idea_tallies.idea_id = ideas.id
LEFT JOIN idea_placements ON idea_placements.idea_id = ideas.id
LEFT JOIN themes ON themes.id = theme_id
ORDER BY place;

-- tallies: the counters of some ideas, and how one person last voted on each or on one merged into it
SELECT idea_tallies.idea_id, views, yes + stars_count AS positive, no, skips, supporters,
    stars_sum::float8 / nullif(stars_count, 0) AS mean_stars,
    own.person_id IS NOT NULL AS answered, own.value AS own_value,
    EXISTS (SELECT FROM ideas WHERE canonical_id = idea_tallies.idea_id) AS folded
FROM idea_tallies
LEFT JOIN LATERAL (
    SELECT person_id, value FROM (
        SELECT person_id, value, updated_at, votes.idea_id FROM votes
        WHERE votes.idea_id = idea_tallies.idea_id AND person_id = $2
        UNION ALL
        SELECT person_id, value, votes.updated_at, votes.idea_id FROM ideas JOIN votes ON votes.idea_id = ideas.id
        WHERE ideas.canonical_id = idea_tallies.idea_id AND person_id = $2) AS given
    ORDER BY updated_at DESC, idea_id <> idea_tallies.idea_id, idea_id LIMIT 1) AS own ON true
WHERE idea_tallies.idea_id = ANY ($1::uuid[]);
