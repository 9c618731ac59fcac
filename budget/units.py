"""Units through reorganisations: which department a unit belongs to, and which code took over from an old one."""

import datetime as dt
from collections.abc import Iterable, Mapping

import polars as pl

from budget import frames
from budget.divisions import level_of


def departments(units: pl.DataFrame) -> pl.DataFrame:
    """Return unit_code -> department_code, unit_name, department_name, division_code, division_name.

    A department stands for itself; one that no unit table lists is still the department of its units, named by its
    code. Of several yearly unit tables the latest names a unit, whatever the order of the rows.
    """
    if units.is_empty():
        keep = ("unit_code", "unit_name", "division_code", "division_name")
        return frames.empty({k: frames.FEEDS["units"][k] for k in keep}).with_columns(
            department_code=pl.lit(None, pl.String), department_name=pl.lit(None, pl.String)
        )
    order = ["fiscal_year", "valid_from", *(name for name in ("slice_id", "row_no") if name in units.columns)]
    latest = units.sort(order, nulls_last=False).unique("unit_code", keep="last", maintain_order=True)
    parents = {code: parent for code, parent in latest.select("unit_code", "parent_code").iter_rows() if parent}
    top = {code: _last(code, parents) for code in latest["unit_code"]}
    names = dict(latest.select("unit_code", "unit_name").iter_rows())
    return latest.select("unit_code", "unit_name", "division_code", "division_name").with_columns(
        department_code=pl.col("unit_code").replace_strict(top, return_dtype=pl.String),
        department_name=pl.col("unit_code").replace_strict(
            {code: names.get(root, root) for code, root in top.items()}, return_dtype=pl.String
        ),
    )


def successors(units: pl.DataFrame, as_of: dt.date) -> dict[str, str]:
    """Return old unit code -> code in use, for units reorganised by as_of (撤并); chains are followed.

    A unit is moved from the day after its valid_to on.
    """
    gone = units.filter(pl.col("successor_code").is_not_null() & (pl.col("valid_to") < as_of))
    step = dict(gone.sort("valid_to", "successor_code").select("unit_code", "successor_code").iter_rows())
    return {code: _last(code, step) for code in sorted(step)}


def linked(units: pl.DataFrame, divisions: Iterable[str]) -> set[str]:
    """Return divisions and all whose figures they move: of the same budget level, or with a unit that moved between.

    A street's money is its district's (``budget.divisions.level_of``): they are judged together.
    """
    homes = dict(departments(units).select("unit_code", "division_code").drop_nulls().iter_rows())
    pairs = units.filter(pl.col("successor_code").is_not_null()).select("unit_code", "division_code", "successor_code")
    moves = {(home or homes.get(old), homes.get(now)) for old, home, now in pairs.iter_rows()}
    moves |= {(one, level_of(one)) for one in {*homes.values(), *divisions}}
    found, grown = set(divisions), True
    while grown:
        reached = {one for move in moves if found & set(move) for one in move if one is not None}
        grown = bool(reached - found)
        found |= reached
    return found


def _last(code: str, step: Mapping[str, str]) -> str:
    seen = {code}
    while (after := step.get(code)) and after not in seen:
        seen.add(after)
        code = after
    return code


def in_use(rows: pl.DataFrame, units: pl.DataFrame, as_of: dt.date) -> pl.DataFrame:
    """Give rows with unit_code and division_code the codes in use at as_of, and nothing more."""
    moved = successors(units, as_of)
    if not moved:
        return rows
    homes = dict(departments(units).select("unit_code", "division_code").drop_nulls().iter_rows())
    is_moved = pl.col("unit_code").is_in(list(moved))
    home = pl.col("unit_code").replace(moved).replace_strict(homes, default=None, return_dtype=pl.String)
    return rows.with_columns(
        unit_code=pl.when(is_moved).then(pl.col("unit_code").replace(moved)).otherwise("unit_code"),
        division_code=pl.when(is_moved).then(pl.coalesce(home, "division_code")).otherwise("division_code"),
    )


def with_departments(rows: pl.DataFrame, units: pl.DataFrame, as_of: dt.date) -> pl.DataFrame:
    """Give rows with unit_code and division_code the codes in use at as_of, and their department_code.

    A unit that no table lists is its own department and keeps its division.
    """
    moved = successors(units, as_of)
    known = departments(units).select("unit_code", "department_code", home=pl.col("division_code"))
    now = pl.col("unit_code").replace(moved) if moved else pl.col("unit_code")
    both = rows.with_columns(unit_code=now, is_moved=now != pl.col("unit_code")).join(
        known, on="unit_code", how="left", maintain_order="left"
    )
    return both.with_columns(
        division_code=pl.when("is_moved").then(pl.coalesce("home", "division_code")).otherwise("division_code"),
        department_code=pl.coalesce("department_code", "unit_code"),
    ).drop("is_moved", "home")
