-- Frozen copy of what this step adds; schema.sql may move on, this must not.
-- 规则变更: thresholds, exemptions and their lifting as somebody proposed them. Rows are only ever added.
CREATE TABLE rule_change (
    change_id INTEGER PRIMARY KEY,
    -- what it does to which rule (null: every rule); a lift names the change it ends
    kind VARCHAR(16) NOT NULL CONSTRAINT rule_change_kind CHECK (kind IN ('threshold', 'exemption', 'lift')),
    rule_code VARCHAR(8),
    lifts_change_id INTEGER REFERENCES rule_change (change_id),
    -- whom it is about; what is null does not narrow it
    division_code VARCHAR(12),
    unit_code VARCHAR(38),
    spending_kind VARCHAR(16),
    project_code VARCHAR(64),
    subject VARCHAR(255),
    -- the division whose people see it; null: the whole district
    home_division_code VARCHAR(12),
    -- business days on which it holds, both inclusive; null: no end
    from_on DATE NOT NULL,
    to_on DATE,
    -- JSON object of parameter -> value
    params_json TEXT NOT NULL,
    -- who asked for it, when and why
    proposed_by VARCHAR(64) NOT NULL,
    proposed_at TIMESTAMP NOT NULL,
    reason TEXT NOT NULL
);

-- What became of a proposed rule change: decided once, by another person.
CREATE TABLE rule_decision (
    change_id INTEGER PRIMARY KEY REFERENCES rule_change (change_id),
    outcome VARCHAR(16) NOT NULL CONSTRAINT rule_decision_outcome CHECK (outcome IN ('approved', 'rejected')),
    decided_by VARCHAR(64) NOT NULL,
    decided_at TIMESTAMP NOT NULL,
    -- why; empty where nothing was said
    reason TEXT NOT NULL
);
