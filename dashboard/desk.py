"""One reader's desk: who reads, what is looked at, and the reads that answer it, all within the reader's scope."""

import datetime as dt
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl

from budget.clues import in_order
from dashboard.ledger import Ledger, LedgerShelf
from dashboard.services import Account, Services
from dashboard.view import FUNDS, Asked, View
from dashboard.words import Language
from warehouse import alerts, queries, queries_facts
from warehouse.engine import reading
from warehouse.findings import Run, latest_run, read_findings
from warehouse.offices import list_offices
from warehouse.scope import Scope

FIRST_YEAR = 1990


class NotShownError(LookupError):
    """Raised where a page or a thing on it does not exist for this reader; says no more than that."""


@dataclass
class Desk:
    """The reads of one request."""

    services: Services
    shelf: LedgerShelf
    connection: Any
    account: Account
    scope: Scope
    view: View
    run: Run | None
    newest: dt.date

    @property
    def narrowed(self) -> Scope:
        """Return the reader's scope cut to the division the view asks for."""
        return self.scope.narrowed(None if self.view.division is None else [self.view.division])

    @cached_property
    def ledger(self) -> Ledger:
        """Return the figures of the view."""
        return self._ledger(self.narrowed)

    @cached_property
    def whole_ledger(self) -> Ledger:
        """Return the figures of everything the reader may see, whichever division is picked."""
        return self._ledger(self.scope)

    def _ledger(self, scope: Scope) -> Ledger:
        view = self.view
        return self.shelf.ledger(self.connection, scope, view.as_of, view.known_at, view.fund)

    @property
    def is_current(self) -> bool:
        """Tell whether the view is of now: clues and late feeds are known for that moment only."""
        return self.view.is_latest and self.view.as_of == self.newest

    @cached_property
    def clues(self) -> pl.DataFrame:
        """Return the open clues of the view's divisions, what to look at first at the top."""
        return in_order(alerts.list_clues(self.connection, self.narrowed, status="open"), self.services.catalogue)

    @property
    def shown_clues(self) -> pl.DataFrame:
        """Return the clues to count beside figures: those of now, or none where the view is of another moment."""
        return self.clues if self.is_current else self.clues.clear()

    @cached_property
    def all_clues(self) -> pl.DataFrame:
        """Return the open clues of everything the reader may see."""
        return in_order(alerts.list_clues(self.connection, self.scope, status="open"), self.services.catalogue)

    @cached_property
    def late(self) -> list[dict[str, Any]]:
        """Return who is late with payments by the latest run (H01): division_code, days and evidence, latest first."""
        if self.run is None or not self.is_current:
            return []
        found = read_findings(self.connection, self.scope, self.run.run_id, rule="H01")
        late = found.filter(pl.col("subject").str.starts_with("feed:payments/")).sort("measured", descending=True)
        return [
            {"division_code": row["division_code"], "days": row["measured"]} | json.loads(row["evidence"])
            for row in late.iter_rows(named=True)
        ]

    @property
    def late_days(self) -> dict[str, int]:
        """Return the days by which each late division's payments are late."""
        return {one["division_code"]: one["days"] for one in self.late}

    @cached_property
    def division_names(self) -> dict[str, str]:
        """Return the names of the divisions the reader may see; the district's own departments are its 本级."""
        units = self.whole_ledger.units().select("division_code", "division_name").unique(maintain_order=True)
        names = {code: name or code for code, name in units.sort("division_code").iter_rows()}
        names |= {one.division_code: one.division_name for one in list_offices(self.connection, self.scope)}
        site = self.services.site
        if site.district_code in names:
            names[site.district_code] = self.view.t("{name}本级", name=site.district_name)
        return dict(sorted(names.items()))

    @cached_property
    def unit_names(self) -> dict[str, str]:
        """Return the names of the units the reader may see."""
        return dict(self.whole_ledger.units().select("unit_code", "unit_name").iter_rows())

    @cached_property
    def project_names(self) -> dict[str, str]:
        """Return the names that budgets of the loaded years give to projects, the latest year's where they differ."""
        facts = self.whole_ledger.facts
        named = pl.concat([facts.allotments, facts.adjustments], how="diagonal").drop_nulls("project_name")
        return dict(named.sort("fiscal_year").select("project_code", "project_name").iter_rows())

    @cached_property
    def code_names(self) -> dict[str, dict[str, str]]:
        """Return scheme -> code -> name, of the codes valid in the year looked at."""
        found = queries_facts.classification_names(self.connection, self.view.year, self.view.known_at)
        names: dict[str, dict[str, str]] = {}
        for scheme, code, name in found.iter_rows():
            names.setdefault(scheme, {})[code] = name
        return names

    def local(self, instant: dt.datetime | None) -> str:
        """Write an instant as the site's wall clock."""
        if instant is None:
            return "—"
        return instant.astimezone(ZoneInfo(self.services.site.timezone)).strftime("%Y-%m-%d %H:%M")

    def local_day(self, instant: dt.datetime) -> dt.date:
        """Return the site's calendar day of an instant."""
        return instant.astimezone(ZoneInfo(self.services.site.timezone)).date()


def sees_anything(account: Account) -> bool:
    """Tell whether there is anything at all that an account may see."""
    return account.scope.divisions is None or bool(account.scope.divisions)


@contextmanager
def open_desk(
    services: Services,
    shelf: LedgerShelf,
    account: Account,
    asked: Asked,
    language: Language,
    *,
    is_large: bool = False,
) -> Iterator[Desk]:
    """Open a read of the warehouse for one reader and URL; NotShownError where it asks for another's division.

    An account that may see nothing at all has no desk, whatever it asks for.
    """
    if not sees_anything(account):
        raise NotShownError(account.username)
    scope = account.scope
    with reading(services.engine) as connection:
        zone = ZoneInfo(services.site.timezone)
        now = services.clock()
        known_at, known_on, is_latest = _known(asked, now, zone)
        run = latest_run(connection, known_at=known_at, include_history=False)
        newest = run.as_of if run else queries.last_delivered_on(connection, known_at)
        newest = newest or now.astimezone(zone).date()
        as_of = _as_of(asked, newest, known_on)
        view = View(
            asked=asked,
            language=language,
            as_of=as_of,
            known_at=known_at,
            known_on=known_on,
            division=_division(asked, scope),
            fund=asked.query.get("fund") if asked.query.get("fund") in FUNDS else None,
            is_large=is_large,
            is_latest=is_latest,
        )
        yield Desk(services, shelf, connection, account, scope, view, run, newest)


def _known(asked: Asked, now: dt.datetime, zone: ZoneInfo) -> tuple[dt.datetime, dt.date, bool]:
    today = now.astimezone(zone).date()
    day = asked.day("known")
    if day is None or day >= today:
        return now, today, True
    end = dt.datetime.combine(day, dt.time.max, zone).astimezone(dt.UTC)
    return end, day, False


def _as_of(asked: Asked, newest: dt.date, known_on: dt.date) -> dt.date:
    """Return the day looked at: asof, else the end of the year asked for, else the newest day; never in the future."""
    day, year = asked.day("asof"), asked.number("year")
    latest = max(newest, known_on)
    if year is not None and not FIRST_YEAR <= year <= latest.year:
        year = None
    if day is not None and day <= latest and year in {None, day.year}:
        return day
    if year is None or year == newest.year:
        return newest
    return min(dt.date(year, 12, 31), latest)


def _division(asked: Asked, scope: Scope) -> str | None:
    wanted = asked.query.get("division")
    if not wanted:
        return None
    if not scope.allows(wanted):
        raise NotShownError(wanted)
    return wanted
