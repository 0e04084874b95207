-- Vectors of the sentence-transformer, which follow the static ones of idea_vectors; valid for one wording only.
CREATE TABLE refined_vectors (
    idea_id uuid PRIMARY KEY REFERENCES ideas (id) ON DELETE CASCADE,
    revision integer NOT NULL,
    encoder text NOT NULL,
    vector vector(256) NOT NULL
);
