-- A place files are fetched from: who is fetching it until when, how the last attempt ended, when the next is due.
CREATE TABLE source_state (
    source_name VARCHAR(40) PRIMARY KEY,
    -- null: nobody fetches it now
    claimed_by VARCHAR(64),
    claimed_until_at TIMESTAMP,
    last_tried_at TIMESTAMP,
    -- when something new was last taken in
    last_taken_at TIMESTAMP,
    last_result VARCHAR(16) CONSTRAINT source_state_result CHECK (last_result IN ('taken', 'unchanged', 'failed')),
    last_message TEXT,
    -- attempts that failed since the last that did not
    failures INTEGER NOT NULL,
    next_try_at TIMESTAMP
);

-- What was last taken of a source, by address or remote file name: enough to ask only for what is newer.
CREATE TABLE source_mark (
    source_name VARCHAR(40) NOT NULL REFERENCES source_state (source_name),
    resource VARCHAR(255) NOT NULL,
    -- HTTP: as the server sent them
    etag VARCHAR(255),
    last_modified VARCHAR(64),
    -- SFTP: seconds since 1970 as the server tells them
    modified_seconds BIGINT,
    byte_count BIGINT NOT NULL,
    sha256 VARCHAR(64) NOT NULL,
    taken_at TIMESTAMP NOT NULL,
    PRIMARY KEY (source_name, resource)
);
