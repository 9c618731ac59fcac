"""Judging again after a delivery: only the divisions it touched, the rest as it was judged before."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from typing import Any

import polars as pl

from budget.facts import Facts
from rules.evaluate import Evaluation, evaluate


class NotDivisibleError(ValueError):
    """An earlier evaluation says something of no division, or a rule failed in it: all must be judged anew."""


def evaluate_again(
    before: Evaluation,
    facts: Facts,
    params: Mapping[str, Any],
    divisions: Collection[str],
    *,
    stopwatch: Callable[[], int] | None = None,
) -> Evaluation:
    """Return what ``evaluate`` would return for all divisions, from facts of the changed ones alone.

    ``before`` was judged on the same day with the same rules and parameters; ``facts`` hold all that is known of
    ``divisions`` now, ``before`` what is still true of the others. This holds because no division's data change
    another's findings; divisions between which a unit moved are changed together (``budget.units.linked``).
    Durations are those of this evaluation. Raises NotDivisibleError.
    """
    _check(before)
    again = evaluate(facts, params, stopwatch=stopwatch)
    failed = set(again.errors)
    kept = [_of_others(frame, divisions, failed) for frame in (before.findings, before.coverage)]
    order = ("rule_code", "subject", "period"), ("rule_code", "scope", "period", "is_judged", "reason")
    together = [
        pl.concat([old, new]).sort(by)
        for old, new, by in zip(kept, (again.findings, again.coverage), order, strict=True)
    ]
    return replace(again, findings=together[0], coverage=together[1])


def _check(before: Evaluation) -> None:
    if before.errors:
        raise NotDivisibleError(f"rule {min(before.errors)} failed in the evaluation before")
    for frame in (before.findings, before.coverage):
        if frame["division_code"].null_count():
            code = frame.filter(pl.col("division_code").is_null())["rule_code"].sort()[0]
            raise NotDivisibleError(f"rule {code} judged something of no division in the evaluation before")


def _of_others(frame: pl.DataFrame, divisions: Collection[str], failed: Collection[str]) -> pl.DataFrame:
    mine = pl.col("division_code").is_in(list(divisions)) | pl.col("rule_code").is_in(list(failed))
    return frame.filter(~mine)
