"""The first rows of a delivery as its mapping reads them; persons and accounts are masked."""

from collections.abc import Mapping, Sequence
from typing import Any

from dashboard.desk import Desk
from dashboard.pages.source import field_words
from dashboard.privacy import masked_account, masked_name, masked_text
from dashboard.tables import Column, Table

_LONG = frozenset({"purpose", "reason", "summary"})


def first_rows_table(desk: Desk, columns: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> Table:
    """Return rows with the columns a mapping fills: dates and amounts first, the rest in the order of the feed."""
    t = desk.view.t
    names = column_words(desk)
    ordered = sorted(columns, key=lambda key: (not key.endswith("_on"), not key.endswith("_fen")))
    heads = [Column("source_row", t("行号"), "count"), *(_column(key, names.get(key, key)) for key in ordered)]
    shown = [{"source_row": row["source_row"]} | {key: _shown(key, row, desk) for key in columns} for row in rows]
    return Table("first", t("前 20 行 (映射后)"), heads, shown, empty=t("从这份文件里没有读出任何数据"))


def _column(key: str, title: str) -> Column:
    return Column(key, title, "yuan" if key.endswith("_fen") else "text", wraps=key in _LONG)


def column_words(desk: Desk) -> dict[str, str]:
    """Name the canonical columns: the fields of facts, and those that no page of a fact shows."""
    t = desk.view.t
    return field_words(desk) | {
        "fiscal_year": t("年度"),
        "division_code": t("区划编码"),
        "division_name": t("区划名称"),
        "parent_code": t("上级编码"),
        "unit_level": t("单位层级"),
        "successor_code": t("接续单位编码"),
        "valid_from": t("启用日期"),
        "valid_to": t("停用日期"),
        "valid_from_year": t("启用年度"),
        "valid_to_year": t("停用年度"),
        "scheme": t("分类"),
        "code": t("编码"),
        "name": t("名称"),
        "gov_economic_code": t("政府经济科目"),
        "budget_source": t("预算来源"),
        "spending_kind": t("支出类别"),
        "project_category": t("项目类别"),
        "reporting_level": t("填报层级"),
        "adjustment_code": t("调整编号"),
        "summary": t("摘要"),
        "commitment_fen": t("承诺 (元)"),
        "obligation_fen": t("应付 (元)"),
    }


def _shown(key: str, row: Mapping[str, Any], desk: Desk) -> Any:
    t, value = desk.view.t, row[key]
    if value is None or key.endswith("_fen"):
        return value
    if isinstance(value, bool):
        return t("是") if value else t("否")
    if key == "payee_name":
        return masked_name(value)
    if key == "payee_account":
        return masked_account(value)
    return masked_text(value, row.get("payee_name")) if key in _LONG else str(value)
