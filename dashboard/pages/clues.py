"""预警防控: the clues of the view, by level, rule and status."""

from collections.abc import Mapping, Sequence
from typing import Any

from dash import dcc, html

from budget.clues import in_order
from budget.levels import LEVELS, LOOKS
from dashboard.clue_words import rule_name
from dashboard.components.marks import section
from dashboard.components.table_view import table_view
from dashboard.desk import Desk
from dashboard.page import Page
from dashboard.pages.clue_rows import STATUSES, clue_sentences, clue_table, present_note, status_words
from dashboard.tables import Table
from warehouse import alerts

PATH = "/clues"


def page(desk: Desk) -> Page:
    """List the clues that the URL asks for."""
    t = desk.view.t
    shown = table(desk)
    body = [
        *present_note(desk),
        level_bar(desk),
        section(t("线索清单"), table_view(shown, desk.view), aside=choices(desk)),
    ]
    return Page(t("预警防控"), body, export="clues", menu=PATH)


def _asked(desk: Desk) -> tuple[str | None, str | None, str | None]:
    query, catalogue = desk.view.asked.query, desk.services.catalogue
    level = query.get("level") if query.get("level") in LEVELS else None
    rule = query.get("rule") if query.get("rule") in catalogue else None
    status = query.get("status", "open")
    return level, rule, status if status in STATUSES else None


def found_clues(desk: Desk) -> list[dict[str, Any]]:
    """Return the clues of the view's divisions with the level, rule and status in the URL."""
    level, rule, status = _asked(desk)
    clues = alerts.list_clues(
        desk.connection, desk.narrowed, status=status, levels=None if level is None else [level], rule=rule
    )
    return in_order(clues, desk.services.catalogue).to_dicts()


def table(desk: Desk) -> Table:
    """Return the table of clues."""
    clues = found_clues(desk)
    return clue_table(desk, clues, clue_sentences(desk, clues))


def level_bar(desk: Desk) -> html.Div:
    """Draw one card a level with its open clues; a card narrows the list."""
    view, t = desk.view, desk.view.t
    chosen, _rule, _status = _asked(desk)
    counts = dict(desk.clues["level"].value_counts().iter_rows()) if len(desk.clues) else {}
    cards = []
    for level in reversed(LEVELS):
        look = LOOKS[level]
        words = t("{colour} · {action}", colour=t(look.colour_name), action=t(look.action))
        inside = [
            html.Span(f"{look.glyph} {words}", className=f"level level-{level}"),
            html.Span(str(counts.get(level, 0)), className="card-figure"),
            html.Span(t("条待核实"), className="card-unit"),
        ]
        target = view.here(level=None if chosen == level else level, page=None)
        cards.append(
            dcc.Link(inside, href=target, className="card level-card" + (" chosen" if chosen == level else ""))
        )
    return html.Div(cards, className="cards")


def choices(desk: Desk) -> html.Form:
    """Draw the list's own filters: rule and status."""
    view, t = desk.view, desk.view.t
    _level, rule, status = _asked(desk)
    catalogue = desk.services.catalogue
    rules = [("", t("全部规则")), *((code, f"{code} {rule_name(catalogue, code, view)}") for code in sorted(catalogue))]
    statuses = [(code, status_words(code, desk)) for code in STATUSES] + [("all", t("全部状态"))]
    return html.Form(
        [_choice("rule", t("规则"), rules, rule or ""), _choice("status", t("状态"), statuses, status or "all")],
        className="choices",
    )


def _choice(name: str, label: str, options: Sequence[tuple[str, str]], chosen: str) -> html.Label:
    inner: list[Any] = [html.Option(text, value=value, selected=value == chosen) for value, text in options]
    said: Mapping[str, Any] = {"data-name": name, "data-drops": "page"}
    return html.Label([html.Span(label), html.Select(inner, key=f"{name}-{chosen}", className="filter", **said)])
