DROP FUNCTION ranked_answers(uuid);
DROP FUNCTION folded_authors(uuid);
DROP FUNCTION folded_ideas(uuid);
