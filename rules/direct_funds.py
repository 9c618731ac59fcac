"""Direct funds (直达资金): the budget that is tagged as such, and what is paid from it."""

import polars as pl

from budget.facts import Facts, with_departments
from rules.spending import PROJECT, divisions_of
from rules.vouchers import lines_of


def tag_reasons(facts: Facts) -> dict[str, str | None]:
    """Return, per division, ``no_direct_tags`` where neither budget nor payments of the year tell direct funds apart.

    One flag that is set or unset anywhere shows that the division's data do.
    """
    own = pl.col("fiscal_year") == facts.as_of.year
    told = [
        frame.filter(own, pl.col("is_direct_fund").is_not_null())["division_code"].unique()
        for frame in (facts.allotments, facts.payments)
    ]
    there = {one for divisions in told for one in divisions}
    return {one: None if one in there else "no_direct_tags" for one in divisions_of(facts)}


def direct_payments(facts: Facts) -> pl.DataFrame:
    """Return this year's payment lines of direct funds, refunds and corrections among them.

    A line's own flag decides; one without is direct where the allotment it names is, and where it names none, where
    all allotments of its project are.
    """
    return facts.once(("direct_payments",), lambda: _payments(facts))


def _payments(facts: Facts) -> pl.DataFrame:
    lines = lines_of(facts)
    direct = _tagged(facts)["allotment_code"].drop_nulls().unique()
    of_allotment = pl.col("allotment_code").is_in(direct.implode())
    known = lines.join(_direct_projects(facts), on=list(PROJECT), how="left", maintain_order="left")
    is_direct = pl.coalesce("is_direct_fund", of_allotment, "is_all_direct").fill_null(value=False)
    return known.filter(is_direct).drop("is_all_direct")


def _direct_projects(facts: Facts) -> pl.DataFrame:
    own = facts.allotments.filter(
        pl.col("fiscal_year") == facts.as_of.year, pl.col("project_code").is_not_null()
    ).select("division_code", "unit_code", "project_code", "is_direct_fund")
    grouped = with_departments(own, facts.units, facts.as_of).group_by(PROJECT)
    return grouped.agg(is_all_direct=pl.col("is_direct_fund").fill_null(value=False).all())


def direct_budget(facts: Facts) -> pl.DataFrame:
    """Return this year's releases of direct funds, one row a release or change, units by the codes in use.

    Columns: division_code, unit_code, project_code, project_name, project_category, released_on, budget_fen, slice_id,
    row_no. A top-up is as old as its own day; a cut takes from the allotment it names, and is as old as that. A
    project without a code keeps null.
    """
    return facts.once(("direct_budget",), lambda: _budget(facts))


def _budget(facts: Facts) -> pl.DataFrame:
    kept = ("division_code", "unit_code", "project_code", "project_name", "project_category", "slice_id", "row_no")
    tagged = _tagged(facts)
    of_code = (
        tagged.filter(pl.col("allotment_code").is_not_null())
        .group_by("allotment_code")
        .agg(first_on=pl.col("released_on").min())
    )
    changes = facts.adjustments.filter(pl.col("fiscal_year") == facts.as_of.year).join(
        of_code, on="allotment_code", how="inner", maintain_order="left"
    )
    is_cut = pl.col("adjustment_fen") < 0
    parts = [
        tagged.select(*kept, "released_on", budget_fen="appropriation_fen"),
        changes.select(
            *kept,
            released_on=pl.when(is_cut).then("first_on").otherwise("adjusted_on"),
            budget_fen="adjustment_fen",
        ),
    ]
    return with_departments(pl.concat(parts), facts.units, facts.as_of)


def _tagged(facts: Facts) -> pl.DataFrame:
    return facts.allotments.filter(
        pl.col("fiscal_year") == facts.as_of.year, pl.col("is_direct_fund").fill_null(value=False)
    )
