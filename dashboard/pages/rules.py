"""系统管理 · 规则与阈值: the catalogue with what holds, what waits to be approved, and who is exempted."""

from dash import html

from budget.levels import LEVELS
from dashboard.change_words import rule_words
from dashboard.components.marks import section
from dashboard.components.table_view import table_view
from dashboard.desk import Desk
from dashboard.page import Page
from dashboard.pages.system import PATH as SYSTEM
from dashboard.pages.system import tabs
from dashboard.parameter_words import values_text
from dashboard.rules_read import PATH, Ruling, changes_table, read_ruling
from dashboard.tables import Column, Table

FILTERS = ("year", "asof", "known")


def page(desk: Desk) -> Page:
    """Show the catalogue."""
    t, ruling = desk.view.t, read_ruling(desk)
    pending = [one for one in ruling.changes if one.status == "pending"]
    exemptions = [
        one for one in ruling.changes if one.asked.kind == "exemption" and ruling.state(one) in {"in_force", "coming"}
    ]
    waits = changes_table(ruling, pending, "pending", t("待批准的变更"), t("没有等待批准的变更"))
    freed = changes_table(ruling, exemptions, "exemptions", t("豁免"), t("没有豁免"))
    told = t("阈值在规则页上提出, 由另一个人批准后生效; 每一版都保留")
    body = [
        tabs(desk, PATH),
        section(t("待批准的变更"), table_view(waits, desk.view)),
        section(t("规则与阈值"), html.P(told, className="quiet"), table_view(_catalogue(ruling), desk.view)),
        section(t("豁免 (现行与未到起日的)"), table_view(freed, desk.view)),
    ]
    return Page(t("系统管理: 规则与阈值"), body, export="rules", menu=SYSTEM, filters=FILTERS)


def table(desk: Desk) -> Table:
    """Return the catalogue, for the export."""
    return _catalogue(read_ruling(desk))


def _catalogue(ruling: Ruling) -> Table:
    t = ruling.desk.view.t
    rows = [_row(ruling, code) for code in sorted(ruling.parameters)]
    columns = [
        Column("rule", t("规则")),
        Column("is_on", t("是否启用")),
        Column("fences", t("现行界限 (全区)"), wraps=True),
        Column("version", t("版本"), hint=t("判断全区的阈值变更编号; 没有变更的按设置文件")),
        Column("overrides", t("覆盖"), "count", t("区划、单位、支出类型或项目另有阈值的变更数")),
        Column("exemptions", t("豁免数"), "count"),
        Column("pending", t("待批准数"), "count"),
    ]
    return Table("rules", t("规则与阈值"), columns, rows, is_whole=True, empty=t("没有规则"))


def _row(ruling: Ruling, code: str) -> dict[str, object]:
    desk, t = ruling.desk, ruling.desk.view.t
    is_on = ruling.parameters[code].is_on
    wide = ruling.district_wide(code)
    values = ruling.values(code)
    fences = {key: value for key, value in values.items() if key.partition("_")[0] in LEVELS}
    return {
        "rule": rule_words(desk, code),
        "rule:href": desk.view.href(f"{PATH}/{code}"),
        "is_on": t("启用") if is_on else t("停用"),
        "is_on:tone": "fine" if is_on else None,
        "fences": values_text(fences or values, t) if is_on else "—",
        "version": f"#{wide[-1].version}" if wide else t("设置文件"),
        "version:href": desk.view.href(f"{PATH}/changes/{wide[-1].version}") if wide else None,
        "overrides": len(ruling.held.of_rule(code)) - len(wide),
        "exemptions": len(ruling.held.exempting(code)),
        "pending": sum(one.asked.rule_code == code and one.status == "pending" for one in ruling.changes),
    }
