DROP INDEX idea_vectors_fresh_idx;
DROP INDEX idea_vectors_vector_idx;
CREATE INDEX idea_vectors_vector_idx ON idea_vectors USING hnsw (vector vector_ip_ops);
ALTER TABLE idea_vectors DROP COLUMN indexed;
