"""The delivered rows behind something said, each a link to the row as it stood in its file."""

from collections.abc import Sequence
from typing import Any

from dashboard.desk import Desk
from dashboard.privacy import masked_name, masked_text
from dashboard.tables import Column, Table
from warehouse import queries_facts

MOST_ROWS = 500
_DATES = ("paid_on", "released_on", "adjusted_on", "as_of_on")
_MEASURES = ("payment_fen", "appropriation_fen", "adjustment_fen")


def feed_words(feed: str, desk: Desk) -> str:
    """Name a feed."""
    t = desk.view.t
    known = {
        "units": t("预算单位"),
        "classifications": t("分类科目"),
        "allotments": t("预算指标"),
        "adjustments": t("指标调整"),
        "payments": t("支付凭证"),
        "execution_months": t("执行月报"),
    }
    return known.get(feed, feed)


def facts_table(desk: Desk, pairs: Sequence[tuple[int, int]]) -> Table:
    """Return facts by (slice, row), those that the reader may see; at most MOST_ROWS of them."""
    t = desk.view.t
    rows = [_row(desk, fact) for fact in queries_facts.list_facts(desk.connection, desk.scope, pairs[:MOST_ROWS])]
    columns = [
        Column("feed", t("数据")),
        Column("day", t("日期"), "day"),
        Column("number", t("凭证或指标号")),
        Column("unit_name", t("单位")),
        Column("project_name", t("项目")),
        Column("payee_name", t("收款人")),
        Column("purpose", t("用途"), wraps=True),
        Column("fen", t("金额 (万元)"), "wan"),
        Column("source", t("来源"), is_sortable=False),
    ]
    note = t("只列前 {count} 行", count=MOST_ROWS) if len(pairs) > MOST_ROWS else ""
    return Table("facts", note or t("背后的原始行"), columns, rows, empty=t("这条线索没有指向单个数据行"))


def _row(desk: Desk, fact: dict[str, Any]) -> dict[str, Any]:
    t = desk.view.t
    paid = fact["feed"] == "payments"
    shown = {
        "feed": feed_words(fact["feed"], desk),
        "day": next((fact[name] for name in _DATES if fact.get(name) is not None), None),
        "number": fact.get("voucher_no") or fact.get("allotment_code") or fact.get("document_no"),
        "unit_name": fact.get("unit_name") or fact.get("unit_code"),
        "project_name": fact.get("project_name") or fact.get("project_code"),
        "fen": next((fact[name] for name in _MEASURES if fact.get(name) is not None), None),
        "source": t("看原始行"),
        "source:href": desk.view.href(f"/source/{fact['slice_id']}/{fact['row_no']}"),
    }
    return shown | (_paid_words(fact) if paid else {})


def _paid_words(fact: dict[str, Any]) -> dict[str, Any]:
    return {
        "payee_name": masked_name(fact["payee_name"]),
        "purpose": masked_text(fact["purpose"], fact["payee_name"]),
    }
