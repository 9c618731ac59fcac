"""The general budget of a budget level (本级一般公共预算): streets are part of their district, a town stands alone."""

from collections.abc import Iterable, Sequence

import polars as pl

from budget.divisions import level_code
from budget.facts import Facts, movements
from budget.funds import GENERAL
from budget.subjects import written
from rules.delivered import feed_reasons
from rules.judgement import Judgement, subject_coverage
from rules.spending import budget_reasons, division_names
from rules.time_limits import is_bound


def general_budget(facts: Facts) -> pl.DataFrame:
    """Return this year's movements under the general budget, division_code being the level they belong to."""
    return facts.once("general_budget", lambda: _general_budget(facts))


def _general_budget(facts: Facts) -> pl.DataFrame:
    moved = movements(facts, facts.as_of.year, facts.as_of)
    return moved.filter(pl.col("fund_type_code") == GENERAL).with_columns(division_code=level_code())


def is_first_budget(excluded_functions: Sequence[str]) -> pl.Expr:
    """Tell what counts as 本级一般公共预算支出额: this year's own first budget, without some functions."""
    is_own = pl.col("budget_source").is_null() | (pl.col("budget_source") == "current")
    function = pl.col("function_code").fill_null("")
    left_out = [function.str.starts_with(one) for one in excluded_functions]
    return is_own & pl.col("appropriation_fen").is_not_null() & ~pl.any_horizontal(pl.lit(value=False), *left_out)


def level_reasons(facts: Facts, feeds: Iterable[str] = (), *, budget: bool = True) -> dict[str, str | None]:
    """Return, per division, why its level cannot be judged: streets are exempt, no_budget, a feed's reason.

    A district has a budget, or a feed, where it or one of its streets has.
    """
    told = [*([budget_reasons(facts)] if budget else []), *(feed_reasons(facts, feed) for feed in feeds)]
    names = sorted({one for reasons in told for one in reasons})
    kinds = pl.DataFrame({"division_code": names}, schema={"division_code": pl.String}).with_columns(
        level=level_code(), is_level=is_bound("levels")
    )
    found: dict[str, str | None] = {}
    for division, level, is_level in kinds.iter_rows():
        if not is_level:
            found[division] = "exempt"
            found.setdefault(level, _reason(level, kinds, told))
        else:
            found[division] = _reason(division, kinds, told)
    return found


def _reason(level: str, kinds: pl.DataFrame, told: Sequence[dict[str, str | None]]) -> str | None:
    parts = kinds.filter(pl.col("level") == level)["division_code"]
    for reasons in told:
        lacking = [reasons[one] for one in parts if one in reasons]
        if lacking and all(lacking):
            return lacking[0]
    return None


def with_place(rows: pl.DataFrame, facts: Facts) -> pl.DataFrame:
    """Add subject, division_name and name, and the codes that a level has none of."""
    nothing = pl.lit(None, pl.String)
    return rows.with_columns(
        subject=written("division:{}", "division_code"),
        division_name=division_names(facts),
        unit_code=nothing,
        project_code=nothing,
    ).with_columns(name="division_name")


def level_judgement(
    code: str, facts: Facts, findings: pl.DataFrame, levels: pl.DataFrame, reasons: dict[str, str | None]
) -> Judgement:
    """Return findings with one coverage row a division; ``levels`` has division_code and its own reason.

    A level that could be judged and is not among them lacks the line or the figure it would be judged by.
    """
    own = dict(levels.select("division_code", "reason").iter_rows())
    every = {one: reason or own.get(one, "incomplete_record") for one, reason in reasons.items()}
    rows = pl.DataFrame(
        {"division_code": sorted(every), "reason": [every[one] for one in sorted(every)]},
        schema={"division_code": pl.String, "reason": pl.String},
    ).with_columns(subject=written("division:{}", "division_code"))
    judged = rows.filter(pl.col("reason").is_null())["division_code"]
    kept = findings.filter(pl.col("division_code").is_in(judged.implode()))
    return Judgement(kept, subject_coverage(code, rows, str(facts.as_of.year)))
