"""Charts: the title is the finding, direct labels, the ruler and the history always drawn the same way."""

import datetime as dt
from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from dashboard.view import View

INK, QUIET, HAIRLINE, ACCENT, BAND = "#1F2937", "#5B6472", "#E3E7ED", "#1F5FA8", "#DCE6F2"
FONT = '"Noto Sans CJK SC", "Microsoft YaHei", "PingFang SC", sans-serif'
Rates = Sequence[int | None]


@dataclass(frozen=True, kw_only=True)
class ProgressSeries:
    """Cumulative execution at month ends, in basis points: this year, last year, and the years S* draws on."""

    as_of: dt.date  # where this year's last point stands
    this_year: Rates
    last_year: Rates
    history: Sequence[Rates]
    ruler: Rates

    @property
    def year(self) -> int:
        """Return the year drawn in bold."""
        return self.as_of.year

    def days(self) -> list[dt.date]:
        """Return the month ends of the year; earlier years are drawn on the same days."""
        return [dt.date(self.year, month, monthrange(self.year, month)[1]) for month in range(1, 13)]


def median_rates(history: Sequence[Rates], least: int = 2) -> list[int | None]:
    """Return the median per month over the years that have one; None with fewer than ``least`` years."""
    medians: list[int | None] = []
    for month in zip(*history, strict=True):
        known = sorted(rate for rate in month if rate is not None)
        half = len(known) // 2
        middle = None
        if len(known) >= max(least, 1):
            middle = known[half] if len(known) % 2 else (known[half - 1] + known[half]) // 2
        medians.append(middle)
    return medians


def _percent(rates: Rates) -> list[float | None]:
    return [None if rate is None else rate / 100 for rate in rates]


def build_progress_chart(series: ProgressSeries, view: View) -> go.Figure:
    """Draw this year in bold against last year, the band and median of its history, and the ruler."""
    t, size = view.t, 16 if view.is_large else 12
    days = series.days()
    months = [t("{month}月", month=month) for month in range(1, 13)]
    reached = [min(day, series.as_of) for day in days]
    this, last = (t("{year}年", year=year) for year in (series.year, series.year - 1))
    figure = go.Figure()
    _add_band(figure, series, days, t("前三年范围"))
    _add_line(figure, days, median_rates(series.history), t("历史同期 S*"), colour=QUIET, width=1.5, dash="dash")
    _add_line(figure, days, series.ruler, t("序时 S"), colour="#8A93A0", width=1.2, dash="dot")
    _add_line(figure, days, series.last_year, last, colour="#8FB0D6", width=1.5)
    _add_line(
        figure,
        reached,
        series.this_year,
        this,
        colour=ACCENT,
        width=3.2,
        markers=True,
    )
    figure.update_layout(
        font={"family": FONT, "size": size, "color": INK},
        margin={"l": 44, "r": size * 8, "t": 8, "b": 28},
        height=272 if view.is_large else 224,
        showlegend=False,
        plot_bgcolor="#FFFFFF",
        paper_bgcolor="#FFFFFF",
        hovermode="x unified",
        yaxis={"rangemode": "tozero", "ticksuffix": "%", "gridcolor": HAIRLINE, "zeroline": False},
        xaxis={
            "type": "date",
            "showgrid": False,
            "tickvals": days,
            "ticktext": months,
            "hoverformat": "%Y-%m-%d",
            "range": [days[0] - dt.timedelta(days=9), days[-1] + dt.timedelta(days=9)],
        },
        template="none",
    )
    _label_ends(figure, days[-1])
    return figure


def _add_band(figure: go.Figure, series: ProgressSeries, days: list[dt.date], name: str) -> None:
    known = [[rate for rate in month if rate is not None] for month in zip(*series.history, strict=True)]
    if not any(known):
        return
    low = [min(month) / 100 if month else None for month in known]
    high = [max(month) / 100 if month else None for month in known]
    plain = {"mode": "lines", "line": {"width": 0}, "hoverinfo": "skip"}
    figure.add_scatter(x=days, y=low, name=name, **plain)
    figure.add_scatter(x=days, y=high, name=name, fill="tonexty", fillcolor=BAND, **plain)


def _add_line(
    figure: go.Figure,
    days: list[dt.date],
    rates: Rates,
    name: str,
    *,
    colour: str,
    width: float,
    dash: str = "solid",
    markers: bool = False,
) -> None:
    if all(rate is None for rate in rates):
        return
    figure.add_scatter(
        x=days,
        y=_percent(rates),
        name=name,
        mode="lines+markers" if markers else "lines",
        connectgaps=False,
        line={"color": colour, "width": width, "dash": dash},
        hovertemplate="%{y:.2f}%",
    )


def _label_ends(figure: go.Figure, edge: dt.date) -> None:
    """Write each line's name beside its last point, pushed apart where they would meet."""
    ends = []
    for trace in figure.data:
        if trace.hoverinfo == "skip":
            continue
        last = max(i for i, y in enumerate(trace.y) if y is not None)
        ends.append((trace.x[last], trace.y[last], trace.name, trace.line.color))
    at_edge = sorted((end for end in ends if end[0] == edge), key=lambda end: end[1])
    placed: list[float] = []
    for _position, height, name, colour in at_edge:
        spot = max(height, placed[-1] + 11) if placed else height
        placed.append(spot)
        figure.add_annotation(
            x=edge, y=spot, text=name, xanchor="left", xshift=6, showarrow=False, font={"color": colour}
        )
    for position, height, name, colour in (end for end in ends if end[0] != edge):
        figure.add_annotation(
            x=position,
            y=height,
            text=f"<b>{name}</b> {height:.2f}%",
            xanchor="left",
            yanchor="top",
            xshift=8,
            yshift=-4,
            showarrow=False,
            bgcolor="rgba(255,255,255,.8)",
            font={"color": colour},
        )
