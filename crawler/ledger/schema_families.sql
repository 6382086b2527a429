-- Ways into mentions and URLs on which a source that very many items name is no longer than others.

DROP INDEX IF EXISTS mention_of_source;
DROP INDEX IF EXISTS mention_of_family;
DROP INDEX IF EXISTS url_of_family;
DROP INDEX IF EXISTS url_by_key;
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
INSERT INTO crossing
    SELECT DISTINCT family_id, url.key FROM url JOIN source ON source.key = url.key
    WHERE source.id <> family_id;
