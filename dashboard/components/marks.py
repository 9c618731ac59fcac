"""Level tag, progress bar with two marks, figure card, and the states of nothing to show."""

from typing import Any

from dash import dcc, html

from budget.levels import LOOKS
from dashboard.components.attributes import wild
from dashboard.formats import points_text, rate_text
from dashboard.view import View


def level_tag(level: str | None, view: View, *, bare: bool = False) -> html.Span:
    """Draw a level: glyph and word, so that colour is never alone."""
    look = LOOKS.get(level) if level else None  # type: ignore[call-overload]
    if look is None:
        return html.Span("✓", className="level level-fine", title=view.t("无线索"))
    words = view.t("{colour} · {action}", colour=view.t(look.colour_name), action=view.t(look.action))
    text = look.glyph if bare else f"{look.glyph} {view.t(look.colour_name)}"
    return html.Span(text, className=f"level level-{level}", title=words, **wild(aria_label=words))


def progress_bar(
    rate_bp: int | None, expected_bp: int | None, ruler_bp: int | None, view: View, basis: str | None = None
) -> html.Div:
    """Draw the rate with two marks: where its own history stood (┃) and where the ruler stands (┆)."""
    if rate_bp is None:
        return html.Div("∅ " + view.t("无数据"), className="bar-missing")
    t = view.t
    history = t("无历史, 以序时代") if basis == "time" or expected_bp is None else rate_text(expected_bp, view.language)
    told = t(
        "执行率 {rate} · 历史同期 {history} · 序时 {ruler}",
        rate=rate_text(rate_bp, view.language),
        history=history,
        ruler=rate_text(ruler_bp, view.language),
    )
    marks = []
    if expected_bp is not None and basis != "time":
        marks.append(html.Span(className="mark mark-history", style={"left": _share(expected_bp)}))
    if ruler_bp is not None:
        marks.append(html.Span(className="mark mark-ruler", style={"left": _share(ruler_bp)}))
    fill = html.Span(className="bar-fill" + (" bar-over" if rate_bp > 10_000 else ""), style={"width": _share(rate_bp)})
    return html.Div(
        [
            html.Div([fill, *marks], className="bar-track"),
            html.Span(rate_text(rate_bp, view.language), className="bar-text"),
        ],
        className="bar",
        title=told,
        role="img",
        **wild(aria_label=told),
    )


def _share(bp: int) -> str:
    return f"{min(max(bp, 0), 10_000) / 100:.2f}%"


def bar_legend(view: View) -> html.P:
    """Say what the two marks of the bar are."""
    t = view.t
    return html.P(
        [
            html.Span(className="key key-history"),
            t("历史同期 S*"),
            html.Span(className="key key-ruler"),
            t("序时进度 S"),
        ],
        className="legend",
    )


def gap(rate_bp: int | None, expected_bp: int | None) -> int | None:
    """Return R − S* in basis points; None where either is missing."""
    return None if rate_bp is None or expected_bp is None else rate_bp - expected_bp


def figure_card(
    title: str, figure: str, unit: str, note: str, *, more: str = "", tone: str = "", tooltip: str = ""
) -> html.Div:
    """Draw one key figure with its unit, what it is measured against, and a second note where there is more to say."""
    return html.Div(
        [
            html.Div(title, className="card-title"),
            html.Div([html.Span(figure, className="card-figure"), html.Span(unit, className="card-unit")]),
            *(html.Div(text, className="card-note") for text in (note, more) if text),
        ],
        className=f"card figure {tone}".strip(),
        title=tooltip,
    )


def gap_text(bp: int | None, view: View) -> str:
    """Write a difference of rates with its unit."""
    text = points_text(bp, view.language)
    return text if bp is None else f"{text} {view.t('个百分点')}"


def empty_state(message: str, hint: str = "") -> html.Div:
    """Draw the state of nothing to show: what is missing and what to do."""
    return html.Div(
        [html.Div("∅", className="state-glyph"), html.P(message), html.P(hint, className="quiet")], className="state"
    )


def error_state(title: str, hint: str, view_home: str, home_label: str) -> html.Div:
    """Draw the state of a page that cannot be shown, with a way back."""
    return html.Div(
        [
            html.Div("!", className="state-glyph"),
            html.H1(title),
            html.P(hint, className="quiet"),
            dcc.Link(home_label, href=view_home, className="button"),
        ],
        className="state",
        role="alert",
    )


def section(title: Any, *children: Any, aside: Any = None, name: str = "") -> html.Section:
    """Draw a card with a heading and what belongs to it at its right."""
    heading = html.Div([html.H2(title), html.Div(aside, className="aside")], className="section-head")
    return html.Section([heading, *children], className="card section " + name)
