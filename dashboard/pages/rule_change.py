"""One change of a rule: what was asked by whom and why, what it would do, and the forms to decide it or to end it."""

from typing import Any

from dash import html

from dashboard.change_words import STATES, TONES, aim_words, days_words, rule_words, what_words
from dashboard.components.fields import day_field, reason_field
from dashboard.components.forms import post_button, post_form
from dashboard.components.marks import empty_state, figure_card, section
from dashboard.components.table_view import table_view
from dashboard.desk import Desk, NotShownError
from dashboard.page import Page
from dashboard.pages.system import PATH as SYSTEM
from dashboard.parameter_words import in_order, parameter_name, value_text
from dashboard.rule_desk import Effect, Shift, may_decide, may_propose_for
from dashboard.rules_read import PATH, Ruling, read_ruling, rule_desk_of
from dashboard.tables import Column, Table
from warehouse.rule_changes import KeptChange


def page(desk: Desk, number: str) -> Page:
    """Show one change."""
    t, ruling = desk.view.t, read_ruling(desk)
    kept = next((one for one in ruling.changes if one.change_id == int(number)), None)
    if kept is None:
        raise NotShownError(number)
    body = [_head(ruling, kept), *_values(ruling, kept), *_pending(ruling, kept), *_lift(ruling, kept)]
    title = t("变更 #{number}", number=number)
    code = kept.asked.rule_code
    above = [(rule_words(desk, code), desk.view.href(f"{PATH}/{code}"))] if code else []
    crumbs = [(t("规则与阈值"), desk.view.href(PATH)), *above, (title, None)]
    return Page(title, body, crumbs, menu=SYSTEM, has_filters=False)


def _head(ruling: Ruling, kept: KeptChange) -> html.Section:
    desk, t, asked = ruling.desk, ruling.desk.view.t, kept.asked
    state = ruling.state(kept)
    parts: list[tuple[str, Any]] = [
        (t("状态"), html.Span(t(STATES[state]), className=f"level level-{TONES.get(state, 'none')}")),
        (t("规则"), rule_words(desk, asked.rule_code)),
        (t("内容"), what_words(desk, kept)),
        (t("对象"), aim_words(desk, asked.aim)),
        (t("业务日期"), days_words(desk, kept)),
        (t("理由"), asked.reason),
        (t("提出"), f"{asked.proposed_by} · {desk.local(kept.proposed_at)}"),
    ]
    if kept.decided_by is not None:
        verb = t("批准") if kept.outcome == "approved" else t("不批准")
        parts.append((verb, f"{kept.decided_by} · {desk.local(kept.decided_at)}"))
    if kept.decided_because:
        parts.append((t("批复意见"), kept.decided_because))
    pairs = [html.Div([html.Dt(name), html.Dd(told)]) for name, told in parts]
    return section(t("变更 #{number}", number=kept.change_id), html.Dl(pairs, className="grounds"))


def _values(ruling: Ruling, kept: KeptChange) -> list[html.Section]:
    """Show a threshold's parameters beside those of the whole district and of the settings."""
    code, t = kept.asked.rule_code, ruling.desk.view.t
    if kept.asked.kind != "threshold" or code is None or code not in ruling.parameters:
        return []
    settings, now = ruling.parameters[code].values, ruling.values(code)
    rows = [
        {
            "name": parameter_name(key, t),
            "name:note": key if parameter_name(key, t) != key else None,
            "asked": value_text(key, kept.asked.values[key], t),
            "now": value_text(key, now[key], t) if key in now else "—",
            "settings": value_text(key, settings[key], t) if key in settings else "—",
        }
        for key in in_order(kept.asked.values)
    ]
    columns = [
        Column("name", t("参数")),
        Column("asked", t("这个变更"), wraps=True),
        Column("now", t("现行 (全区)"), wraps=True),
        Column("settings", t("设置文件"), wraps=True),
    ]
    return [section(t("参数"), table_view(Table("values", t("参数"), columns, rows, is_whole=True), ruling.desk.view))]


