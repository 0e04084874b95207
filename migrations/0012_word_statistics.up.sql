-- Similar ideas are ordered by how rare the words are that they share: ten thousand words are told apart, not one thousand.
ALTER TABLE ideas ALTER COLUMN search SET STATISTICS 1000;
ANALYZE ideas (search);
