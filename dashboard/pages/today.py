"""今天要看的 3 件事: the gravest clues, late data in words, and the quarterly report's progress."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from dash import dcc, html

from budget.calendar import Quarter, report_due_on, workdays_between
from dashboard.components.marks import level_tag, section
from dashboard.desk import Desk
from dashboard.formats import wan_text
from dashboard.pages.clue_rows import clue_sentences, led_sentence
from dashboard.view import View
from warehouse import queries

THINGS = 3


@dataclass(frozen=True)
class Thing:
    """One thing to look at today."""

    level: str | None
    text: str
    action: str
    href: str


def things(desk: Desk) -> list[Thing]:
    """Return what to look at today: the gravest clues, late data in words, the report."""
    view, t = desk.view, desk.view.t
    top = desk.clues.head(THINGS).to_dicts()
    sentences = clue_sentences(desk, top)
    found = [
        Thing(
            row["level"],
            clue_sentence(desk, row, sentences[row["clue_id"]]),
            t("看线索"),
            view.href(f"/clues/{row['clue_id']}"),
        )
        for row in top
    ]
    late = [
        Thing(
            "red",
            t(
                "{name}: 支付数据已迟 {days} 天, 有关线索暂停判断",
                name=desk.division_names.get(one["division_code"], one["division_code"]),
                days=one["days"],
            ),
            t("看批次"),
            view.href("/system", division=one["division_code"]),
        )
        for one in desk.late
        if view.division in (None, one["division_code"])
    ]
    rest = [*late[:1], report_thing(desk)]
    return [*found[: THINGS - len(rest)], *rest]


def clue_sentence(desk: Desk, clue: Mapping[str, Any], said: str) -> str:
    """Say whom a clue is about, what it is, since when it stands and how much money it is about."""
    view, t = desk.view, desk.view.t
    parts = [led_sentence(desk, clue, said).rstrip("。.")]
    if clue["amount_fen"] is not None:
        parts.append(t("涉及 {amount} 万元", amount=wan_text(clue["amount_fen"], view.language)))
    parts.append(t("{day} 发现", day=clue["opened_on"].isoformat()))
    return t("; ").join(parts)


def looking_back(view: View) -> html.Section:
    """Say that the view is of another moment, for which no clues are listed, with the way back to now."""
    t = view.t
    told = t("您在看 {day} 的情况; 线索只有当前的, 不在这里列出", day=view.as_of.isoformat())
    back = dcc.Link(t("回到最新"), href=view.href("/", year=None, asof=None, known=None), className="button")
    return section(t("回看"), html.P(told), aside=back)


def report_thing(desk: Desk) -> Thing:
    """Say how the last finished quarter's report stands: who has none, drafts to sign, what is filed, the day due."""
    view, t, site = desk.view, desk.view.t, desk.services.site
    today = desk.services.clock().astimezone(ZoneInfo(site.timezone)).date()
    quarter = _last_finished(today)
    asked = set(desk.division_names)
    states = _states(desk, quarter)
    none, filed = len(asked - set(states)), sum(state == "filed" for state in states.values())
    drafts = len(states) - filed
    parts = [t("{all} 家已报送 {filed} 家", all=len(asked), filed=filed)] if len(asked) > 1 else []
    if not parts and filed:
        parts = [t("已报送")]
    if drafts:
        parts.append(t("{drafts} 份初稿待审签", drafts=drafts))
    if none:
        parts.append(t("{missing} 家未起草", missing=none))
    name = quarter.chinese if view.language == "zh" else str(quarter)
    text = t("{quarter}报告: {told}", quarter=name, told=t(", ").join([*parts, _due_words(desk, quarter, today)]))
    is_done = filed == len(asked)
    return Thing(None if is_done else "blue", text, t("去审签") if drafts else t("看进度"), view.href("/reports"))


def _states(desk: Desk, quarter: Quarter) -> dict[str, str]:
    """Return, per division, how far its furthest report of a quarter has come."""
    built = queries.list_reports(desk.connection, desk.scope)
    order = ("draft", "signed", "filed")
    states: dict[str, str] = {}
    for division, status in (
        built.filter(built["quarter"] == str(quarter)).select("division_code", "status").iter_rows()
    ):
        held = states.get(division)
        states[division] = status if held is None or order.index(status) > order.index(held) else held
    return states


def _due_words(desk: Desk, quarter: Quarter, today: dt.date) -> str:
    t, site = desk.view.t, desk.services.site
    due = report_due_on(quarter, site.changed_days, site.rest_day_rule)
    left = workdays_between(today, due, site.changed_days)
    if left < 0 or today > due:
        return t("报送日 {due} 已过 {days} 天", due=due.isoformat(), days=(today - due).days)
    return t("应于 {due} 前报送, 还有 {days} 个工作日", due=due.isoformat(), days=left)


def _last_finished(today: dt.date) -> Quarter:
    return Quarter.of(Quarter.of(today).first_day - dt.timedelta(days=1))


def things_list(found: Sequence[Thing], view: View, *, title: str | None = None) -> html.Section:
    """Draw today's things."""
    items = [
        html.Li(
            [
                level_tag(one.level, view, bare=True),
                html.Span(one.text, className="thing-text"),
                *([dcc.Link(one.action, href=one.href, className="button")] if one.action else []),
            ]
        )
        for one in found
    ]
    return section(title or view.t("今天要看的 {count} 件事", count=len(items)), html.Ol(items, className="things"))
