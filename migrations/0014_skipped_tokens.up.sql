-- Votes that are being given are waited for and further ones wait: all are counted in one way.
LOCK TABLE votes IN SHARE ROW EXCLUSIVE MODE;

-- A skip is nobody's yes, also where tokens are given: least(NULL, 1) is 1.
CREATE OR REPLACE FUNCTION count_vote(vote votes, sign integer, lifts_trend boolean) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    dealt boolean := (vote).impression_id IS NOT NULL;
    method text := (SELECT voting_method FROM challenges WHERE id = (vote).challenge_id);
    stars boolean := method = 'stars';
    -- Whoever gives tokens counts once among the yes answers, however many they are.
    given smallint := CASE WHEN method IN ('budget', 'lemons') THEN CASE WHEN (vote).value > 1 THEN 1 ELSE (vote).value END ELSE (vote).value END;
BEGIN
    UPDATE idea_tallies SET
        yes = yes + sign * (dealt AND NOT stars AND given IS NOT DISTINCT FROM 1)::integer,
        no = no + sign * (dealt AND NOT stars AND given IS NOT DISTINCT FROM 0)::integer,
        skips = skips + sign * (dealt AND given IS NULL)::integer,
        supporters = supporters + sign * (NOT dealt AND given > 0)::integer,
        stars_sum = stars_sum + sign * CASE WHEN dealt AND stars THEN coalesce(given, 0) ELSE 0 END,
        stars_count = stars_count + sign * (dealt AND stars AND given IS NOT NULL)::integer,
        trend = CASE WHEN lifts_trend THEN trend_after(trend, (vote).created_at) ELSE trend END
    WHERE idea_id = (vote).idea_id;
END $$;

UPDATE idea_tallies SET yes = yes - skipped.votes, skips = skips + skipped.votes
FROM (
    SELECT votes.idea_id, count(*) AS votes FROM votes JOIN challenges ON challenges.id = votes.challenge_id
    WHERE voting_method IN ('budget', 'lemons') AND impression_id IS NOT NULL AND value IS NULL GROUP BY votes.idea_id
) AS skipped
WHERE idea_tallies.idea_id = skipped.idea_id;
