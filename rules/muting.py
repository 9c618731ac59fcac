"""What bad or missing data silences: findings are taken back and coverage says why."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl

from budget import frames
from budget.facts import Facts, departments
from rules.doubts import Doubts, doubts_from, with_events, without_doubtful
from rules.h01_late_feed import last_paid
from rules.judgement import Judgement, conformed
from rules.rule import Rule
from rules.spending import budget_reasons, divisions_of

LAG_DAYS = 7
IDENTITY = ["subject", "period"]


@dataclass(frozen=True)
class Mutes:
    """Divisions and units whose data cannot carry a judgement, with the reason.

    ``late`` gives the last payment of late divisions; ``unpaid`` never delivered payments, ``monthly`` of those live by
    monthly reports, and ``lagging`` of those by old ones. ``suspects`` are units whose budget may be in a wrong unit.
    ``budgeted`` are divisions whose budget of the year is there. ``doubts`` is what H05 to H10 cast doubt on.
    """

    late: dict[str, dt.date] = field(default_factory=dict)
    unpaid: frozenset[str] = frozenset()
    monthly: frozenset[str] = frozenset()
    lagging: frozenset[str] = frozenset()
    suspects: frozenset[str] = frozenset()
    budgeted: frozenset[str] = frozenset()
    doubts: Doubts = field(default_factory=Doubts)


def mutes_from(facts: Facts, found: Mapping[str, pl.DataFrame]) -> Mutes:
    """Return what to silence, from the facts and the findings of the rules on data (H01, H04 to H10) by code."""
    late_feeds, wrong_units = found["H01"], found["H04"]
    last = dict(last_paid(facts).iter_rows())
    late = late_feeds.filter(pl.col("subject").str.starts_with("feed:payments/"))["division_code"]
    monthly = _monthly(facts)
    unpaid = {one for one in divisions_of(facts) if one not in last}
    live_by_months = frozenset(unpaid & set(monthly))
    lagging = {one for one in unpaid & set(monthly) if (facts.as_of - monthly[one]).days >= LAG_DAYS}
    budgets = wrong_units.filter(pl.col("period").str.len_chars() == 4)["unit_code"]
    of_department = departments(facts.units).filter(pl.col("department_code").is_in(budgets.implode()))
    return Mutes(
        late={one: last[one] for one in late},
        unpaid=frozenset(unpaid),
        monthly=live_by_months,
        lagging=frozenset(lagging),
        suspects=frozenset([*budgets, *of_department["unit_code"]]),
        budgeted=frozenset(one for one, reason in budget_reasons(facts).items() if reason is None),
        doubts=doubts_from(facts, found, live_by_months),
    )


def _monthly(facts: Facts) -> dict[str, dt.date]:
    own = facts.execution_months.filter(pl.col("fiscal_year") == facts.as_of.year)
    return dict(own.group_by("division_code").agg(pl.col("as_of_on").max()).iter_rows())


def muted(rule: Rule, judged: Judgement, mutes: Mutes) -> Judgement:
    """Take back what the data cannot carry for this rule, and tell a missing budget from a subject without one."""
    judged = _without_budget(judged, mutes.budgeted)
    silent: dict[str, str] = {}
    if rule.late == "mutes":
        # Monthly reports carry budgets and sums, but no payees: rules on vouchers cannot live by them.
        unpaid = mutes.unpaid if rule.on_vouchers else mutes.unpaid - mutes.monthly
        silent = dict.fromkeys(unpaid, "no_payments") | dict.fromkeys(mutes.late, "late_feed")
    if rule.paced:
        silent = dict.fromkeys(mutes.lagging, "monthly_lag") | silent
    judged = _without(judged, pl.col("division_code").is_in(list(silent)), _reason_by_division(silent))
    if rule.late == "mutes_later_months":
        judged = _without(judged, _after_last_payment(mutes), pl.lit("late_feed"))
    if rule.leans_on_budget and mutes.suspects:
        judged = _without_suspects(judged, mutes.suspects)
    return without_doubtful(rule, judged, mutes.doubts)


def yielding(judged: Judgement, stronger: pl.DataFrame, reason: str) -> Judgement:
    """Take back findings that another rule has on the same subject and period."""
    told = stronger.select(IDENTITY).unique().with_columns(is_told=pl.lit(True))
    coverage = judged.coverage.join(
        told, left_on=["scope", "period"], right_on=IDENTITY, how="left", maintain_order="left"
    )
    is_told = pl.col("is_told").fill_null(value=False)
    covered = coverage.with_columns(
        is_judged=pl.col("is_judged") & ~is_told, reason=pl.when(is_told).then(pl.lit(reason)).otherwise("reason")
    )
    kept = judged.findings.join(told, on=IDENTITY, how="anti", maintain_order="left")
    return Judgement(kept, conformed(covered, frames.COVERAGE))


def _without(judged: Judgement, where: pl.Expr, reason: pl.Expr) -> Judgement:
    is_silent = where.fill_null(value=False)
    coverage = judged.coverage.with_columns(
        is_judged=pl.col("is_judged") & ~is_silent,
        reason=pl.when(is_silent & pl.col("is_judged")).then(reason).otherwise("reason"),
    )
    return Judgement(judged.findings.filter(~is_silent), coverage)


def _without_budget(judged: Judgement, budgeted: frozenset[str]) -> Judgement:
    """Say that a subject has no budget, not that none was delivered, where its division's budget is there."""
    is_there = pl.col("division_code").is_in(sorted(budgeted)).fill_null(value=False)
    is_bare = (pl.col("reason") == "no_budget").fill_null(value=False) & is_there
    reason = pl.when(is_bare).then(pl.lit("not_budgeted")).otherwise("reason")
    return Judgement(judged.findings, judged.coverage.with_columns(reason=reason))


def _reason_by_division(reasons: dict[str, str]) -> pl.Expr:
    return pl.col("division_code").replace_strict(reasons, default=None, return_dtype=pl.String)


def _after_last_payment(mutes: Mutes) -> pl.Expr:
    last = pl.col("division_code").replace_strict(mutes.late, default=None, return_dtype=pl.Date)
    month_end = pl.concat_str("period", pl.lit("-01")).str.to_date("%Y-%m-%d").dt.month_end()
    return month_end > last


def _without_suspects(judged: Judgement, suspects: frozenset[str]) -> Judgement:
    """Take back findings on units whose budget is in doubt, each with a coverage row of its own subject."""
    units = pl.col("scope").str.extract(r"^(?:unit|project):([^/]+)")
    silent = units.is_in(sorted(suspects)).fill_null(value=False)
    coverage = judged.coverage.with_columns(
        is_judged=pl.col("is_judged") & ~silent,
        # Also where it would be too small to judge: a budget in a wrong unit is no ground for that either.
        reason=pl.when(silent).then(pl.lit("unit_suspect")).otherwise("reason"),
    )
    doubtful = pl.col("unit_code").is_in(sorted(suspects)).fill_null(value=False)
    return with_events(Judgement(judged.findings, coverage), doubtful, "unit_suspect")
