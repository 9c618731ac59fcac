"""One rule: its parameters in force and their version, every change of it, and the forms to propose another."""

from typing import Any

from dash import html

from dashboard.change_words import KINDS, rule_words
from dashboard.clue_words import in_rule_language
from dashboard.components.fields import choice_field, day_field, fieldset, reason_field, text_field
from dashboard.components.forms import post_button, post_form
from dashboard.components.marks import section
from dashboard.components.table_view import table_view
from dashboard.desk import Desk, NotShownError
from dashboard.page import Page
from dashboard.pages.rules import FILTERS
from dashboard.pages.system import PATH as SYSTEM
from dashboard.parameter_words import UNITS, parameter_name, typed_text, unit_of, value_text
from dashboard.rule_desk import may_propose
from dashboard.rules_read import PATH, Ruling, changes_table, read_ruling
from dashboard.tables import Column, Table


def page(desk: Desk, code: str) -> Page:
    """Show one rule."""
    t, ruling = desk.view.t, read_ruling(desk)
    if code not in ruling.parameters:
        raise NotShownError(code)
    none = t("这条规则还没有变更, 按设置文件判断")
    changes = changes_table(ruling, ruling.about(code), "changes", t("全部变更"), none, names_rule=False)
    body = [
        _head(ruling, code),
        section(t("参数"), table_view(_parameters(ruling, code), desk.view)),
        section(t("全部变更 (覆盖、豁免与各版本)"), table_view(changes, desk.view)),
        *_forms(ruling, code),
    ]
    title = rule_words(desk, code)
    crumbs = [(t("规则与阈值"), desk.view.href(PATH)), (title, None)]
    return Page(title, body, crumbs, export=f"changes-{code}", menu=SYSTEM, filters=FILTERS)


def table(desk: Desk, code: str) -> Table:
    """Return every change of a rule, for the export."""
    ruling = read_ruling(desk)
    if code not in ruling.parameters:
        raise NotShownError(code)
    return changes_table(ruling, ruling.about(code), "changes", desk.view.t("全部变更"), "")


def _head(ruling: Ruling, code: str) -> html.Section:
    desk, t = ruling.desk, ruling.desk.view.t
    rule = desk.services.catalogue.get(code)
    is_on = ruling.parameters[code].is_on
    parts = [(t("状态"), t("启用") if is_on else t("停用: 设置文件里没有这条规则"))]
    if rule is not None:
        words = ((t("公式"), "formula"), (t("依据"), "law"))
        parts += [(name, in_rule_language(rule, part, desk.view)) for name, part in words]
    pairs = [html.Div([html.Dt(name), html.Dd(told)]) for name, told in parts]
    return section(html.Span(rule_words(desk, code)), html.Dl(pairs, className="grounds"))


def _parameters(ruling: Ruling, code: str) -> Table:
    desk, t = ruling.desk, ruling.desk.view.t
    settings, now = ruling.parameters[code].values, ruling.values(code)
    wide = ruling.district_wide(code)
    rows = []
    for key in settings:
        version = next((one.version for one in reversed(wide) if key in one.values), None)
        rows.append(
            {
                "name": parameter_name(key, t),
                "name:note": key if parameter_name(key, t) != key else None,
                "now": value_text(key, now[key], t),
                "version": t("设置文件") if version is None else f"#{version}",
                "version:href": desk.view.href(f"{PATH}/changes/{version}") if version else None,
                "settings": value_text(key, settings[key], t),
            }
        )
    columns = [
        Column("name", t("参数")),
        Column("now", t("现行 (全区)"), wraps=True),
        Column("version", t("版本")),
        Column("settings", t("设置文件"), wraps=True),
    ]
    return Table("parameters", t("参数"), columns, rows, is_whole=True)


def _forms(ruling: Ruling, code: str) -> list[html.Section]:
    desk, t = ruling.desk, ruling.desk.view.t
    if not may_propose(desk.account):
        whom = t("能提出的是区财经工委, 以及只涉及本区划时的镇街人大")
        return [section(t("提出变更"), html.P(whom, className="quiet"))]
    told = t("提出以后, 由另一个人批准才生效; 批准之前能看到它会改变什么")
    forms = [section(t("提出豁免"), html.P(told, className="quiet"), _exempt_form(ruling, code))]
    if ruling.parameters[code].is_on:
        forms.insert(0, section(t("提出新的阈值"), html.P(told, className="quiet"), _threshold_form(ruling, code)))
    return forms


def _threshold_form(ruling: Ruling, code: str) -> html.Form:
    t = ruling.desk.view.t
    fields = [
        text_field(f"value.{key}", _label(key, t), hint=typed_text(key, value))
        for key, value in ruling.values(code).items()
    ]
    asked = [
        fieldset(t("参数"), fields, t("只填要改的; 空着的照更宽的一层, 框里灰字是全区现行的")),
        fieldset(t("对象"), [*_aim_fields(ruling.desk), _kind_field(t)], t("都不选就是全区; 越窄的越优先")),
        fieldset(t("业务日期"), _day_fields(ruling.desk, is_last_required=False)),
        reason_field(t("理由 (与变更一起保存, 记入审计)")),
        html.Div(post_button(t("提出"), is_primary=True), className="steps"),
    ]
    return post_form(f"{PATH}/{code}/propose", asked, name="change")


def _exempt_form(ruling: Ruling, code: str) -> html.Form:
    t = ruling.desk.view.t
    whole = choice_field("rule", t("规则"), [(code, rule_words(ruling.desk, code)), ("all", t("全部规则"))])
    subject = text_field("subject", t("疑点对象"), hint=t("如 project:101001/X1"))
    asked = [
        fieldset(t("对象"), [whole, *_aim_fields(ruling.desk), subject], t("至少写一项; 线索上的疑点对象也可以")),
        fieldset(t("业务日期"), _day_fields(ruling.desk, is_last_required=True)),
        reason_field(t("理由 (与变更一起保存, 记入审计)")),
        html.Div(post_button(t("提出豁免"), is_primary=True), className="steps"),
    ]
    return post_form(f"{PATH}/{code}/exempt", asked, name="change")


def _label(key: str, t: Any) -> str:
    unit = unit_of(key)
    return parameter_name(key, t) + (f" ({t(UNITS[unit])})" if unit else "")


def _aim_fields(desk: Desk) -> list[html.Label]:
    t = desk.view.t
    anybody = [("", t("不限"))] if desk.scope.divisions is None else []
    return [
        choice_field("division", t("区划"), [*anybody, *desk.division_names.items()]),
        text_field("unit", t("单位代码")),
        text_field("project", t("项目代码")),
    ]


def _kind_field(t: Any) -> html.Label:
    return choice_field("kind", t("支出类型"), [("", t("不限")), *((key, t(name)) for key, name in KINDS.items())])


def _day_fields(desk: Desk, *, is_last_required: bool) -> list[html.Label]:
    t = desk.view.t
    first = day_field("from", t("起 (含)"), value=desk.view.as_of.isoformat(), is_required=True)
    label = t("止 (含)") if is_last_required else t("止 (含; 空着就一直有效)")
    return [first, day_field("to", label, is_required=is_last_required)]
