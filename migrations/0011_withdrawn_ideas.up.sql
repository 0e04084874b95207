-- Figures that are kept of a large challenge are counted again when an idea was withdrawn.
CREATE INDEX ideas_withdrawn_idx ON ideas (challenge_id, updated_at) WHERE state = 'withdrawn';
