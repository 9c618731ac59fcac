"""系统管理 · 数据到达: what is expected from whom by when, and whether it came; the worst first."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from dash import html

from budget.expected import STATES, Awaited, State
from dashboard.components.marks import empty_state, section
from dashboard.components.table_view import table_view
from dashboard.desk import Desk, NotShownError
from dashboard.page import Page
from dashboard.pages.facts_behind import feed_words
from dashboard.pages.system import ARRIVALS, BY_DIVISION, PATH, tabs
from dashboard.tables import Column, Table
from dashboard.words import noted
from warehouse.batches import find_batch

# Glyph and tone, as levels have them: colour is never alone.
LOOKS: dict[State, tuple[str, str]] = {
    "overdue": ("◆", "red"),
    "held": ("▲", "orange"),
    "waiting": ("○", "blue"),
    "arrived_late": ("●", "yellow"),
    "arrived": ("✓", "fine"),
}
WORDS: dict[State, str] = {
    "overdue": noted("逾期"),
    "held": noted("被扣"),
    "waiting": noted("未到"),
    "arrived_late": noted("迟到才到"),
    "arrived": noted("已到"),
}


def page(desk: Desk) -> Page:
    """Show the freshness board, or why there is none."""
    t = desk.view.t
    try:
        found = _board(desk)
    except ValueError as error:
        return _framed(desk, [], empty_state(t("报送日历无法读取"), str(error)))
    if found is None:
        hint = t("在数据文件夹的 calendar.toml 里写明: 谁、哪类数据、何时应到")
        return _framed(desk, [], empty_state(t("还没有报送日历"), hint))
    meant = t("期末之后送达的数据才算一期到齐, 期内先送的只是一部分; 被扣的数据要有人核对后放行或换发")
    return _framed(desk, found, html.P(meant, className="quiet"), table_view(_table(desk, found), desk.view))


def _framed(desk: Desk, found: Sequence[Awaited], *inner: Any) -> Page:
    t = desk.view.t
    body = [tabs(desk, ARRIVALS), section(t("数据到达"), *inner, aside=_counted(desk, found))]
    return Page(t("系统管理: 数据到达"), body, export="arrivals" if found else None, menu=PATH, filters=BY_DIVISION)


def table(desk: Desk) -> Table:
    """Return the freshness board as a table; NotShownError where there is none."""
    try:
        found = _board(desk)
    except ValueError as error:
        raise NotShownError(ARRIVALS) from error
    if found is None:
        raise NotShownError(ARRIVALS)
    return _table(desk, found)


def _board(desk: Desk) -> Sequence[Awaited] | None:
    return desk.services.freshness(desk.connection, desk.narrowed, desk.view.known_at)


def _counted(desk: Desk, found: Sequence[Awaited]) -> str:
    """Say how many rows stand how."""
    t, counts = desk.view.t, Counter(one.state for one in found)
    return " · ".join(f"{LOOKS[state][0]} {t(WORDS[state])} {counts[state]}" for state in STATES if counts[state])


def _table(desk: Desk, found: Sequence[Awaited]) -> Table:
    t = desk.view.t
    columns = [
        Column("state", t("状态"), is_sortable=False),
        Column("sender", t("报送单位")),
        Column("feed", t("数据")),
        Column("period", t("期间")),
        Column("due_on", t("应到"), "day"),
        Column("received_on", t("收到"), "day"),
        Column("data_until", t("最新数据到"), "day", t("这一类数据里最晚的业务日期, 不限这一期")),
        Column("batch", t("批次")),
        Column("owner", t("责任单位")),
    ]
    empty = t("报送日历里没有您可以查看的数据")
    return Table("arrivals", t("数据到达"), columns, [_row(desk, one) for one in found], empty=empty, is_whole=True)


def _row(desk: Desk, one: Awaited) -> dict[str, Any]:
    feed = feed_words(one.line.feed, desk)
    shown = {
        "state": f"{LOOKS[one.state][0]} {state_words(desk, one)}",
        "state:tone": LOOKS[one.state][1],
        "state:note": _beside(desk, one),
        "sender": _sender(desk, one),
        "feed": feed,
        "feed:note": one.line.title if one.line.title != feed else None,
        "period": one.period.name,
        "due_on": one.due_on,
        "owner": one.line.owner or "—",
        "owner:note": one.line.contact or None,
    }
    days = {"received_on": one.received_on, "data_until": one.data_until}
    return shown | {key: day for key, day in days.items() if day or not one.has_ever_come} | _batch(desk, one)


def state_words(desk: Desk, one: Awaited) -> str:
    """Say where a period stands, with its days."""
    t = desk.view.t
    if one.state == "overdue":
        return t("逾期 {days} 天", days=one.days)
    if one.state == "waiting":
        return t("未到 (还有 {days} 个工作日)", days=one.days) if one.days else t("未到 (今天到期)")
    if one.state == "arrived_late":
        return t("迟到才到 (晚 {days} 天)", days=one.days)
    return t(WORDS[one.state])


def _beside(desk: Desk, one: Awaited) -> str | None:
    """Say what else is to be known: that nothing ever came, or how many periods are overdue."""
    t = desk.view.t
    told = [t("从未送达")] if not one.has_ever_come and one.state != "waiting" else []
    if one.state == "held" and one.received_on is not None:
        told.append(t("先前收到的照旧有效"))
    if one.overdue_periods > 1:
        told.append(t("共 {count} 期逾期", count=one.overdue_periods))
    return "; ".join(told) or None


def _sender(desk: Desk, one: Awaited) -> str:
    division = desk.division_names.get(one.division_code, one.division_code)
    if one.department_code is None:
        return division
    units = desk.whole_ledger.units().select("unit_code", "unit_name").rows()
    return f"{division} · {dict(units).get(one.department_code) or one.department_code}"


def _batch(desk: Desk, one: Awaited) -> dict[str, Any]:
    """Link the delivery to its page, where the reader may see it."""
    if one.batch_id is None:
        return {}
    told = {"batch": f"#{one.batch_id}"}
    if find_batch(desk.connection, desk.scope, one.batch_id) is None:
        return told
    return told | {"batch:href": desk.view.href(f"/system/batches/{one.batch_id}")}
