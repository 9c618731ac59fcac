"""Rule changes in words: what they do, whom they are about, where they stand, and why one was refused."""

import datetime as dt
from collections.abc import Sequence
from typing import Final

from budget.thresholds import Aim
from dashboard.clue_words import rule_name
from dashboard.desk import Desk
from dashboard.parameter_words import values_text
from dashboard.words import Words, noted
from warehouse.rule_changes import KeptChange, RuleChangeError

KINDS: Final = {"project": noted("项目支出"), "public": noted("公用经费"), "personnel": noted("人员经费")}
STATES: Final = {
    "pending": noted("待批准"),
    "rejected": noted("未批准"),
    "lifted": noted("已解除"),
    "replaced": noted("已被取代"),
    "coming": noted("未到起日"),
    "over": noted("已过止日"),
    "in_force": noted("现行"),
}
TONES: Final = {"pending": "orange", "in_force": "fine", "coming": "blue"}
REFUSED: Final = {
    "self_approval": noted("变更 #{number} 是 {by} 自己提出的, 要由另一个人批准"),
    "unknown": noted("没有变更 #{number}"),
    "decided": noted("变更 #{number} 已由 {by} 处理过"),
    "no_right": noted("账号 {by} 无权做这件事"),
    "nobody": noted("账号 {by} 不存在或已停用"),
    "no_rule": noted("没有规则 {rule}"),
    "reason": noted("请写明理由 (不超过 500 字)"),
    "dates": noted("止日早于起日"),
    "end_date": noted("豁免必须写明止日"),
    "aim": noted("豁免必须写明对象"),
    "kind": noted("没有这种支出类型: {kind}"),
    "division": noted("区划代码应为 9 位数字: {division}"),
    "unknown_aim": noted("数据里没有 {aim}, 或者它不属于所选区划"),
    "several": noted("{aim} 属于几个区划 ({divisions}), 请同时写明区划或单位"),
    "not_in_force": noted("变更 #{number} 不是现行的阈值或豁免"),
    "off": noted("规则 {rule} 没有启用, 它的阈值不起作用"),
    "no_values": noted("请至少改一个参数"),
    "values": noted("参数不能这样改: 各级界限要逐级升高, 数值不能小于 0"),
    "fails": noted("按这个变更, 规则无法计算"),
    "typed": noted("“{key}”填的不是数"),
    "day": noted("日期请写成 2026-09-30 的样子"),
}


def refused_words(error: RuleChangeError, t: Words) -> str:
    """Say why a change was not made or decided."""
    return t(REFUSED[error.code], **error.parts) if error.code in REFUSED else str(error)


def aim_words(desk: Desk, aim: Aim) -> str:
    """Say whom a change is about."""
    t = desk.view.t
    parts = []
    if aim.division_code:
        parts.append(desk.division_names.get(aim.division_code, aim.division_code))
    if aim.unit_code:
        name = desk.unit_names.get(aim.unit_code)
        parts.append(t("单位 {code}", code=f"{aim.unit_code} {name}" if name else aim.unit_code))
    if aim.project_code:
        name = desk.project_names.get(aim.project_code)
        parts.append(t("项目 {code}", code=f"{aim.project_code} {name}" if name else aim.project_code))
    if aim.spending_kind:
        parts.append(t(KINDS[aim.spending_kind]) if aim.spending_kind in KINDS else aim.spending_kind)
    if aim.subject:
        parts.append(aim.subject)
    return " · ".join(parts) or t("全区")


def what_words(desk: Desk, kept: KeptChange) -> str:
    """Say what a change does."""
    t, asked = desk.view.t, kept.asked
    if asked.kind == "lift":
        return t("解除变更 #{number}", number=asked.lifts)
    if asked.kind == "exemption":
        return t("豁免 (全部规则)") if asked.rule_code is None else t("豁免")
    return values_text(asked.values, t)


def rule_words(desk: Desk, code: str | None) -> str:
    """Name a rule by code and name; None is every rule."""
    if code is None:
        return desk.view.t("全部规则")
    return f"{code} {rule_name(desk.services.catalogue, code, desk.view)}"


def days_words(desk: Desk, kept: KeptChange) -> str:
    """Say from when to when a change holds."""
    t, asked = desk.view.t, kept.asked
    if asked.to_on is None:
        return t("{day} 起", day=asked.from_on.isoformat())
    return t("{first} 至 {last}", first=asked.from_on.isoformat(), last=asked.to_on.isoformat())


def state_of(kept: KeptChange, others: Sequence[KeptChange], day: dt.date) -> str:
    """Return where a change stands on a business day, as a key of STATES."""
    asked = kept.asked
    if kept.status != "approved":
        return kept.status
    if asked.to_on is not None and asked.to_on < day:
        return "over"
    beside = [one for one in others if one.status == "approved" and one.asked.from_on <= day]
    if asked.kind != "lift" and any(one.asked.lifts == kept.change_id for one in beside):
        return "lifted"
    if asked.from_on > day:
        return "coming"
    return "replaced" if _is_replaced(kept, beside, day) else "in_force"


def _is_replaced(kept: KeptChange, beside: Sequence[KeptChange], day: dt.date) -> bool:
    asked = kept.asked
    if asked.kind != "threshold":
        return False
    return any(
        (one.asked.kind, one.asked.rule_code, one.asked.aim) == ("threshold", asked.rule_code, asked.aim)
        and (one.decided_at, one.change_id) > (kept.decided_at, kept.change_id)
        and (one.asked.to_on is None or one.asked.to_on >= day)
        and not any(other.asked.lifts == one.change_id for other in beside)
        for one in beside
    )
