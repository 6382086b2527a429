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
