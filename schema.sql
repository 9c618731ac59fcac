-- The warehouse of 明账. The only DDL of the project: tables are loaded from this file (warehouse/schema.py) and
-- migrations/ upgrades older warehouses to it. Portable subset of SQLite and PostgreSQL: no identity columns, no
-- arrays, no ON CONFLICT in here. Money is BIGINT fen, instants (_at) are UTC, business dates (_on) are DATE.

-- ------------------------------------------------------------------ deliveries
-- A delivered file, or the control file that came with one, kept unchanged under its sha256 in DATA/landing.
CREATE TABLE landing (
    sha256 VARCHAR(64) PRIMARY KEY,
    file_name VARCHAR(255) NOT NULL,
    byte_count BIGINT NOT NULL,
    received_at TIMESTAMP NOT NULL
);

-- One attempt to read a delivered file with one mapping. Published batches are never changed; a held batch has no facts.
CREATE TABLE batch (
    batch_id INTEGER PRIMARY KEY,
    -- what was read, with which mapping, from which bytes
    feed VARCHAR(32) NOT NULL,
    mapping_name VARCHAR(64) NOT NULL,
    mapping_sha256 VARCHAR(64) NOT NULL,
    landing_sha256 VARCHAR(64) NOT NULL REFERENCES landing (sha256),
    file_name VARCHAR(255) NOT NULL,
    status VARCHAR(16) NOT NULL CONSTRAINT batch_status CHECK (status IN ('published', 'held')),
    -- since when the delivery counts as known (its delivery date when history is loaded), and when we published it
    known_at TIMESTAMP NOT NULL,
    recorded_at TIMESTAMP NOT NULL,
    -- what came of it: rows of the table, facts, rows held back
    row_count BIGINT NOT NULL,
    accepted_count BIGINT NOT NULL,
    rejected_count BIGINT NOT NULL,
    -- JSON object of measure -> fen, summed over accepted rows
    totals_json TEXT NOT NULL,
    -- JSON object of other counts over the delivery: distinct_keys, signs (amounts written as negative or zero)
    counts_json TEXT,
    -- the batch this one replays or releases; why it was held or released, and by whom
    origin_batch_id INTEGER REFERENCES batch (batch_id),
    reason TEXT,
    recorded_by VARCHAR(64)
);
CREATE INDEX batch_by_landing ON batch (landing_sha256, mapping_name);

-- The part of a feed a batch states in full. The latest slice (known_at, batch_id) per feed and slice_key is in force.
CREATE TABLE batch_slice (
    slice_id INTEGER PRIMARY KEY,
    batch_id INTEGER NOT NULL REFERENCES batch (batch_id),
    feed VARCHAR(32) NOT NULL,
    slice_key VARCHAR(128) NOT NULL,
    -- null where the slice holds several
    division_code VARCHAR(12),
    fiscal_year INTEGER,
    -- span of business dates in the slice
    first_on DATE,
    last_on DATE,
    row_count BIGINT NOT NULL,
    -- rows of the slice as delivered, subtotal and blank ones included
    delivered_count BIGINT,
    known_at TIMESTAMP NOT NULL
);
CREATE INDEX batch_slice_by_key ON batch_slice (feed, slice_key, known_at);
CREATE INDEX batch_slice_by_batch ON batch_slice (batch_id);

-- What a held delivery states: not in force, kept so that it can be shown beside what is. No facts belong to it.
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

-- A row that could not be read: where it stood, what it said, what was expected. Kept until a replay takes it in.
CREATE TABLE rejected_row (
    batch_id INTEGER NOT NULL REFERENCES batch (batch_id),
    reject_no INTEGER NOT NULL,
    -- where it stood
    source_sheet VARCHAR(128),
    source_row BIGINT NOT NULL,
    -- what the first bad cell said, what was expected there, and the whole row as delivered
    column_name VARCHAR(128),
    found TEXT,
    expected TEXT NOT NULL,
    raw_json TEXT NOT NULL,
    PRIMARY KEY (batch_id, reject_no)
);

-- Control totals and other checks made before publishing, with both sides (H02 to H10).
CREATE TABLE batch_check (
    batch_id INTEGER NOT NULL REFERENCES batch (batch_id),
    check_no INTEGER NOT NULL,
    -- which check, of what: the whole slice, or the group that a subtotal row stands for
    check_code VARCHAR(8) NOT NULL,
    -- the slice judged; * for the delivery as a whole
    slice_key VARCHAR(128) NOT NULL,
    part VARCHAR(128) NOT NULL,
    measure VARCHAR(64) NOT NULL,
    -- what the delivery states, and what its rows sum to
    expected_fen BIGINT,
    actual_fen BIGINT,
    tolerance_fen BIGINT NOT NULL,
    outcome VARCHAR(16) NOT NULL CONSTRAINT batch_check_outcome CHECK (outcome IN ('ok', 'rounding', 'warn', 'hold')),
    -- where the delivered total stands
    source_sheet VARCHAR(128),
    source_row BIGINT,
    -- the name of the check under [checks] of the mapping, and what it does when it fails: hold or warn
    check_name VARCHAR(32),
    severity VARCHAR(8),
    -- how many rows (or groups of rows) were judged, and how many of them are wrong
    checked_count BIGINT,
    concerned_count BIGINT,
    -- both sides where they are no sums: a code, a day, a count; those of the first entry of sample_json
    expected_text TEXT,
    actual_text TEXT,
    -- the failed check as a sentence; null where the outcome is ok
    detail TEXT,
    -- the first rows concerned: JSON list of objects {sheet, row, about, expected, actual}, texts but for the row
    sample_json TEXT,
    PRIMARY KEY (batch_id, check_no)
);

