-- news: since $3, among these challenges ($2): ideas by others, comments on this person's ideas ($1), results published
SELECT 'ideas' AS kind, challenges.id AS challenge_id, NULL::uuid AS idea_id, challenges.question AS title, found.count
FROM challenges CROSS JOIN LATERAL (
    SELECT count(*) FROM (
        -- More than a hundred is many; nobody needs the exact number.
        SELECT FROM ideas
        WHERE challenge_id = challenges.id AND submitted_at > $3 AND canonical_id IS NULL AND hidden_at IS NULL
          AND state NOT IN ('draft', 'withdrawn')
          AND NOT EXISTS (SELECT FROM idea_authors WHERE idea_id = ideas.id AND person_id = $1)
        LIMIT 100) AS new
) AS found
WHERE challenges.id = ANY ($2::uuid[]) AND found.count > 0
UNION ALL
SELECT 'comments', ideas.challenge_id, ideas.id, ideas.title, count(*)
FROM idea_authors
JOIN ideas ON ideas.id = idea_authors.idea_id
JOIN comments ON comments.idea_id = ideas.id AND comments.created_at > $3 AND comments.author_id <> $1
    AND comments.deleted_at IS NULL AND comments.hidden_at IS NULL
WHERE idea_authors.person_id = $1 AND idea_authors.agreed_at IS NOT NULL
GROUP BY ideas.id
UNION ALL
SELECT 'results', id, NULL, question, 1 FROM challenges
WHERE id = ANY ($2::uuid[]) AND stage = 'decided' AND decided_at > $3
ORDER BY kind, count DESC, title LIMIT 30;
