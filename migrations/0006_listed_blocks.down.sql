DROP INDEX ideas_blocks_idx;
