-- What is in the ledger, for other programs: docs/sql.md. Columns are called as in the files that runs
-- write; a column that has no value is null. Other programs read these views; the tables may change.
-- Without the operators -> and ->>, which SQLite has from 3.38 on.

CREATE TABLE run (
    id INTEGER PRIMARY KEY,
    record TEXT NOT NULL          -- JSON, as a line of runs.jsonl; the latest ones stay
);

CREATE VIEW sources AS
SELECT
    id AS sourceId,
    key AS source,
    held_state AS state,
    last_state AS lastState,
    CAST(json_extract(attempt, '$.url') AS TEXT) AS requestedUrl,
    CAST(CASE WHEN held_state <> 'archived' AND json_extract(attempt, '$.status') IS NOT NULL
        THEN coalesce(json_extract(attempt, '$.redirects[#-1]'), json_extract(attempt, '$.url')) END AS TEXT) AS finalUrl,
    CAST(CASE WHEN held_state = 'archived' THEN json_extract(held, '$.snapshot.url') END AS TEXT) AS archiveUrl,
    CAST(json_extract(attempt, '$.status') AS INTEGER) AS httpStatus,
    CAST(CASE WHEN json_extract(attempt, '$.status') IS NOT NULL
        THEN json_extract(held, '$.at') END AS TEXT) AS fetchedDateTime,
    checked_at AS checkedDateTime,
    failing_since AS failingSince,
    failures,
    CAST(json_extract(attempt, '$.detail') AS TEXT) AS detail,
    CAST(json_extract(article, '$.title') AS TEXT) AS title,
    CAST(json_extract(article, '$.authors') AS TEXT) AS authors,              -- JSON array
    CAST(json_extract(article, '$.published') AS TEXT) AS publishedDateTime,
    CAST(json_extract(article, '$.modified') AS TEXT) AS modifiedDateTime,
    CAST(json_extract(article, '$.description') AS TEXT) AS description,
    CAST(json_extract(article, '$.site_name') AS TEXT) AS siteName,
    CAST(json_extract(article, '$.language') AS TEXT) AS language,
    CAST(json_extract(article, '$.section') AS TEXT) AS section,
    CAST(json_extract(article, '$.keywords') AS TEXT) AS keywords,            -- JSON array
    CAST(json_extract(article, '$.images') AS TEXT) AS images,                -- JSON array of objects
    CAST(json_extract(article, '$.canonical_url') AS TEXT) AS canonicalUrl,
    CAST(json_extract(article, '$.free_to_read') AS INTEGER) AS isAccessibleForFree,
    CAST(json_extract(article, '$.tdm_reserved') AS INTEGER) AS tdmReservation,
    CAST(json_extract(article, '$.word_count') AS INTEGER) AS wordCount,
    CAST(json_extract(article, '$.content_hash') AS TEXT) AS contentHash,
    CAST(json_extract(article, '$.markdown') AS TEXT) AS text
FROM (
    SELECT *,
        json_extract(held, '$.article') AS article,
        json_extract(held, '$.attempts[' || json_extract(held, '$.answered') || ']') AS attempt
    FROM source
);

CREATE VIEW articles AS SELECT * FROM sources WHERE text IS NOT NULL;

CREATE VIEW links AS
SELECT
    'items/' || item.output AS itemFile,
    nullif(mention.position, -1) AS position,
    CASE WHEN mention.position >= 0 THEN mention.web_url END AS webUrl,
    sources.*
FROM mention
JOIN item ON item.id = mention.item_id
JOIN sources ON sources.sourceId = mention.source_id;

CREATE VIEW items AS
SELECT
    'items/' || item.output AS itemFile,
    item.origin AS file,
    count(mention.source_id) AS links,
    count(source.failing_since) AS failing
FROM item
LEFT JOIN mention ON mention.item_id = item.id
LEFT JOIN source ON source.id = mention.source_id
GROUP BY item.id;

CREATE VIEW runs AS
SELECT
    id AS runId,
    CAST(json_extract(record, '$.startedDateTime') AS TEXT) AS startedDateTime,
    CAST(json_extract(record, '$.endedDateTime') AS TEXT) AS endedDateTime,
    CAST(json_extract(record, '$.seconds') AS REAL) AS seconds,
    CAST(json_extract(record, '$.ended') AS TEXT) AS ended,
    CAST(json_extract(record, '$.exitCode') AS INTEGER) AS exitCode,
    CAST(json_extract(record, '$.items.selected') AS INTEGER) AS items,
    CAST(json_extract(record, '$.sources.due') AS INTEGER) AS due,
    CAST(json_extract(record, '$.outcomes.good') AS INTEGER) AS good,
    CAST(json_extract(record, '$.happened.lost') AS INTEGER) AS lost,
    CAST(json_extract(record, '$.happened.failing') AS INTEGER) AS failing,
    CAST(json_extract(record, '$.happened.back') AS INTEGER) AS back,
    CAST(json_extract(record, '$.happened.changed') AS INTEGER) AS changed,
    CAST(json_extract(record, '$.files.written') AS INTEGER) AS filesWritten,
    record
FROM run;
