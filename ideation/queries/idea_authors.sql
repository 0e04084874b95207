-- list_authors: who wrote some ideas and who agreed to, the first author first
SELECT idea_id, person_id, name, people.department
FROM idea_authors JOIN people ON people.id = person_id JOIN ideas ON ideas.id = idea_id
WHERE idea_id = ANY ($1::uuid[]) AND agreed_at IS NOT NULL
ORDER BY idea_id, person_id <> author_id, agreed_at, person_id;

-- list_co_authors: everybody who wrote an idea, agreed to, is invited or declined
SELECT person_id, name, people.department, person_id = author_id AS is_first,
    CASE WHEN agreed_at IS NOT NULL THEN 'agreed' WHEN declined_at IS NOT NULL THEN 'declined' ELSE 'invited' END
        AS status,
    invited_at
FROM idea_authors JOIN people ON people.id = person_id JOIN ideas ON ideas.id = idea_id
WHERE idea_id = $1 ORDER BY person_id <> author_id, invited_at, person_id;

-- find_invitee: a person as a possible co-author of an idea
SELECT active, in_audience(challenges, people.department, site) AS in_audience,
    CASE WHEN agreed_at IS NOT NULL THEN 'agreed' WHEN declined_at IS NOT NULL THEN 'declined'
        WHEN person_id IS NOT NULL THEN 'invited' END AS status,
    (SELECT count(*) FROM idea_authors AS others WHERE others.idea_id = $1 AND declined_at IS NULL) AS author_count
FROM people
JOIN ideas ON ideas.id = $1 JOIN challenges ON challenges.id = challenge_id
LEFT JOIN idea_authors ON idea_id = ideas.id AND person_id = people.id
WHERE people.id = $2;

-- invite: add an invitation; no row when there is one already
INSERT INTO idea_authors (idea_id, person_id, invited_by, invited_at) VALUES ($1, $2, $3, $4)
ON CONFLICT DO NOTHING RETURNING person_id;

-- answer_invitation: agree or decline once; whoever agrees while votes are taken loses an own vote on the idea
WITH answered AS (
    UPDATE idea_authors SET agreed_at = CASE WHEN $3 THEN $4::timestamptz END,
        declined_at = CASE WHEN NOT $3 THEN $4::timestamptz END
    WHERE idea_id = $1 AND person_id = $2 AND agreed_at IS NULL AND declined_at IS NULL
    RETURNING idea_id
), open AS (
    SELECT id FROM challenges
    WHERE id = (SELECT challenge_id FROM ideas WHERE id = $1) AND $3 AND takes_votes(challenges, $4)
    FOR KEY SHARE
), removed AS (
    DELETE FROM votes USING answered, open WHERE votes.idea_id = answered.idea_id AND person_id = $2
)
SELECT idea_id FROM answered;

-- remove_co_author: an invitation or a co-author, never the first author
DELETE FROM idea_authors WHERE idea_id = $1 AND person_id = $2
AND person_id <> (SELECT author_id FROM ideas WHERE id = $1)
RETURNING person_id;

-- author_ids: who wrote an idea or agreed to
SELECT person_id FROM idea_authors WHERE idea_id = $1 AND agreed_at IS NOT NULL ORDER BY person_id;
