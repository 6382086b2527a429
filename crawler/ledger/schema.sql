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
    held TEXT,                    -- the best visit as JSON, see crawler.ledger.records
    last TEXT,                    -- the last visit, where it was worse
    revision TEXT,                -- changes exactly when what is written of it would
    checked_at TEXT,              -- when it was last visited; all times are ISO 8601 in UTC
    first_at TEXT,                -- when it was first visited
    retry_at TEXT,                -- not to be visited before, as the site or our manners say
    failures INTEGER NOT NULL DEFAULT 0, -- in a row
    failing_since TEXT,           -- NULL: the last visit gave what is asked of it
    wanted TEXT                   -- why it is due whatever the policy says
);

CREATE TABLE event (              -- what became of sources, of each one the latest
    id INTEGER PRIMARY KEY,
    source_id INTEGER NOT NULL REFERENCES source (id),
    at TEXT NOT NULL,
    event TEXT NOT NULL           -- JSON, see crawler.ledger.events
);
CREATE INDEX event_of_source ON event (source_id, id);
CREATE INDEX event_by_time ON event (at);

CREATE TABLE outbox (             -- articles that pipelines have not taken yet
    key TEXT PRIMARY KEY,         -- of the source
    at TEXT NOT NULL,             -- when the visit ended that brought it
    changed TEXT                  -- JSON array of what is new of it; NULL: all is
) WITHOUT ROWID;

CREATE TABLE enricher_result (    -- what enrichers have made of articles
    name TEXT NOT NULL,
    made_from TEXT NOT NULL,      -- see crawler.enrichers.enricher
    result TEXT NOT NULL,         -- JSON
    PRIMARY KEY (name, made_from)
) WITHOUT ROWID;

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


-- Ways into mentions and URLs on which a source that very many items name is no longer than others.

CREATE INDEX mention_of_source ON mention (source_id, position);
CREATE INDEX family_of_source ON mention (source_id, family_id);
CREATE INDEX source_of_family ON mention (family_id, source_id);
CREATE INDEX family_of_own ON mention (family_id) WHERE position = -1;
CREATE INDEX key_of_family ON url (family_id, key);
CREATE INDEX family_of_key ON url (key, family_id);

-- Keys of sources that families of other sources have among theirs, or once had.
CREATE TABLE crossing (
    family_id INTEGER NOT NULL,
    key TEXT NOT NULL,
    PRIMARY KEY (family_id, key)
) WITHOUT ROWID;


-- What was learned of hosts and archives, for the next run to know.

CREATE TABLE robots (
    origin TEXT PRIMARY KEY,      -- scheme://host:port
    site TEXT NOT NULL,           -- whose it is, to bound what one site can have kept
    asked_at TEXT NOT NULL,
    status INTEGER,
    body BLOB NOT NULL            -- compressed
) WITHOUT ROWID;
CREATE INDEX robots_of_site ON robots (site, asked_at);
CREATE INDEX robots_by_age ON robots (asked_at);

CREATE TABLE pause (
    host TEXT PRIMARY KEY,
    since TEXT NOT NULL,
    until TEXT NOT NULL,
    reason TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE snapshot (
    key TEXT PRIMARY KEY,         -- of the page's URL
    asked_at TEXT NOT NULL,
    url TEXT,
    taken_at TEXT
) WITHOUT ROWID;

CREATE TABLE saved (              -- pages that an archive was asked to save, and did
    source_id INTEGER PRIMARY KEY REFERENCES source (id),
    version TEXT NOT NULL,        -- the content hash of the article then
    at TEXT NOT NULL
);


-- Copies of articles: derived from what sources hold, and made again when the way to find them changes.

CREATE TABLE text_index (
    index_version TEXT NOT NULL,         -- see crawler.duplicates
    done_to INTEGER               -- sources up to this id are in; NULL: all are
);

CREATE TABLE text (               -- one row for all that hold the same words
    id INTEGER PRIMARY KEY,
    hash TEXT NOT NULL UNIQUE,    -- of the words, as articles have it
    minhash BLOB NOT NULL
);

CREATE TABLE band (               -- of the minhashes
    hash INTEGER NOT NULL,
    text_id INTEGER NOT NULL,
    PRIMARY KEY (hash, text_id)
) WITHOUT ROWID;

CREATE TABLE alike (              -- pairs of texts, each one both ways
    text_id INTEGER NOT NULL,
    other_id INTEGER NOT NULL,
    similarity REAL NOT NULL,
    PRIMARY KEY (text_id, other_id)
) WITHOUT ROWID;

CREATE TABLE text_source (
    source_id INTEGER PRIMARY KEY REFERENCES source (id),
    text_id INTEGER NOT NULL REFERENCES text (id),
    text_rank TEXT NOT NULL,       -- sorts the best copy first
    url TEXT NOT NULL
);
CREATE INDEX text_source_of_text ON text_source (text_id, text_rank);


-- What was learned of images, and of which source's images it is written.

CREATE TABLE image (
    url TEXT PRIMARY KEY,
    record TEXT NOT NULL          -- JSON, see crawler.ledger.web_rows
) WITHOUT ROWID;

CREATE TABLE source_images (
    source_id INTEGER PRIMARY KEY REFERENCES source (id),
    images TEXT NOT NULL          -- JSON: URL to record
);


-- What was learned while looking for new items.

CREATE TABLE feed (
    url TEXT PRIMARY KEY,         -- of a feed, as it was asked for
    asked_at TEXT NOT NULL,
    etag TEXT,                    -- validators of the last answer that was taken in whole
    last_modified TEXT,
    hubs TEXT NOT NULL,           -- JSON array: WebSub hubs that it names
    topic TEXT,                   -- the URL under which a hub knows it
    digest TEXT,                  -- of the body
    unchanged_since TEXT,         -- when this body came for the first time
    is_doubtful INTEGER NOT NULL  -- whether these validators came with another body, too
) WITHOUT ROWID;

CREATE TABLE discovered (
    key TEXT PRIMARY KEY,         -- of a URL of an article that an item was created for
    at TEXT NOT NULL,
    by TEXT NOT NULL              -- the spider
) WITHOUT ROWID;
