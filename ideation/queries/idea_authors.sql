-- list_authors: who wrote some ideas and who agreed to, the first author first
SELECT idea_id, person_id, name, people.department
FROM idea_authors JOIN people ON people.id = person_id JOIN ideas ON ideas.id = idea_id
WHERE idea_id = ANY ($1::uuid[]) AND agreed_at IS NOT NULL
ORDER BY idea_id, person_id <> author_id, agreed_at, person_id;
