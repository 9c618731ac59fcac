"""Why something was not judged: the reasons that coverage rows carry, with the words shown for them."""

from typing import Final, NamedTuple


class ReasonWords(NamedTuple):
    """One reason in Chinese and English."""

    zh: str
    en: str


REASONS: Final[dict[str, ReasonWords]] = {
    "late_feed": ReasonWords("支付数据迟到，暂不判断", "payments are late, so nothing is judged"),
    "monthly_lag": ReasonWords(
        "只有执行月报且月报截止日早于判断日，进度不可比", "only monthly reports, older than the day judged"
    ),
    "no_payments": ReasonWords("未收到支付数据", "no payments have been delivered"),
    "no_adjustments": ReasonWords("未收到预算调整数据", "no adjustments have been delivered"),
    "no_budget": ReasonWords("未收到预算指标", "no budget has been delivered"),
    "no_economic_codes": ReasonWords("预算未细化到部门经济分类", "the budget carries no economic codes"),
    "no_release_date": ReasonWords("预算指标没有下达日期", "the budget carries no release date"),
    "no_last_year": ReasonWords("没有上年同期数据可比", "there is no figure of last year to compare with"),
    "immaterial": ReasonWords("金额低于重要性标准", "below the materiality limit"),
    "muted_after_release": ReasonWords(
        "预算批复、下达时间较短，处于静默期", "too soon after the budget was replied or released"
    ),
    "released_late": ReasonWords("资金下达较晚，不适用本规则", "released too late in the year for this rule"),
    "excluded_category": ReasonWords("项目类别已排除", "project category excluded by settings"),
    "recalled": ReasonWords("预算已收回", "the budget was recalled"),
    "unit_suspect": ReasonWords("疑似金额单位错误，暂不判断", "amounts may be in a wrong unit"),
    "covered_by_other": ReasonWords("同一事实已由另一规则反映", "another rule reports the same fact"),
    "season_over": ReasonWords("用款较快的提示只在前期有效", "fast spending is only told early in the year"),
    "not_budgeted": ReasonWords("本年没有预算", "it has no budget this year"),
    "no_cash_plans": ReasonWords("未收到用款计划", "no cash plans have been delivered"),
    "no_revenue": ReasonWords("未收到收入数据", "no revenue has been delivered"),
    "no_projects": ReasonWords("未收到项目库数据", "no project list has been delivered"),
    "no_milestones": ReasonWords("未收到项目节点计划", "no milestones have been delivered"),
    "no_contracts": ReasonWords("未收到采购合同数据", "no contracts have been delivered"),
    "no_transfers": ReasonWords("未收到转移支付数据", "no transfers have been delivered"),
    "no_debt": ReasonWords("未收到政府债务数据", "no debt has been delivered"),
    "no_treasury": ReasonWords("未收到库款数据", "no treasury balances have been delivered"),
    "no_final_accounts": ReasonWords("未收到决算数据", "no final accounts have been delivered"),
    "no_performance": ReasonWords("未收到绩效数据", "no performance data have been delivered"),
    "no_documents": ReasonWords("未收到文书日期", "no dated acts have been delivered"),
    "no_classifications": ReasonWords("未收到科目代码表", "no classification tables have been delivered"),
    "no_units": ReasonWords("未收到预算单位表", "no unit table has been delivered"),
    "no_execution_months": ReasonWords("未收到执行月报", "no monthly reports have been delivered"),
    "no_direct_tags": ReasonWords("数据未标明直达资金", "the data do not tell direct funds apart"),
    "partial_projects": ReasonWords("项目库只报送了部分项目", "the project list holds only some of the projects"),
    "no_history": ReasonWords("没有足够的往年数据可比", "there are too few earlier years to compare with"),
    "no_settlement": ReasonWords(
        "支付数据未注明结算方式，或不区分公务卡", "payments do not say how they were settled, or know no official card"
    ),
    "no_spending_kinds": ReasonWords(
        "支付和指标均未区分人员、公用", "neither payments nor budget tell staff money from office money"
    ),
    "data_suspect": ReasonWords("所依据的数据存疑，暂不判断", "the data it rests on are in doubt"),
    "incomplete_record": ReasonWords("所需日期或金额缺失", "a date or an amount it needs is missing"),
    "not_due": ReasonWords("期限未到", "its time limit has not come yet"),
    "exempt": ReasonWords("按规定不适用", "exempt by law or by its kind"),
    "exempted": ReasonWords("已批准豁免", "exempted by an approved decision"),
    "gone": ReasonWords("数据中已无此对象（撤并、改码等）", "the data no longer name it (merged, recoded)"),
}

# Looked at and found to be none of the rule's business, so that what it said before is over. With every other reason
# nobody could look.
NOT_APPLICABLE: Final = frozenset(
    {
        "immaterial",
        "released_late",
        "excluded_category",
        "recalled",
        "covered_by_other",
        "not_budgeted",
        "season_over",
        "not_due",
        "exempt",
        "exempted",
        "gone",
    }
)
