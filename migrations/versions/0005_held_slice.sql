-- Frozen copy of what this step adds; schema.sql may move on, this must not.
CREATE TABLE held_slice (
    batch_id INTEGER NOT NULL REFERENCES batch (batch_id),
    slice_no INTEGER NOT NULL,
    slice_key VARCHAR(128) NOT NULL,
    division_code VARCHAR(12),
    fiscal_year INTEGER,
    first_on DATE,
    last_on DATE,
    row_count BIGINT NOT NULL,
    delivered_count BIGINT,
    -- JSON object of measure -> fen, summed over the accepted rows of the slice
    totals_json TEXT NOT NULL,
    PRIMARY KEY (batch_id, slice_no)
);
