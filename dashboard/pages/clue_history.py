"""What happened to a clue, oldest first, with who and why."""

from collections.abc import Mapping
from typing import Any

from dash import html

from budget.coverage import REASONS
from dashboard.clue_words import rule_name
from dashboard.desk import Desk
from dashboard.words import noted

# What the service writes as the reason of a change.
REASON_WORDS = (
    noted("首次发现"),
    noted("再次出现"),
    noted("级别上升"),
    noted("级别下降"),
    noted("仍未解决，到期提醒"),
    noted("恢复"),
    noted("数据更正"),
    noted("不再适用"),
    noted("豁免"),
    noted("恢复判断，级别未变"),
)
SERVICE_ACTORS = frozenset({"mingzhang", "system", "schedule"})


def level_words(level: str, desk: Desk) -> str:
    """Name a level by its colour."""
    t = desk.view.t
    return {"blue": t("蓝"), "yellow": t("黄"), "orange": t("橙"), "red": t("红")}.get(level, level)


def notice_words(notice: str, desk: Desk) -> str:
    """Name what happened to an alert or clue."""
    t = desk.view.t
    known = {
        "opened": t("发现"),
        "worsened": t("加重"),
        "eased": t("减轻"),
        "reminder": t("提醒"),
        "resolved": t("解除"),
        "reopened": t("再次出现"),
        "stale": t("暂停判断"),
        "closed": t("办结"),
    }
    return known.get(notice, notice)


def reason_words(reason: str, desk: Desk) -> str:
    """Say why it happened in the reader's language; words that are not known stay as they were written."""
    head, _, tail = reason.partition("：")
    why = {words.zh: words.en for words in REASONS.values()} if desk.view.language == "en" else {}
    return ": ".join(part for part in (desk.view.t(head), why.get(tail, tail)) if part)


def history(desk: Desk, events: list[dict[str, Any]], rules: Mapping[int, str]) -> Any:
    """Draw what happened, oldest first."""
    view, t = desk.view, desk.view.t
    items = []
    for event in events:
        code = rules.get(event["alert_id"])
        what = notice_words(event["notice"], desk) + (
            f" {code} {rule_name(desk.services.catalogue, code, view)}" if code else ""
        )
        steps = [level for level in (event["from_level"], event["to_level"]) if level]
        moved = " → ".join(level_words(level, desk) for level in steps)
        by = t("系统") if event["actor"] in SERVICE_ACTORS else event["actor"]
        shown = [
            html.Time(str(event["happened_on"])),
            html.B(what),
            moved,
            html.Span(reason_words(event["reason"], desk), className="quiet"),
            by,
        ]
        items.append(html.Li([html.Span(part) if isinstance(part, str) else part for part in shown if part]))
    return html.Ol(items, className="history") if items else html.P(t("还没有经过"))