-- ------------------------------------------------------------------ sources
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

-- ------------------------------------------------------------------ facts
-- Every fact names its slice and the delivered row. row_no counts within the slice. The slice is no foreign key, as
-- looking it up costs more than writing the row; mingzhang check holds every slice's rows against its row_count.
-- 预算单位
CREATE TABLE budget_unit (
    -- where it stands: the slice and the number in it, sheet and row of the delivered file
    slice_id INTEGER NOT NULL,
    row_no BIGINT NOT NULL,
    source_sheet VARCHAR(128),
    source_row BIGINT NOT NULL,
    -- the year whose table this is, the unit, its department and division
    fiscal_year INTEGER,
    unit_code VARCHAR(38) NOT NULL,
    unit_name VARCHAR(255) NOT NULL,
    parent_code VARCHAR(38),
    division_code VARCHAR(12) NOT NULL,
    division_name VARCHAR(128),
    -- department or unit; until when it stood, and who took over (reorganised)
    unit_level VARCHAR(16) NOT NULL CONSTRAINT budget_unit_level CHECK (unit_level IN ('department', 'unit')),
    valid_from DATE,
    valid_to DATE,
    successor_code VARCHAR(38),
    PRIMARY KEY (slice_id, row_no)
);

-- 功能分类, 经济分类, 资金性质 with the years they are valid in
CREATE TABLE classification (
    -- where it stands: the slice and the number in it, sheet and row of the delivered file
    slice_id INTEGER NOT NULL,
    row_no BIGINT NOT NULL,
    source_sheet VARCHAR(128),
    source_row BIGINT NOT NULL,
    -- function, dept_economic, gov_economic or fund; code, name, and the code above
    scheme VARCHAR(16) NOT NULL,
    code VARCHAR(16) NOT NULL,
    name VARCHAR(255) NOT NULL,
    parent_code VARCHAR(16),
    -- years in which it may be used, both inclusive
    valid_from_year INTEGER NOT NULL,
    valid_to_year INTEGER,
    -- the year whose table this is
    fiscal_year INTEGER,
    PRIMARY KEY (slice_id, row_no)
);

-- 预算指标: B0 by control line
CREATE TABLE allotment (
    -- where it stands: the slice and the number in it, sheet and row of the delivered file
    slice_id INTEGER NOT NULL,
    row_no BIGINT NOT NULL,
    source_sheet VARCHAR(128),
    source_row BIGINT NOT NULL,
    -- the line: year, place, unit, project, function, economic items, which budget, this year's money or not
    fiscal_year INTEGER NOT NULL,
    division_code VARCHAR(12) NOT NULL,
    unit_code VARCHAR(38) NOT NULL,
    unit_name VARCHAR(255),
    -- what for: project and classification codes, as delivered
    project_code VARCHAR(64),
    project_name VARCHAR(255),
    function_code VARCHAR(16),
    dept_economic_code VARCHAR(16),
    gov_economic_code VARCHAR(16),
    fund_type_code VARCHAR(16),
    -- which kind: source, kind of spending, category of project
    budget_source VARCHAR(16),
    spending_kind VARCHAR(16),
    project_category VARCHAR(64),
    -- the indicator, its document, its day of release; B0
    allotment_code VARCHAR(64),
    document_no VARCHAR(128),
    reporting_level VARCHAR(16),
    released_on DATE,
    summary TEXT,
    appropriation_fen BIGINT NOT NULL,
    -- year the money was first appropriated (carry-over: an earlier one); 直达资金, 政府采购
    origin_year INTEGER,
    is_direct_fund BOOLEAN,
    is_procurement BOOLEAN,
    PRIMARY KEY (slice_id, row_no)
);

