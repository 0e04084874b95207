-- How many ideas changed since the last analysis is asked for with every new idea.
CREATE INDEX ideas_changed_idx ON ideas (challenge_id, updated_at)
    WHERE canonical_id IS NULL AND hidden_at IS NULL AND state NOT IN ('draft', 'withdrawn');
