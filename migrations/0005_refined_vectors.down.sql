DROP TABLE refined_vectors;
