-- What was learned of images, and of which source's images it is written.

CREATE TABLE image (
    url TEXT PRIMARY KEY,
    record TEXT NOT NULL          -- JSON, see crawler.ledger.web_rows
) WITHOUT ROWID;

CREATE TABLE source_images (
    source_id INTEGER PRIMARY KEY REFERENCES source (id),
    images TEXT NOT NULL          -- JSON: URL to record
);
