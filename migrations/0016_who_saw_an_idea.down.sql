CREATE INDEX impressions_idea_idx ON impressions (idea_id);
DROP INDEX impressions_idea_person_idx;
