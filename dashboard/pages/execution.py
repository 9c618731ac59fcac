"""预算执行查询: from the district down to one voucher, the same columns at every level."""

from collections.abc import Sequence
from typing import Any

import polars as pl

from dashboard.components.marks import bar_legend, section
from dashboard.components.table_view import table_view
from dashboard.desk import Desk, NotShownError
from dashboard.page import Crumb, Page
from dashboard.pages.lines import (
    clue_levels,
    measure_columns,
    measured_rows,
    sum_levels,
    total_row,
    with_clues,
    with_forecast_note,
)
from dashboard.pages.project import project_body, project_crumb
from dashboard.tables import Column, Table
from dashboard.view import View

PATH = "/execution"
LEVELS = ("division", "department", "unit", "project")
NO_PROJECT = "-"


def page(desk: Desk) -> Page:
    """Show the level that the URL drills to."""
    view = desk.view
    path = crumbs(desk)
    if view.asked.query.get("project"):
        title, body = project_body(desk)
        return Page(title, body, path, export="vouchers", menu=PATH)
    shown = table(desk)
    body = [section(shown.title, table_view(shown, view), aside=bar_legend(view))]
    return Page(view.t("预算执行查询"), body, path, export="execution", menu=PATH)


def level_of(view: View) -> str:
    """Return which rows a view lists: division, department, unit or project."""
    asked = view.asked.query
    if asked.get("unit"):
        return "project"
    if asked.get("department"):
        return "unit"
    return "department" if view.division else "division"


def table(desk: Desk) -> Table:
    """Return the rows of the level the URL drills to, with the total of the level above."""
    return {"division": _divisions, "department": _departments, "unit": _units, "project": _projects}[
        level_of(desk.view)
    ](desk)


def _build(desk: Desk, title: str, first: str, rows: Sequence[dict[str, Any]], total: dict[str, Any]) -> Table:
    view = desk.view
    rows = [with_forecast_note(row, view) for row in rows]
    total = with_forecast_note(total, view)
    columns = [Column("name", first), *measure_columns(view), Column("clues", view.t("线索"), "clues")]
    return Table(
        "execution",
        title,
        columns,
        rows,
        total if rows else None,
        empty=view.t("这里没有 {year} 年的预算和支出数据", year=view.year),
        marks={"ruler_bp": desk.ledger.ruler_bp},
    )


def _divisions(desk: Desk) -> Table:
    view, ledger, by = desk.view, desk.ledger, ["division_code"]
    levels = clue_levels(desk.shown_clues, "division_code")
    late = desk.late_days
    rows = []
    for row in measured_rows(ledger.lines(by).sort(by), ledger.expected(by), by, ledger, ledger.forecast(by)):
        code = row["division_code"]
        note = view.t("支付数据迟 {days} 天", days=late[code]) if code in late else None
        named = {"name": desk.division_names.get(code, code), "name:note": note}
        rows.append(with_clues(row | named | {"name:href": view.here(division=code, page=None)}, levels.get(code)))
    total = with_clues(total_row(ledger, view.t("合计")), sum_levels(levels))
    return _build(desk, view.t("各镇街与区本级"), view.t("区划"), rows, total)


def _departments(desk: Desk) -> Table:
    view, ledger, by = desk.view, desk.ledger, ["department_code"]
    names = dict(ledger.units().select("unit_code", "unit_name").iter_rows())
    levels = clue_levels(clues_by_unit(desk), "department_code")
    rows = []
    for row in measured_rows(ledger.lines(by).sort(by), ledger.expected(by), by, ledger, ledger.forecast(by)):
        code = row["department_code"]
        named = {"name": names.get(code) or code, "name:href": view.here(department=code, page=None)}
        rows.append(with_clues(row | named, levels.get(code)))
    total = with_clues(total_row(ledger, view.t("合计")), sum_levels(clue_levels(desk.shown_clues, "division_code")))
    name = desk.division_names.get(view.division or "", "")
    return _build(desk, view.t("{name}: 各部门", name=name), view.t("部门"), rows, total)


def clues_by_unit(desk: Desk) -> pl.DataFrame:
    """Return the open clues with the department of their unit."""
    return desk.shown_clues.join(desk.ledger.units().select("unit_code", "department_code"), on="unit_code", how="left")


