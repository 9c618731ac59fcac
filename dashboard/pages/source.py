"""One fact and, under it, the delivered row as it stood in the file, with every delivery that touched it."""

from collections.abc import Mapping, Sequence
from typing import Any

from dash import html

from budget.money import format_yuan
from dashboard.classification import SCHEMES, code_words
from dashboard.components.marks import empty_state, section
from dashboard.components.table_view import table_view
from dashboard.desk import Desk, NotShownError
from dashboard.formats import in_language
from dashboard.page import Crumb, Page
from dashboard.pages.facts_behind import feed_words
from dashboard.privacy import masked_account, masked_cells, masked_name, masked_text
from dashboard.tables import Column, Table
from warehouse import queries_facts

MENU = "/execution"


def page(desk: Desk, slice_id: str, row_no: str) -> Page:
    """Show one fact and its delivered row."""
    fact = queries_facts.find_fact(desk.connection, desk.scope, int(slice_id), int(row_no))
    place = queries_facts.find_slice(desk.connection, desk.scope, int(slice_id))
    if fact is None or place is None:
        raise NotShownError(f"{slice_id}/{row_no}")
    t = desk.view.t
    number = fact.get("voucher_no") or fact.get("allotment_code") or f"{slice_id}-{row_no}"
    title = f"{feed_words(place['feed'], desk)} {number}"
    body = [
        section(title, fields(desk, fact)),
        section(t("送来的原始行"), *delivered(desk, fact, place)),
        section(t("涉及这批数据的各次送达"), table_view(deliveries(desk, place), desk.view)),
    ]
    return Page(title, body, crumbs(desk, fact, number), menu=MENU)


def crumbs(desk: Desk, fact: Mapping[str, Any], number: str) -> list[Crumb]:
    """Return the drill path down to the fact."""
    view = desk.view
    if not fact.get("unit_code"):
        return [(number, None)]
    names = dict(desk.whole_ledger.units().select("unit_code", "unit_name").iter_rows())
    division, unit = fact["division_code"], fact["unit_code"]
    project = fact.get("project_code") or "-"
    execution = "/execution"
    at_unit = {"division": division, "unit": unit}
    name = fact.get("project_name") or project_name(desk, unit, project) or project
    return [
        (desk.services.site.district_name, view.href(execution, division=None)),
        (desk.division_names.get(division, division), view.href(execution, division=division)),
        (names.get(unit) or fact.get("unit_name") or unit, view.href(execution, **at_unit)),
        (name, view.href(execution, **at_unit, project=project)),
        (number, None),
    ]


def project_name(desk: Desk, unit: str, project: str) -> str | None:
    """Return the name the budget gives a project."""
    moved = desk.whole_ledger.moved()
    named = moved.filter((moved["unit_code"] == unit) & (moved["project_code"] == project))["project_name"].drop_nulls()
    return str(named[0]) if len(named) else None


def field_words(desk: Desk) -> dict[str, str]:
    """Name the fields of facts, in the order they are shown."""
    t = desk.view.t
    return {
        "voucher_no": t("支付凭证号"),
        "application_no": t("支付申请编号"),
        "allotment_code": t("指标编号"),
        "document_no": t("指标文号"),
        "paid_on": t("支付日期"),
        "released_on": t("下达日期"),
        "adjusted_on": t("调整日期"),
        "as_of_on": t("截至"),
        "payment_fen": t("支付金额 (元)"),
        "appropriation_fen": t("年初预算 (元)"),
        "adjustment_fen": t("调整 (元)"),
        "adjusted_appropriation_fen": t("调整预算 (元)"),
        "payment_kind": t("业务类型"),
        "adjustment_kind": t("类别"),
        "original_voucher_no": t("原支付凭证号"),
        "is_voided": t("作废"),
        "unit_code": t("单位编码"),
        "unit_name": t("单位名称"),
        "project_code": t("项目编码"),
        "project_name": t("项目名称"),
        "function_code": t("功能科目"),
        "dept_economic_code": t("部门经济科目"),
        "fund_type_code": t("资金性质"),
        "settlement_method": t("结算方式"),
        "payee_name": t("收款人"),
        "payee_account": t("收款账号"),
        "payee_bank": t("收款人开户行"),
        "purpose": t("用途"),
        "reason": t("事由"),
    }


