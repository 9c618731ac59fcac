"""E04 向本单位实有资金账户划款: a unit moved budget money to an account in its own name."""

from dataclasses import dataclass

import polars as pl

from budget.catalogue import RuleText
from budget.facts import Facts
from rules.judgement import Judgement, fences_of
from rules.paid_lines import has_word, judge_parts, paid_lines, parts_of
from rules.rule import Rule
from rules.spending import NAMES, with_names
from rules.vouchers import half_width

NAMED = ("unit_code", "division_code", "payee_name", "payer_name")
EVIDENCE = (*NAMES, "voucher", "paid_on", "payee_name", "payer_name", "purpose", "economic_code", "net_fen")
# What an account's title adds to the name of its holder: a bracket, and the kind of account.
TITLE = r"\([^()]*\)|(?:零余额|基本存款|实有资金|专用存款|一般存款|基本|往来)?(?:账户|帐户|户)$"

TEXT = RuleText(
    code="E04",
    family="payment",
    name_zh="向本单位实有资金账户划款",
    name_en="Transfer to the unit's own account",
    formula_zh="收款人名称与本单位名称（或非财政部门的付款人名称）相同，收款账号与付款账号不同，用途不属于代扣代缴等正常事项。",
    formula_en="The payee has the unit's own name, or the payer's where that is not the finance office, under another "
    "account number, and the purpose shows no ordinary reason.",
    law_zh="《中华人民共和国预算法》第五十七条、第六十一条。",
    law_en="Budget Law, Art. 57 and 61.",
    finding_zh="{unit_name}{paid_on:day}向“{payee_name}”划款{net_fen:wan}万元，疑似划入本单位实有资金账户。",
    finding_en="On {paid_on} {unit_name} moved {net_fen:yuan} yuan to {payee_name}, which appears to be an account "
    "of its "
    "own.",
    arithmetic_zh="凭证{voucher}：付款人{payer_name}，收款人{payee_name}，冲减退款后{net_fen:yuan}元；用途：{purpose}。",
    arithmetic_en="Voucher {voucher}: payer {payer_name}, payee {payee_name}, {net_fen:yuan} yuan net of refunds; "
    "purpose: {purpose}.",
    innocent_zh=("代扣代缴税款、社保、公积金", "经批准的工会、食堂账户", "财政部门批准的归垫资金"),
    innocent_en=("taxes and contributions withheld", "approved union and canteen accounts", "approved reimbursement"),
    next_step_zh="建议请单位提供划款批准文件和实有资金账户明细，核实资金去向。",
    next_step_en="Ask for the approval and for the statement of the account.",
)


@dataclass(frozen=True, kw_only=True)
class Params:
    """The fence in fen (any); words for ordinary reasons, and for payers that are the finance office."""

    orange_fen: int = 1
    ordinary_purposes: tuple[str, ...] = (
        *("代扣", "代缴", "个人所得税", "个税", "税款", "工会", "食堂", "伙食", "党费", "公积金", "社保", "养老"),
        *("医保", "医疗保险", "年金", "代发", "工资", "退汇", "归垫"),
    )
    finance_words: tuple[str, ...] = ("财政局", "财政所", "财政厅", "国库")


def judge(facts: Facts, params: Params) -> Judgement:
    """Flag vouchers whose payee is the unit itself, net of refunds and corrections that name them.

    Names are compared without spaces, brackets and the words for an account. Payments without a payee are left out.
    """
    lines = paid_lines(facts)
    own = _own_names(lines.select(NAMED).unique(), facts, params)
    is_same = (pl.col("payee_account") == pl.col("payer_account")).fill_null(value=False)
    mine = lines.join(own, on=list(NAMED), how="semi", nulls_equal=True)
    picked = mine.filter(~is_same, ~has_word("text", params.ordinary_purposes))
    return judge_parts(
        "E04", parts_of(picked, facts), picked, fences=fences_of(params, "fen"), evidence=EVIDENCE, facts=facts
    )


def _own_names(named: pl.DataFrame, facts: Facts, params: Params) -> pl.DataFrame:
    """Keep the units, payees and payers of which the payee is the unit, or the payer where that pays for itself."""
    known = with_names(named.filter(pl.col("payee_name").is_not_null()), facts)
    payee, payer = _holder("payee_name"), _holder("payer_name")
    is_finance = has_word("payer_name", params.finance_words)
    is_own = (payee == _holder("unit_name")) | ((payee == payer).fill_null(value=False) & ~is_finance)
    return known.filter(is_own).select(NAMED)


def _holder(column: str) -> pl.Expr:
    plain = half_width(pl.col(column)).str.replace_all(r"\s", "")
    return plain.str.replace_all(TITLE, "")


RULE = Rule(TEXT, judge, Params, ("payments",), late="mutes", on_vouchers=True)
