-- list_days: what happened on each of the last $3 days up to $2, in UTC
WITH days AS (
    SELECT generate_series(date_trunc('day', $2::timestamptz, 'UTC') - make_interval(days => $3::integer - 1),
                           date_trunc('day', $2::timestamptz, 'UTC'), interval '1 day') AS at
), submitted AS (
    SELECT date_trunc('day', submitted_at, 'UTC') AS at, count(*) AS n FROM ideas
    WHERE challenge_id = $1 AND submitted_at >= (SELECT min(at) FROM days) AND submitted_at <= $2
      AND state NOT IN ('draft', 'withdrawn') GROUP BY 1
), answered AS (
    SELECT date_trunc('day', updated_at, 'UTC') AS at, count(*) AS n FROM votes
    WHERE challenge_id = $1 AND updated_at >= (SELECT min(at) FROM days) AND updated_at <= $2 GROUP BY 1
), said AS (
    SELECT date_trunc('day', comments.created_at, 'UTC') AS at, count(*) AS n
    FROM comments JOIN ideas ON ideas.id = idea_id
    WHERE challenge_id = $1 AND comments.created_at >= (SELECT min(at) FROM days) AND comments.created_at <= $2
      AND deleted_at IS NULL GROUP BY 1
)
SELECT (days.at AT TIME ZONE 'UTC')::date AS day, coalesce(submitted.n, 0) AS ideas, coalesce(answered.n, 0) AS answers,
    coalesce(said.n, 0) AS comments
FROM days LEFT JOIN submitted USING (at) LEFT JOIN answered USING (at) LEFT JOIN said USING (at)
ORDER BY day;

-- list_departments: how many of each department are asked or took part, and how many took part
-- Sealed authors are not counted as such: a department that grows with an idea would be that of its author.
WITH took_part AS MATERIALIZED (
    SELECT person_id FROM votes WHERE challenge_id = $1
    UNION
    SELECT person_id FROM idea_authors JOIN ideas ON ideas.id = idea_id
    WHERE challenge_id = $1 AND agreed_at IS NOT NULL AND state NOT IN ('draft', 'withdrawn')
      AND (SELECT authorship <> 'sealed' FROM challenges WHERE id = $1)
    UNION
    SELECT comments.author_id FROM comments JOIN ideas ON ideas.id = idea_id
    WHERE challenge_id = $1 AND deleted_at IS NULL
      AND ((SELECT authorship <> 'sealed' FROM challenges WHERE id = $1) OR NOT EXISTS (
          SELECT FROM idea_authors
          WHERE idea_authors.idea_id = ideas.id AND person_id = comments.author_id AND agreed_at IS NOT NULL))
)
SELECT people.department AS name, count(*) AS people, count(person_id) AS took_part
FROM people JOIN challenges ON challenges.id = $1 LEFT JOIN took_part ON person_id = people.id
WHERE person_id IS NOT NULL OR (people.active AND in_audience(challenges, people.department, people.site))
GROUP BY people.department ORDER BY people.department;

-- exposure: how often the ideas of the feed were dealt and answered
SELECT count(*) AS ideas, count(*) FILTER (WHERE views = 0) AS never_shown, min(views) AS least, max(views) AS most,
    percentile_cont(ARRAY[0.1, 0.5, 0.9]) WITHIN GROUP (ORDER BY views) AS shares,
    percentile_cont(0.5) WITHIN GROUP (ORDER BY yes + no + skips + stars_count) AS median_answers
FROM idea_tallies WHERE challenge_id = $1 AND in_feed;
