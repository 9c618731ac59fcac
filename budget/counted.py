"""What the checks that count rows say (H03, H05 to H10), in words for page and mail, with both sides of a row.

Pure. Sentences are Chinese templates; ``t(template, **figures)`` of the caller fills and, on a page, translates them.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

from budget.money import format_yuan

Words = Callable[..., str]


class Told(NamedTuple):
    """How a check is named, and the sentence of its failure; in both ``{field}`` is the column it is about."""

    label: str
    failure: str


FIELDS: Final[dict[str, str]] = {
    "function_code": "功能科目",
    "dept_economic_code": "部门经济科目",
    "gov_economic_code": "政府经济科目",
    "fund_type_code": "资金性质",
    "subject_code": "收入科目",
    "unit_code": "单位编码",
    "paid_on": "支付日期",
    "released_on": "下达日期",
    "adjusted_on": "调整日期",
    "successor_code": "接续单位编码",
    "parent_code": "上级编码",
    "division_code": "区划",
    "target_division_code": "转移支付的对方区划",
}
# By the check's name under [checks], and by its part where one name judges several things.
COUNTED: Final[dict[str, Told]] = {
    "funds": Told("资金性质与功能科目", "{checked} 行中有 {count} 行的功能科目属于另一本预算, 与资金性质不符"),
    "codes": Told("{field}", "{checked} 行中有 {count} 行的{field}在所属年度不存在或已失效"),
    "vouchers/within the delivery": Told(
        "凭证号 (这份文件之内)", "{checked} 行中有 {count} 行的凭证号在这份文件里已经出现过"
    ),
    "vouchers/against other deliveries": Told(
        "凭证号 (与其他批次)", "{checked} 行中有 {count} 行的凭证号在其他已生效的批次里有了"
    ),
    "days": Told("{field}与送达日期", "{checked} 行中有 {count} 行的{field}晚于送达日期"),
    "releases": Told("支付日期与指标下达日期", "{checked} 笔支付中有 {count} 笔早于指标下达"),
    "negatives": Told("正常支付的金额", "{checked} 笔正常支付中有 {count} 笔是负数; 退款和更正应写明业务类型"),
    "directions": Told("追加和追减的正负", "{checked} 行追加和追减中有 {count} 行正负不对: 追加应为正数, 追减应为负数"),
    "refunds/refunds": Told(
        "退款与原支付", "{checked} 笔退款中有 {count} 笔写成了正数, 找不到原支付, 或退得比原支付多"
    ),
    "refunds/corrections": Told("更正的合计", "{checked} 组更正中有 {count} 组合计不为零"),
    "units/unit_code": Told("单位编码", "{checked} 行中有 {count} 行的单位不在单位目录里, 或者已撤销而没有接续单位"),
    "units/unit table": Told(
        "单位目录", "{checked} 个单位中有 {count} 处断链: 单位不见了而没有写接续单位, 或者上级、接续单位不在目录里"
    ),
    "falls/falls": Told("累计数与上一期", "{checked} 行中有 {count} 个累计数比上一期小"),
    "falls/vanished lines": Told("上一期的各行", "上一期的 {checked} 行中有 {count} 行这一期不见了"),
    "divisions": Told(
        "{field}", "{checked} 行中有 {count} 行把只有一级预算才有的钱或事写在街道名下; 街道的属于区本级 (按{field})"
    ),
    "levels": Told("{field}的上下级", "{checked} 个上级数中有 {count} 个不等于所含下级数之和 (按{field})"),
    "departments": Told("部门与所属单位", "{checked} 个部门数中有 {count} 个不等于所属单位之和"),
    "doubles": Told("重复计算", "有 {count} 行是表里其他行之和, 会被重复计算 (按{field})"),
    "moves": Told("调剂的增减", "{checked} 组调剂中有 {count} 组增减不相等: 减 {expected} 元, 增 {actual} 元"),
    "identities/B0+ADJ=B1": Told(
        "年初预算 + 调整 = 调整预算",
        "{checked} 行中有 {count} 行不满足“年初预算 + 调整 = 调整预算”: 写的是 {expected} 元, 算出来是 {actual} 元",
    ),
    "identities/opening+receipts-payouts=closing": Told(
        "期初 + 收入 − 支出 = 期末",
        "{checked} 行中有 {count} 行不满足“期初 + 收入 − 支出 = 期末”: 写的是 {expected} 元, 算出来是 {actual} 元",
    ),
    "control/control file": Told("控制文件", "控制文件没有按时送到; 请向送数据的单位要, 或者核实后放行"),
    "control/control": Told("控制数", "控制数写的是 {stated} 行, 文件里收下的是 {found} 行"),
    "control/unread": Told("控制数", "控制数里的行数读不出来, 无法与文件里收下的 {found} 行核对"),
}
CHECKED: Final = "已查 {checked} 行"
# What a street was given that only a budget level has, see divisions.not_a_level.
_ACTS: Final[dict[str, str]] = {
    "budget_draft": "报送预算草案初步方案",
    "budget_approval": "批准预算",
    "budget_reply": "批复部门预算",
    "congress_copy": "批复抄送人大",
    "adjustment_draft": "报送预算调整初步方案",
    "adjustment_approval": "批准预算调整",
    "reserve_decision": "预备费动支决定",
    "final_account_draft": "报送决算草案",
    "final_account_approval": "批准决算",
    "final_account_reply": "批复部门决算",
    "budget_disclosure": "公开政府预算",
    "adjustment_disclosure": "公开预算调整",
    "final_account_disclosure": "公开政府决算",
    "execution_disclosure": "公开预算执行情况",
    "execution_report": "预算执行情况报告",
    "final account of the division": "本级决算",
    "transfer to a lower government": "对下转移支付",
}

_SIDES: Final[tuple[tuple[str, str], ...]] = (
    (r"fund (?P<code>\S+)", "资金性质 {code}"),
    (r"(?P<count>[\d,]+) rows of (?P<year>\d{4})", "{year} 年度 {count} 行"),
    (r"(?P<count>[\d,]+) rows", "{count} 行"),
    (r"valid (?P<since>\d{4}) to now", "{since} 年起有效"),
    (r"valid (?P<since>\d{4}) to (?P<until>\d{4})", "{since} 年到 {until} 年有效"),
    (r"valid None to (?P<until>\d{4})", "到 {until} 年为止有效"),
    (r"closed on (?P<day>\S+)", "{day} 已撤销"),
    (r">= (?P<side>\S+) of (?P<day>\S+)", "不小于 {day} 的 {side}"),
    (r"(?P<side>-?[\d.]+) of (?P<day>\d{4}-\d\d-\d\d)", "{day} 是 {side}"),
    (r">= (?P<day>\d{4}-\d\d-\d\d)", "不早于 {day}"),
    (r"<= (?P<day>\d{4}-\d\d-\d\d)", "不晚于 {day}"),
    (r">= (?P<side>\S+)", "不小于 {side}"),
    (r"<= (?P<side>\S+)", "不大于 {side}"),
    (r"original (?P<code>.+)", "原凭证 {code}"),
    (r"its original", "原凭证号"),
    (r"a (?P<field>\w+) of this table", "本目录里的{field}"),
)
MESSAGES: Final = (
    *(text for told in COUNTED.values() for text in told),
    *FIELDS.values(),
    *(template for _, template in _SIDES),
    *_ACTS.values(),
    CHECKED,
)


def is_counted(check: Mapping[str, Any]) -> bool:
    """Tell whether a check's own sentence stands here: it counts rows, or compares figures that are no total."""
    return _told(check) is not None and (check["measure"] == "rows" or check["check_name"] in {"moves", "identities"})


