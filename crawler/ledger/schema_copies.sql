-- Copies of articles: derived from what sources hold, and made again when the way to find them changes.

CREATE TABLE text_index (
    scheme TEXT NOT NULL,         -- see crawler.duplicates
    done_to INTEGER               -- sources up to this id are in; NULL: all are
);

CREATE TABLE text (               -- one row for all that hold the same words
    id INTEGER PRIMARY KEY,
    hash TEXT NOT NULL UNIQUE,    -- of the words, as articles have it
    sketch BLOB NOT NULL
);

CREATE TABLE band (               -- of the sketches
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
    standing TEXT NOT NULL,       -- sorts the best copy first
    url TEXT NOT NULL
);
CREATE INDEX text_source_of_text ON text_source (text_id, standing);
