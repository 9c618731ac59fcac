-- What a check before publishing says beside its sums: its name, its severity, how many rows, both sides, a sample.
ALTER TABLE batch_check ADD COLUMN check_name VARCHAR(32);
ALTER TABLE batch_check ADD COLUMN severity VARCHAR(8);
ALTER TABLE batch_check ADD COLUMN checked_count BIGINT;
ALTER TABLE batch_check ADD COLUMN concerned_count BIGINT;
ALTER TABLE batch_check ADD COLUMN expected_text TEXT;
ALTER TABLE batch_check ADD COLUMN actual_text TEXT;
ALTER TABLE batch_check ADD COLUMN detail TEXT;
ALTER TABLE batch_check ADD COLUMN sample_json TEXT;
