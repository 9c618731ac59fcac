"""Frame schemas of the feeds beside the budget line: revenue, projects, contracts, transfers, debt, cash, acts.

Money of the four budgets (``fund_type_code``) and of this year and carry-over (``budget_source``) stands in rows of
its own in each of them; null is money that the sender did not tell apart.
"""

from typing import Final

from budget.kinds import COUNT, DAY, FEN, FLAG, TEXT, YEAR, Schema

_FUND: Final[Schema] = {"fund_type_code": TEXT, "budget_source": TEXT}
_UNIT: Final[Schema] = {"fiscal_year": YEAR, "division_code": TEXT, "unit_code": TEXT, "unit_name": TEXT}
_PROJECT: Final[Schema] = {"project_code": TEXT, "project_name": TEXT}
# Of a district 本级 and 全区合计 both are delivered, and carry the same money.
_EXTENT: Final[Schema] = {"fiscal_year": YEAR, "division_code": TEXT, "extent": TEXT}  # own | whole

REVENUE: Final[Schema] = _EXTENT | {
    "fund_type_code": TEXT,
    "subject_code": TEXT,  # 收入分类科目 类3 / 款5 / 项7 / 目9 digits
    "subject_name": TEXT,
    "revenue_kind": TEXT,  # tax 税收 | non_tax 非税 | insurance 社保基金 | fund | transfer 转移性 | debt 债务
    "as_of_on": DAY,  # the figures are cumulative from 1 January to this day
    "budget_fen": FEN,
    "adjusted_budget_fen": FEN,
    "month_fen": FEN,  # 本月
    "ytd_fen": FEN,  # 累计
    "last_year_month_fen": FEN,  # 上年同月
    "last_year_ytd_fen": FEN,  # 上年同期累计
    "forecast_fen": FEN,  # expected for the whole year
    "receivable_fen": FEN,  # 非税应缴, cumulative
    "remitted_fen": FEN,  # 非税已缴, cumulative
}
PROJECTS: Final[Schema] = (
    _UNIT
    | _PROJECT
    | _FUND
    | {
        "project_category": TEXT,
        "function_code": TEXT,
        "start_year": YEAR,
        "end_year": YEAR,
        "status": TEXT,  # stored 入库 | running 在建 | done 完工 | stopped 中止
        "stored_on": DAY,  # 入库日期
        "approval_no": TEXT,  # 立项或概算批复文号
        "is_investment": FLAG,  # 政府投资项目
        "is_livelihood": FLAG,  # 民生实事项目
        "total_fen": FEN,  # 总投资 or 总额, all years
        "feasibility_fen": FEN,  # 可研估算
        "estimate_fen": FEN,  # 概算
        "planned_fen": FEN,  # this year's planned investment
        "paid_before_fen": FEN,  # 以前年度累计支付
        "as_of_on": DAY,  # the day the status stands for
    }
)
MILESTONES: Final[Schema] = (
    _UNIT
    | _PROJECT
    | {
        "milestone_no": TEXT,
        "milestone_name": TEXT,
        "planned_on": DAY,
        "done_on": DAY,  # null until it is done
        "planned_share_bp": COUNT,  # share of the project's money that is to be paid by then
        "done_share_bp": COUNT,  # 形象进度
        "delay_reason": TEXT,
        "as_of_on": DAY,  # the day the state stands for
    }
)
CONTRACTS: Final[Schema] = (
    _UNIT
    | _PROJECT
    | _FUND
    | {
        "contract_no": TEXT,
        "contract_name": TEXT,
        "supplier_name": TEXT,
        "supplier_code": TEXT,  # 统一社会信用代码
        "is_small_supplier": FLAG,  # 中小企业
        "procurement_category": TEXT,  # goods 货物 | works 工程 | services 服务
        "procurement_method": TEXT,
        "signed_on": DAY,
        "announced_on": DAY,
        "delivered_on": DAY,
        "accepted_on": DAY,
        "payment_term_days": COUNT,  # agreed; null where the contract says nothing
        "is_secret": FLAG,  # 涉密, need not be announced
        "budget_fen": FEN,  # 采购预算
        "contract_fen": FEN,
        "supplement_fen": FEN,  # supplementary contracts, signed
        "paid_fen": FEN,  # paid so far, as the sender says
    }
)
TRANSFERS: Final[Schema] = (
    _UNIT
    | _PROJECT
    | _FUND
    | {
        "direction": TEXT,  # in 上级下达 | out 对下转移支付
        "source_division_code": TEXT,
        "target_division_code": TEXT,
        "transfer_kind": TEXT,  # general 一般性 | special 专项 | shared 共同事权
        "upper_document_no": TEXT,
        "document_no": TEXT,
        "document_title": TEXT,
        "subject_code": TEXT,  # 收入分类科目 it is booked under
        "function_code": TEXT,
        "received_on": DAY,  # the upper level's document received
        "released_on": DAY,  # passed on, or broken down to units
        "is_advance": FLAG,  # 提前下达
        "advance_year": YEAR,  # the year an advance notice is for
        "is_prepaid": FLAG,  # 据实结算, 先预付后结算: bound to no time limit
        "is_direct_fund": FLAG,  # 直达资金
        "transfer_fen": FEN,
        "released_fen": FEN,  # passed on so far
    }
)
DEBT: Final[Schema] = (
    _EXTENT
    | _PROJECT
    | {
        "unit_code": TEXT,
        "unit_name": TEXT,
        "fund_type_code": TEXT,
        "budget_source": TEXT,
        "as_of_on": DAY,
        "debt_kind": TEXT,  # general 一般债务 | special 专项债务
        "bond_code": TEXT,  # null in a row that states the division's limit and balance
        "bond_name": TEXT,
        "purpose": TEXT,
        "use_class": TEXT,  # capital 公益性资本支出 | refinance 再融资 | current 经常性
        "rate_bp": COUNT,
        "issued_on": DAY,
        "due_on": DAY,
        "received_on": DAY,  # 到账日
        "limit_fen": FEN,
        "balance_fen": FEN,
        "principal_fen": FEN,
        "received_fen": FEN,
        "paid_fen": FEN,  # spent of it so far
        "repaid_fen": FEN,
        "interest_fen": FEN,
        "overdue_fen": FEN,
        "fiscal_capacity_fen": FEN,  # 综合财力
    }
)
TREASURY: Final[Schema] = _EXTENT | {
    "fund_type_code": TEXT,
    "account_name": TEXT,
    "as_of_on": DAY,
    "opening_fen": FEN,  # balance on 1 January
    "receipts_fen": FEN,  # since 1 January
    "payouts_fen": FEN,  # since 1 January
    "closing_fen": FEN,  # opening + receipts - payouts
    "advances_fen": FEN,  # 暂付款余额
}
PERFORMANCE: Final[Schema] = (
    _UNIT
    | _PROJECT
    | _FUND
    | {
        "target": TEXT,  # 绩效目标; null where none was set
        "target_on": DAY,
        "self_score_hundredths": COUNT,  # 自评得分 92.5 is 9250
        "grade": TEXT,
        "evaluator": TEXT,  # self 自评 | department 部门评价 | finance 财政评价
        "evaluated_on": DAY,
        "is_exempt": FLAG,
        "adjusted_appropriation_fen": FEN,  # as the self-review says
        "payment_fen": FEN,  # as the self-review says
    }
)
DOCUMENTS: Final[Schema] = {
    "fiscal_year": YEAR,
    "division_code": TEXT,
    "unit_code": TEXT,
    "unit_name": TEXT,
    "document_kind": TEXT,  # one of DOCUMENT_KINDS
    "document_no": TEXT,
    "title": TEXT,
    "event_on": DAY,  # the act; null while it is owed
    "base_on": DAY,  # the day its time limit counts from, or that it has to precede (a meeting)
    "base_document_no": TEXT,  # the document it answers: a proposal, a contract, an approval
    "issuing_body": TEXT,
    "receiving_body": TEXT,
    "meeting": TEXT,
    "fund_type_code": TEXT,
    "amount_fen": FEN,  # of an approved adjustment or reserve use
    "is_complex": FLAG,  # 代表建议: six months instead of three
    "is_secret": FLAG,  # 涉密, need not be disclosed
}
# 批准: approval · 批复: reply · 公开: disclosure · 报送: draft handed in before a meeting
DOCUMENT_KINDS: Final = (
    "budget_draft",
    "budget_approval",
    "budget_reply",
    "unit_reply",
    "congress_copy",
    "adjustment_draft",
    "adjustment_approval",
    "reserve_decision",
    "final_account_draft",
    "final_account_approval",
    "final_account_reply",
    "final_account_unit_reply",
    "budget_disclosure",
    "adjustment_disclosure",
    "final_account_disclosure",
    "execution_disclosure",
    "department_budget_disclosure",
    "department_final_account_disclosure",
    "execution_report",
    "audit_report",
    "audit_rectification",
    "deputy_proposal",
    "contract_notice",
    "holiday",  # a rest day set by the State Council
    "makeup_workday",  # a weekend day that is worked
)