def fields(desk: Desk, fact: Mapping[str, Any]) -> html.Dl:
    """Draw the fact's fields; what the feed did not say is left out."""
    pairs = []
    for key, label in field_words(desk).items():
        value = fact.get(key)
        if value is not None:
            pairs.append(html.Div([html.Dt(label), html.Dd(field_value(key, value, fact, desk))]))
    return html.Dl(pairs, className="pairs")


def field_value(key: str, value: Any, fact: Mapping[str, Any], desk: Desk) -> str:
    """Write one field of a fact as readers see it: persons and accounts masked, codes with their names."""
    t = desk.view.t
    if key.endswith("_fen"):
        return in_language(format_yuan(value), desk.view.language)
    if key in {"payee_name", "payee_account"}:
        return (masked_name(value) if key == "payee_name" else masked_account(value)) or ""
    if key == "purpose":
        return masked_text(value, fact.get("payee_name")) or ""
    if key in SCHEMES:
        return str(code_words(desk, key, value))
    if key == "is_voided":
        return t("是") if value else t("否")
    kinds = {
        "normal": t("正常"),
        "refund": t("退款"),
        "correction": t("更正"),
        "add": t("追加"),
        "cut": t("追减"),
        "move": t("调剂"),
    }
    return kinds.get(value, str(value)) if key.endswith("_kind") else str(value)


def delivered(desk: Desk, fact: Mapping[str, Any], place: Mapping[str, Any]) -> list[Any]:
    """Draw the row of the delivered file with its heads, raw; the payee is masked in it too."""
    t = desk.view.t
    sheet = t(", 工作表 {sheet}", sheet=fact["source_sheet"]) if fact["source_sheet"] else ""
    where = t(
        "文件 {file}{sheet}, 第 {row} 行 · 批次 #{batch}",
        file=place["file_name"],
        sheet=sheet,
        row=fact["source_row"],
        batch=place["batch_id"],
    )
    told = html.P(where, className="source-place")
    digest = html.P(f"sha256 {place['landing_sha256']}", className="quiet digest")
    try:
        row = desk.services.source_row(
            place["mapping_name"], place["landing_sha256"], place["file_name"], fact["source_sheet"], fact["source_row"]
        )
    except (OSError, ValueError) as error:
        return [told, empty_state(t("原始文件读不出来"), str(error)), digest]
    cells = masked_cells(tuple(str(cell) for cell in row.cells), fact.get("payee_name"), fact.get("payee_account"))
    return [told, raw_row(list(row.header), cells), digest]


def raw_row(header: Sequence[str], cells: Sequence[str]) -> html.Dl:
    """Draw one raw row, every cell under its head, in the order of the file."""
    count = max(len(header), len(cells))
    heads = [*header, *[""] * (count - len(header))]
    values = [*cells, *[""] * (count - len(cells))]
    pairs = zip(heads, values, strict=True)
    return html.Dl(
        [html.Div([html.Dt(head or "∅"), html.Dd(cell or "∅")]) for head, cell in pairs], className="pairs raw"
    )


def deliveries(desk: Desk, place: Mapping[str, Any]) -> Table:
    """Return the deliveries of the same slice: which is in force as known at the view's moment, which was replaced."""
    t = desk.view.t
    found = queries_facts.list_deliveries_of(desk.connection, desk.scope, place["feed"], place["slice_key"])
    rows = found.reverse().to_dicts()
    sees_all = desk.scope.divisions is None
    in_force = next((row["slice_id"] for row in rows if row["known_at"] <= desk.view.known_at), None)

    def state(row: Mapping[str, Any]) -> str:
        if row["known_at"] > desk.view.known_at:
            return t("所看时点之后才送达")
        return t("在用") if row["slice_id"] == in_force else t("已被更新的批次取代")

    shown = [
        {
            "batch_id": row["batch_id"],
            # A batch may hold other divisions' data too, and is then no page of this reader's.
            "batch_id:href": desk.view.href(f"/system/batches/{row['batch_id']}") if sees_all else None,
            "file_name": row["file_name"],
            "known_at": desk.local(row["known_at"]),
            "recorded_at": desk.local(row["recorded_at"]),
            "state": state(row),
            "state:note": t("本行出自这一批") if row["slice_id"] == place["slice_id"] else None,
        }
        for row in rows
    ]
    columns = [
        Column("batch_id", t("批次"), "count"),
        Column("file_name", t("文件")),
        Column("known_at", t("送达时间")),
        Column("recorded_at", t("入库时间")),
        Column("state", t("状态")),
    ]
    return Table("deliveries", t("各次送达"), columns, shown)
