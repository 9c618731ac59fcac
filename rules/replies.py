"""Since when a unit may be expected to spend: its budget was released, and it was told it (批复)."""

import datetime as dt
from typing import Final

import polars as pl

from budget.ageing import TIME
from budget.divisions import level_code
from budget.facts import Facts
from budget.festival import festival_words
from budget.pace import PLAN

_ORDER: Final = (
    ("unit_reply", "unit_code"),
    ("budget_reply", "unit_code"),
    ("unit_reply", "department_code"),
    ("budget_reply", "department_code"),
)


def with_replied_on(rows: pl.DataFrame, facts: Facts) -> pl.DataFrame:
    """Add replied_on to rows with division_code, unit_code and department_code.

    It is the day this year's budget was replied to the unit (the department's reply before the treasury's), else to
    its department, else the day its budget level approved it; null where no such act was delivered.
    """
    acts = facts.documents.filter(
        pl.col("fiscal_year") == facts.as_of.year, pl.col("event_on").is_not_null(), pl.col("event_on") <= facts.as_of
    )
    told = rows.with_columns(level_code=level_code())
    found: list[str] = []
    for number, (kind, column) in enumerate(_ORDER):
        name = f"reply_{number}"
        own = acts.filter(pl.col("document_kind") == kind, pl.col("unit_code").is_not_null())
        days = own.group_by("division_code", pl.col("unit_code").alias(column)).agg(
            pl.col("event_on").min().alias(name)
        )
        told = told.join(days, on=["division_code", column], how="left", maintain_order="left")
        found.append(name)
    approved = acts.filter(pl.col("document_kind") == "budget_approval", pl.col("unit_code").is_null())
    days = approved.group_by(level_code=pl.col("division_code")).agg(pl.col("event_on").min().alias("approved_on"))
    told = told.join(days, on="level_code", how="left", maintain_order="left")
    return told.with_columns(replied_on=pl.coalesce(*found, "approved_on")).drop(*found, "approved_on", "level_code")


def since_budget(as_of: dt.date) -> pl.Expr:
    """Return the days from the later of replied_on and released_on to as_of; null where neither is known."""
    return (pl.lit(as_of) - pl.max_horizontal("replied_on", "released_on")).dt.total_days()


def age_words(as_of: dt.date) -> dict[str, pl.Expr]:
    """Return aged_zh, aged_en, festival_zh and festival_en: how the expected progress was come by, for the evidence.

    Reads is_aged and expected_basis; empty where nothing was aged, and from March on.
    """
    from_history = ~pl.col("expected_basis").is_in([TIME, PLAN])
    is_aged = pl.col("is_aged")
    said = zip(("festival_zh", "festival_en"), festival_words(as_of), strict=True)
    return {
        "aged_zh": pl.when(is_aged).then(pl.lit("，较晚下达的资金按下达后天数折算")).otherwise(pl.lit("")),
        "aged_en": pl.when(is_aged).then(pl.lit(", late money scaled to its days")).otherwise(pl.lit("")),
    } | {name: pl.when(from_history).then(pl.lit(text)).otherwise(pl.lit("")) for name, text in said}
