ALTER TABLE import_rejections DROP COLUMN code, DROP COLUMN details;
