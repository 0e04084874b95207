-- list_conflicts: pairs of these ideas ($1) and people ($2) that must not meet as review; authors of merged ideas count too
WITH RECURSIVE authorship AS (
    SELECT wanted.idea_id, author.person_id, person.department, idea.department AS idea_department,
           idea.id = wanted.idea_id AND idea.author_id = author.person_id AS wrote_it
    FROM unnest($1::uuid[]) AS wanted (idea_id)
    JOIN ideas AS idea ON idea.id = wanted.idea_id OR idea.canonical_id = wanted.idea_id
    JOIN idea_authors AS author ON author.idea_id = idea.id AND author.declined_at IS NULL
    JOIN people AS person ON person.id = author.person_id
), reviewer AS (
    SELECT id AS person_id, department FROM people WHERE id = ANY ($2::uuid[])
), superior AS (
    SELECT id AS person_id, manager_id FROM people
    WHERE manager_id IS NOT NULL
      AND (id = ANY ($2::uuid[]) OR id IN (SELECT authorship.person_id FROM authorship))
    UNION
    SELECT superior.person_id, people.manager_id
    FROM superior JOIN people ON people.id = superior.manager_id
    WHERE people.manager_id IS NOT NULL
), found AS (
    SELECT idea_id, person_id, CASE WHEN wrote_it THEN 'author' ELSE 'co_author' END AS kind
    FROM authorship JOIN reviewer USING (person_id)
    UNION ALL
    SELECT authorship.idea_id, colleague.person_id, 'co_author'
    FROM authorship
    JOIN idea_authors AS shared ON shared.person_id = authorship.person_id AND shared.agreed_at IS NOT NULL
    JOIN idea_authors AS colleague ON colleague.idea_id = shared.idea_id AND colleague.agreed_at IS NOT NULL
    WHERE colleague.person_id = ANY ($2::uuid[]) AND colleague.person_id <> authorship.person_id
    UNION ALL
    SELECT authorship.idea_id, reviewer.person_id, 'own_department'
    FROM authorship
    JOIN reviewer ON reviewer.department IN (authorship.department, authorship.idea_department)
    UNION ALL
    SELECT authorship.idea_id, superior.manager_id, 'manager'
    FROM authorship JOIN superior ON superior.person_id = authorship.person_id
    WHERE superior.manager_id = ANY ($2::uuid[])
    UNION ALL
    SELECT authorship.idea_id, superior.person_id, 'manager'
    FROM authorship JOIN superior ON superior.manager_id = authorship.person_id
    WHERE superior.person_id = ANY ($2::uuid[])
    UNION ALL
    SELECT idea_id, person_id, 'declared' FROM declared_conflicts
    WHERE idea_id = ANY ($1::uuid[]) AND person_id = ANY ($2::uuid[])
)
SELECT DISTINCT ON (idea_id, person_id) idea_id, person_id, kind FROM found
ORDER BY idea_id, person_id,
         array_position(ARRAY['author', 'co_author', 'own_department', 'manager', 'declared'], kind);

-- declare_conflict: a reviewer says so; saying it again changes nothing
INSERT INTO declared_conflicts (idea_id, person_id, reason, declared_at) VALUES ($1, $2, $3, $4)
ON CONFLICT (idea_id, person_id) DO NOTHING;
