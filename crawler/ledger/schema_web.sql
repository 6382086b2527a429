-- What was learned of hosts and archives, for the next run to know.

CREATE TABLE robots (
    origin TEXT PRIMARY KEY,      -- scheme://host:port
    asked_at TEXT NOT NULL,
    status INTEGER,
    body BLOB NOT NULL            -- compressed
) WITHOUT ROWID;

CREATE TABLE pause (
    host TEXT PRIMARY KEY,
    until TEXT NOT NULL,
    reason TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE snapshot (
    key TEXT PRIMARY KEY,         -- of the page's URL
    asked_at TEXT NOT NULL,
    url TEXT,
    taken_at TEXT
) WITHOUT ROWID;
