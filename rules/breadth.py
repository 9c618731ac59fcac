"""How much of what a rule looks at it flags: a rule that flags too much is believed by nobody."""

from collections.abc import Iterable
from typing import Final, Literal, NamedTuple

import polars as pl

from budget.facts import Facts
from rules.evaluate import Evaluation
from rules.registry import BY_CODE
from rules.spending import this_year

Counted = Literal["subject", "unit", "division"]
WHOLE_DIVISION: Final = pl.col("scope").str.starts_with("division:")
NO_UNITS: Final = frozenset({"district"})  # families that judge divisions, not units


class Breadth(NamedTuple):
    """What a rule judged and how many of them it flagged.

    ``counted`` says of what: subjects where the rule lists them; where it looks for events in whole divisions, the
    units of those divisions that have a budget or payments this year, or the divisions themselves.
    """

    counted: Counted
    judged: int
    flagged: int


def share_bp(judged: int, flagged: int) -> int | None:
    """Return the share flagged in basis points, rounded down; None where nothing was judged."""
    return flagged * 10_000 // judged if judged else None


def is_too_wide(judged: int, flagged: int, *, limit_bp: int, least: int) -> bool:
    """Tell whether more than a share is flagged of at least so many; of a few, a share says nothing."""
    return judged >= least and flagged * 10_000 > limit_bp * judged


def breadth_of(facts: Facts, evaluation: Evaluation, codes: Iterable[str]) -> dict[str, Breadth]:
    """Return the breadth of some rules in one evaluation; a rule that failed judged nothing."""
    judged = evaluation.coverage.filter("is_judged").partition_by("rule_code", as_dict=True)
    found = evaluation.findings.partition_by("rule_code", as_dict=True)
    nothing = (evaluation.coverage.clear(), evaluation.findings.clear())
    return {
        code: _breadth(code, facts, judged.get((code,), nothing[0]), found.get((code,), nothing[1]))
        for code in sorted(codes)
    }


def _breadth(code: str, facts: Facts, judged: pl.DataFrame, found: pl.DataFrame) -> Breadth:
    subjects = judged.filter(~WHOLE_DIVISION)["scope"].unique()
    if not subjects.is_empty():
        return Breadth("subject", subjects.len(), _among(found["subject"], subjects))
    divisions = judged["division_code"].drop_nulls().unique()
    is_told_of_units = found.is_empty() or found["unit_code"].is_not_null().any()
    if BY_CODE[code].text.family in NO_UNITS or not is_told_of_units:
        return Breadth("division", divisions.len(), _among(found["division_code"], divisions))
    units = _units(facts).filter(pl.col("division_code").is_in(divisions.implode()))["unit_code"].unique()
    return Breadth("unit", units.len(), _among(found["unit_code"], units))


def _units(facts: Facts) -> pl.DataFrame:
    """Return the units that have a budget or payments this year, each with its division."""
    own = ["division_code", "unit_code"]
    return facts.once(("units_of_the_year",), lambda: this_year(facts).select(own).drop_nulls().unique())


def _among(flagged: pl.Series, judged: pl.Series) -> int:
    return int(flagged.unique().is_in(judged.implode()).sum())
