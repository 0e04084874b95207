-- What a ranking counts, said once: functions of one challenge, which the planner writes out into the statement around
-- them. (A view could not hand the challenge down to where the recursion begins.)

-- Every idea that is ranked, itself and those merged into it, with the idea that stands for it.
CREATE FUNCTION folded_ideas(challenge uuid) RETURNS TABLE (id uuid, survivor_id uuid)
    LANGUAGE sql STABLE PARALLEL SAFE AS $$
    WITH RECURSIVE folded AS (
        SELECT ideas.id, ideas.id AS survivor_id FROM ideas
        WHERE challenge_id = challenge AND canonical_id IS NULL AND state NOT IN ('draft', 'withdrawn')
          AND hidden_at IS NULL
        UNION ALL
        SELECT ideas.id, folded.survivor_id FROM ideas JOIN folded ON ideas.canonical_id = folded.id
    )
    SELECT folded.id, folded.survivor_id FROM folded
$$;

-- The authors of a ranked idea and of those merged into it.
CREATE FUNCTION folded_authors(challenge uuid) RETURNS TABLE (survivor_id uuid, person_id uuid)
    LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT DISTINCT folded.survivor_id, idea_authors.person_id
    FROM idea_authors JOIN folded_ideas(challenge) AS folded ON folded.id = idea_authors.idea_id
    WHERE agreed_at IS NOT NULL
$$;

-- One answered card for each person and surviving idea, the one on the survivor itself first; no authors.
CREATE FUNCTION ranked_answers(challenge uuid)
    RETURNS TABLE (survivor_id uuid, person_id uuid, department text, card_position smallint, shown_count integer,
                   own_department boolean, value smallint, answered_at timestamptz)
    LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT DISTINCT ON (folded.survivor_id, votes.person_id)
           folded.survivor_id, votes.person_id, people.department, impressions.position, impressions.shown_count,
           impressions.own_department, votes.value, votes.updated_at
    FROM votes
    JOIN folded_ideas(challenge) AS folded ON folded.id = votes.idea_id
    JOIN impressions ON impressions.id = votes.impression_id
    JOIN people ON people.id = votes.person_id
    LEFT JOIN folded_authors(challenge) AS authors
        ON authors.survivor_id = folded.survivor_id AND authors.person_id = votes.person_id
    WHERE votes.challenge_id = challenge AND authors.person_id IS NULL
    ORDER BY folded.survivor_id, votes.person_id, votes.idea_id <> folded.survivor_id, votes.updated_at DESC,
             votes.idea_id
$$;
