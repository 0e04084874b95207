-- Views by how far down a card stood: the feed's posterior is corrected for exposure at once, see scoring.beta_binomial.
-- Rounded decimals, so that the sum does not depend on the order in which cards are dealt.
CREATE FUNCTION exposure_weight(place smallint) RETURNS numeric
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN round((place::double precision ^ -0.35)::numeric, 6);

ALTER TABLE idea_tallies ADD COLUMN effective_views numeric NOT NULL DEFAULT 0 CHECK (effective_views >= 0);
UPDATE idea_tallies SET effective_views = seen.weight
FROM (SELECT idea_id, sum(exposure_weight(position)) AS weight FROM impressions GROUP BY idea_id) AS seen
WHERE idea_tallies.idea_id = seen.idea_id;

CREATE OR REPLACE FUNCTION follow_impressions() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM idea_tallies WHERE idea_id IN (SELECT idea_id FROM dealt) ORDER BY idea_id FOR NO KEY UPDATE;
    UPDATE idea_tallies SET views = views + seen.cards, effective_views = effective_views + seen.weight
    FROM (SELECT idea_id, count(*) AS cards, sum(exposure_weight(position)) AS weight FROM dealt GROUP BY idea_id) AS seen
    WHERE idea_tallies.idea_id = seen.idea_id;
    RETURN NULL;
END $$;
