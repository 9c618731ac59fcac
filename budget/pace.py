"""Where units and projects are expected to stand: S* by kind of spending, aged from the day the money came."""

from collections.abc import Sequence
from typing import Final

import polars as pl

from budget.ageing import TIME, aged, ages, is_aged
from budget.cells import WHOLE_UNTIL_DAY, year_cells
from budget.facts import Facts
from budget.milestones import PROJECT, with_planned_share
from budget.progress import LEAST_YEARS, with_expected_progress

PLAN: Final = "plan"  # the basis where a milestone plan stands in for the curve
MOST_BP: Final = 10_000  # nobody is expected to spend more than the budget
BASIC_KINDS: Final = ("personnel", "public")  # 基本支出: 人员经费 and 公用经费
UNIT_KIND: Final = ("unit_code", "spending_kind")
KIND: Final = ("division_code", "spending_kind")
CATEGORY: Final = ("division_code", "project_category")
UNIT_LADDER: Final = (UNIT_KIND, KIND, ("unit_code",))
PROJECT_LADDER: Final = (CATEGORY, UNIT_KIND)
# basis -> what is said of it, in Chinese and English
BASES: Final[dict[str, tuple[str, str]]] = {
    PLAN: ("项目节点计划", "the project's milestone plan"),
    "+".join(CATEGORY): ("本区划同类项目前三年同日", "the division's projects of this category"),
    "+".join(UNIT_KIND): ("本单位同类支出前三年同日", "own history by kind of spending"),
    "+".join(KIND): ("本区划同类支出前三年同日", "the division's history by kind of spending"),
    "unit_code": ("本单位前三年同日", "own history"),
    TIME: ("序时进度（无可比历史）", "time elapsed, no history"),
}


def unit_kinds(facts: Facts, *, least_years: int = LEAST_YEARS, whole_until_day: int = WHOLE_UNTIL_DAY) -> pl.DataFrame:
    """Return, per unit and kind of spending with a positive B1, what it is expected to have spent.

    Columns: division_code, department_code, unit_code, spending_kind, budget_fen, expected_progress_bp (S*: the
    unit's own of that kind, else its division's, else the unit's own of all kinds, else S), expected_basis,
    history_years, time_progress_bp, and aged_fen: the B1 scaled to the age of its money. Computed once per facts.
    """
    key = ("unit_kinds", facts.as_of, least_years, whole_until_day)
    return facts.once(key, lambda: _unit_kinds(facts, least_years, whole_until_day))


def _unit_kinds(facts: Facts, least_years: int, whole_until_day: int) -> pl.DataFrame:
    by = ["department_code", *UNIT_KIND]
    cells = year_cells(facts, facts.as_of.year, facts.as_of)
    sums = cells.group_by(by, maintain_order=True).agg(pl.col("division_code").min(), pl.col("budget_fen").sum())
    known = with_expected_progress(
        sums.filter(pl.col("budget_fen") > 0),
        facts,
        facts.as_of,
        UNIT_LADDER,
        least_years=least_years,
        whole_until_day=whole_until_day,
        time_progress_by=facts.time_progress_by,
    )
    young = ages(facts, UNIT_KIND, whole_until_day=whole_until_day)
    joined = known.join(young, on=list(UNIT_KIND), how="left", nulls_equal=True, maintain_order="left")
    return joined.with_columns(aged_fen=aged(pl.col("budget_fen"), facts.as_of))


