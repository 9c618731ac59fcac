"""What a rule would have found at the ends of past months, with its parameters and with others: stored nowhere."""

import calendar
import datetime as dt
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, NamedTuple

import polars as pl

from budget import frames
from budget.facts import Facts
from budget.levels import LEVELS
from rules.breadth import Breadth, breadth_of
from rules.evaluate import Evaluation

Identity = tuple[str, str]  # subject and period
Params = Mapping[str, Any]
IDENTITY: Final = ["subject", "period"]
# One finding on one day: the level it has with the current parameters and with the proposed ones, null for neither.
FIRED: Final[frames.Schema] = {
    "as_of": frames.DAY,
    "subject": frames.TEXT,
    "period": frames.TEXT,
    "division_code": frames.TEXT,
    "current": frames.TEXT,
    "proposed": frames.TEXT,
}


class Counts(NamedTuple):
    """Findings with either set of parameters: those of the proposed alone are new, those of the current alone gone."""

    current: int
    proposed: int
    new: int
    gone: int
    same: int
    level_changed: int  # of the same ones


@dataclass(frozen=True, kw_only=True)
class Day:
    """One month's end: counts, findings by level, how much was flagged, why not judged, and what failed."""

    as_of: dt.date
    counts: Counts
    levels: dict[str, int]
    current: Breadth
    proposed: Breadth
    not_judged: dict[str, int]
    errors: dict[str, str]


@dataclass(frozen=True, kw_only=True)
class Backtest:
    """A rule judged at the ends of some months; ``fired`` has the schema FIRED."""

    code: str
    days: tuple[Day, ...]
    fired: pl.DataFrame

    @property
    def total(self) -> Counts:
        """Count every subject and period once, whenever it fired."""
        return counts_of(once(self.fired))

    @property
    def offices(self) -> dict[str | None, Counts]:
        """Return the total of each division that has any."""
        parts = once(self.fired).partition_by("division_code", as_dict=True)
        return {key[0]: counts_of(parts[key]) for key in sorted(parts, key=str)}


def month_ends(first: dt.date, last: dt.date) -> list[dt.date]:
    """Return the last days of months from one day to another, both inclusive."""
    months = range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
    ends = [
        dt.date(number // 12, number % 12 + 1, calendar.monthrange(number // 12, number % 12 + 1)[1])
        for number in months
    ]
    return [day for day in ends if day <= last]


def backtest(
    code: str,
    days: Iterable[dt.date],
    load: Callable[[dt.date], Facts],
    judge: Callable[[Facts, Params], Evaluation],
    *,
    current: Params,
    proposed: Params,
    division: str | None = None,
) -> Backtest:
    """Judge some days with two sets of parameters of every rule, and hold what one rule finds against each other.

    ``load`` returns the facts of a day, ``judge`` evaluates them by the rule. Where the two sets are the same each day
    is judged once. With a division only its findings and coverage count; all the same the whole district is judged,
    whose history rules may lean on.
    """
    judged = [_day(code, load(day), judge, (current, proposed), division) for day in days]
    fired = pl.concat([frames.empty(FIRED), *(one.fired for one in judged)])
    return Backtest(code=code, days=tuple(one.day for one in judged), fired=fired)


class _Judged(NamedTuple):
    day: Day
    fired: pl.DataFrame


def _day(
    code: str,
    facts: Facts,
    judge: Callable[[Facts, Params], Evaluation],
    sides: tuple[Params, Params],
    division: str | None,
) -> _Judged:
    now, then = sides
    first = _only(judge(facts, now), division)
    second = first if now == then else _only(judge(facts, then), division)
    fired = _side_by_side(facts.as_of, first.findings, second.findings)
    unjudged = second.coverage.filter(~pl.col("is_judged"))["reason"].value_counts().sort("reason")
    found = dict(second.findings["level"].value_counts().iter_rows())
    day = Day(
        as_of=facts.as_of,
        counts=counts_of(fired),
        levels={level: found.get(level, 0) for level in reversed(LEVELS)},
        current=breadth_of(facts, first, [code])[code],
        proposed=breadth_of(facts, second, [code])[code],
        not_judged=dict(unjudged.iter_rows()),
        errors={**first.errors, **second.errors},
    )
    return _Judged(day, fired)


def _only(evaluation: Evaluation, division: str | None) -> Evaluation:
    if division is None:
        return evaluation
    mine = pl.col("division_code") == division
    return replace(evaluation, findings=evaluation.findings.filter(mine), coverage=evaluation.coverage.filter(mine))


def _side_by_side(as_of: dt.date, current: pl.DataFrame, proposed: pl.DataFrame) -> pl.DataFrame:
    sides = [
        found.select(*IDENTITY, "division_code", level=pl.col("level")).rename({"level": name})
        for name, found in (("current", current), ("proposed", proposed))
    ]
    both = sides[0].join(sides[1], on=IDENTITY, how="full", coalesce=True)
    told = both.with_columns(
        as_of=pl.lit(as_of, pl.Date), division_code=pl.coalesce("division_code", "division_code_right")
    )
    return told.sort(IDENTITY).select(pl.col(name).cast(kind) for name, kind in FIRED.items())


def once(fired: pl.DataFrame) -> pl.DataFrame:
    """Return every subject and period once: as it stood with either parameters on the last day it fired with them."""
    last = [pl.col(name).drop_nulls().last() for name in ("division_code", "current", "proposed")]
    return fired.sort("as_of", *IDENTITY).group_by(IDENTITY, maintain_order=True).agg(*last).sort(IDENTITY)


def change() -> pl.Expr:
    """Tell new, gone and same findings apart."""
    new, gone = pl.col("current").is_null(), pl.col("proposed").is_null()
    return pl.when(new).then(pl.lit("new")).when(gone).then(pl.lit("gone")).otherwise(pl.lit("same"))


def counts_of(fired: pl.DataFrame) -> Counts:
    """Count findings by what became of them."""
    changes = dict(fired.select(change=change())["change"].value_counts().iter_rows())
    new, gone, same = (changes.get(name, 0) for name in ("new", "gone", "same"))
    moved = fired.filter(pl.col("current") != pl.col("proposed")).height
    return Counts(same + gone, same + new, new, gone, same, moved)


class Hits(NamedTuple):
    """What was found of what was planted: found, hits on innocents, others, and both shares in basis points."""

    found: int
    innocent: int
    other: int
    precision_bp: int | None
    recall_bp: int | None


def hits(fired: Collection[Identity], planted: Collection[Identity], innocent: Collection[Identity]) -> Hits:
    """Hold what fired against what was planted; shares are rounded down, null where there is nothing to share."""
    own, wanted = set(fired), set(planted)
    found = len(own & wanted)
    return Hits(
        found=found,
        innocent=len(own & set(innocent)),
        other=len(own - wanted - set(innocent)),
        precision_bp=found * 10_000 // len(own) if own else None,
        recall_bp=found * 10_000 // len(wanted) if wanted else None,
    )


def within(identities: Iterable[Identity], first: dt.date, last: dt.date) -> Iterator[Identity]:
    """Yield those whose period, a year, month or day, has begun by the last day and had not ended before the first."""
    for subject, period in identities:
        size = len(period)
        if first.isoformat()[:size] <= period <= last.isoformat()[:size]:
            yield subject, period
