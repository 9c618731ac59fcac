-- Feeds beside the budget line, and what payments and allotments lacked.
ALTER TABLE allotment ADD COLUMN origin_year INTEGER;
ALTER TABLE allotment ADD COLUMN is_direct_fund BOOLEAN;
ALTER TABLE allotment ADD COLUMN is_procurement BOOLEAN;
ALTER TABLE classification ADD COLUMN fiscal_year INTEGER;
ALTER TABLE payment ADD COLUMN failure_reason TEXT;
ALTER TABLE payment ADD COLUMN contract_no VARCHAR(128);
ALTER TABLE payment ADD COLUMN payer_name VARCHAR(255);
ALTER TABLE payment ADD COLUMN payer_account VARCHAR(64);
ALTER TABLE payment ADD COLUMN is_direct_fund BOOLEAN;
ALTER TABLE payment ADD COLUMN headcount INTEGER;
ALTER TABLE payment ADD COLUMN event_days INTEGER;

-- 用款计划: what is planned to be paid on a line in each month
CREATE TABLE cash_plan (
    slice_id INTEGER NOT NULL,
    row_no BIGINT NOT NULL,
    source_sheet VARCHAR(128),
    source_row BIGINT NOT NULL,
    -- the line
    fiscal_year INTEGER NOT NULL,
    division_code VARCHAR(12) NOT NULL,
    unit_code VARCHAR(38) NOT NULL,
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
    -- budget and subject; tax, non_tax, fund, transfer, debt
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
