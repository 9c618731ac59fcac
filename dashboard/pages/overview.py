"""总览: the three things to look at today, the key figures, the year's course, and every street and department."""

import datetime as dt
from typing import Any

from dash import dcc, html

from budget.calendar import time_progress_bp
from dashboard.charts import ProgressSeries, build_progress_chart
from dashboard.components.marks import bar_legend, empty_state, figure_card, gap, gap_text, section
from dashboard.components.table_view import table_view
from dashboard.desk import Desk
from dashboard.formats import rate_text, wan_text, yuan_text
from dashboard.ledger import Ledger
from dashboard.page import Page
from dashboard.pages.lines import (
    clue_levels,
    forecast_text,
    measure_columns,
    measured_rows,
    sum_levels,
    total_row,
    with_clues,
)
from dashboard.pages.today import looking_back, things, things_list
from dashboard.tables import Column, Table
from dashboard.view import View

PATH = "/"


def page(desk: Desk) -> Page:
    """Show the district, or the reader's own division, at a glance."""
    view = desk.view
    shown = table(desk)
    body = [
        things_list(things(desk), view) if desk.is_current else looking_back(view),
        html.Div(
            [cards(desk.ledger, view), chart_section(desk.ledger, view, late_names(desk))],
            className="overview-middle",
        ),
        section(shown.title, table_view(shown, view), aside=bar_legend(view)),
    ]
    return Page(view.t("总览"), body, export="overview", menu=PATH)


def cards(ledger: Ledger, view: View) -> html.Div:
    """Draw the four key figures."""
    t, language = view.t, view.language
    row = total_row(ledger, "")
    history = ledger.expected_whole_bp()
    yardstick = (
        t("历史同期 {rate}", rate=rate_text(history, language)) if history is not None else t("无历史, 以序时代")
    )
    budget, paid, rate = row["adjusted_appropriation_fen"], row["payment_fen"], row["execution_rate_bp"]
    initial = t("年初 {figure}", figure=wan_text(row["appropriation_fen"], language))
    left = t("可用 {figure}", figure=wan_text(row["available_fen"], language))
    ruler = t("序时进度 {rate}", rate=rate_text(ledger.ruler_bp, language))
    difference = gap(rate, row["expected_progress_bp"])
    return html.Div(
        [
            figure_card(
                t("调整预算"), wan_text(budget, language), t("万元"), initial, tooltip=yuan_text(budget, language)
            ),
            figure_card(t("支出"), wan_text(paid, language), t("万元"), left, tooltip=yuan_text(paid, language)),
            figure_card(t("执行率"), rate_text(rate, language), "", ruler, more=forecast_text(row, view) or ""),
            figure_card(
                t("较历史同期"),
                gap_text(difference, view).removesuffix(f" {t('个百分点')}"),
                t("个百分点"),
                yardstick,
                tone="tone-below" if difference is not None and difference < 0 else "",
            ),
        ],
        className="cards cards-narrow",
    )


def progress_series(ledger: Ledger) -> ProgressSeries:
    """Return the year's course and its history at month ends."""
    as_of = ledger.as_of
    ends = [_month_end(as_of.year, month) for month in range(1, 13)]
    return ProgressSeries(
        this_year=ledger.monthly_rates(as_of.year),
        last_year=ledger.monthly_rates(as_of.year - 1),
        history=[ledger.monthly_rates(year) for year in ledger.history_years()],
        ruler=[time_progress_bp(end, ledger.time_progress_by) for end in ends],
        as_of=as_of,
    )


