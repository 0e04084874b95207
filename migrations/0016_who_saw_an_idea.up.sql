-- Who saw an idea is read from the index alone: of merged ideas tens of thousands of cards are counted.
CREATE INDEX impressions_idea_person_idx ON impressions (idea_id, person_id);
DROP INDEX impressions_idea_idx;
