-- list_costs: estimated costs of a challenge's ideas, the dearest first
SELECT idea.id AS idea_id, idea.title, idea_costs.cost, idea_costs.given_by, person.name AS given_by_name,
       idea_costs.given_at
FROM idea_costs
JOIN ideas AS idea ON idea.id = idea_costs.idea_id
JOIN people AS person ON person.id = idea_costs.given_by
WHERE idea.challenge_id = $1
ORDER BY idea_costs.cost DESC, idea.id;

-- sum_approved: what the approved ideas of a challenge cost together, and how many of them nobody has estimated
SELECT count(*) AS ideas, coalesce(sum(idea_costs.cost), 0)::float8 AS cost,
       count(*) FILTER (WHERE idea_costs.cost IS NULL) AS without_cost
FROM ideas AS idea
LEFT JOIN idea_costs ON idea_costs.idea_id = idea.id
WHERE idea.challenge_id = $1 AND idea.state IN ('selected', 'planned', 'implemented')
  AND idea.canonical_id IS NULL AND idea.hidden_at IS NULL;

-- known_ideas: which of some ideas belong to the challenge and can still be chosen
SELECT id FROM ideas
WHERE challenge_id = $1 AND id = ANY ($2::uuid[]) AND submitted_at IS NOT NULL AND canonical_id IS NULL;

-- put_costs: keep estimates; the latest one of an idea counts
INSERT INTO idea_costs (idea_id, cost, given_by, given_at)
SELECT new.idea_id, new.cost, $3, $4 FROM unnest($1::uuid[], $2::float8[]) AS new (idea_id, cost)
ON CONFLICT (idea_id) DO UPDATE SET cost = excluded.cost, given_by = excluded.given_by, given_at = excluded.given_at;

-- remove_costs: take estimates back
DELETE FROM idea_costs WHERE idea_id = ANY ($1::uuid[]);
