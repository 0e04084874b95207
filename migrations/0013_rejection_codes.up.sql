-- Why a line was not taken, also as a stable code with its values, for pages in other languages; NULL in older rows.
ALTER TABLE import_rejections ADD COLUMN code text, ADD COLUMN details jsonb NOT NULL DEFAULT '{}';
