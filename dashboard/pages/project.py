"""One project of one unit: its 指标, its adjustments and its vouchers, each a link to the delivered row."""

from collections.abc import Mapping
from typing import Any

import polars as pl
from dash import html

from budget.pace import CATEGORY, PLAN, UNIT_KIND
from dashboard.classification import code_words
from dashboard.components.marks import bar_legend, figure_card, gap_text, progress_bar, section
from dashboard.components.table_view import table_view
from dashboard.desk import Desk, NotShownError
from dashboard.formats import rate_text, wan_text, yuan_text
from dashboard.pages.clue_rows import clue_sentences
from dashboard.pages.lines import forecast_text, measured_row
from dashboard.pages.today import Thing, things_list
from dashboard.privacy import masked_account, masked_name, masked_text
from dashboard.tables import Column, Table

NO_PROJECT = "-"


def _of_project(frame: pl.DataFrame, project: str) -> pl.DataFrame:
    wanted = pl.col("project_code").is_null() if project == NO_PROJECT else pl.col("project_code") == project
    return frame.filter(wanted)


def _moved(desk: Desk) -> pl.DataFrame:
    asked = desk.view.asked.query
    of_unit = desk.ledger.moved().filter(pl.col("unit_code") == asked.get("unit", ""))
    return _of_project(of_unit, asked.get("project", NO_PROJECT))


def project_crumb(desk: Desk, project: str) -> str:
    """Return the name of the project in the URL; NotShownError where the unit has none such."""
    moved = _moved(desk)
    if moved.is_empty():
        raise NotShownError(project)
    if project == NO_PROJECT:
        return desk.view.t("基本支出 (无项目)")
    names = moved["project_name"].drop_nulls()
    return str(names[0]) if len(names) else project


def _source_link(desk: Desk, row: dict[str, Any]) -> str:
    return desk.view.href(f"/source/{row['slice_id']}/{row['row_no']}")


def budget_table(desk: Desk) -> Table:
    """Return the allotments and adjustments behind the project's B1."""
    t = desk.view.t
    moved = _moved(desk).select("slice_id", "row_no")
    facts = desk.ledger.facts
    keys = ["slice_id", "row_no"]
    shared = ["function_code", "dept_economic_code", "budget_source", "allotment_code", "document_no", *keys]
    given = facts.allotments.join(moved, on=keys, how="semi").select(
        *shared, "appropriation_fen", happened_on="released_on", kind=pl.lit("initial")
    )
    changed = facts.adjustments.join(moved, on=keys, how="semi").select(
        *shared, "adjustment_fen", happened_on="adjusted_on", kind=pl.col("adjustment_kind").fill_null("move")
    )
    kinds = {"initial": t("年初指标"), "add": t("追加"), "cut": t("追减"), "move": t("调剂")}
    sources = {"current": t("本年预算"), "carryover": t("上年结转"), "transfer": t("上级转移支付")}
    rows = []
    for row in pl.concat([given, changed], how="diagonal").sort("happened_on", nulls_last=False).iter_rows(named=True):
        fen = row.get("appropriation_fen")
        fen = row.get("adjustment_fen") if fen is None else fen
        rows.append(
            {
                "happened_on": row["happened_on"],
                "kind": kinds.get(row["kind"], row["kind"]),
                "allotment_code": row["allotment_code"],
                "document_no": row["document_no"],
                "function_code": code_words(desk, "function_code", row["function_code"]),
                "dept_economic_code": code_words(desk, "dept_economic_code", row["dept_economic_code"]),
                "budget_source": sources.get(row["budget_source"], row["budget_source"]),
                "fen": fen,
                "source": t("看原始行"),
                "source:href": _source_link(desk, row),
            }
        )
    columns = [
        Column("happened_on", t("下达日期"), "day"),
        Column("kind", t("类别")),
        Column("allotment_code", t("指标编号")),
        Column("document_no", t("指标文号")),
        Column("function_code", t("功能科目"), wraps=True),
        Column("dept_economic_code", t("部门经济科目"), wraps=True),
        Column("budget_source", t("预算来源")),
        Column("fen", t("金额 (万元)"), "wan"),
        Column("source", t("来源"), is_sortable=False),
    ]
    total = {"kind": t("调整预算"), "fen": sum(row["fen"] or 0 for row in rows)}
    return Table("budget", t("指标与调整"), columns, rows, total, empty=t("没有下达过指标"))


