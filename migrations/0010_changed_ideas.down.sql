DROP INDEX ideas_changed_idx;
