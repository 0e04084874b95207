DROP INDEX comments_hidden_idx;
DROP INDEX ideas_hidden_idx;
