DROP INDEX ideas_withdrawn_idx;
