-- What single scores of a criterion stand for: [{"score": 1, "text": "nobody gains"}, …], scores going up.
ALTER TABLE criteria ADD COLUMN anchors jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(anchors) = 'array');
