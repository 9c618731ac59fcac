"""Facts of one scope at one moment and the tables formed from them, kept in memory while they are asked for.

The key of the cache holds the slices, the scope, the day and the fund: a reader never meets another's figures.
"""

import dataclasses
import datetime as dt
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from budget.ageing import TIME
from budget.calendar import TimeProgressBy, time_progress_bp
from budget.facts import Facts, departments, execution, movements
from budget.forecast import FORECAST, forecasts, with_growth
from budget.pace import PROJECT_LADDER, UNIT_KIND, basic_pace, pace, with_project_pace
from budget.progress import HISTORY_YEARS
from dashboard.months import monthly_rates
from warehouse.facts import load_facts
from warehouse.in_force import slices_in_force, stamp_of
from warehouse.scope import Scope

KEPT_LEDGERS = 4
LATE_AFTER_DAYS = 7  # as in H01
VOUCHER_WORDS = ("payee_name", "payee_account", "payee_bank", "purpose", "application_no", "settlement_method")
_FUNDED = ("allotments", "adjustments", "payments", "execution_months")


class Ledger:
    """Budget execution of some facts, each table formed once."""

    def __init__(self, facts: Facts, time_progress_by: TimeProgressBy) -> None:
        self.facts = facts
        self.as_of = facts.as_of
        self.ruler_bp = time_progress_bp(facts.as_of, time_progress_by)
        self.time_progress_by = time_progress_by
        self._kept: dict[Any, Any] = {}
        self._lock = threading.RLock()

    def _once(self, key: Any, form: Callable[[], Any]) -> Any:
        with self._lock:
            if key not in self._kept:
                self._kept[key] = form()
            return self._kept[key]

    def moved(self, year: int | None = None, until: dt.date | None = None) -> pl.DataFrame:
        """Return the movements of a year up to a day (inclusive); the year looked at, up to as_of, by default."""
        year, until = year or self.as_of.year, until or self.as_of
        frame: pl.DataFrame = self._once(("moved", year, until), lambda: movements(self.facts, year, until))
        return frame

    def units(self) -> pl.DataFrame:
        """Return unit_code -> unit_name, department_code, department_name, division_code, division_name."""
        frame: pl.DataFrame = self._once("units", lambda: departments(self.facts.units))
        return frame

    def expected(self, by: Sequence[str]) -> pl.DataFrame:
        """Return S* per group: the ``by`` columns and expected_progress_bp, as the rules expect it (``budget.pace``).

        Groups most of whose money has no history are left out.
        """
        frame: pl.DataFrame = self._once(("expected", tuple(by)), lambda: pace(self.facts, by))
        return frame.filter(pl.col("expected_basis") != TIME).select(*by, "expected_progress_bp")

    def expected_whole_bp(self) -> int | None:
        """Return S* of everything in these facts together; None where most of it has no history."""
        found = self.expected([])
        return found["expected_progress_bp"][0] if len(found) else None

    def expected_projects(self) -> pl.DataFrame:
        """Return, per unit_code and project_code with a history or a plan, expected_progress_bp and expected_basis.

        project_code is null for what belongs to no project (基本支出).
        """
        found: pl.DataFrame = self._once("projects", lambda: with_project_pace(self._projects(), self.facts))
        columns = ["unit_code", "project_code", "expected_progress_bp", "expected_basis"]
        known = found.filter(pl.col("expected_basis") != TIME).select(columns)
        basic = basic_pace(self.facts).with_columns(
            project_code=pl.lit(None, pl.String), expected_basis=pl.lit("+".join(UNIT_KIND))
        )
        return pl.concat([known, basic.select(columns)])

    def _projects(self) -> pl.DataFrame:
        """Return this year's projects with their categories and rates."""
        by = ["unit_code", "project_code"]
        beside = [pl.col(name).drop_nulls().min() for name in ("division_code", "project_category")]
        named = self.moved().filter(pl.col("project_code").is_not_null()).group_by(by).agg(beside)
        return named.join(self.lines(by).select(*by, "execution_rate_bp"), on=by)

    def told_until_now(self) -> list[str]:
        """Return the divisions whose payments reach the day looked at, or nearly: of others nothing can be forecast."""
        return sorted(one for one, day in self.paid_until().items() if (self.as_of - day).days <= LATE_AFTER_DAYS)

    def forecast(self, by: Sequence[str]) -> pl.DataFrame:
        """Return the forecast of the year's end per group with history: the ``by`` columns and ``FORECAST``.

        Groups with money of a division whose payments are late are left out.
        """
        late = self.moved().filter(~pl.col("division_code").is_in(self.told_until_now())).select(by).unique()
        lines = self.lines(by).join(late, on=list(by), how="anti")
        frame: pl.DataFrame = self._once(("forecast", tuple(by)), lambda: self._forecast(lines, [by]))
        return frame.select(*by, *FORECAST)

    def forecast_projects(self) -> pl.DataFrame:
        """Return the forecast per unit_code and project_code, drawn from the projects' category."""
        told = pl.col("division_code").is_in(self.told_until_now())
        lines = self._projects().filter(told).with_columns(spending_kind=pl.lit("project"))
        frame: pl.DataFrame = self._once("forecast_projects", lambda: self._forecast(lines, PROJECT_LADDER, "project"))
        return frame.select("unit_code", "project_code", *FORECAST)

    def forecast_whole(self) -> dict[str, int | None]:
        """Return the forecast of everything together, late divisions left out; None where another has none.

        It is that of the divisions, weighted with their B1.
        """
        by, budget = ["division_code"], pl.col("adjusted_appropriation_fen")
        is_told = pl.col("division_code").is_in(self.told_until_now())
        lines = self.lines(by).filter(is_told, budget > 0).join(self.forecast(by), on=by, how="left")
        if lines.is_empty() or lines[FORECAST[0]].null_count():
            return dict.fromkeys(FORECAST)
        weighted = [(pl.col(name).cast(pl.Int128) * budget).sum() // budget.cast(pl.Int128).sum() for name in FORECAST]
        whole = lines.select(part.cast(pl.Int64).alias(name) for name, part in zip(FORECAST, weighted, strict=True))
        return dict(next(whole.iter_rows(named=True)))

    def _forecast(self, lines: pl.DataFrame, ladders: Sequence[Sequence[str]], kind: str | None = None) -> pl.DataFrame:
        grown = with_growth(lines, self.facts, self.as_of, ladders, spending_kind=kind)
        return grown.with_columns(**forecasts()).filter(pl.col(FORECAST[0]).is_not_null())

    def lines(self, by: Sequence[str]) -> pl.DataFrame:
        """Return the year's budget execution per group, as ``budget.facts.execution``; unpaid is 0 where told."""
        key = ("lines", tuple(by))
        frame: pl.DataFrame = self._once(key, lambda: self.settled(execution(self.moved(), by)))
        return frame

    def total(self) -> dict[str, Any]:
        """Return budget execution of everything in these facts as one row; null where there is nothing."""
        moved = self.moved().with_columns(everything=pl.lit(1))
        summed = self._once("total", lambda: self.settled(execution(moved, ["everything"])))
        if summed.is_empty():
            return dict.fromkeys(summed.columns)
        return dict(next(summed.iter_rows(named=True)))

    def paid_until(self) -> dict[str, dt.date]:
        """Return, per division, the last payment day its deliveries of the year reach, as_of at most."""
        rows = self.facts.deliveries.filter((pl.col("feed") == "payments") & (pl.col("fiscal_year") == self.as_of.year))
        last = rows.group_by("division_code").agg(pl.col("last_on").max()).drop_nulls()
        return {division: min(day, self.as_of) for division, day in last.iter_rows()}

    def settled(self, lines: pl.DataFrame) -> pl.DataFrame:
        """Write 0 for payments and adjustments of groups that have none, where the feed was delivered at all.

        Where no payments were delivered for the year the sum stays null and so does the rate: not known is not zero.
        """
        if not self.pays():
            lines = lines.with_columns(
                execution_rate_bp=pl.when(pl.col("payment_fen").is_not_null()).then("execution_rate_bp"),
                available_fen=pl.when(pl.col("payment_fen").is_not_null()).then("available_fen"),
            )
        told = [name for name, yes in (("payment_fen", self.pays()), ("adjustment_fen", self._adjusts())) if yes]
        return lines.with_columns(pl.col(name).fill_null(0) for name in told)

    def _delivered(self, feed: str) -> bool:
        rows = self.facts.deliveries
        return not rows.filter((pl.col("feed") == feed) & (pl.col("fiscal_year") == self.as_of.year)).is_empty()

    def pays(self) -> bool:
        """Tell whether any payments of the year were delivered."""
        return self._delivered("payments")

    def _adjusts(self) -> bool:
        return self._delivered("adjustments")

    def monthly_rates(self, year: int) -> list[int | None]:
        """Return R at each month's end of a year with the B1 known on that day; None after as_of or without facts."""
        key = ("monthly", year)
        found: list[int | None] = self._once(key, lambda: monthly_rates(self.moved(year, _end(year, self.as_of))))
        last = 12 if year < self.as_of.year else self.as_of.month
        return [rate if month <= last else None for month, rate in enumerate(found, 1)]

    def history_years(self) -> range:
        """Return the years before the one looked at that S* may draw on."""
        return range(self.as_of.year - HISTORY_YEARS, self.as_of.year)


def _end(year: int, as_of: dt.date) -> dt.date:
    return as_of if year == as_of.year else dt.date(year, 12, 31)


class LedgerShelf:
    """A small shelf of ledgers, the least recently used one leaves first."""

    def __init__(self, snapshots: Path, time_progress_by: TimeProgressBy) -> None:
        self._snapshots = snapshots
        self._by = time_progress_by
        self._kept: OrderedDict[Any, Ledger] = OrderedDict()
        self._lock = threading.Lock()

    def ledger(self, connection: Any, scope: Scope, as_of: dt.date, known_at: dt.datetime, fund: str | None) -> Ledger:
        """Return the ledger of a scope, day and fund as known at a moment."""
        stamp = stamp_of(slices_in_force(connection, known_at, scope)["slice_id"])
        who = None if scope.divisions is None else tuple(sorted(scope.divisions))
        key = (stamp, who, as_of, fund)
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
            facts = load_facts(connection, self._snapshots, as_of, known_at, scope)
            narrowed = dataclasses.replace(_narrowed(facts, scope, fund), time_progress_by=self._by)
            self._kept[key] = Ledger(narrowed, self._by)
            while len(self._kept) > KEPT_LEDGERS:
                self._kept.popitem(last=False)
            return self._kept[key]


def _lightened(payments: pl.DataFrame, year: int) -> pl.DataFrame:
    """Drop the words of earlier years' vouchers: of those years only sums are shown, and memory is dear."""
    is_shown = pl.col("fiscal_year") == year
    return payments.with_columns(pl.when(is_shown).then(pl.col(name)).alias(name) for name in VOUCHER_WORDS)


def _narrowed(facts: Facts, scope: Scope, fund: str | None) -> Facts:
    """Keep one fund and, of the district's unit table, only the scope's own units."""
    units = facts.units
    if scope.divisions is not None:
        units = units.filter(pl.col("division_code").is_in(sorted(scope.divisions)))
    facts = dataclasses.replace(facts, units=units, payments=_lightened(facts.payments, facts.as_of.year))
    if fund is None:
        return facts
    funded = {name: getattr(facts, name).filter(pl.col("fund_type_code").str.starts_with(fund)) for name in _FUNDED}
    return dataclasses.replace(facts, **funded)