def voucher_table(desk: Desk) -> Table:
    """Return the vouchers behind the project's payments, newest first."""
    t = desk.view.t
    facts = desk.ledger.facts
    paid = facts.payments.join(_moved(desk).select("slice_id", "row_no"), on=["slice_id", "row_no"], how="semi")
    kinds = {"normal": t("正常"), "refund": t("退款"), "correction": t("更正")}
    rows = [
        {
            "paid_on": row["paid_on"],
            "voucher_no": row["voucher_no"] or t("无凭证号"),
            "voucher_no:href": _source_link(desk, row),
            "payee_name": masked_name(row["payee_name"]),
            "payee_account": masked_account(row["payee_account"]),
            "purpose": masked_text(row["purpose"], row["payee_name"]),
            "kind": kinds.get(row["payment_kind"], row["payment_kind"]),
            "dept_economic_code": code_words(desk, "dept_economic_code", row["dept_economic_code"]),
            "payment_fen": row["payment_fen"],
        }
        for row in paid.sort("paid_on", "voucher_no", descending=[True, False]).iter_rows(named=True)
    ]
    columns = [
        Column("paid_on", t("支付日期"), "day"),
        Column("voucher_no", t("支付凭证号")),
        Column("payee_name", t("收款人")),
        Column("payee_account", t("收款账号")),
        Column("purpose", t("用途"), wraps=True),
        Column("kind", t("业务类型")),
        Column("dept_economic_code", t("部门经济科目"), wraps=True),
        Column("payment_fen", t("支付 (万元)"), "wan"),
    ]
    total = {"voucher_no": t("合计"), "payment_fen": sum(row["payment_fen"] for row in rows)}
    return Table("vouchers", t("支付凭证"), columns, rows, total, empty=t("到这一天还没有支付"))


def clue_section(desk: Desk) -> list[Any]:
    """Draw the open clues of the project, if there are any."""
    asked, t = desk.view.asked.query, desk.view.t
    own = _of_project(desk.shown_clues.filter(pl.col("unit_code") == asked["unit"]), asked["project"]).to_dicts()
    if not own or asked["project"] == NO_PROJECT:
        return []
    said = clue_sentences(desk, own)
    found = [
        Thing(row["level"], said[row["clue_id"]], t("看线索"), desk.view.href(f"/clues/{row['clue_id']}"))
        for row in own
    ]
    return [things_list(found, desk.view, title=t("线索"))]


def _own(rows: pl.DataFrame, asked: Mapping[str, str]) -> dict[str, Any]:
    """Return the row of the project asked for, empty where there is none."""
    own = _of_project(rows.filter(pl.col("unit_code") == asked["unit"]), asked["project"])
    return next(own.iter_rows(named=True), {})


def _basis(desk: Desk, basis: str | None) -> str:
    """Say what the project is measured against."""
    t = desk.view.t
    category = next(iter(_moved(desk)["project_category"].drop_nulls()), "")
    said = {
        PLAN: t("节点计划"),
        "+".join(CATEGORY): t("同类 ({category}) 历史同期", category=category),
        "+".join(UNIT_KIND): t("本单位同类支出历史同期"),
    }
    return said.get(basis or "", t("序时进度 (无同类历史)"))


def project_body(desk: Desk) -> tuple[str, list[Any]]:
    """Return the title and body of a project's page."""
    view, ledger = desk.view, desk.ledger
    t, language = view.t, view.language
    asked = view.asked.query
    lines = ledger.lines(["unit_code", "project_code"]).filter(pl.col("unit_code") == asked["unit"])
    line = next(_of_project(lines, asked["project"]).iter_rows(named=True))
    expected = _own(ledger.expected_projects(), asked)
    row = measured_row(line, expected.get("expected_progress_bp"), ledger)
    basis = _basis(desk, expected.get("expected_basis"))
    forecast = forecast_text(_own(ledger.forecast_projects(), asked), view)
    bar = progress_bar(
        row["execution_rate_bp"], row["expected_progress_bp"], ledger.ruler_bp, view, row["expected_basis"]
    )
    cards = [
        figure_card(name, wan_text(row[key], language), t("万元"), note, tooltip=yuan_text(row[key], language))
        for name, key, note in (
            (t("年初预算"), "appropriation_fen", "B0"),
            (t("调整"), "adjustment_fen", "ADJ"),
            (t("调整预算"), "adjusted_appropriation_fen", "B1"),
            (t("支出"), "payment_fen", "PAY"),
        )
    ]
    cards.append(
        figure_card(
            t("执行率"),
            rate_text(row["execution_rate_bp"], language),
            "",
            f"{basis} {rate_text(row['expected_progress_bp'], language)}, {gap_text(row['gap_bp'], view)}",
            more=forecast or "",
        )
    )
    return project_crumb(desk, asked["project"]), [
        html.Div(cards, className="cards"),
        *clue_section(desk),
        section(t("执行进度"), bar, aside=bar_legend(view)),
        section(t("指标与调整"), table_view(budget_table(desk), view)),
        section(t("支付凭证"), table_view(voucher_table(desk), view)),
    ]