-- 指标调整: signed changes of B0
CREATE TABLE adjustment (
    -- where it stands: the slice and the number in it, sheet and row of the delivered file
    slice_id INTEGER NOT NULL,
    row_no BIGINT NOT NULL,
    source_sheet VARCHAR(128),
    source_row BIGINT NOT NULL,
    -- the line: year, place, unit, project, function, economic items, which budget, this year's money or not
    fiscal_year INTEGER NOT NULL,
    division_code VARCHAR(12) NOT NULL,
    unit_code VARCHAR(38) NOT NULL,
    unit_name VARCHAR(255),
    -- what for: project and classification codes, as delivered
    project_code VARCHAR(64),
    project_name VARCHAR(255),
    function_code VARCHAR(16),
    dept_economic_code VARCHAR(16),
    gov_economic_code VARCHAR(16),
    fund_type_code VARCHAR(16),
    -- which kind: source, kind of spending, category of project
    budget_source VARCHAR(16),
    spending_kind VARCHAR(16),
    project_category VARCHAR(64),
    -- which adjustment of which indicator; add, cut or move (the rows of a move sum to zero)
    adjustment_code VARCHAR(64),
    allotment_code VARCHAR(64),
    document_no VARCHAR(128),
    adjustment_kind VARCHAR(16),
    adjusted_on DATE NOT NULL,
    reason TEXT,
    adjustment_fen BIGINT NOT NULL,
    PRIMARY KEY (slice_id, row_no)
);

-- 支付凭证: refunds and corrections are rows of their own with negative fen
CREATE TABLE payment (
    -- where it stands: the slice and the number in it, sheet and row of the delivered file
    slice_id INTEGER NOT NULL,
    row_no BIGINT NOT NULL,
    source_sheet VARCHAR(128),
    source_row BIGINT NOT NULL,
    -- the line: year, place, unit, project, function, economic items, which budget, this year's money or not
    fiscal_year INTEGER NOT NULL,
    division_code VARCHAR(12) NOT NULL,
    unit_code VARCHAR(38) NOT NULL,
    unit_name VARCHAR(255),
    -- what for: project and classification codes, as delivered
    project_code VARCHAR(64),
    project_name VARCHAR(255),
    function_code VARCHAR(16),
    dept_economic_code VARCHAR(16),
    gov_economic_code VARCHAR(16),
    fund_type_code VARCHAR(16),
    -- which kind: source, kind of spending, category of project
    budget_source VARCHAR(16),
    spending_kind VARCHAR(16),
    project_category VARCHAR(64),
    -- the voucher, its day; normal, refund or correction, and of which voucher
    voucher_no VARCHAR(64),
    application_no VARCHAR(64),
    allotment_code VARCHAR(64),
    paid_on DATE NOT NULL,
    settlement_method VARCHAR(32),
    payment_kind VARCHAR(16),
    original_voucher_no VARCHAR(64),
    -- to whom and what for; signed fen, voided ones in no sum
    payee_name VARCHAR(255),
    payee_account VARCHAR(64),
    payee_bank VARCHAR(128),
    purpose TEXT,
    -- voided and failed lines are kept and left out of every sum
    is_voided BOOLEAN,
    payment_fen BIGINT NOT NULL,
    -- why the bank did not pay: such a line is kept and left out of every sum
    failure_reason TEXT,
    -- what it was paid on, from which account, of which funds, for how many people and days
    contract_no VARCHAR(128),
    payer_name VARCHAR(255),
    payer_account VARCHAR(64),
    is_direct_fund BOOLEAN,
    headcount INTEGER,
    event_days INTEGER,
    PRIMARY KEY (slice_id, row_no)
);

-- 执行月报: cumulative figures per line, for places that deliver no vouchers, and for cross-checks
CREATE TABLE execution_month (
    -- where it stands: the slice and the number in it, sheet and row of the delivered file
    slice_id INTEGER NOT NULL,
    row_no BIGINT NOT NULL,
    source_sheet VARCHAR(128),
    source_row BIGINT NOT NULL,
    -- the line: year, place, unit, project, function, economic items, which budget, this year's money or not
    fiscal_year INTEGER NOT NULL,
    division_code VARCHAR(12) NOT NULL,
    unit_code VARCHAR(38) NOT NULL,
    unit_name VARCHAR(255),
    -- what for: project and classification codes, as delivered
    project_code VARCHAR(64),
    project_name VARCHAR(255),
    function_code VARCHAR(16),
    dept_economic_code VARCHAR(16),
    gov_economic_code VARCHAR(16),
    fund_type_code VARCHAR(16),
    -- which kind: source, kind of spending, category of project
    budget_source VARCHAR(16),
    spending_kind VARCHAR(16),
    project_category VARCHAR(64),
    -- unit or department: both may carry the same money; from 1 January to this day
    reporting_level VARCHAR(16),
    as_of_on DATE NOT NULL,
    -- null where the report does not state it
    appropriation_fen BIGINT,
    adjustment_fen BIGINT,
    adjusted_appropriation_fen BIGINT,
    commitment_fen BIGINT,
    obligation_fen BIGINT,
    payment_fen BIGINT,
    PRIMARY KEY (slice_id, row_no)
);

