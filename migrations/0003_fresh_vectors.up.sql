-- Putting a vector into the index costs more than all else of a submission: the job that compares the idea does it.
-- Until then the idea is found among the few fresh vectors, each compared exactly.
ALTER TABLE idea_vectors ADD COLUMN indexed boolean NOT NULL DEFAULT true;
DROP INDEX idea_vectors_vector_idx;
CREATE INDEX idea_vectors_vector_idx ON idea_vectors USING hnsw (vector vector_ip_ops) WHERE indexed;
CREATE INDEX idea_vectors_fresh_idx ON idea_vectors (challenge_id) WHERE NOT indexed;
