-- latest_ranking: what a shortlist is made from: the panel's ranking, else the one at the close, else the interim one
SELECT id FROM rankings WHERE challenge_id = $1
ORDER BY array_position(ARRAY['panel', 'closing', 'interim'], kind), created_at DESC, id DESC LIMIT 1;

-- list_candidates: the best ideas of a ranking that can still be chosen; $3: those alone that are not approved either
SELECT entry.idea_id, entry.score, entry.probability_top, idea_costs.cost, placement.theme_id, vectors.vector
 FROM ranking_entries AS entry
 JOIN ideas AS idea ON idea.id = entry.idea_id AND idea.canonical_id IS NULL AND idea.hidden_at IS NULL
     AND idea.state NOT IN ('draft', 'withdrawn', 'declined', 'already_exists', 'implemented')
     AND NOT ($3::boolean AND idea.state IN ('selected', 'planned'))
 LEFT JOIN idea_placements AS placement ON placement.idea_id = entry.idea_id
 LEFT JOIN idea_vectors AS vectors ON vectors.idea_id = entry.idea_id
 LEFT JOIN idea_costs ON idea_costs.idea_id = entry.idea_id
 WHERE entry.ranking_id = $1
ORDER BY entry.position LIMIT $2;

-- add_shortlist: a new shortlist
INSERT INTO shortlists (id, challenge_id, ranking_id, size, price, created_by, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7);

-- add_entries: what the formula chose, in order
INSERT INTO shortlist_entries (shortlist_id, idea_id, position)
SELECT $1, row.idea_id, row.position FROM unnest($2::uuid[]) WITH ORDINALITY AS row (idea_id, position);

-- latest: the newest shortlist of a challenge
SELECT id, challenge_id, ranking_id, size, price, created_by, created_at, version FROM shortlists
WHERE challenge_id = $1 ORDER BY created_at DESC, id DESC LIMIT 1;

-- ranking_kind: by whom the ranking behind a shortlist was made
SELECT kind FROM rankings WHERE id = $1;

-- list_entries: the list with titles, themes, and the ranking's figures
SELECT entry.idea_id, idea.title, entry.position, coalesce(theme.name, theme.label) AS theme, idea.state,
       ranked.position AS rank, ranked.score, ranked.probability_top, idea_costs.cost,
       entry.changed_by, person.name AS changed_by_name, entry.reason
FROM shortlist_entries AS entry
JOIN ideas AS idea ON idea.id = entry.idea_id
LEFT JOIN ranking_entries AS ranked ON ranked.ranking_id = $2 AND ranked.idea_id = entry.idea_id
LEFT JOIN idea_placements AS placement ON placement.idea_id = entry.idea_id
LEFT JOIN themes AS theme ON theme.id = placement.theme_id
LEFT JOIN people AS person ON person.id = entry.changed_by
LEFT JOIN idea_costs ON idea_costs.idea_id = entry.idea_id
WHERE entry.shortlist_id = $1
ORDER BY entry.position, entry.idea_id;

-- list_changes: what people changed by hand, oldest first
SELECT event.at, person.name AS by, event.details ->> 'change' AS change, (event.details ->> 'idea_id')::uuid AS idea_id,
       idea.title, event.details ->> 'reason' AS reason
FROM audit_events AS event
JOIN ideas AS idea ON idea.id = (event.details ->> 'idea_id')::uuid
LEFT JOIN people AS person ON person.id = event.actor_id
WHERE event.subject_kind = 'shortlist' AND event.subject_id = $1::uuid::text AND event.action = 'shortlist.change'
ORDER BY event.id;

-- bump_version: claim the version that the person read
UPDATE shortlists SET version = version + 1 WHERE id = $1 AND version = $2 RETURNING version;

-- list_order: the ideas of a list in order
SELECT idea_id FROM shortlist_entries WHERE shortlist_id = $1 ORDER BY position, idea_id;

-- put_entry: an idea that a person put on the list, or moved
INSERT INTO shortlist_entries (shortlist_id, idea_id, position, changed_by, reason) VALUES ($1, $2, 0, $3, $4)
ON CONFLICT (shortlist_id, idea_id) DO UPDATE SET changed_by = excluded.changed_by, reason = excluded.reason;

-- remove_entry: an idea that a person took off the list
DELETE FROM shortlist_entries WHERE shortlist_id = $1 AND idea_id = $2;

-- number_entries: give the ideas of a list their places
UPDATE shortlist_entries AS entry SET position = row.position
FROM unnest($2::uuid[]) WITH ORDINALITY AS row (idea_id, position)
WHERE entry.shortlist_id = $1 AND entry.idea_id = row.idea_id AND entry.position <> row.position;
