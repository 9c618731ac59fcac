"""The frame around every page: top bar, menu with counts, filter bar, drill path, foot line."""

from collections.abc import Sequence
from typing import Any

from dash import dcc, html

from dashboard.components.attributes import wild
from dashboard.components.filters import filter_bar
from dashboard.frame_facts import FrameFacts, Late
from dashboard.page import Crumb, Page
from dashboard.view import View


def build_frame(page: Page, facts: FrameFacts, view: View) -> html.Div:
    """Put a page into its frame."""
    main = [filter_bar(page, facts, view)] if page.has_filters else []
    path = drill_path(page.crumbs)
    return html.Div(
        [
            html.A(view.t("跳到正文"), href="#main", className="skip"),
            _top(facts, view),
            html.Div(
                [
                    _menu(page, facts, view),
                    html.Div(
                        [*main, html.Main([*path, *page.body], id="main", tabIndex=-1), _foot(facts, view)],
                        className="stage",
                    ),
                ],
                className="below-top",
            ),
        ],
        className="frame",
        lang="zh-CN" if view.language == "zh" else "en",
        **wild(data_title=page.title),
    )


def late_words(facts: FrameFacts, view: View) -> str:
    """Say in words who is late with payments."""
    late, on_time_count = facts.late, facts.on_time_count
    if not late:
        if not facts.is_judged:
            return ""
        return view.t("{count} 家支付数据都到了", count=on_time_count) if on_time_count > 1 else view.t("支付数据已到")
    names = view.t("、").join(_late_name(one, view) for one in late)
    if not facts.is_judged or not on_time_count:
        return names
    return view.t("{on_time} 家齐, {late} 家迟: {names}", on_time=on_time_count, late=len(late), names=names)


def _late_name(one: Late, view: View) -> str:
    if one.days is not None:
        return view.t("{name} 迟 {days} 天", name=one.name, days=one.days)
    if one.paid_until is None:
        return view.t("{name} 没有支付数据", name=one.name)
    return view.t("{name} 支付数据只到 {day}", name=one.name, day=one.paid_until.isoformat())


def _top(facts: FrameFacts, view: View) -> html.Header:
    t = view.t
    search = html.Form(
        [
            dcc.Input(
                name="q",
                type="search",
                placeholder=t("搜索 单位 / 项目 / 科目编码 / 收款人"),
                value=view.asked.query.get("q", "") if view.asked.path == "/search" else "",
                className="search-box",
                id="search-box",
            ),
            html.Button(t("搜索"), type="submit", className="button"),
        ],
        action="/search",
        method="get",
        className="search",
        role="search",
    )
    data = html.Div(
        [
            html.Span(t("数据截至 {day}", day=view.as_of.isoformat()), className="strong"),
            html.Span(
                f" · {told}" if (told := late_words(facts, view)) else "", className="late" if facts.late else ""
            ),
        ],
        className="data-state",
    )
    other = "zh" if view.language == "en" else "en"
    return html.Header(
        [
            dcc.Link([html.B(t("明账")), html.Span(facts.district)], href=view.href("/"), className="brand"),
            search,
            data,
            html.Div(
                [
                    html.Button(t("大字"), id="large-type", className="button quiet-button", title=t("大字或常规字号")),
                    html.Button(
                        "中/EN",
                        id="language",
                        className="button quiet-button",
                        title=t("切换语言"),
                        **wild(data_language=other),
                    ),
                    html.Span(facts.user, className="user"),
                    html.Button(t("退出"), id="log-out", className="button quiet-button", **wild(data_csrf=facts.csrf)),
                ],
                className="tools",
            ),
        ],
        className="top",
    )


def menu_entries(facts: FrameFacts, view: View) -> list[tuple[str, str, str]]:
    """Return the pages that stand: key, label, count."""
    t = view.t
    return [
        ("/", t("总览"), ""),
        ("/execution", t("预算执行查询"), ""),
        ("/clues", t("预警防控"), str(facts.open_clues) if facts.open_clues else ""),
        ("/reports", t("季度报告"), ""),
        ("/system", t("系统管理"), str(facts.held_count) if facts.held_count else ""),
    ]


def _menu(page: Page, facts: FrameFacts, view: View) -> html.Nav:
    links = [
        dcc.Link(
            [label, html.Span(count, className="count") if count else ""],
            href=view.href(path),
            className="menu-link" + (" here" if path == page.menu else ""),
        )
        for path, label, count in menu_entries(facts, view)
    ]
    t = view.t
    told = [html.Span(t("样本数据")), html.Span(t("名称均为虚构"))]
    note = [html.P(told, className="sample-note")] if facts.is_sample else []
    return html.Nav([*links, *note], className="menu", **wild(aria_label=t("主菜单")))


def drill_path(crumbs: Sequence[Crumb]) -> list[Any]:
    """Draw the path from the district down to where the reader stands."""
    if not crumbs:
        return []
    parts: list[Any] = []
    for label, href in crumbs:
        if parts:
            parts.append(html.Span("›", className="crumb-gap"))
        parts.append(dcc.Link(label, href=href) if href else html.Span(label, className="crumb-here"))
    return [html.Nav(parts, className="crumbs")]


def foot_words(facts: FrameFacts, view: View) -> list[str]:
    """Return the foot line's parts: denominator, batch, coverage; exports carry the same."""
    t = view.t
    parts = [t("口径: 执行率 = 支出 ÷ 调整预算 (B1 = 年初预算 + 调整)")]
    parts.append(t("截至 {day}", day=view.as_of.isoformat()))
    parts.append(t("批次 #{number}", number=facts.batch_id) if facts.batch_id else t("还没有批次"))
    if facts.covered is None:
        parts.append(t("尚未评估"))
    else:
        judged, everything = facts.covered
        parts.append(t("覆盖 {judged}/{all} 单位", judged=judged, all=everything))
    if facts.run_as_of and facts.run_as_of != view.as_of:
        parts.append(t("线索按 {day} 的评估", day=facts.run_as_of.isoformat()))
    if not view.is_latest:
        parts.append(t("按 {day} 已收到的数据", day=view.known_on.isoformat()))
    return parts


def _foot(facts: FrameFacts, view: View) -> html.Footer:
    return html.Footer(" · ".join(foot_words(facts, view)), className="foot")