-- 用款计划: what is planned to be paid on a line in each month
CREATE TABLE cash_plan (
    slice_id INTEGER NOT NULL,
    row_no BIGINT NOT NULL,
    source_sheet VARCHAR(128),
    source_row BIGINT NOT NULL,
    -- the line: year, place, unit
    fiscal_year INTEGER NOT NULL,
    division_code VARCHAR(12) NOT NULL,
    unit_code VARCHAR(38) NOT NULL,
    unit_name VARCHAR(255),
    -- project, function, economic items, which budget, this year's money or not
    project_code VARCHAR(64),
    project_name VARCHAR(255),
    function_code VARCHAR(16),
    dept_economic_code VARCHAR(16),
    gov_economic_code VARCHAR(16),
    fund_type_code VARCHAR(16),
    budget_source VARCHAR(16),
    spending_kind VARCHAR(16),
    project_category VARCHAR(64),
    -- the plan; fen of the month alone, and what its table says was paid
    plan_no VARCHAR(64),
    document_no VARCHAR(128),
    month INTEGER NOT NULL,
    planned_fen BIGINT NOT NULL,
    payment_fen BIGINT,
    PRIMARY KEY (slice_id, row_no)
);

-- 收入: cumulative figures by subject (类款项目), month and budget; 本级 and 全区 rows carry the same money
CREATE TABLE revenue (
    slice_id INTEGER NOT NULL,
    row_no BIGINT NOT NULL,
    source_sheet VARCHAR(128),
    source_row BIGINT NOT NULL,
    -- year, place, own 本级 or whole 全区
    fiscal_year INTEGER NOT NULL,
    division_code VARCHAR(12) NOT NULL,
    extent VARCHAR(16),
    -- budget and subject; tax, non_tax, insurance, fund, transfer, debt
    fund_type_code VARCHAR(16),
    subject_code VARCHAR(16),
    subject_name VARCHAR(255),
    revenue_kind VARCHAR(16),
    -- figures from 1 January to this day; the month's own beside them
    as_of_on DATE NOT NULL,
    budget_fen BIGINT,
    adjusted_budget_fen BIGINT,
    month_fen BIGINT,
    ytd_fen BIGINT,
    last_year_month_fen BIGINT,
    last_year_ytd_fen BIGINT,
    forecast_fen BIGINT,
    receivable_fen BIGINT,
    remitted_fen BIGINT,
    PRIMARY KEY (slice_id, row_no)
);

-- 项目库: projects with their years, estimates and state
CREATE TABLE project (
    slice_id INTEGER NOT NULL,
    row_no BIGINT NOT NULL,
    source_sheet VARCHAR(128),
    source_row BIGINT NOT NULL,
    -- year, place, and unit or project
    fiscal_year INTEGER NOT NULL,
    division_code VARCHAR(12) NOT NULL,
    unit_code VARCHAR(38) NOT NULL,
    unit_name VARCHAR(255),
    project_code VARCHAR(64) NOT NULL,
    project_name VARCHAR(255),
    -- which budget, this year's money or carry-over; what kind of project
    fund_type_code VARCHAR(16),
    budget_source VARCHAR(16),
    project_category VARCHAR(64),
    function_code VARCHAR(16),
    -- span and state, entry into the store, approval
    start_year INTEGER,
    end_year INTEGER,
    status VARCHAR(16),
    stored_on DATE,
    approval_no VARCHAR(128),
    is_investment BOOLEAN,
    is_livelihood BOOLEAN,
    -- all years, feasibility and approved estimate, this year's plan, paid in earlier years
    total_fen BIGINT,
    feasibility_fen BIGINT,
    estimate_fen BIGINT,
    planned_fen BIGINT,
    paid_before_fen BIGINT,
    as_of_on DATE,
    PRIMARY KEY (slice_id, row_no)
);

-- 项目节点: what is to be reached by when, and when it was
CREATE TABLE milestone (
    slice_id INTEGER NOT NULL,
    row_no BIGINT NOT NULL,
    source_sheet VARCHAR(128),
    source_row BIGINT NOT NULL,
    -- year, place, and unit or project
    fiscal_year INTEGER NOT NULL,
    division_code VARCHAR(12) NOT NULL,
    unit_code VARCHAR(38),
    unit_name VARCHAR(255),
    project_code VARCHAR(64) NOT NULL,
    project_name VARCHAR(255),
    -- what, planned for when, done when; shares in basis points of the project
    milestone_no VARCHAR(64),
    milestone_name VARCHAR(255) NOT NULL,
    planned_on DATE,
    done_on DATE,
    planned_share_bp INTEGER,
    done_share_bp INTEGER,
    delay_reason TEXT,
    as_of_on DATE,
    PRIMARY KEY (slice_id, row_no)
);

