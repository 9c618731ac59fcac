"""The results of the search box: units, projects, functional codes and payees of the view."""

from typing import Any

import polars as pl
from dash import html

from budget.masking import is_person
from dashboard.components.marks import empty_state, section
from dashboard.components.table_view import table_view
from dashboard.desk import Desk
from dashboard.page import Page
from dashboard.privacy import masked_name
from dashboard.tables import Column, Table

PATH = "/search"
LEAST_LENGTH = 2
MOST = 100


def page(desk: Desk) -> Page:
    """Show what the search box found."""
    t, text = desk.view.t, asked_text(desk)
    title = t("搜索: {text}", text=text) if text else t("搜索")
    if len(text) < LEAST_LENGTH:
        return Page(
            title,
            [empty_state(t("请输入至少两个字"), t("可以输入单位、项目、科目编码或收款人的一部分"))],
            has_filters=True,
        )
    shown = [one for one in (units(desk, text), projects(desk, text), payees(desk, text)) if one.rows]
    body: list[Any] = [section(one.title, table_view(one, desk.view)) for one in shown]
    if not body:
        body = [empty_state(t("没有找到 “{text}”", text=text), t("换一个更短的词, 或去掉上面的筛选"))]
    return Page(title, [html.H1(title, className="page-title"), *body], menu=PATH)


def asked_text(desk: Desk) -> str:
    """Return what was typed."""
    return desk.view.asked.query.get("q", "").strip()


def _holds(column: str, text: str) -> pl.Expr:
    return pl.col(column).str.to_lowercase().str.contains(text.lower(), literal=True).fill_null(value=False)


def units(desk: Desk, text: str) -> Table:
    """Return units whose name or code holds the text."""
    t, view = desk.view.t, desk.view
    found = desk.ledger.units().filter(_holds("unit_name", text) | _holds("unit_code", text)).head(MOST)
    rows = [
        {
            "name": row["unit_name"],
            "name:href": view.href(
                "/execution", division=row["division_code"], department=row["department_code"], unit=row["unit_code"]
            ),
            "code": row["unit_code"],
            "department": row["department_name"],
            "division": desk.division_names.get(row["division_code"], row["division_code"]),
        }
        for row in found.iter_rows(named=True)
    ]
    columns = [
        Column("name", t("单位")),
        Column("code", t("编码")),
        Column("department", t("主管部门")),
        Column("division", t("区划")),
    ]
    return Table("units", t("单位"), columns, rows)


def projects(desk: Desk, text: str) -> Table:
    """Return projects whose name, code or functional item holds the text."""
    t, view = desk.view.t, desk.view
    moved = desk.ledger.moved()
    by = ["division_code", "unit_code", "project_code"]
    matching = moved.filter(
        _holds("project_name", text) | _holds("project_code", text) | pl.col("function_code").str.starts_with(text)
    )
    hits = matching.select(by).unique(maintain_order=True).head(MOST)
    summed = desk.ledger.lines(by).join(hits, on=by, how="semi", nulls_equal=True)
    named = moved.group_by(by).agg(pl.col("project_name").drop_nulls().first())
    units_named = dict(desk.ledger.units().select("unit_code", "unit_name").iter_rows())
    rows = []
    for row in summed.join(named, on=by, how="left", nulls_equal=True).iter_rows(named=True):
        project = row["project_code"] or "-"
        target = view.href("/execution", division=row["division_code"], unit=row["unit_code"], project=project)
        rows.append(
            {
                "name": row["project_name"] or row["project_code"] or t("基本支出 (无项目)"),
                "name:href": target,
                "code": row["project_code"] or t("无项目编码"),
                "unit": units_named.get(row["unit_code"]) or row["unit_code"],
                "adjusted_appropriation_fen": row["adjusted_appropriation_fen"],
                "payment_fen": row["payment_fen"],
            }
        )
    columns = [
        Column("name", t("项目")),
        Column("code", t("编码")),
        Column("unit", t("单位")),
        Column("adjusted_appropriation_fen", t("调整预算 (万元)"), "wan"),
        Column("payment_fen", t("支出 (万元)"), "wan"),
    ]
    return Table("projects", t("项目"), columns, rows)


def payees(desk: Desk, text: str) -> Table:
    """Return payees whose name holds the text; a person is found by the whole name only, and shown masked."""
    t, view = desk.view.t, desk.view
    paid = desk.ledger.facts.payments.filter(_holds("payee_name", text) | (pl.col("voucher_no") == text))
    by = ["division_code", "unit_code", "project_code", "payee_name"]
    summed = (
        paid.group_by(by).agg(pl.len().alias("count"), pl.col("payment_fen").sum()).sort("payment_fen", descending=True)
    )
    units_named = dict(desk.ledger.units().select("unit_code", "unit_name").iter_rows())
    rows: list[dict[str, Any]] = []
    for row in summed.iter_rows(named=True):
        name = row["payee_name"] or ""
        if (is_person(name) and name != text) or len(rows) >= MOST:
            continue
        target = view.href(
            "/execution", division=row["division_code"], unit=row["unit_code"], project=row["project_code"] or "-"
        )
        rows.append(
            {
                "name": masked_name(name),
                "unit": units_named.get(row["unit_code"]) or row["unit_code"],
                "unit:href": target,
                "count": row["count"],
                "payment_fen": row["payment_fen"],
            }
        )
    columns = [
        Column("name", t("收款人")),
        Column("unit", t("付款单位")),
        Column("count", t("笔数"), "count"),
        Column("payment_fen", t("支付 (万元)"), "wan"),
    ]
    return Table("payees", t("收款人"), columns, rows)
