-- What a run says of each of its rules: the version that judged, and how many of what it judged it flagged.
CREATE TABLE run_rule (
    run_id INTEGER NOT NULL REFERENCES evaluation_run (run_id),
    rule_code VARCHAR(8) NOT NULL,
    -- the start of the hash over the rule's file
    rule_version VARCHAR(16) NOT NULL,
    -- what is counted
    counted VARCHAR(16) NOT NULL CONSTRAINT run_rule_counted CHECK (counted IN ('subject', 'unit', 'division')),
    judged_count BIGINT NOT NULL,
    flagged_count BIGINT NOT NULL,
    PRIMARY KEY (run_id, rule_code)
);
