"""Alerts and clues as screens read them: lists, one clue with its whole story, and counts; every read is scoped."""

from collections.abc import Iterable
from typing import Any, Final

import polars as pl
import sqlalchemy as sa

from budget.frames import DAY, FEN, FLAG, TEXT, Schema
from warehouse.bulk import read_frame
from warehouse.schema import table
from warehouse.scope import Scope

INSTANT: Final = pl.Datetime("us", "UTC")
ALERTS: Final[Schema] = {
    "alert_id": pl.Int64(),
    "rule_code": TEXT,
    "subject": TEXT,
    "period": TEXT,
    "clue_id": TEXT,
    "division_code": TEXT,
    "status": TEXT,  # open | resolved
    "is_stale": FLAG,
    "level": TEXT,
    "opened_on": DAY,
    "resolved_on": DAY,
    "run_id": pl.Int64(),
    "finding_no": pl.Int64(),
    "measured": pl.Int64(),
    "limit": pl.Int64(),
    "measure_unit": TEXT,
    "amount_fen": FEN,
    "unit_code": TEXT,
    "project_code": TEXT,
    "unit_name": TEXT,
    "project_name": TEXT,
}
CLUES: Final[Schema] = {
    "clue_id": TEXT,
    "clue_key": TEXT,
    "division_code": TEXT,
    "unit_code": TEXT,
    "project_code": TEXT,
    "unit_name": TEXT,
    "project_name": TEXT,
    "period": TEXT,
    "status": TEXT,  # open 待核实 | closed 办结
    "level": TEXT,
    "amount_fen": FEN,
    "opened_at": INSTANT,
    "opened_on": DAY,
    "closed_at": INSTANT,
    "alert_count": pl.Int64(),
    "open_count": pl.Int64(),
    "stale_count": pl.Int64(),  # open alerts that the latest run could not judge
    "rule_codes": TEXT,  # of all its alerts, joined with commas, sorted
}
EVENTS: Final[Schema] = {
    "event_id": pl.Int64(),
    "alert_id": pl.Int64(),  # null for an event of the clue itself
    "clue_id": TEXT,
    "run_id": pl.Int64(),
    "happened_at": INSTANT,
    "happened_on": DAY,
    "actor": TEXT,
    "notice": TEXT,
    "reason": TEXT,
    "from_level": TEXT,
    "to_level": TEXT,
}
CLUE_ALERTS: Final[Schema] = ALERTS | {"evidence": TEXT}
COUNTS: Final[Schema] = {"division_code": TEXT, "level": TEXT, "clue_count": pl.Int64(), "amount_fen": FEN}
_LEVEL_ORDER: Final = {"red": 0, "orange": 1, "yellow": 2, "blue": 3}


def list_alerts(
    connection: sa.Connection,
    scope: Scope,
    *,
    status: str | None = None,
    levels: Iterable[str] | None = None,
    rule: str | None = None,
    division: str | None = None,
) -> pl.DataFrame:
    """Return alerts in scope with the columns of ALERTS, gravest first, then by money, then by number."""
    alert, clue = table("alert"), table("clue")
    query = (
        sa.select(*(alert.c[name] if name in alert.c else clue.c[name] for name in ALERTS))
        .join(clue, clue.c.clue_id == alert.c.clue_id)
        .where(scope.narrowed(None if division is None else [division]).condition(alert.c.division_code))
        .order_by(_by_level(alert.c.level), _money_last(alert.c.amount_fen), alert.c.alert_id)
    )
    query = _filtered(query, alert.c.status, None if status is None else [status])
    query = _filtered(query, alert.c.level, levels)
    return read_frame(connection, _filtered(query, alert.c.rule_code, None if rule is None else [rule]), ALERTS)


def list_clues(
    connection: sa.Connection,
    scope: Scope,
    *,
    status: str | None = None,
    levels: Iterable[str] | None = None,
    rule: str | None = None,
    division: str | None = None,
    unit: str | None = None,
    project: str | None = None,
) -> pl.DataFrame:
    """Return clues in scope with the columns of CLUES, gravest first, then by money, then by number.

    ``rule`` keeps the clues that have an alert of that rule; every other filter is on the clue itself.
    """
    clue = table("clue")
    query = (
        sa.select(*(clue.c[name] for name in CLUES if name in clue.c))
        .where(scope.narrowed(None if division is None else [division]).condition(clue.c.division_code))
        .order_by(_by_level(clue.c.level), _money_last(clue.c.amount_fen), clue.c.clue_id)
    )
    query = _filtered(query, clue.c.status, None if status is None else [status])
    query = _filtered(query, clue.c.level, levels)
    query = _filtered(query, clue.c.unit_code, None if unit is None else [unit])
    query = _filtered(query, clue.c.project_code, None if project is None else [project])
    if rule is not None:
        alert = table("alert")
        query = query.where(clue.c.clue_id.in_(sa.select(alert.c.clue_id).where(alert.c.rule_code == rule)))
    own = {name: kind for name, kind in CLUES.items() if name in clue.c}
    return _with_alert_counts(connection, read_frame(connection, query, own), scope)