def _month_end(year: int, month: int) -> dt.date:
    return dt.date(year + month // 12, month % 12 + 1, 1) - dt.timedelta(days=1)


def chart_title(ledger: Ledger, view: View) -> str:
    """Return the chart's finding as a sentence."""
    t, language = view.t, view.language
    rate, history = ledger.total()["execution_rate_bp"], ledger.expected_whole_bp()
    if rate is None:
        return t("没有可以画的支出数据")
    yardstick, name = (history, t("历史同期")) if history is not None else (ledger.ruler_bp, t("序时进度"))
    difference = rate - yardstick
    points = gap_text(abs(difference), view).lstrip("+")
    shown = rate_text(rate, language)
    if abs(difference) < 100:
        return t("支出进度 {rate}, 与{name}相当", rate=shown, name=name)
    if difference < 0:
        return t("支出进度 {rate}, 低于{name} {points}", rate=shown, name=name, points=points)
    return t("支出进度 {rate}, 高于{name} {points}", rate=shown, name=name, points=points)


def late_names(desk: Desk) -> str:
    """Name the divisions in view whose late payments make the sums too low; empty where there are none."""
    inside = [code for code in desk.late_days if desk.view.division in {None, code}]
    return desk.view.t("、").join(desk.division_names.get(code, code) for code in inside)


def chart_section(ledger: Ledger, view: View, late: str = "") -> html.Section:
    """Draw the year's course under its finding."""
    t = view.t
    series = progress_series(ledger)
    subtitle = t("累计执行率 (%), 分母为当日调整预算; 截至 {day}; 阴影为前三年范围", day=view.as_of.isoformat())
    if late:
        subtitle += t("; {names} 支付数据迟到, 合计因此偏低", names=late)
    if all(rate is None for rate in series.this_year):
        return section(
            chart_title(ledger, view), empty_state(t("没有 {year} 年的支付数据", year=view.year)), name="chart"
        )
    figure = build_progress_chart(series, view)
    graph = dcc.Graph(
        figure=figure,
        config={"displayModeBar": False, "scrollZoom": False, "responsive": True},
        className="graph",
        style={"height": f"{figure.layout.height}px"},
    )
    return section(chart_title(ledger, view), html.P(subtitle, className="quiet"), graph, name="chart")


def table(desk: Desk) -> Table:
    """Return every street and town, and the district's own departments; or one division's departments or units."""
    view, ledger = desk.view, desk.ledger
    columns = [
        Column("name", view.t("名称")),
        *(column for column in measure_columns(view) if column.key in _SHOWN),
        Column("clues", view.t("线索"), "clues"),
        Column("paid_until", view.t("数据日期"), "day"),
    ]
    rows = [*_division_rows(desk), *_department_rows(desk)]
    total = with_clues(total_row(ledger, view.t("合计")), sum_levels(clue_levels(desk.shown_clues, "division_code")))
    return Table(
        "overview",
        view.t("各镇街与部门"),
        columns,
        rows,
        total if rows else None,
        empty=view.t("还没有 {year} 年的数据; 有数据送来后这里会列出各镇街与部门", year=view.year),
        marks={"ruler_bp": ledger.ruler_bp},
        is_whole=True,
    )


_SHOWN = ("adjusted_appropriation_fen", "payment_fen", "execution_rate_bp", "gap_bp")


def _division_rows(desk: Desk) -> list[dict[str, Any]]:
    ledger, by, own = desk.ledger, ["division_code"], desk.services.site.district_code
    lines = ledger.lines(by).sort(by)
    if len(lines) <= 1:
        return []
    levels, late, until = clue_levels(desk.shown_clues, "division_code"), desk.late_days, ledger.paid_until()
    rows = []
    for row in measured_rows(lines.filter(lines["division_code"] != own), ledger.expected(by), by, ledger):
        code = row["division_code"]
        shown = {
            "name": desk.division_names.get(code, code),
            "name:href": desk.view.href("/execution", division=code),
            "name:note": desk.view.t("支付数据迟 {days} 天", days=late[code]) if code in late else None,
            "paid_until": until.get(code),
        }
        rows.append(with_clues(row | shown, levels.get(code)))
    return rows


def _department_rows(desk: Desk) -> list[dict[str, Any]]:
    ledger, by = desk.ledger, ["division_code", "department_code"]
    lines = ledger.lines(by).sort(by)
    if lines["division_code"].n_unique() > 1:
        lines = lines.filter(lines["division_code"] == desk.services.site.district_code)
    units = ledger.units()
    names = dict(units.select("unit_code", "unit_name").iter_rows())
    tops = desk.shown_clues.join(units.select("unit_code", "department_code"), on="unit_code", how="left")
    levels, until = clue_levels(tops, "department_code"), ledger.paid_until()
    rows = []
    for row in measured_rows(lines, ledger.expected(["department_code"]), ["department_code"], ledger):
        code, division = row["department_code"], row["division_code"]
        shown = {
            "name": names.get(code) or code,
            "name:href": desk.view.href("/execution", division=division, department=code),
            "paid_until": until.get(division),
        }
        rows.append(with_clues(row | shown, levels.get(code)))
    return rows
