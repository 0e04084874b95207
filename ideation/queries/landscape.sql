-- count_placed: how many shown ideas have a place on the map, and when the map was last computed
SELECT count(*) AS idea_count, (SELECT computed_at FROM theme_models WHERE challenge_id = $1) AS computed_at
FROM idea_placements JOIN ideas ON ideas.id = idea_id
WHERE idea_placements.challenge_id = $1
AND canonical_id IS NULL AND hidden_at IS NULL AND state NOT IN ('draft', 'withdrawn');

-- list_points: every shown idea on the map
SELECT idea_id, title, theme_id, x, y, novelty FROM idea_placements JOIN ideas ON ideas.id = idea_id
WHERE idea_placements.challenge_id = $1
AND canonical_id IS NULL AND hidden_at IS NULL AND state NOT IN ('draft', 'withdrawn')
ORDER BY idea_id;

-- list_cells: near ideas of one theme together, on a grid of $2 cells to a side
SELECT theme_id, avg(x)::float8 AS x, avg(y)::float8 AS y, avg(novelty)::float8 AS novelty, count(*) AS idea_count
FROM idea_placements JOIN ideas ON ideas.id = idea_id
WHERE idea_placements.challenge_id = $1
AND canonical_id IS NULL AND hidden_at IS NULL AND state NOT IN ('draft', 'withdrawn')
GROUP BY theme_id, floor((x + 1) * $2::integer / 2), floor((y + 1) * $2::integer / 2)
ORDER BY idea_count DESC, theme_id, x, y;
