-- find_idea: one idea by its id
SELECT * FROM ideas WHERE id = $1;

-- is_author: whether a person wrote the idea or agreed to be its co-author
SELECT EXISTS (SELECT FROM idea_authors WHERE idea_id = $1 AND person_id = $2 AND agreed_at IS NOT NULL);
