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
    warnings TEXT NOT NULL,       -- JSON array
    adopted INTEGER NOT NULL DEFAULT 0  -- whether its files were looked at since it was read
);
CREATE INDEX item_to_adopt ON item (id) WHERE NOT adopted;
CREATE INDEX item_by_origin ON item (origin);

CREATE TABLE source (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,     -- key of the best URL of its family
    domain TEXT NOT NULL,         -- site of that URL, by which they are asked in turn
    held_state TEXT,              -- NULL: never visited
    last_state TEXT,              -- how the last visit ended
    tried TEXT NOT NULL,          -- JSON array: keys of the URLs that the last visit tried
    answered TEXT,                -- key of the URL that gave what is held
    held BLOB,                    -- the best visit, see crawler.ledger.records
    last BLOB,                    -- the last visit, where it was worse
    revision TEXT,                -- changes exactly when what is written of it would
    checked_at TEXT,              -- when it was last visited; all times are ISO 8601 in UTC
    first_at TEXT,                -- when it was first visited
    retry_at TEXT,                -- not to be visited before, as the site or our manners say
    failures INTEGER NOT NULL DEFAULT 0, -- in a row
    wanted TEXT                   -- why it is due whatever the policy says
);

CREATE TABLE mention (
    item_id INTEGER NOT NULL REFERENCES item (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,    -- index in related, -1 for the item's own source
    family_id INTEGER NOT NULL REFERENCES source (id),  -- the source of its own best URL
    source_id INTEGER NOT NULL REFERENCES source (id),  -- the source that stands for it
    web_url TEXT,
    kind TEXT NOT NULL,
    wants_body INTEGER NOT NULL,
    published TEXT,
    PRIMARY KEY (item_id, position)
) WITHOUT ROWID;

CREATE TABLE url (
    item_id INTEGER NOT NULL,
    position INTEGER NOT NULL,
    family_id INTEGER NOT NULL,
    key TEXT NOT NULL,
    url TEXT NOT NULL,
    is_amp INTEGER NOT NULL,
    rank INTEGER NOT NULL,        -- place in the mention's family
    PRIMARY KEY (item_id, position, key),
    FOREIGN KEY (item_id, position) REFERENCES mention ON DELETE CASCADE
) WITHOUT ROWID;

CREATE TABLE taken_root (         -- files and folders whose items were all taken once
    path TEXT PRIMARY KEY
) WITHOUT ROWID;

CREATE TABLE rendered (
    path TEXT PRIMARY KEY,
    fingerprint TEXT NOT NULL,
    size INTEGER NOT NULL,
    mtime_ns INTEGER NOT NULL
) WITHOUT ROWID;
