"""The filter bar: year, day, division, fund, known moment; the URL holds them all."""

import calendar
import datetime as dt
from collections.abc import Sequence
from typing import Any

from dash import html

from dashboard.components.attributes import wild
from dashboard.frame_facts import FrameFacts
from dashboard.page import Page
from dashboard.view import FUNDS, View


def as_of_options(view: View, newest: dt.date) -> list[dt.date]:
    """Return the days offered for a year: its month ends that are past, the newest day, and the day in the URL."""
    ends = [dt.date(view.year, month, calendar.monthrange(view.year, month)[1]) for month in range(1, 13)]
    days = {day for day in ends if day <= newest} | {view.as_of}
    return sorted(days | ({newest} if newest.year == view.year else set()), reverse=True)


def filter_bar(page: Page, facts: FrameFacts, view: View) -> html.Form:
    """Draw the filters and, beside them, copying the link and exporting the table."""
    t, query = view.t, view.asked.query
    years = sorted({*facts.years, view.year}, reverse=True)
    known = query.get("known", "") if not view.is_latest else ""
    days = [day.isoformat() for day in facts.deliveries]
    fields = {
        "year": _select(
            "year", t("年度"), [(str(year), str(year)) for year in years], str(view.year), drops="asof page"
        ),
        "asof": _select(
            "asof",
            t("截至"),
            [(day.isoformat(), day.strftime("%m-%d")) for day in as_of_options(view, facts.newest)],
            view.as_of.isoformat(),
        ),
        "division": _select(
            "division",
            t("区划"),
            [("", t("全部")), *facts.divisions.items()],
            view.division or "",
            drops="department unit project page",
        ),
        "fund": _select(
            "fund", t("资金"), [("", t("全部")), *((code, t(name)) for code, name in FUNDS.items())], view.fund or ""
        ),
        "known": _select(
            "known",
            t("已知时点"),
            [("", t("最新")), *((day, day) for day in sorted({*days, known} - {""}, reverse=True))],
            known,
        ),
    }
    tools: list[Any] = [
        html.Button(
            t("复制链接"), id="copy-link", className="button", **wild(data_link=view.fixed(), data_done=t("已复制"))
        )
    ]
    if page.export:
        for kind, label in (("csv", t("导出 CSV")), ("xlsx", t("导出 Excel"))):
            tools.append(html.A(label, href=export_link(view, page.export, kind), className="button", download=""))
    chosen = [fields[name] for name in page.filters]
    return html.Form([*chosen, html.Div(tools, className="filter-tools")], className="filters", id="filters")


def export_link(view: View, table: str, kind: str) -> str:
    """Return the address of a table's file with the view's query."""
    return view.here().replace(view.asked.path, f"/export/{table}.{kind}", 1)


def export_links(view: View, table: str) -> html.Span:
    """Draw the two ways to take a table along, for a section's head."""
    kinds = (("csv", view.t("导出 CSV")), ("xlsx", view.t("导出 Excel")))
    return html.Span(
        [html.A(label, href=export_link(view, table, kind), download="") for kind, label in kinds], className="links"
    )


def _select(name: str, label: str, options: Sequence[tuple[str, str]], chosen: str, drops: str = "page") -> html.Label:
    """Draw one filter; it is made anew when the choice changes, so that the box always shows the URL's."""
    return html.Label(
        [
            html.Span(label),
            html.Select(
                [html.Option(text, value=value, selected=value == chosen) for value, text in options],
                key=f"{name}-{chosen}-{len(options)}",
                className="filter",
                **wild(data_name=name, data_drops=drops),
            ),
        ]
    )
