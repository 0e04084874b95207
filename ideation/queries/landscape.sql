-- computed_at: when the map was last computed
SELECT computed_at FROM theme_models WHERE challenge_id = $1;

-- list_regions: where the shown ideas of each theme lie; $2 is the ranking, $3 to $9 the filter
SELECT theme_id, max(coalesce(themes.name, themes.label)) AS name, count(*) AS idea_count,
    avg(x)::float8 AS x, avg(y)::float8 AS y,
    stddev_pop(x)::float8 AS spread_x, stddev_pop(y)::float8 AS spread_y, covar_pop(x, y)::float8 AS covariance,
    avg(score) AS score, avg(score_high - score_low) / 2 AS uncertainty
FROM idea_placements JOIN ideas ON ideas.id = idea_id
LEFT JOIN themes ON themes.id = theme_id
LEFT JOIN ranking_entries AS ranked ON ranked.ranking_id = $2 AND ranked.idea_id = ideas.id
WHERE idea_placements.challenge_id = $1
AND canonical_id IS NULL AND hidden_at IS NULL AND state NOT IN ('draft', 'withdrawn')
AND ($3::text[] IS NULL OR state = ANY ($3)) AND ($4::text IS NULL OR department = $4) AND ($5::uuid IS NULL OR theme_id = $5)
AND x BETWEEN $6::float8 AND $7::float8 AND y BETWEEN $8::float8 AND $9::float8
GROUP BY theme_id ORDER BY idea_count DESC, theme_id;

-- list_points: shown ideas on the map with their place in ranking $2, after idea $10
SELECT ideas.id AS idea_id, title, state, theme_id, coalesce(themes.name, themes.label) AS theme, x::float8 AS x,
    y::float8 AS y, novelty::float8 AS novelty, score, (score_high - score_low) / 2 AS uncertainty
FROM idea_placements JOIN ideas ON ideas.id = idea_id
LEFT JOIN themes ON themes.id = theme_id
LEFT JOIN ranking_entries AS ranked ON ranked.ranking_id = $2 AND ranked.idea_id = ideas.id
WHERE idea_placements.challenge_id = $1
AND canonical_id IS NULL AND hidden_at IS NULL AND state NOT IN ('draft', 'withdrawn')
AND ($3::text[] IS NULL OR state = ANY ($3)) AND ($4::text IS NULL OR department = $4) AND ($5::uuid IS NULL OR theme_id = $5)
AND x BETWEEN $6::float8 AND $7::float8 AND y BETWEEN $8::float8 AND $9::float8
AND ($10::uuid IS NULL OR ideas.id > $10)
ORDER BY ideas.id LIMIT $11;

-- list_cells: near ideas together, on a grid of $10 cells to a side of the window
SELECT mode() WITHIN GROUP (ORDER BY theme_id) AS theme_id, avg(x)::float8 AS x, avg(y)::float8 AS y,
    avg(novelty)::float8 AS novelty, count(*) AS idea_count, avg(score) AS score,
    avg(score_high - score_low) / 2 AS uncertainty
FROM idea_placements JOIN ideas ON ideas.id = idea_id
LEFT JOIN ranking_entries AS ranked ON ranked.ranking_id = $2 AND ranked.idea_id = ideas.id
WHERE idea_placements.challenge_id = $1
AND canonical_id IS NULL AND hidden_at IS NULL AND state NOT IN ('draft', 'withdrawn')
AND ($3::text[] IS NULL OR state = ANY ($3)) AND ($4::text IS NULL OR department = $4) AND ($5::uuid IS NULL OR theme_id = $5)
AND x BETWEEN $6::float8 AND $7::float8 AND y BETWEEN $8::float8 AND $9::float8
GROUP BY floor((x - $6) * $10::integer / ($7 - $6)), floor((y - $8) * $10::integer / ($9 - $8))
ORDER BY idea_count DESC, x, y;
