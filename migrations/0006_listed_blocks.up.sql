-- Listed ideas by one of 1,024 blocks that follow from their ids: a person's random order of a day orders the blocks.
CREATE INDEX ideas_blocks_idx ON ideas (challenge_id, (uuid_hash_extended(id, 0) & 1023)) INCLUDE (id, state, department)
    WHERE canonical_id IS NULL AND hidden_at IS NULL AND state NOT IN ('draft', 'withdrawn');
