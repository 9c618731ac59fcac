"""Frame schemas of how the budget is set, changed and spent: units, codes, and everything that stands on a line."""

from typing import Final

from budget.kinds import COUNT, DAY, FEN, FLAG, TEXT, YEAR, Schema

UNITS: Final[Schema] = {
    "fiscal_year": YEAR,  # the year whose unit table this is
    "unit_code": TEXT,
    "unit_name": TEXT,
    "parent_code": TEXT,  # the department (主管部门) above; null for a department
    "division_code": TEXT,  # 9 digits
    "division_name": TEXT,
    "unit_level": TEXT,  # department | unit
    "valid_from": DAY,
    "valid_to": DAY,  # inclusive; null while in use
    "successor_code": TEXT,  # unit that took over, when reorganised
}
CLASSIFICATIONS: Final[Schema] = {
    "fiscal_year": YEAR,  # the year whose table this is
    "scheme": TEXT,  # function | dept_economic | gov_economic | fund
    "code": TEXT,
    "name": TEXT,
    "parent_code": TEXT,
    "valid_from_year": YEAR,
    "valid_to_year": YEAR,  # inclusive; null while in use
}
LINE: Final[Schema] = {
    "fiscal_year": YEAR,
    "division_code": TEXT,
    "unit_code": TEXT,
    "unit_name": TEXT,
    "project_code": TEXT,  # null for 人员/公用 money that belongs to no project
    "project_name": TEXT,
    "function_code": TEXT,  # 类3 / 款5 / 项7 digits
    "dept_economic_code": TEXT,
    "gov_economic_code": TEXT,
    "fund_type_code": TEXT,  # 11 一般公共 12 政府性基金 13 国资 14 社保
    "budget_source": TEXT,  # current 本年预算 | carryover 上年结转 | transfer 上级转移支付
    "spending_kind": TEXT,  # personnel 人员 | public 公用 | project 项目
    "project_category": TEXT,  # 工程, 采购, 补助, 运维 … as delivered; the profile S* is drawn from
}
ALLOTMENTS: Final[Schema] = LINE | {
    "allotment_code": TEXT,  # 指标编号
    "document_no": TEXT,  # 指标文号
    "reporting_level": TEXT,  # unit | department: tables of both levels may carry the same money
    "released_on": DAY,  # 下达日期
    "summary": TEXT,
    "appropriation_fen": FEN,  # B0
    "origin_year": YEAR,  # year the money was first appropriated; of carry-over an earlier one than fiscal_year
    "is_direct_fund": FLAG,  # 直达资金
    "is_procurement": FLAG,  # 政府采购
}
ADJUSTMENTS: Final[Schema] = LINE | {
    "adjustment_code": TEXT,  # the rows of one paired move share it, and sum to zero
    "allotment_code": TEXT,
    "document_no": TEXT,
    "adjustment_kind": TEXT,  # add 追加 | cut 追减 | move 调剂
    "adjusted_on": DAY,
    "reason": TEXT,
    "adjustment_fen": FEN,  # signed
}
PAYMENTS: Final[Schema] = LINE | {
    "voucher_no": TEXT,
    "application_no": TEXT,
    "allotment_code": TEXT,
    "paid_on": DAY,
    "settlement_method": TEXT,
    "payment_kind": TEXT,  # normal | refund | correction
    "original_voucher_no": TEXT,
    "payee_name": TEXT,
    "payee_account": TEXT,
    "payee_bank": TEXT,
    "purpose": TEXT,
    "is_voided": FLAG,  # voided and failed lines are kept and left out of every sum
    "payment_fen": FEN,  # signed: refunds and corrections may be negative
    "failure_reason": TEXT,  # why the bank did not pay; such a line is kept and left out of every sum
    "contract_no": TEXT,
    "payer_name": TEXT,
    "payer_account": TEXT,
    "is_direct_fund": FLAG,  # 直达资金
    "headcount": COUNT,  # people at a meeting or training
    "event_days": COUNT,  # days it took
}
EXECUTION_MONTHS: Final[Schema] = LINE | {
    "reporting_level": TEXT,
    "as_of_on": DAY,  # the figures are cumulative from 1 January to this day
    "appropriation_fen": FEN,
    "adjustment_fen": FEN,
    "adjusted_appropriation_fen": FEN,
    "commitment_fen": FEN,
    "obligation_fen": FEN,
    "payment_fen": FEN,
}
CASH_PLANS: Final[Schema] = LINE | {
    "plan_no": TEXT,
    "document_no": TEXT,
    "month": COUNT,  # 1 to 12
    "planned_fen": FEN,  # of this month alone; all months up to a day are what was planned by then
    "payment_fen": FEN,  # paid in the month, where the plan's table says so; never added to payments
}
FINAL_ACCOUNTS: Final[Schema] = LINE | {
    "reporting_level": TEXT,  # unit | department | division: the same money may stand in all three
    "extent": TEXT,  # own 本级 | whole 全区合计
    "account_side": TEXT,  # spending | revenue
    "subject_code": TEXT,  # 收入分类科目 of the revenue side
    "subject_name": TEXT,
    "settled_on": DAY,
    "appropriation_fen": FEN,  # B0
    "adjusted_appropriation_fen": FEN,  # B1
    "outturn_fen": FEN,  # 决算数
    "carryover_in_fen": FEN,  # 上年结转
    "carryover_out_fen": FEN,  # 结转下年
    "surplus_fen": FEN,  # 结余
}
