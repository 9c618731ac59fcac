"""What wrong codes, doubled vouchers, wrong days and broken chains (H05 to H10) cast doubt on, and taking it back."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from budget import frames
from budget.facts import Facts, departments
from rules.judgement import Judgement, conformed
from rules.rule import Rule

REASON = "data_suspect"
Codes = frozenset[tuple[str, str]]


@dataclass(frozen=True)
class Doubts:
    """Codes and vouchers by division, subjects and units that data-quality findings cast doubt on.

    Codes are those no table knows, vouchers those that stand twice, subjects projects whose days or signs are wrong,
    units those whose past cannot be followed or whose reports fall.
    """

    functions: Codes = frozenset()
    items: Codes = frozenset()
    vouchers: Codes = frozenset()
    subjects: frozenset[str] = frozenset()
    units: frozenset[str] = frozenset()


def doubts_from(facts: Facts, found: Mapping[str, pl.DataFrame], monthly: frozenset[str]) -> Doubts:
    """Return what the findings of H05 to H10 cast doubt on; ``monthly`` are divisions that live by monthly reports.

    H10 doubts reports, so it speaks only where nothing but reports is there.
    """
    codes = found["H05"].filter(pl.col("subject").str.starts_with("code:"))["subject"].to_list()
    parts = [subject.removeprefix("code:").split("/", 2) for subject in codes]
    fallen = found["H10"].filter(pl.col("division_code").is_in(sorted(monthly)))["unit_code"].drop_nulls()
    of_fallen = departments(facts.units).filter(pl.col("department_code").is_in(fallen.implode()))["unit_code"]
    return Doubts(
        functions=frozenset((division, code) for division, scheme, code in parts if scheme == "function"),
        items=frozenset((division, code) for division, scheme, code in parts if scheme == "dept_economic"),
        vouchers=frozenset(found["H06"].select("division_code", _voucher("subject")).iter_rows()),
        subjects=frozenset([*_projects(found["H07"]), *_projects(found["H08"])]),
        units=frozenset([*found["H09"]["unit_code"].drop_nulls(), *fallen, *of_fallen]),
    )


def _voucher(column: str) -> pl.Expr:
    return pl.col(column).str.strip_prefix("payment:")


def _projects(found: pl.DataFrame) -> list[str]:
    named = found.filter(pl.col("project_code").is_not_null()).select("unit_code", "project_code").unique()
    return sorted(f"project:{unit}/{project}" for unit, project in named.iter_rows())


def without_doubtful(rule: Rule, judged: Judgement, doubts: Doubts) -> Judgement:
    """Take back what rests on doubtful data, each with a coverage row of its own subject that says so.

    A line under an unknown functional item; a voucher that stands twice, or is under an unknown economic item; and, of
    rules that compare with time or the past, projects with wrong days or signs and units with a broken past.
    """
    if rule.text.family == "data_quality" or doubts == Doubts():
        return judged
    if rule.on_vouchers and (doubts.vouchers or doubts.items):
        names = [_is_doubtful(row, doubts) for row in judged.findings.iter_rows(named=True)]
        judged = with_events(judged, pl.Series(names, dtype=pl.Boolean), REASON)
    judged = _silenced(judged, _line_of(doubts.functions))
    if rule.paced:
        units = pl.col("scope").str.extract(r"^(?:unit|project|item):([^/]+)").is_in(sorted(doubts.units))
        judged = _silenced(judged, pl.col("scope").is_in(sorted(doubts.subjects)) | units)
    return judged


def _is_doubtful(finding: Mapping[str, object], doubts: Doubts) -> bool:
    """Tell whether a finding named after a voucher or a payee rests on a doubled voucher or an unknown item."""
    kind, _, name = str(finding["subject"]).partition(":")
    division = str(finding["division_code"])
    if kind not in {"payment", "payee"}:
        return False
    told = json.loads(str(finding["evidence"]))
    numbers = {name, *str(told.get("vouchers") or "").split("、")}
    item = str(told.get("economic_code") or "")
    return (division, item) in doubts.items or any((division, one) in doubts.vouchers for one in numbers)


def _line_of(functions: Codes) -> pl.Expr:
    lines = [f"{division}|{code}" for division, code in sorted(functions)]
    code = pl.col("scope").str.extract(r"^line:[^/]*/[^/]*/(.+)$")
    return pl.concat_str("division_code", pl.lit("|"), code).is_in(lines)


def _silenced(judged: Judgement, where: pl.Expr) -> Judgement:
    """Take back by subject, given as column ``scope``."""
    is_silent = where.fill_null(value=False)
    coverage = judged.coverage.with_columns(
        is_judged=pl.col("is_judged") & ~is_silent,
        reason=pl.when(is_silent & pl.col("is_judged")).then(pl.lit(REASON)).otherwise("reason"),
    )
    findings = judged.findings.with_columns(scope="subject")
    doubtful = findings.select(is_silent.alias("is_silent"))["is_silent"]
    return with_events(Judgement(judged.findings, coverage), doubtful, REASON)


def with_events(judged: Judgement, doubtful: pl.Expr | pl.Series, reason: str) -> Judgement:
    """Take back findings, and add coverage rows for those whose subject coverage does not name."""
    gone = judged.findings.filter(doubtful)
    events = gone.filter(~pl.col("subject").is_in(judged.coverage["scope"].implode())).select(
        "rule_code",
        "period",
        "division_code",
        scope="subject",
        is_judged=pl.lit(value=False),
        reason=pl.lit(reason),
    )
    both = pl.concat([judged.coverage, conformed(events, frames.COVERAGE)])
    doubt = doubtful if isinstance(doubtful, pl.Expr) else pl.lit(doubtful)
    return Judgement(judged.findings.filter(~doubt), both)