-- 政府采购合同: amounts and the days that time limits count from
CREATE TABLE contract (
    slice_id INTEGER NOT NULL,
    row_no BIGINT NOT NULL,
    source_sheet VARCHAR(128),
    source_row BIGINT NOT NULL,
    -- year, place, and unit or project
    fiscal_year INTEGER NOT NULL,
    division_code VARCHAR(12) NOT NULL,
    unit_code VARCHAR(38) NOT NULL,
    unit_name VARCHAR(255),
    project_code VARCHAR(64),
    project_name VARCHAR(255),
    -- which budget, this year's money or carry-over
    fund_type_code VARCHAR(16),
    budget_source VARCHAR(16),
    -- the contract, its supplier, what is bought and how
    contract_no VARCHAR(128) NOT NULL,
    contract_name VARCHAR(255),
    supplier_name VARCHAR(255),
    supplier_code VARCHAR(38),
    is_small_supplier BOOLEAN,
    procurement_category VARCHAR(32),
    procurement_method VARCHAR(64),
    -- days that time limits count from or end on; the agreed term
    signed_on DATE,
    announced_on DATE,
    delivered_on DATE,
    accepted_on DATE,
    payment_term_days INTEGER,
    is_secret BOOLEAN,
    -- procurement budget, contract, supplements, paid so far
    budget_fen BIGINT,
    contract_fen BIGINT,
    supplement_fen BIGINT,
    paid_fen BIGINT,
    PRIMARY KEY (slice_id, row_no)
);

-- 转移支付: money from the level above and to the level below, with the days it came and went on
CREATE TABLE transfer (
    slice_id INTEGER NOT NULL,
    row_no BIGINT NOT NULL,
    source_sheet VARCHAR(128),
    source_row BIGINT NOT NULL,
    -- year, place, and unit or project
    fiscal_year INTEGER NOT NULL,
    division_code VARCHAR(12) NOT NULL,
    unit_code VARCHAR(38),
    unit_name VARCHAR(255),
    project_code VARCHAR(64),
    project_name VARCHAR(255),
    -- which budget, this year's money or carry-over
    fund_type_code VARCHAR(16),
    budget_source VARCHAR(16),
    -- in from above or out to below; general, special, shared
    direction VARCHAR(8),
    source_division_code VARCHAR(12),
    target_division_code VARCHAR(12),
    transfer_kind VARCHAR(16) NOT NULL,
    -- documents and subjects
    upper_document_no VARCHAR(128),
    document_no VARCHAR(128),
    document_title VARCHAR(255),
    subject_code VARCHAR(16),
    function_code VARCHAR(16),
    -- came and went on; advance notice for a year; prepaid ones know no limit
    received_on DATE,
    released_on DATE,
    is_advance BOOLEAN,
    advance_year INTEGER,
    is_prepaid BOOLEAN,
    is_direct_fund BOOLEAN,
    -- amount, and what was passed on of it
    transfer_fen BIGINT NOT NULL,
    released_fen BIGINT,
    PRIMARY KEY (slice_id, row_no)
);

