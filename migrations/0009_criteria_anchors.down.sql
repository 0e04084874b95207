ALTER TABLE criteria DROP COLUMN anchors;
