"""The facts of some divisions as they stood at (as_of, known_at); how they add up stands in ``budget.movements``."""

import datetime as dt
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any, TypeVar

import polars as pl

from budget import frames
from budget.calendar import TimeProgressBy
from budget.movements import behind, budgets, execution, ledger, movements, sum_or_null
from budget.units import departments, successors, with_departments

__all__ = [
    "Facts",
    "behind",
    "budgets",
    "departments",
    "execution",
    "ledger",
    "movements",
    "successors",
    "sum_or_null",
    "with_departments",
]

Computed = TypeVar("Computed")


class Feed:
    """A feed's facts, kept as a frame or as the scan of one, which is read when its frame is first asked for.

    What needs a few columns of many rows asks ``Facts.lazy`` and never has the rest read.
    """

    def __init__(self, name: str) -> None:
        self.name = name

    def __get__(self, facts: "Facts | None", owner: type) -> pl.DataFrame:
        """Return the frame."""
        if facts is None:
            # What tells dataclasses that the field has no default.
            raise AttributeError(self.name)
        kept = facts.__dict__[self.name]
        if isinstance(kept, pl.LazyFrame):
            return facts.once(("frame", self.name), kept.collect)
        frame: pl.DataFrame = kept
        return frame

    def __set__(self, facts: "Facts", value: pl.DataFrame | pl.LazyFrame) -> None:
        """Keep a frame or a scan."""
        facts.__dict__[self.name] = value


def _none_of(feed: str) -> Callable[[], pl.DataFrame]:
    """Return what makes the frame of a feed that nobody delivers: no rows, all columns."""
    return lambda: frames.empty(frames.LINEAGE | frames.FEEDS[feed])


@dataclass(frozen=True, kw_only=True)
class Facts:
    """Frames of the canonical feeds in force; each has the columns of its schema and of ``frames.LINEAGE``.

    Rows dated after ``as_of`` are already left out, voided and failed payments too, and what was done after
    ``as_of`` is not done yet (``frames.BEGINS``, ``frames.DONE_BY``). ``payments`` of earlier years are
    whole years: cut them with ``movements(until=…)`` where a like-for-like date is wanted.
    """

    as_of: dt.date
    known_at: dt.datetime
    units: pl.DataFrame
    allotments: Feed = Feed("allotments")
    adjustments: Feed = Feed("adjustments")
    payments: Feed = Feed("payments")
    execution_months: pl.DataFrame
    deliveries: pl.DataFrame
    checks: pl.DataFrame
    classifications: pl.DataFrame = field(default_factory=_none_of("classifications"))
    cash_plans: pl.DataFrame = field(default_factory=_none_of("cash_plans"))
    revenue: pl.DataFrame = field(default_factory=_none_of("revenue"))
    projects: pl.DataFrame = field(default_factory=_none_of("projects"))
    milestones: pl.DataFrame = field(default_factory=_none_of("milestones"))
    contracts: pl.DataFrame = field(default_factory=_none_of("contracts"))
    transfers: pl.DataFrame = field(default_factory=_none_of("transfers"))
    debt: pl.DataFrame = field(default_factory=_none_of("debt"))
    treasury: pl.DataFrame = field(default_factory=_none_of("treasury"))
    final_accounts: pl.DataFrame = field(default_factory=_none_of("final_accounts"))
    performance: pl.DataFrame = field(default_factory=_none_of("performance"))
    documents: pl.DataFrame = field(default_factory=_none_of("documents"))
    stamp: str = ""
    divisions: tuple[str, ...] = field(default_factory=tuple)
    time_progress_by: TimeProgressBy = "day"  # how the site reads 序时进度
    # What was computed from these frames once; not part of their identity, and never copied by dataclasses.replace.
    memo: dict[Hashable, Any] = field(init=False, repr=False, compare=False, default_factory=dict)

    def once(self, key: Hashable, compute: Callable[[], Computed]) -> Computed:
        """Return what ``compute`` returned the first time it was asked for under this key."""
        if key not in self.memo:
            self.memo[key] = compute()
        found: Computed = self.memo[key]
        return found

    def lazy(self, feed: str) -> pl.LazyFrame:
        """Return a feed's facts unread: only the columns and rows that the query needs are read, if they are a scan."""
        kept = self.__dict__[feed]
        return kept if isinstance(kept, pl.LazyFrame) else kept.lazy()
