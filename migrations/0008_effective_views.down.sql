CREATE OR REPLACE FUNCTION follow_impressions() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM idea_tallies WHERE idea_id IN (SELECT idea_id FROM dealt) ORDER BY idea_id FOR NO KEY UPDATE;
    UPDATE idea_tallies SET views = views + seen.cards
    FROM (SELECT idea_id, count(*) AS cards FROM dealt GROUP BY idea_id) AS seen
    WHERE idea_tallies.idea_id = seen.idea_id;
    RETURN NULL;
END $$;
ALTER TABLE idea_tallies DROP COLUMN effective_views;
DROP FUNCTION exposure_weight(smallint);