def _pending(ruling: Ruling, kept: KeptChange) -> list[html.Section]:
    """Show what a proposal would do and the forms to decide it, to those who may decide or who proposed it."""
    desk, t = ruling.desk, ruling.desk.view.t
    is_own = kept.asked.proposed_by == desk.account.username
    if kept.status != "pending" or not (may_decide(desk.account) or is_own):
        return []
    effect = rule_desk_of(desk).effect(kept.change_id)
    return [section(t("批准以后会怎样"), *_effect(desk, effect)), _decision(ruling, kept, is_own=is_own)]


def _effect(desk: Desk, effect: Effect) -> list[Any]:
    t = desk.view.t
    if effect.error is not None:
        return [empty_state(t("按这个变更, 规则无法计算"), effect.error)]
    seen = [one for one in effect.shifts if desk.scope.allows(one.division_code)]
    counts = {state: sum(one.state == state for one in seen) for state in ("new", "gone", "level", "same")}
    titles = {"new": t("新增疑点"), "gone": t("不再提示"), "level": t("级别改变"), "same": t("不变")}
    cards = [figure_card(titles[state], f"{count:,}", t("条"), "") for state, count in counts.items()]
    note = t("按 {day} 的数据试算, 不保存, 不通知任何人", day=effect.as_of.isoformat())
    moved = [one for one in seen if one.state != "same"]
    table = table_view(_shifts(desk, moved), desk.view)
    return [html.P(note, className="quiet"), html.Div(cards, className="cards"), table]


def _shifts(desk: Desk, moved: list[Shift]) -> Table:
    t = desk.view.t
    rows = [
        {
            "rule": one.rule_code,
            "name": one.name,
            "name:note": one.subject,
            "period": one.period,
            "division": desk.division_names.get(one.division_code or "", one.division_code or "—"),
            "before": one.before or "",
            "after": one.after or "",
            "amount_fen": one.amount_fen,
        }
        for one in moved
    ]
    columns = [
        Column("name", t("对象"), wraps=True),
        Column("rule", t("规则")),
        Column("period", t("期间")),
        Column("division", t("区划")),
        Column("before", t("现在"), "level"),
        Column("after", t("批准以后"), "level"),
        Column("amount_fen", t("涉及金额 (万元)"), "wan"),
    ]
    return Table("shifts", t("会改变的疑点"), columns, rows, empty=t("没有疑点会因此改变"))


def _decision(ruling: Ruling, kept: KeptChange, *, is_own: bool) -> html.Section:
    t, place = ruling.desk.view.t, f"{PATH}/changes/{kept.change_id}"
    said = reason_field(t("意见 (可以不写)"), name="because", is_required=False)
    if is_own:
        own = html.P(t("这是您自己提出的, 要由另一个人批准; 您可以撤回"), className="quiet")
        back = post_form(f"{place}/reject", [said, html.Div(post_button(t("撤回")), className="steps")], name="change")
        return section(t("决定"), own, back)
    yes = [said, html.Div(post_button(t("批准"), is_primary=True), className="steps")]
    no = [reason_field(t("不批准的理由"), name="because"), html.Div(post_button(t("不批准")), className="steps")]
    forms = [post_form(f"{place}/approve", yes, name="change"), post_form(f"{place}/reject", no, name="change")]
    return section(t("决定"), html.Div(forms, className="two-forms"))


def _lift(ruling: Ruling, kept: KeptChange) -> list[html.Section]:
    """Draw the form that asks for the end of a change in force."""
    desk, t = ruling.desk, ruling.desk.view.t
    stands = ruling.state(kept) in {"in_force", "coming"} and kept.asked.kind != "lift"
    if not stands or not may_propose_for(desk.account, kept.asked.home):
        return []
    asked = [
        html.Div(day_field("from", t("从哪天起不再有效"), value=desk.view.as_of.isoformat(), is_required=True)),
        reason_field(t("理由 (与变更一起保存, 记入审计)")),
        html.Div(post_button(t("提出解除")), className="steps"),
    ]
    form = post_form(f"{PATH}/changes/{kept.change_id}/lift", asked, name="change")
    return [section(t("提前结束"), html.P(t("同样由另一个人批准"), className="quiet"), form)]
