-- Sources learn when they are due; the items are read again for their `publishedDateTime`.

ALTER TABLE source ADD COLUMN first_at TEXT;
ALTER TABLE source ADD COLUMN retry_at TEXT;
ALTER TABLE source ADD COLUMN failures INTEGER NOT NULL DEFAULT 0;
UPDATE source SET first_at = checked_at;
ALTER TABLE mention ADD COLUMN published TEXT;
UPDATE item SET facts = '', mtime_ns = 0;