def _units(desk: Desk) -> Table:
    view, ledger = desk.view, desk.ledger
    department = view.asked.query["department"]
    by = ["department_code", "unit_code"]
    lines = ledger.lines(by).filter(pl.col("department_code") == department).sort("unit_code")
    above = ledger.lines(["department_code"]).filter(pl.col("department_code") == department)
    names = dict(ledger.units().select("unit_code", "unit_name").iter_rows())
    levels = clue_levels(desk.shown_clues, "unit_code")
    rows = []
    of_unit, of_department = ["unit_code"], ["department_code"]
    for row in measured_rows(lines, ledger.expected(of_unit), of_unit, ledger, ledger.forecast(of_unit)):
        code = row["unit_code"]
        named = {"name": names.get(code) or code, "name:href": view.here(unit=code, page=None)}
        rows.append(with_clues(row | named, levels.get(code)))
    total = measured_rows(above, ledger.expected(of_department), of_department, ledger, ledger.forecast(of_department))
    counts = clue_levels(clues_by_unit(desk), "department_code").get(department)
    bottom = with_clues({"name": view.t("合计")} | total[0], counts) if total else {}
    title = view.t("{name}: 各单位", name=names.get(department) or department)
    return _build(desk, title, view.t("单位"), rows, bottom)


def _projects(desk: Desk) -> Table:
    view, ledger = desk.view, desk.ledger
    unit = view.asked.query["unit"]
    by = ["unit_code", "project_code"]
    named = ledger.moved().group_by(by).agg(pl.col("project_name", "project_category").drop_nulls().first())
    lines = ledger.lines(by).filter(pl.col("unit_code") == unit).join(named, on=by, how="left", nulls_equal=True)
    lines = lines.sort("adjusted_appropriation_fen", descending=True, nulls_last=True)
    above = ledger.lines(["unit_code"]).filter(pl.col("unit_code") == unit)
    own = desk.shown_clues.filter(pl.col("unit_code") == unit)
    levels = clue_levels(own, "project_code")
    rows = []
    for row in measured_rows(lines, ledger.expected_projects(), by, ledger, ledger.forecast_projects()):
        code = row["project_code"]
        name = row["project_name"] or code or view.t("基本支出 (无项目)")
        named_row = {"name": name, "name:href": view.here(project=code or NO_PROJECT, page=None), "name:note": code}
        rows.append(with_clues(row | named_row, levels.get(code)))
    of_unit = ["unit_code"]
    total = measured_rows(above, ledger.expected(of_unit), of_unit, ledger, ledger.forecast(of_unit))
    bottom = with_clues({"name": view.t("合计")} | total[0], sum_levels(clue_levels(own, "unit_code"))) if total else {}
    units = dict(ledger.units().select("unit_code", "unit_name").iter_rows())
    return _build(desk, view.t("{name}: 各项目", name=units.get(unit) or unit), view.t("项目"), rows, bottom)


def crumbs(desk: Desk) -> list[Crumb]:
    """Return the drill path; NotShownError where the URL names a department or unit outside what may be seen."""
    view = desk.view
    asked = view.asked.query
    names = dict(desk.ledger.units().select("unit_code", "unit_name").iter_rows())
    seen = set(names) | set(desk.ledger.moved()["unit_code"]) | set(desk.ledger.moved()["department_code"])
    path: list[tuple[str, dict[str, str]]] = [(desk.services.site.district_name, {})]
    if view.division:
        path.append((desk.division_names.get(view.division, view.division), {"division": view.division}))
    for key in ("department", "unit"):
        code = asked.get(key)
        if not code:
            continue
        if code not in seen:
            raise NotShownError(code)
        path.append((names.get(code) or code, path[-1][1] | {key: code}))
    if project := asked.get("project"):
        path.append((project_crumb(desk, project), path[-1][1] | {"project": project}))
    drilled = dict.fromkeys(LEVELS) | {"page": None, "sort": None}
    links: list[Crumb] = [(label, view.here(**(drilled | keys))) for label, keys in path[:-1]]
    return [*links, (path[-1][0], None)]
