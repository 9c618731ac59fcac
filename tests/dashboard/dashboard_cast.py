"""The people, rules and letters of the dashboard's tests."""

import datetime as dt
from dataclasses import dataclass, field

import district
from district_written import Seed

from budget.catalogue import RuleText
from dashboard.services import Services
from warehouse.scope import Scope


@dataclass(frozen=True)
class Person:
    """An account of the tests."""

    username: str
    display_name: str
    role: str
    division_code: str | None

    @property
    def scope(self) -> Scope:
        if self.role == "unit":
            return Scope.of(())
        return Scope.everything() if self.division_code is None else Scope.of([self.division_code])


PEOPLE = {
    "caijing": Person("caijing", "区财经工委", "committee", None),
    "shiqiao": Person("shiqiao", "石桥街道人大", "office", district.STREET),
    "danwei": Person("danwei", "石桥街道市政所", "unit", district.STREET),
}
PASSWORD = "qinghe-mingzhang-2026"


@dataclass(frozen=True)
class Row:
    header: tuple[str, ...]
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Letter:
    mail_id: str
    subject: str
    recipient: str
    written_at: dt.datetime
    text: str


LETTER = Letter(
    "a1.eml", "【明账】石桥街道: 新增 2 条线索", "a@example.org", district.NOW, "今天要看的\n 1. <b>道路养护</b>"
)


def rule_text(code: str, name: str, finding: str, arithmetic: str) -> RuleText:
    return RuleText(
        code=code,
        family="execution",
        name_zh=name,
        name_en=f"Rule {code}",
        formula_zh="支出 ÷ 调整预算",
        formula_en="paid over budget",
        law_zh="《预算法》第五十三条",
        law_en="Budget Law, Article 53",
        finding_zh=finding,
        finding_en="Suspected: " + code,
        arithmetic_zh=arithmetic,
        arithmetic_en=arithmetic,
        innocent_zh=("按工程节点付款",),
        innocent_en=("paid by milestone",),
        next_step_zh="向单位发问询单",
        next_step_en="ask the unit",
    )


CATALOGUE = {
    "A02": rule_text(
        "A02",
        "项目支出进度滞后",
        "疑似: 支出 {payment_fen:wan} 万元, "
        "占调整预算 {adjusted_appropriation_fen:wan} 万元的 {execution_rate_bp:rate}; "
        "同类项目历史同期 {expected_progress_bp:rate}, 低 {gap_bp:points}。",
        "{payment_fen:wan} ÷ {adjusted_appropriation_fen:wan} = {execution_rate_bp:rate}",
    ),
    "A03": rule_text("A03", "项目资金未支用", "疑似: 支出 0 元, 指标下达已 {days} 天。", "{days} 天"),
    "E05": rule_text("E05", "大额支付个人", "疑似: 向 {payee_name} 支付 {payment_fen:yuan} 元。", "{payment_fen:yuan}"),
    "H01": rule_text("H01", "数据迟到", "支付数据已迟 {days} 天。", "{days}"),
}


@dataclass
class House:
    """The services of a test, and what they were asked to write down."""

    services: Services
    seed: Seed
    audit: list[tuple] = field(default_factory=list)


def source_row(mapping: str, sha256: str, file_name: str, sheet: str | None, row: int) -> Row:
    """Return the delivered row that every voucher of the tests stands for."""
    header = ("业务年度", "收款人名称", "收款人账号", "支付金额")
    return Row(header, ("2026", district.PERSON, district.PERSON_ACCOUNT, "60,000.00"))