-- 政府债务: limits and balances of a division, and single bonds, as they stood on a day
CREATE TABLE debt (
    slice_id INTEGER NOT NULL,
    row_no BIGINT NOT NULL,
    source_sheet VARCHAR(128),
    source_row BIGINT NOT NULL,
    -- year, place, and unit or project
    fiscal_year INTEGER NOT NULL,
    division_code VARCHAR(12) NOT NULL,
    extent VARCHAR(16),
    project_code VARCHAR(64),
    project_name VARCHAR(255),
    -- who borrowed for what; which budget
    unit_code VARCHAR(38),
    unit_name VARCHAR(255),
    fund_type_code VARCHAR(16),
    budget_source VARCHAR(16),
    -- the day, and the bond (null: the division's limit and balance)
    as_of_on DATE NOT NULL,
    debt_kind VARCHAR(16) NOT NULL,
    bond_code VARCHAR(64),
    bond_name VARCHAR(255),
    -- what it may be used for, its rate and its days
    purpose TEXT,
    use_class VARCHAR(16),
    rate_bp INTEGER,
    issued_on DATE,
    due_on DATE,
    received_on DATE,
    -- amounts as they stood on the day
    limit_fen BIGINT,
    balance_fen BIGINT,
    principal_fen BIGINT,
    received_fen BIGINT,
    paid_fen BIGINT,
    repaid_fen BIGINT,
    interest_fen BIGINT,
    overdue_fen BIGINT,
    fiscal_capacity_fen BIGINT,
    PRIMARY KEY (slice_id, row_no)
);

-- 库款: balances and flows of the treasury account as they stood on a day, cumulative since 1 January
CREATE TABLE treasury (
    slice_id INTEGER NOT NULL,
    row_no BIGINT NOT NULL,
    source_sheet VARCHAR(128),
    source_row BIGINT NOT NULL,
    -- year, place, and unit or project
    fiscal_year INTEGER NOT NULL,
    division_code VARCHAR(12) NOT NULL,
    extent VARCHAR(16),
    -- which budget and account, on which day
    fund_type_code VARCHAR(16),
    account_name VARCHAR(128),
    as_of_on DATE NOT NULL,
    -- balance on 1 January, flows since, balance, temporary advances
    opening_fen BIGINT,
    receipts_fen BIGINT,
    payouts_fen BIGINT,
    closing_fen BIGINT,
    advances_fen BIGINT,
    PRIMARY KEY (slice_id, row_no)
);

-- 决算: budget, adjusted budget and outturn side by side, by line or by subject
CREATE TABLE final_account (
    slice_id INTEGER NOT NULL,
    row_no BIGINT NOT NULL,
    source_sheet VARCHAR(128),
    source_row BIGINT NOT NULL,
    -- the line; unit and project are null in the account of a division
    fiscal_year INTEGER NOT NULL,
    division_code VARCHAR(12) NOT NULL,
    unit_code VARCHAR(38),
    unit_name VARCHAR(255),
    project_code VARCHAR(64),
    project_name VARCHAR(255),
    function_code VARCHAR(16),
    dept_economic_code VARCHAR(16),
    gov_economic_code VARCHAR(16),
    fund_type_code VARCHAR(16),
    budget_source VARCHAR(16),
    spending_kind VARCHAR(16),
    project_category VARCHAR(64),
    -- whose account, which side, revenue subject
    reporting_level VARCHAR(16),
    extent VARCHAR(16),
    account_side VARCHAR(16),
    subject_code VARCHAR(16),
    subject_name VARCHAR(255),
    settled_on DATE,
    -- budget, adjusted budget, outturn, carry-over in and out, surplus
    appropriation_fen BIGINT,
    adjusted_appropriation_fen BIGINT,
    outturn_fen BIGINT NOT NULL,
    carryover_in_fen BIGINT,
    carryover_out_fen BIGINT,
    surplus_fen BIGINT,
    PRIMARY KEY (slice_id, row_no)
);

-- 绩效: targets and self-reviews of projects
CREATE TABLE performance (
    slice_id INTEGER NOT NULL,
    row_no BIGINT NOT NULL,
    source_sheet VARCHAR(128),
    source_row BIGINT NOT NULL,
    -- year, place, and unit or project
    fiscal_year INTEGER NOT NULL,
    division_code VARCHAR(12) NOT NULL,
    unit_code VARCHAR(38) NOT NULL,
    unit_name VARCHAR(255),
    project_code VARCHAR(64),
    project_name VARCHAR(255),
    -- which budget, this year's money or carry-over
    fund_type_code VARCHAR(16),
    budget_source VARCHAR(16),
    -- what was promised and how it was judged; scores in hundredths
    target TEXT,
    target_on DATE,
    self_score_hundredths INTEGER,
    grade VARCHAR(32),
    evaluator VARCHAR(32),
    evaluated_on DATE,
    is_exempt BOOLEAN,
    -- as the self-review says
    adjusted_appropriation_fen BIGINT,
    payment_fen BIGINT,
    PRIMARY KEY (slice_id, row_no)
);

-- 文书: dated acts (approvals, replies, disclosures, reports) that time limits are judged on
CREATE TABLE document (
    slice_id INTEGER NOT NULL,
    row_no BIGINT NOT NULL,
    source_sheet VARCHAR(128),
    source_row BIGINT NOT NULL,
    -- year, place, and unit or project
    fiscal_year INTEGER NOT NULL,
    division_code VARCHAR(12) NOT NULL,
    unit_code VARCHAR(38),
    unit_name VARCHAR(255),
    -- the act, its day (null while owed), the day its limit counts from
    document_kind VARCHAR(64) NOT NULL,
    document_no VARCHAR(128),
    title VARCHAR(255),
    event_on DATE,
    base_on DATE,
    base_document_no VARCHAR(128),
    -- from whom to whom, at which meeting, about how much of which budget
    issuing_body VARCHAR(255),
    receiving_body VARCHAR(255),
    meeting VARCHAR(255),
    fund_type_code VARCHAR(16),
    amount_fen BIGINT,
    -- what lengthens or lifts the limit
    is_complex BOOLEAN,
    is_secret BOOLEAN,
    PRIMARY KEY (slice_id, row_no)
);

-- ------------------------------------------------------------------ thresholds
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

-- ------------------------------------------------------------------ judgement
-- One run of the rules over (as_of, known_at). History runs write findings and send nothing.
CREATE TABLE evaluation_run (
    run_id INTEGER PRIMARY KEY,
    -- the two times judged
    as_of_on DATE NOT NULL,
    known_at TIMESTAMP NOT NULL,
    started_at TIMESTAMP NOT NULL,
    -- which slices were read, by which code and parameters: enough to repeat the run
    facts_stamp VARCHAR(64) NOT NULL,
    code_version VARCHAR(32) NOT NULL,
    params_json TEXT NOT NULL,
    rule_codes TEXT NOT NULL,
    is_history BOOLEAN NOT NULL
);

-- What one run found: rule, subject and period, what was measured against which limit, and the arithmetic.
CREATE TABLE finding (
    run_id INTEGER NOT NULL REFERENCES evaluation_run (run_id),
    finding_no INTEGER NOT NULL,
    -- identity and level
    rule_code VARCHAR(8) NOT NULL,
    subject VARCHAR(255) NOT NULL,
    period VARCHAR(16) NOT NULL,
    level VARCHAR(8) NOT NULL CONSTRAINT finding_level CHECK (level IN ('blue', 'yellow', 'orange', 'red')),
    -- what was measured and the fence of the level reached, both in measure_unit; money at stake
    measured BIGINT,
    "limit" BIGINT,
    measure_unit VARCHAR(8) NOT NULL,
    amount_fen BIGINT,
    -- where it belongs, and the arithmetic with the facts behind it
    division_code VARCHAR(12),
    unit_code VARCHAR(38),
    project_code VARCHAR(64),
    evidence TEXT NOT NULL,
    PRIMARY KEY (run_id, finding_no)
);
CREATE INDEX finding_by_subject ON finding (rule_code, subject, period);

-- What was judged and what was not, and why not.
CREATE TABLE coverage (
    run_id INTEGER NOT NULL REFERENCES evaluation_run (run_id),
    coverage_no INTEGER NOT NULL,
    rule_code VARCHAR(8) NOT NULL,
    scope VARCHAR(255) NOT NULL,
    period VARCHAR(16),
    division_code VARCHAR(12),
    -- null reason: judged
    is_judged BOOLEAN NOT NULL,
    reason VARCHAR(64),
    PRIMARY KEY (run_id, coverage_no)
);

-- A rule that failed to run; the others went on.
CREATE TABLE rule_error (
    run_id INTEGER NOT NULL REFERENCES evaluation_run (run_id),
    rule_code VARCHAR(8) NOT NULL,
    message TEXT NOT NULL,
    PRIMARY KEY (run_id, rule_code)
);

-- How long each rule took in a run, in microseconds.
CREATE TABLE rule_timing (
    run_id INTEGER NOT NULL REFERENCES evaluation_run (run_id),
    rule_code VARCHAR(8) NOT NULL,
    duration_us BIGINT NOT NULL,
    PRIMARY KEY (run_id, rule_code)
);

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

-- ------------------------------------------------------------------ alerts and clues
-- 线索: what people work; the alerts on one unit, project and period.
CREATE TABLE clue (
    clue_id VARCHAR(32) PRIMARY KEY,
    -- what it is about
    clue_key VARCHAR(255) NOT NULL,
    division_code VARCHAR(12) NOT NULL,
    unit_code VARCHAR(38),
    project_code VARCHAR(64),
    -- names as they stood when the clue was opened, so that lists and mail need no join
    unit_name VARCHAR(255),
    project_name VARCHAR(255),
    period VARCHAR(16) NOT NULL,
    -- open 待核实, closed 办结
    status VARCHAR(16) NOT NULL,
    level VARCHAR(8) NOT NULL,
    amount_fen BIGINT,
    opened_at TIMESTAMP NOT NULL,
    opened_on DATE NOT NULL,
    closed_at TIMESTAMP,
    CONSTRAINT clue_key_once UNIQUE (clue_key)
);

-- Identity is rule, subject and period, never the date judged.
CREATE TABLE alert (
    alert_id INTEGER PRIMARY KEY,
    -- identity
    rule_code VARCHAR(8) NOT NULL,
    subject VARCHAR(255) NOT NULL,
    period VARCHAR(16) NOT NULL,
    clue_id VARCHAR(32) NOT NULL REFERENCES clue (clue_id),
    division_code VARCHAR(12) NOT NULL,
    -- state: open, and stale while nobody can judge it
    status VARCHAR(16) NOT NULL CONSTRAINT alert_status CHECK (status IN ('open', 'resolved')),
    is_stale BOOLEAN NOT NULL,
    level VARCHAR(8) NOT NULL,
    opened_on DATE NOT NULL,
    resolved_on DATE,
    -- the finding that judged it last, with its figures copied so that lists need no join
    run_id INTEGER NOT NULL,
    finding_no INTEGER NOT NULL,
    measured BIGINT,
    "limit" BIGINT,
    measure_unit VARCHAR(8) NOT NULL,
    amount_fen BIGINT,
    CONSTRAINT alert_identity UNIQUE (rule_code, subject, period)
);
CREATE INDEX alert_by_clue ON alert (clue_id);

-- Every change of an alert or a clue: who, when, why.
CREATE TABLE alert_event (
    event_id INTEGER PRIMARY KEY,
    -- null for an event of the clue itself
    alert_id INTEGER REFERENCES alert (alert_id),
    clue_id VARCHAR(32) NOT NULL REFERENCES clue (clue_id),
    run_id INTEGER,
    -- when, who, what and why
    happened_at TIMESTAMP NOT NULL,
    happened_on DATE NOT NULL,
    actor VARCHAR(64) NOT NULL,
    notice VARCHAR(16) NOT NULL,
    reason TEXT NOT NULL,
    from_level VARCHAR(8),
    to_level VARCHAR(8)
);
CREATE INDEX alert_event_by_clue ON alert_event (clue_id);

-- Who receives a division's digest.
CREATE TABLE office (
    -- the division, and the office that watches over it
    division_code VARCHAR(12) PRIMARY KEY,
    division_name VARCHAR(128) NOT NULL,
    office_name VARCHAR(128) NOT NULL,
    division_kind VARCHAR(16) NOT NULL CONSTRAINT office_kind CHECK (division_kind IN ('district', 'street', 'town')),
    -- addresses, separated by commas
    mail_to TEXT NOT NULL
);

-- Messages owed to people, written in the same transaction as the change they report.
CREATE TABLE outbox (
    message_id VARCHAR(255) PRIMARY KEY,
    -- for whom, about what
    kind VARCHAR(16) NOT NULL,
    division_code VARCHAR(12) NOT NULL,
    recipient VARCHAR(255) NOT NULL,
    run_id INTEGER,
    subject TEXT NOT NULL,
    payload_json TEXT NOT NULL,
    -- state: pending, sending (claimed), sent or dead, with the server's last words
    status VARCHAR(16) NOT NULL CONSTRAINT outbox_status CHECK (status IN ('pending', 'sending', 'sent', 'dead')),
    attempts INTEGER NOT NULL,
    created_at TIMESTAMP NOT NULL,
    next_attempt_at TIMESTAMP NOT NULL,
    claimed_by VARCHAR(64),
    claimed_at TIMESTAMP,
    sent_at TIMESTAMP,
    last_response TEXT
);
CREATE INDEX outbox_due ON outbox (status, next_attempt_at);

-- ------------------------------------------------------------------ reports
-- A quarter's report of one office: draft, signed, filed.
CREATE TABLE quarterly_report (
    report_id INTEGER PRIMARY KEY,
    -- whose report of what, as judged when
    quarter VARCHAR(8) NOT NULL,
    division_code VARCHAR(12) NOT NULL,
    status VARCHAR(16) NOT NULL CONSTRAINT quarterly_report_status CHECK (status IN ('draft', 'signed', 'filed')),
    as_of_on DATE NOT NULL,
    known_at TIMESTAMP NOT NULL,
    run_id INTEGER,
    -- the figures the text was written from, frozen, and the document built from them
    snapshot_json TEXT NOT NULL,
    document_sha256 VARCHAR(64),
    file_name VARCHAR(255),
    built_at TIMESTAMP NOT NULL,
    CONSTRAINT quarterly_report_once UNIQUE (quarter, division_code, known_at)
);

-- ------------------------------------------------------------------ running the house
-- One run of a scheduled job, claimed once.
CREATE TABLE job_run (
    job VARCHAR(32) NOT NULL,
    scheduled_for TIMESTAMP NOT NULL,
    -- who runs it, and how it ended; outcome is null while it runs
    claimed_by VARCHAR(64) NOT NULL,
    started_at TIMESTAMP NOT NULL,
    finished_at TIMESTAMP,
    outcome VARCHAR(16),
    message TEXT,
    PRIMARY KEY (job, scheduled_for)
);

-- Who may act as the one scheduler, until when.
CREATE TABLE lease (
    name VARCHAR(32) PRIMARY KEY,
    holder VARCHAR(64) NOT NULL,
    expires_at TIMESTAMP NOT NULL
);

-- Who may log in, as what, for which division.
CREATE TABLE account (
    -- who it is, and what they may do
    username VARCHAR(64) PRIMARY KEY,
    display_name VARCHAR(128) NOT NULL,
    role VARCHAR(32) NOT NULL,
    -- null: the whole district
    division_code VARCHAR(12),
    -- argon2; locked for a while after wrong passwords
    password_hash VARCHAR(255) NOT NULL,
    is_disabled BOOLEAN NOT NULL,
    is_sample BOOLEAN NOT NULL,
    failed_count INTEGER NOT NULL,
    locked_until_at TIMESTAMP,
    created_at TIMESTAMP NOT NULL
);

-- Append-only, each entry hashed over the one before it.
CREATE TABLE audit_entry (
    entry_no INTEGER PRIMARY KEY,
    -- who did what, when
    happened_at TIMESTAMP NOT NULL,
    actor VARCHAR(64) NOT NULL,
    action VARCHAR(64) NOT NULL,
    object VARCHAR(255) NOT NULL,
    detail_json TEXT NOT NULL,
    -- the chain
    previous_hash VARCHAR(64) NOT NULL,
    entry_hash VARCHAR(64) NOT NULL
);

-- Small facts about the warehouse itself: the district's name, whether it holds the sample, the signing key's id.
CREATE TABLE warehouse_note (
    note_key VARCHAR(64) PRIMARY KEY,
    note_value TEXT NOT NULL
);
