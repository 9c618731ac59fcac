"""Payment lines as the rules on words and codes look at them, and what became of each voucher's part under a code."""

from collections.abc import Mapping, Sequence
from typing import Final

import polars as pl

from budget.facts import Facts
from budget.levels import Level
from budget.subjects import written
from budget.units import in_use
from rules.judgement import LINEAGE, Judgement, build_findings, division_coverage, graded
from rules.spending import divisions_of, with_names
from rules.vouchers import VOUCHER, refund_lines_of, scan_of

PART: Final = (*VOUCHER, "economic_code")  # the lines of one voucher under one economic item
_FIRST: Final = (
    *("payee_name", "payee_account", "purpose", "settlement_method", "payer_name", "payer_account", "project_code"),
    *("project_name", "economic_class"),
)
_READ: Final = (
    *(*VOUCHER, *LINEAGE, "paid_on", "payment_fen", "dept_economic_code", "allotment_code", "project_code"),
    *("project_name", "spending_kind", "budget_source", "payee_name", "payee_account", "purpose"),
    *("settlement_method", "payer_name", "payer_account"),
)
VOUCHERS_TOLD: Final = 20


def paid_lines(facts: Facts) -> pl.DataFrame:
    """Return this year's payment lines above zero that are no refunds, with what rules read of them.

    Beside what payments tell: economic_code (five digits) and economic_class (three), payee_name without
    spaces, ``text`` (the purpose, empty where there is none), and project_name and spending_kind as the payment tells
    them, else as its allotment does.
    """
    return facts.once(("paid_lines",), lambda: _paid_lines(facts))


def _paid_lines(facts: Facts) -> pl.DataFrame:
    is_refund = (pl.col("payment_kind") == "refund").fill_null(value=False)
    scanned = scan_of(facts).filter(pl.col("payment_fen") > 0, ~is_refund).select(*_READ)
    own = in_use(scanned.collect(), facts.units, facts.as_of)
    this_year = pl.col("fiscal_year") == facts.as_of.year
    budget = facts.lazy("allotments").filter(this_year, pl.col("allotment_code").is_not_null())
    line = ["division_code", "allotment_code"]
    told = (
        in_use(budget.select("unit_code", *line, "project_name", "spending_kind").collect(), facts.units, facts.as_of)
        .group_by(line)
        .agg(pl.col(name).drop_nulls().min().alias(f"{name}_told") for name in ("project_name", "spending_kind"))
    )
    return (
        own.join(told, on=line, how="left", maintain_order="left")
        .with_columns(
            *(pl.coalesce(name, f"{name}_told").alias(name) for name in ("project_name", "spending_kind")),
            economic_code=pl.col("dept_economic_code").str.slice(0, 5),
            economic_class=pl.col("dept_economic_code").str.slice(0, 3),
            payee_name=pl.col("payee_name").str.replace_all(r"\s", ""),
            text=pl.col("purpose").fill_null(""),
        )
        .drop("project_name_told", "spending_kind_told")
    )


def parts_of(picked: pl.DataFrame, facts: Facts) -> pl.DataFrame:
    """Add picked lines up by voucher and economic item; ``net_fen`` is what was not given back or corrected away.

    Set off are negative lines that name the voucher as their original and have the same economic item or none. Parts
    of which nothing is left are dropped. Also paid_on, payment_fen and the payee, purpose and project of the voucher.
    """
    paid = picked.group_by(PART).agg(
        pl.col("paid_on").min(),
        pl.col("payment_fen").sum(),
        *(pl.col(name).drop_nulls().min() for name in _FIRST),
    )
    back = facts.once(("given_back",), lambda: _given_back(facts))
    place = ["division_code", "voucher"]
    of_item = back.filter(pl.col("economic_code").is_not_null()).rename({"back_fen": "item_fen"})
    of_none = back.filter(pl.col("economic_code").is_null()).select(*place, none_fen="back_fen")
    return (
        paid.join(of_item, on=[*place, "economic_code"], how="left")
        .join(of_none, on=place, how="left")
        .with_columns(net_fen=pl.col("payment_fen") + pl.col("item_fen").fill_null(0) + pl.col("none_fen").fill_null(0))
        .filter(pl.col("net_fen") > 0)
        .drop("item_fen", "none_fen")
        .sort(PART)
    )


def judge_parts(
    code: str,
    rows: pl.DataFrame,
    picked: pl.DataFrame,
    *,
    fences: Mapping[Level, int],
    evidence: Sequence[str],
    facts: Facts,
) -> Judgement:
    """Flag the vouchers of ``rows`` (as ``parts_of`` gives them) by what is left of them, by month.

    ``picked`` are the lines behind them. Every division is covered: these rules judge events.
    """
    told = rows.with_columns(
        subject=written("payment:{}", "voucher"), measured=pl.col("net_fen"), amount_fen=pl.col("net_fen")
    )
    found = build_findings(
        code,
        graded(with_names(told, facts), fences),
        as_of=facts.as_of,
        period=pl.col("paid_on").dt.to_string("%Y-%m"),
        measure_unit="fen",
        evidence=evidence,
        rows=picked,
        keys=PART,
    )
    return Judgement(found, division_coverage(code, dict.fromkeys(divisions_of(facts)), None))


def _given_back(facts: Facts) -> pl.DataFrame:
    lines = refund_lines_of(facts).filter(pl.col("original_voucher_no").is_not_null())
    return lines.group_by(
        "division_code", voucher="original_voucher_no", economic_code=pl.col("dept_economic_code").str.slice(0, 5)
    ).agg(back_fen=pl.col("payment_fen").sum())


def has_word(column: str, words: tuple[str, ...]) -> pl.Expr:
    """Tell whether a text holds one of some words; false where it is missing or there are no words."""
    if not words:
        return pl.lit(value=False)
    return pl.col(column).str.contains_any(list(words)).fill_null(value=False)


def all_vouchers(column: str = "voucher") -> pl.Expr:
    """Write the first vouchers of a group in order, for a sentence; all of them are among its facts."""
    return pl.col(column).unique().sort().head(VOUCHERS_TOLD).str.join("、")
