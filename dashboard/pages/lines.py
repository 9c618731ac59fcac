"""Rows of budget execution: the same columns at every level, each with its own yardstick."""

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from budget.forecast import FORECAST
from dashboard.components.marks import gap
from dashboard.ledger import Ledger
from dashboard.tables import Column
from dashboard.view import View

MEASURES = (
    "appropriation_fen",
    "adjustment_fen",
    "adjusted_appropriation_fen",
    "payment_fen",
    "execution_rate_bp",
    "available_fen",
)

WIDEST_BP = 4_000


def measure_columns(view: View) -> list[Column]:
    """Return the columns that stand at every level; the unit stands once in each head."""
    t = view.t
    return [
        Column("appropriation_fen", t("年初预算 (万元)"), "wan", t("人大批准的年初预算数 B0")),
        Column("adjustment_fen", t("调整 (万元)"), "wan", t("追加、追减和调剂之和")),
        Column("adjusted_appropriation_fen", t("调整预算 (万元)"), "wan", t("B1 = 年初预算 + 调整; 执行率的分母")),
        Column("payment_fen", t("支出 (万元)"), "wan", t("已支付, 退款和更正已冲减, 作废不计")),
        Column("execution_rate_bp", t("执行率"), "progress", t("支出 ÷ 调整预算")),
        Column("gap_bp", t("较同期 (个百分点)"), "points", t("执行率 − 历史同期 S*; 无历史的以序时进度代")),
        Column("available_fen", t("可用 (万元)"), "wan", t("调整预算 − 支出")),
    ]


def measured_row(line: Mapping[str, Any], expected_bp: int | None, ledger: Ledger) -> dict[str, Any]:
    """Return a line's measures with its yardstick: S* of its group, or S where there is no history."""
    yardstick = ledger.ruler_bp if expected_bp is None else expected_bp
    return {name: line[name] for name in MEASURES} | {
        "expected_progress_bp": yardstick,
        "expected_basis": "time" if expected_bp is None else "history",
        "gap_bp": gap(line["execution_rate_bp"], yardstick),
    }


def measured_rows(
    lines: pl.DataFrame, expected: pl.DataFrame, by: Sequence[str], ledger: Ledger, forecast: pl.DataFrame | None = None
) -> list[dict[str, Any]]:
    """Join lines with S* and the forecast of their groups; returns the ``by`` columns and the measures, row by row."""
    wanted = expected if forecast is None else expected.join(forecast, on=list(by), how="full", coalesce=True)
    # What belongs to no project has no code: null stands for it on both sides.
    joined = lines.join(
        wanted.drop("expected_basis", strict=False),
        on=list(by),
        how="left",
        nulls_equal=True,
        maintain_order="left",
    )
    kept = [name for name in lines.columns if name not in MEASURES and name != "released_on"]
    kept += [name for name in FORECAST if name in joined.columns]
    return [
        {name: row[name] for name in kept} | measured_row(row, row["expected_progress_bp"], ledger)
        for row in joined.iter_rows(named=True)
    ]


def forecast_text(row: Mapping[str, Any], view: View) -> str | None:
    """Write the forecast of the year's end in whole per cent with its interval; None where there is none worth telling.

    There is none on the last day of a year, and where the interval is so wide that it says nothing.
    """
    known = [row.get(name) for name in FORECAST]
    if None in known or (view.as_of.month, view.as_of.day) == (12, 31):
        return None
    forecast, low, high = (int(bp) for bp in known if bp is not None)
    if high - low > WIDEST_BP:
        return None
    rate, least, most = (f"{(bp + 50) // 100}%" for bp in (forecast, low, high))
    return view.t("预计年底执行率 {rate}（{least}～{most}）", rate=rate, least=least, most=most)


def with_forecast_note(row: dict[str, Any], view: View) -> dict[str, Any]:
    """Put the forecast under the bar of a row."""
    return row | {"execution_rate_bp:note": forecast_text(row, view)}


def total_row(ledger: Ledger, name: str) -> dict[str, Any]:
    """Return the totals row of everything in a ledger."""
    return {"name": name} | ledger.forecast_whole() | measured_row(ledger.total(), ledger.expected_whole_bp(), ledger)


def clue_levels(clues: pl.DataFrame, key: str) -> dict[str, dict[str, int]]:
    """Count clues per value of a column and level."""
    counts: dict[str, dict[str, int]] = {}
    for value, level in clues.select(key, "level").drop_nulls(key).iter_rows():
        of_value = counts.setdefault(value, {})
        of_value[level] = of_value.get(level, 0) + 1
    return counts


def with_clues(row: dict[str, Any], levels: Mapping[str, int] | None) -> dict[str, Any]:
    """Add a row's clue counts."""
    return row | {"clues": sum((levels or {}).values()), "clues:levels": levels or {}}


def sum_levels(levels: Mapping[str, Mapping[str, int]]) -> dict[str, int]:
    """Add clue counts of several groups up, level by level."""
    everything: dict[str, int] = {}
    for counts in levels.values():
        for level, count in counts.items():
            everything[level] = everything.get(level, 0) + count
    return everything
