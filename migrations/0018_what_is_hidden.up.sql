-- Moderators see what is hidden at present, the latest first; next to nothing is, so these indexes are next to empty.
CREATE INDEX ideas_hidden_idx ON ideas (hidden_at DESC, id DESC) WHERE hidden_at IS NOT NULL;
CREATE INDEX comments_hidden_idx ON comments (hidden_at DESC, id DESC) WHERE hidden_at IS NOT NULL;
