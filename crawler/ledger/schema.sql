-- One row an item file, one a source, one a URL of a source, one a mention of a source in an item.

CREATE TABLE item (
    id INTEGER PRIMARY KEY,
    output TEXT NOT NULL UNIQUE,  -- path below output/items
    origin TEXT NOT NULL,
    root TEXT NOT NULL,
    size INTEGER NOT NULL,
    mtime_ns INTEGER NOT NULL,
    digest TEXT NOT NULL,
    facts TEXT NOT NULL,
    warnings TEXT NOT NULL        -- JSON array
);

CREATE TABLE source (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    domain TEXT NOT NULL,         -- registered domain of its first URL
    new_url INTEGER NOT NULL,     -- 1: an item brought a URL that no visit has tried
    held_state TEXT,              -- NULL: never visited
    last_state TEXT,              -- how the last visit ended
    held BLOB,                    -- the best visit, see crawler.ledger.codec
    last BLOB,                    -- the last visit, where it was worse
    revision TEXT,                -- changes exactly when what is written of it would
    checked_at TEXT
);

CREATE TABLE url (
    key TEXT PRIMARY KEY,
    source_id INTEGER NOT NULL REFERENCES source (id) ON DELETE CASCADE,
    url TEXT NOT NULL,
    is_amp INTEGER NOT NULL,
    position INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX url_of_source ON url (source_id);

CREATE TABLE mention (
    item_id INTEGER NOT NULL REFERENCES item (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,    -- index in related, -1 for the item's own source
    source_id INTEGER NOT NULL REFERENCES source (id),
    web_url TEXT,
    kind TEXT NOT NULL,
    wants_body INTEGER NOT NULL,
    PRIMARY KEY (item_id, position)
) WITHOUT ROWID;
CREATE INDEX mention_of_source ON mention (source_id, position);

CREATE TABLE rendered (
    path TEXT PRIMARY KEY,
    fingerprint TEXT NOT NULL,
    size INTEGER NOT NULL,
    mtime_ns INTEGER NOT NULL
) WITHOUT ROWID;