def _told(check: Mapping[str, Any]) -> Told | None:
    name = check.get("check_name")
    if name == "control" and check["part"] == "control" and not (check.get("expected_text") or "").isdigit():
        return COUNTED["control/unread"]
    return COUNTED.get(f"{name}/{check['part']}") or COUNTED.get(str(name))


def told_label(check: Mapping[str, Any], t: Words) -> str:
    """Name what a counting check looked at."""
    told = _told(check)
    return "" if told is None else _filled(told.label, check, t)


def told_count(check: Mapping[str, Any], t: Words) -> str:
    """Say what a counting check found: its failure, else how many rows it looked at."""
    told = _told(check)
    if check["outcome"] in {"warn", "hold", "rounding"} and told is not None:
        return _filled(told.failure, check, t)
    return _filled(CHECKED, check, t) if check.get("checked_count") is not None else ""


def _filled(template: str, check: Mapping[str, Any], t: Words) -> str:
    figures = {
        "checked": _number(check.get("checked_count")),
        "count": _number(check.get("concerned_count")),
        "field": told_field(check["part"], t),
        "expected": format_yuan(check["expected_fen"]),
        "actual": format_yuan(check["actual_fen"]),
        "stated": _count(check.get("expected_text")),
        "found": _count(check.get("actual_text")),
    }
    return t(template, **{name: value for name, value in figures.items() if f"{{{name}}}" in template})


def _number(count: int | None) -> str:
    return "—" if count is None else f"{count:,}"


def _count(text: str | None) -> str:
    return f"{int(text):,}" if text is not None and text.isdigit() else "—"


def told_field(name: str, t: Words) -> str:
    """Name a column that a check is about; one without a name keeps its own."""
    return t(FIELDS[name]) if name in FIELDS else name


def told_side(text: str | None, t: Words) -> str:
    """Say one side of a row that a check found; what is not known stays as it is."""
    for pattern, template in _SIDES if text else ():
        if found := re.fullmatch(pattern, text or ""):
            figures = {name: told_field(said, t) for name, said in found.groupdict().items()}
            return t(template, **figures) if figures else t(template)
    return t(_ACTS[text]) if text in _ACTS else text or ""