def clue_detail(
    connection: sa.Connection, scope: Scope, clue_id: str
) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame] | None:
    """Return a clue (one row of CLUES), its alerts (CLUE_ALERTS) and its events (EVENTS, oldest first).

    None where there is no such clue or the reader may not see it: the two look alike.
    """
    clue, alert, event, finding = (table(name) for name in ("clue", "alert", "alert_event", "finding"))
    own = {name: kind for name, kind in CLUES.items() if name in clue.c}
    found = read_frame(
        connection,
        sa.select(*(clue.c[name] for name in own)).where(
            clue.c.clue_id == clue_id, scope.condition(clue.c.division_code)
        ),
        own,
    )
    if found.is_empty():
        return None
    judged_by = sa.and_(finding.c.run_id == alert.c.run_id, finding.c.finding_no == alert.c.finding_no)
    alerts = (
        sa.select(*(alert.c[name] if name in alert.c else clue.c[name] for name in ALERTS), finding.c.evidence)
        .join(clue, clue.c.clue_id == alert.c.clue_id)
        .outerjoin(finding, judged_by)
        .where(alert.c.clue_id == clue_id)
        .order_by(alert.c.status, _by_level(alert.c.level), alert.c.alert_id)
    )
    events = sa.select(*(event.c[name] for name in EVENTS)).where(event.c.clue_id == clue_id).order_by(event.c.event_id)
    return (
        _with_alert_counts(connection, found, scope),
        read_frame(connection, alerts, CLUE_ALERTS),
        read_frame(connection, events, EVENTS),
    )


def count_clues(connection: sa.Connection, scope: Scope, *, status: str = "open") -> pl.DataFrame:
    """Count clues by division and level (columns of COUNTS); amount_fen is null where no clue names money."""
    clue = table("clue")
    query = (
        sa.select(
            clue.c.division_code,
            clue.c.level,
            sa.func.count().label("clue_count"),
            sa.cast(sa.func.sum(clue.c.amount_fen), sa.BigInteger),
        )
        .where(clue.c.status == status, scope.condition(clue.c.division_code))
        .group_by(clue.c.division_code, clue.c.level)
        .order_by(clue.c.division_code, _by_level(clue.c.level))
    )
    return read_frame(connection, query, COUNTS)


def count_open_alerts(connection: sa.Connection) -> dict[tuple[str, str], int]:
    """Count open alerts by (division_code, level), for metrics: numbers only, so no scope."""
    alert = table("alert")
    query = (
        sa.select(alert.c.division_code, alert.c.level, sa.func.count())
        .where(alert.c.status == "open")
        .group_by(alert.c.division_code, alert.c.level)
    )
    return {(division, level): count for division, level, count in connection.execute(query)}


def _with_alert_counts(connection: sa.Connection, clues: pl.DataFrame, scope: Scope) -> pl.DataFrame:
    """Add what is counted over each clue's alerts."""
    alert = table("alert")
    schema: Schema = {name: ALERTS[name] for name in ("clue_id", "rule_code", "status", "is_stale")}
    query = sa.select(*(alert.c[name] for name in schema)).where(scope.condition(alert.c.division_code))
    if clues.height == 1:
        query = query.where(alert.c.clue_id == clues["clue_id"][0])
    is_open = pl.col("status") == "open"
    counted = (
        read_frame(connection, query, schema)
        .group_by("clue_id")
        .agg(
            alert_count=pl.len().cast(pl.Int64),
            open_count=is_open.sum().cast(pl.Int64),
            stale_count=(is_open & pl.col("is_stale")).sum().cast(pl.Int64),
            rule_codes=pl.col("rule_code").unique().sort().str.join(","),
        )
    )
    return clues.join(counted, on="clue_id", how="left", maintain_order="left").select(*CLUES)


def _filtered(query: sa.Select[Any], column: sa.ColumnElement[Any], wanted: Iterable[str] | None) -> sa.Select[Any]:
    """Keep the rows whose column is among the wanted values; None asks for all."""
    return query if wanted is None else query.where(column.in_(list(wanted)))


def _by_level(column: sa.ColumnElement[Any]) -> sa.ColumnElement[int]:
    return sa.case(_LEVEL_ORDER, value=column, else_=9)


def _money_last(column: sa.ColumnElement[Any]) -> sa.ColumnElement[int]:
    """Order the largest amount first and unknown amounts last, alike on every database."""
    return sa.func.coalesce(column, -1).desc()