def pace(
    facts: Facts,
    by: Sequence[str] = ("unit_code",),
    *,
    least_years: int = LEAST_YEARS,
    whole_until_day: int = WHOLE_UNTIL_DAY,
) -> pl.DataFrame:
    """Return where units, or what they add up to, are expected to stand.

    Columns: the ``by`` columns (of division_code, department_code, unit_code; none for everything), in basis points
    rounded down curve_progress_bp (S* weighted with the B1 of each kind), expected_progress_bp (the same, money
    released late aged by its own days; 10 000 at most) and time_progress_bp (S); expected_basis (what most of the
    money is measured against), basis_zh, basis_en (all that was used), history_years (the fewest) and is_aged.
    """
    kinds = unit_kinds(facts, least_years=least_years, whole_until_day=whole_until_day)
    grouped = list(by) or ["everything"]
    rate, budget = pl.col("expected_progress_bp").cast(pl.Int128), pl.col("budget_fen")
    whole = budget.cast(pl.Int128).sum()
    most_first = (
        kinds.with_columns(everything=pl.lit(1), **basis_words())
        .with_columns(fen_of_basis=budget.sum().over([*grouped, "expected_basis"]))
        .sort("fen_of_basis", "expected_basis", descending=[True, False])
    )
    return most_first.group_by(grouped, maintain_order=True).agg(
        curve_progress_bp=((rate * budget).sum() // whole).cast(pl.Int64),
        expected_progress_bp=((rate * pl.col("aged_fen")).sum() // whole).clip(upper_bound=MOST_BP).cast(pl.Int64),
        time_progress_bp=pl.col("time_progress_bp").first(),
        expected_basis=pl.col("expected_basis").first(),
        basis_zh=pl.col("basis_zh").unique(maintain_order=True).str.join("、"),
        basis_en=pl.col("basis_en").unique(maintain_order=True).str.join(", "),
        history_years=pl.col("history_years").min(),
        is_aged=(pl.col("aged_fen") < budget).any(),
    )


def basic_pace(facts: Facts) -> pl.DataFrame:
    """Return, per unit_code, expected_progress_bp of what belongs to no project: its wages and office money together.

    Units with money of no history among it are left out.
    """
    basic = unit_kinds(facts).filter(pl.col("spending_kind").is_in(BASIC_KINDS))
    rate, whole = pl.col("expected_progress_bp").cast(pl.Int128), pl.col("budget_fen").cast(pl.Int128).sum()
    told = basic.filter(~(pl.col("expected_basis") == TIME).any().over("unit_code"))
    return told.group_by("unit_code", maintain_order=True).agg(
        expected_progress_bp=((rate * pl.col("aged_fen")).sum() // whole).clip(upper_bound=MOST_BP).cast(pl.Int64)
    )


def basis_words() -> dict[str, pl.Expr]:
    """Return basis_zh and basis_en from expected_basis."""
    basis = pl.col("expected_basis")
    return {
        name: basis.replace_strict({key: words[place] for key, words in BASES.items()}, return_dtype=pl.String)
        for place, name in enumerate(("basis_zh", "basis_en"))
    }


def with_project_pace(
    lines: pl.DataFrame,
    facts: Facts,
    *,
    least_years: int = LEAST_YEARS,
    whole_until_day: int = WHOLE_UNTIL_DAY,
) -> pl.DataFrame:
    """Add to projects where they are expected to stand.

    ``lines`` has division_code, unit_code, project_code and project_category. Adds the columns of ``pace`` and
    planned_share_bp, planned_on. S* is that of the division's projects of the category, else of the unit's projects,
    else S, aged by the project's own releases; where the project has a milestone plan, the share that the plan
    has paid by as_of takes its place, unaged.
    """
    as_of = facts.as_of
    known = with_expected_progress(
        lines.with_columns(spending_kind=pl.lit("project")),
        facts,
        as_of,
        PROJECT_LADDER,
        least_years=least_years,
        whole_until_day=whole_until_day,
        spending_kind="project",
        time_progress_by=facts.time_progress_by,
    ).drop("spending_kind")
    young = ages(facts, PROJECT, spending_kind="project", whole_until_day=whole_until_day)
    joined = known.join(young, on=list(PROJECT), how="left", maintain_order="left")
    planned = with_planned_share(joined, facts, as_of)
    share, curve = pl.col("planned_share_bp"), pl.col("expected_progress_bp")
    is_planned = share.is_not_null()
    return (
        planned.with_columns(
            curve_progress_bp=pl.coalesce(share, curve),
            expected_progress_bp=pl.coalesce(share, aged(curve, as_of)).clip(upper_bound=MOST_BP),
            is_aged=~is_planned & is_aged(as_of),
            history_years=pl.when(~is_planned).then("history_years"),
            expected_basis=pl.when(is_planned).then(pl.lit(PLAN)).otherwise("expected_basis"),
        )
        .with_columns(**basis_words())
        .drop("given_fen", "aged_fen_days", "own_fen_days")
    )
