"""Who a payee is by name: a unit of the unit tables, another public body, or the finance office of a town."""

import re
from collections.abc import Sequence

import polars as pl

from budget.divisions import division_kind
from budget.facts import Facts

BRACKETS = r"[（(][^）)]*[）)]$"
LEAST_NAME = 4  # characters: shorter names of units would fit into too many payees


def plain_payee(name: str = "payee_name") -> pl.Expr:
    """Return a payee's name without spaces and without a remark in brackets at its end."""
    return pl.col(name).str.replace_all(r"\s", "").str.replace(BRACKETS, "")


def unit_names(facts: Facts) -> list[str]:
    """Return the names of all units and departments, without remarks such as （本级）, in order."""
    names = facts.units.select(plain_payee("unit_name")).to_series().drop_nulls().unique().sort()
    return [name for name in names if len(name) >= LEAST_NAME]


def ends_with_any(name: str, endings: Sequence[str]) -> pl.Expr:
    """Return whether a column's text ends with one of some endings; never for none of them."""
    by_length: dict[int, list[str]] = {}
    for one in endings:
        by_length.setdefault(len(one), []).append(one)
    tails = [pl.col(name).str.tail(length).is_in(sorted(own)) for length, own in sorted(by_length.items())]
    return pl.any_horizontal(pl.lit(False), *tails)


def town_names(facts: Facts) -> dict[str, str]:
    """Return division code -> name of the towns and townships that the unit tables name; they are budget levels."""
    known = facts.units.select("division_code", "division_name").drop_nulls().unique().sort("division_code")
    return {code: name for code, name in known.iter_rows() if division_kind(code, name) in {"town", "township"}}


def town_finance_pattern(bodies: Sequence[str]) -> str:
    """Return a regular expression for a town's or township's office of one of some kinds (财政所, 人民政府, …)."""
    kinds = "|".join(re.escape(one) for one in bodies)
    return rf"[镇乡](?:{kinds})" if kinds else "^$"
