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
