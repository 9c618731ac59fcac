"""Drawing a table: fixed head and totals row, heads that sort by link, pages, and what an empty one says."""

from collections.abc import Callable, Mapping
from typing import Any

from dash import dcc, html

from budget.levels import LEVELS, LOOKS
from dashboard.components.attributes import wild
from dashboard.components.marks import empty_state, level_tag, progress_bar
from dashboard.formats import (
    NOT_APPLICABLE,
    bare_yuan_text,
    count_text,
    day_text,
    points_text,
    rate_text,
    wan_text,
    yuan_text,
)
from dashboard.tables import NUMERIC, Column, Table, page_of, sort_of, sorted_table
from dashboard.view import View


def table_view(table: Table, view: View) -> html.Div:
    """Draw a table in the order and on the page the URL asks for."""
    if not table.rows:
        return empty_state(table.empty or view.t("没有可以显示的行"))
    ordered = sorted_table(table, view.asked.query.get("sort"))
    shown, number, pages = (ordered, 1, 1) if table.is_whole else page_of(ordered, view.asked.number("page"))
    head = [html.Tr([_head(column, table, view) for column in table.columns])]
    if table.totals is not None:
        head.append(
            html.Tr([_cell(column, _summed(table), table, view) for column in table.columns], className="totals")
        )
    body = [html.Tr([_cell(column, row, table, view) for column in table.columns]) for row in shown.rows]
    grid = html.Table([html.Caption(table.title), html.Thead(head), html.Tbody(body)], className="table")
    return html.Div(
        [*_note(table), html.Div(grid, className="table-frame", tabIndex=0), *_pager(table, number, pages, view)],
        id=f"table-{table.key}",
    )


def _note(table: Table) -> list[html.P]:
    return [html.P(table.note, className="quiet")] if table.note else []


def _head(column: Column, table: Table, view: View) -> html.Th:
    kind = "number" if column.kind in NUMERIC else ""
    if not column.is_sortable:
        return html.Th(column.title, className=kind, title=column.hint, scope="col")
    order = sort_of(view.asked.query.get("sort"), table)
    downwards = order is not None and order[0] == column.key and order[1]
    first_down = column.kind in NUMERIC or column.kind == "level"
    chosen = order is not None and order[0] == column.key
    next_down = (not downwards) if chosen else first_down
    arrow = ("▾" if downwards else "▴") if chosen else ""
    target = view.here(sort=f"{'-' if next_down else ''}{table.key}.{column.key}", page=None)
    if column.kind == "progress":
        kind = "plain"
    said = wild(aria_sort=("descending" if downwards else "ascending") if chosen else "none")
    link = dcc.Link([column.title, html.Span(arrow, className="arrow")], href=target, className="head")
    inner = _scaled(link) if column.kind == "progress" else link
    return html.Th(inner, className=kind, title=column.hint, scope="col", **said)


def _scaled(link: Any) -> html.Div:
    """Put the ends of the scale over the bars, and the head over their figures."""
    scale = html.Span([html.Span("0"), html.Span("100%")], className="scale", **wild(aria_hidden="true"))
    return html.Div([scale, link], className="bar-head")


def _cell(column: Column, row: Mapping[str, Any], table: Table, view: View) -> html.Td:
    inner = _inner(column, row, table, view)
    if tone := row.get(f"{column.key}:tone"):
        inner = html.Span(inner, className=f"level level-{tone}")
    href = row.get(f"{column.key}:href")
    if href:
        inner = dcc.Link(inner, href=href)
    if row.get(f"{column.key}:download"):
        # The answer names itself a file to keep; where it is a refusal instead, the browser shows it.
        inner = html.A(inner, href=row[f"{column.key}:download"])
    note = row.get(f"{column.key}:note")
    children = [inner, html.Div(note, className="cell-note")] if note else inner
    value = row.get(column.key)
    kind = "number" if column.kind in NUMERIC else "wrap" if column.wraps else "plain"
    below = " below" if column.kind == "points" and isinstance(value, int) and value < 0 else ""
    missing = " missing" if value is None and column.key in row else ""
    tooltip = yuan_text(value, view.language) if column.kind == "wan" and isinstance(value, int) else ""
    return html.Td(children, className=kind + below + missing, title=tooltip)


def _inner(column: Column, row: Mapping[str, Any], table: Table, view: View) -> Any:
    if column.kind == "progress":
        return _progress(column, row, table, view)
    if column.kind == "clues":
        return clue_counts(row.get(f"{column.key}:levels") or {}, view)
    if column.key not in row:
        return NOT_APPLICABLE
    return value_view(column, row[column.key], view)


def _progress(column: Column, row: Mapping[str, Any], table: Table, view: View) -> Any:
    if column.key not in row:
        return NOT_APPLICABLE
    return progress_bar(
        row[column.key],
        row.get("expected_progress_bp"),
        table.marks.get("ruler_bp"),
        view,
        row.get("expected_basis"),
    )


def value_view(column: Column, value: Any, view: View) -> Any:
    """Return one value as the screen shows it."""
    write: dict[str, Callable[..., str]] = {
        "wan": wan_text,
        "yuan": bare_yuan_text,
        "rate": rate_text,
        "points": points_text,
        "count": count_text,
        "day": day_text,
    }
    if value == "":
        return ""
    if column.kind == "level":
        return level_tag(value, view)
    if column.kind in write:
        return write[column.kind](value, view.language)
    return view.t("无数据") if value is None else str(value)


def _summed(table: Table) -> dict[str, Any]:
    """Return the totals row; what cannot be summed is left blank."""
    blank = {column.key: "" for column in table.columns if column.kind in ("text", "day", "level")}
    return blank | dict(table.totals or {})


def clue_counts(levels: Mapping[str, int], view: View) -> Any:
    """Draw how many clues of each level, gravest first."""
    if not levels:
        return html.Span(NOT_APPLICABLE, className="quiet")
    colour = {level: view.t(look.colour_name) for level, look in LOOKS.items()}
    tags = [
        html.Span(
            f"{LOOKS[level].glyph}{levels[level]}",
            className=f"level level-{level}",
            title=colour[level],
        )
        for level in reversed(LEVELS)
        if level in levels
    ]
    return html.Span(tags, className="clue-counts")


def _pager(table: Table, number: int, pages: int, view: View) -> list[Any]:
    if pages == 1:
        return []
    t = view.t
    links = [
        dcc.Link(label, href=view.here(page=target), className="button quiet-button")
        for label, target in ((t("上一页"), number - 1), (t("下一页"), number + 1))
        if 1 <= target <= pages
    ]
    count = f"{len(table.rows):,}"
    if table.totals is None:
        told = t("共 {count} 行, 第 {number} / {pages} 页", count=count, number=number, pages=pages)
    else:
        told = t("共 {count} 行, 第 {number} / {pages} 页; 合计为全部行", count=count, number=number, pages=pages)
    return [html.Div([html.Span(told, className="quiet"), *links], className="pager")]
