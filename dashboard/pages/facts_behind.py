"""The delivered rows behind something said, each a link to the row as it stood in its file."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dashboard.desk import Desk
from dashboard.formats import NOT_APPLICABLE
from dashboard.privacy import masked_name, masked_text
from dashboard.tables import Column, Table
from dashboard.words import noted
from warehouse import queries_facts

MOST_ROWS = 500
BEHIND = "behind"  # the anchor of the rows on a page
_DATES = (
    *("paid_on", "released_on", "adjusted_on", "as_of_on", "signed_on", "received_on", "event_on", "base_on"),
    *("evaluated_on", "settled_on"),
)
_MEASURES = (
    *("payment_fen", "appropriation_fen", "adjustment_fen", "planned_fen", "ytd_fen", "contract_fen", "transfer_fen"),
    *("balance_fen", "principal_fen", "closing_fen", "outturn_fen", "amount_fen"),
)
_BASIC = ("allotments", "adjustments", "payments")  # feeds whose rows without a project are basic spending


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
        "cash_plans": t("用款计划"),
        "revenue": t("财政收入"),
        "projects": t("项目库"),
        "milestones": t("项目节点"),
        "contracts": t("采购合同"),
        "transfers": t("转移支付"),
        "debt": t("政府债务"),
        "treasury": t("库款"),
        "final_accounts": t("决算"),
        "performance": t("绩效"),
        "documents": t("预算文书"),
    }
    return known.get(feed, feed)


@dataclass(frozen=True)
class Behind:
    """The rows behind alerts: those listed, by feed, and how many there are in all."""

    table: Table
    feeds: Mapping[str, int]
    total: int

    @property
    def listed(self) -> int:
        """Return how many rows are listed."""
        return sum(self.feeds.values())

    def told(self, desk: Desk) -> str:
        """Say how many rows there are and, where not all are listed, how many are."""
        t, total = desk.view.t, f"{self.total:,}"
        if self.total > self.listed:
            return t("共 {count} 行, 这里列出前 {listed} 行", count=total, listed=self.listed)
        return t("共 {count} 行", count=total) if self.total else ""

    def way(self, desk: Desk) -> str:
        """Say where the link to the rows leads: what is there and how many."""
        t = desk.view.t
        counted = {
            "payments": noted("{count} 笔支付"),
            "allotments": noted("{count} 条指标"),
            "adjustments": noted("{count} 条指标调整"),
            "execution_months": noted("{count} 条月报"),
        }
        if self.total > self.listed:
            return t("看背后的原始行 ({told})", told=self.told(desk))
        parts = [t(counted.get(feed, noted("{count} 行")), count=count) for feed, count in self.feeds.items()]
        return t("看 {rows} 的原始行", rows=t("、").join(parts))


def facts_behind(desk: Desk, alerts: Sequence[Mapping[str, Any]]) -> Behind:
    """Return the facts that the evidence of alerts names, those that the reader may see; at most MOST_ROWS of them."""
    pairs: dict[tuple[int, int], None] = {}
    unnamed = 0
    for alert in alerts:
        told = json.loads(alert["evidence"]) if alert["evidence"] else {}
        named = [(int(slice_id), int(row_no)) for slice_id, row_no in told.get("facts", [])]
        pairs |= dict.fromkeys(named)
        unnamed += max(0, (told.get("facts_total") or 0) - len(named))
    facts = queries_facts.list_facts(desk.connection, desk.scope, list(pairs)[:MOST_ROWS])
    feeds = Counter(fact["feed"] for fact in facts)
    return Behind(_table(desk, facts), feeds, max(len(pairs), len(facts)) + unnamed)


def _table(desk: Desk, facts: Sequence[dict[str, Any]]) -> Table:
    t = desk.view.t
    columns = [
        Column("feed", t("数据")),
        Column("day", t("日期"), "day"),
        Column("number", t("凭证或指标号")),
        Column("unit_name", t("单位")),
        Column("project_name", t("项目"), wraps=True),
        Column("payee_name", t("收款人")),
        Column("purpose", t("用途"), wraps=True),
        Column("fen", t("金额 (万元)"), "wan"),
        Column("source", t("来源"), is_sortable=False),
    ]
    rows = [_row(desk, fact) for fact in facts]
    return Table("facts", t("背后的原始行"), columns, rows, empty=t("这条线索没有指向单个数据行"))


def _row(desk: Desk, fact: dict[str, Any]) -> dict[str, Any]:
    t = desk.view.t
    paid = fact["feed"] == "payments"
    shown = {
        "feed": feed_words(fact["feed"], desk),
        "day": next((fact[name] for name in _DATES if fact.get(name) is not None), None),
        "number": fact.get("voucher_no") or fact.get("allotment_code") or fact.get("document_no"),
        "unit_name": fact.get("unit_name") or fact.get("unit_code"),
        "project_name": _project(desk, fact),
        "fen": next((fact[name] for name in _MEASURES if fact.get(name) is not None), None),
        "source": t("看原始行"),
        "source:href": desk.view.href(f"/source/{fact['slice_id']}/{fact['row_no']}"),
    }
    return shown | (_paid_words(fact) if paid else {})


def _project(desk: Desk, fact: dict[str, Any]) -> str:
    """Name a fact's project: payments carry its code only, the budget of the year its name."""
    code = fact.get("project_code")
    if code is None:
        return desk.view.t("基本支出 (无项目)") if fact["feed"] in _BASIC else NOT_APPLICABLE
    return fact.get("project_name") or desk.project_names.get(code) or str(code)


def _paid_words(fact: dict[str, Any]) -> dict[str, Any]:
    return {
        "payee_name": masked_name(fact["payee_name"]),
        "purpose": masked_text(fact["purpose"], fact["payee_name"]),
    }
