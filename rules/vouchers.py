"""Payment vouchers as the payment rules look at them: lines of one voucher added up, refunds set off."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

import polars as pl

from budget.facts import Facts, with_departments
from budget.subjects import written
from budget.units import in_use
from rules.judgement import LINEAGE, Rows

VOUCHER = ("division_code", "unit_code", "voucher")
_TEXTS = ("payee_name", "payee_account", "purpose", "project_code")
_OF_VOUCHER = ("paid_on", "payment_fen", *_TEXTS)
FULL_WIDTH = dict(zip("０１２３４５６７８９（）　", "0123456789() ", strict=True))
PERIOD_MARK = r"(?:\d+|[一二三四五六七八九十]+)(?:年|月|期|季度|批|次|周|旬)"
NOISE = r"[\d\s\p{P}\p{S}]"


def lines_of(facts: Facts) -> pl.DataFrame:
    """Return this year's payment lines up to as_of, units by the codes in use, each with its voucher's name.

    A payment without voucher number is named by its application number, else by unit, day and amount.
    """
    return facts.once(("voucher_lines",), lambda: _lines(facts))


def _lines(facts: Facts) -> pl.DataFrame:
    return with_departments(scan_of(facts).collect(), facts.units, facts.as_of)


def scan_of(facts: Facts) -> pl.LazyFrame:
    """Return this year's payment lines up to as_of unread, with each voucher's name; units by the codes delivered."""
    return _named(_own(facts))


def _own(facts: Facts) -> pl.LazyFrame:
    return facts.lazy("payments").filter(
        pl.col("fiscal_year") == facts.as_of.year,
        pl.col("paid_on") <= facts.as_of,
        ~pl.col("is_voided").fill_null(value=False),
    )


def _named(own: pl.LazyFrame) -> pl.LazyFrame:
    substitute = written("{}.{}.{}", "unit_code", pl.col("paid_on").dt.to_string("%Y%m%d"), "payment_fen")
    return own.with_columns(voucher=pl.coalesce("voucher_no", "application_no", substitute))


def refund_lines_of(facts: Facts) -> pl.DataFrame:
    """Return this year's negative payment lines, units by the codes in use, each with its voucher's name."""
    return facts.once(("refund_lines",), lambda: _refund_lines(facts))


def _refund_lines(facts: Facts) -> pl.DataFrame:
    lines = _named(_own(facts).filter(pl.col("payment_fen") < 0)).collect()
    return in_use(lines, facts.units, facts.as_of)


def voucher_rows_of(facts: Facts) -> Rows:
    """Return what finds the lineage of the payment lines of some vouchers; ``wanted`` has the columns of VOUCHER."""

    def find(wanted: pl.DataFrame) -> pl.DataFrame:
        names = wanted["voucher"].unique().implode()
        lines = _named(_own(facts)).filter(pl.col("voucher").is_in(names)).select(*VOUCHER, *LINEAGE)
        return in_use(lines.collect(), facts.units, facts.as_of)

    return find


def vouchers(facts: Facts) -> pl.DataFrame:
    """Return this year's paid vouchers, one row each: payee, purpose, gross ``payment_fen``, ``net_fen``.

    Refunds and corrections that name the voucher as their original (negative rows) are set off in net_fen, and
    ``is_reversed`` tells that there are any. Refund rows themselves are no vouchers here. economic_class is the
    first three digits of the economic code; payee_name has its spaces taken out.
    """
    return facts.once(("vouchers",), lambda: _vouchers(facts))


def _vouchers(facts: Facts) -> pl.DataFrame:
    wanted = (*VOUCHER, *_OF_VOUCHER, "payment_kind", "original_voucher_no", "dept_economic_code")
    lines = in_use(_named(_own(facts)).select(*wanted).collect(), facts.units, facts.as_of)
    is_refund = (pl.col("payment_kind") == "refund").fill_null(value=False)
    paid = _added_to_vouchers(
        lines.filter(pl.col("payment_fen") > 0, ~is_refund).select(
            *VOUCHER, *_OF_VOUCHER, economic_class=pl.col("dept_economic_code").str.slice(0, 3)
        )
    )
    back = (
        lines.filter(pl.col("payment_fen") < 0, pl.col("original_voucher_no").is_not_null())
        .group_by("division_code", voucher="original_voucher_no")
        .agg(back_fen=pl.col("payment_fen").sum())
    )
    joined = paid.join(back, on=["division_code", "voucher"], how="left", maintain_order="left")
    return joined.with_columns(
        payee_name=pl.col("payee_name").str.replace_all(r"\s", ""),
        net_fen=pl.col("payment_fen") + pl.col("back_fen").fill_null(0),
        is_reversed=pl.col("back_fen").is_not_null(),
    ).drop("back_fen")


def _added_to_vouchers(lines: pl.DataFrame) -> pl.DataFrame:
    """Add the lines of one voucher up; nearly every voucher has one line, which is its voucher as it stands."""
    several = lines.select(pl.struct(VOUCHER).hash().is_duplicated()).to_series()
    added = (
        lines.filter(several)
        .group_by(VOUCHER)
        .agg(
            pl.col("paid_on").min(),
            pl.col("payment_fen").sum(),
            *(pl.col(name).drop_nulls().min() for name in (*_TEXTS, "economic_class")),
        )
    )
    return pl.concat([lines.filter(~several), added.select(lines.columns)])


def with_runs(rows: pl.DataFrame, together: Sequence[str], span_days: int) -> pl.DataFrame:
    """Sort rows and number the runs they form: same ``together`` columns, within span_days of the run's first day.

    The span is inclusive; runs are disjoint and taken greedily from the earliest row, ties by voucher.
    """
    ordered = rows.sort(*together, "paid_on", "voucher", nulls_last=False)
    numbers: list[int] = []
    key: tuple[Any, ...] | None = None
    start = dt.date.min
    for *now, day in ordered.select(*together, "paid_on").iter_rows():
        is_same = tuple(now) == key and (day - start).days <= span_days
        numbers.append((numbers[-1] if numbers else 0) + (not is_same))
        if not is_same:
            key, start = tuple(now), day
    return ordered.with_columns(run=pl.Series(numbers, dtype=pl.Int64))


def added_up(marked: pl.DataFrame, *first: str, total_fen: pl.Expr) -> pl.DataFrame:
    """Return one row a run: the ``first`` columns of its first row, its payee, its days, pieces and vouchers.

    project_code is that of all its pieces, else null.
    """
    return marked.group_by("run", maintain_order=True).agg(
        pl.col("division_code", "unit_code", *first).first(),
        pl.col("payee_name").drop_nulls().min(),
        project_code=pl.when(pl.col("project_code").n_unique() == 1).then(pl.col("project_code").first()),
        first_on=pl.col("paid_on").min(),
        last_on=pl.col("paid_on").max(),
        pieces=pl.len().cast(pl.Int64),
        total_fen=total_fen,
        vouchers=pl.col("voucher").sort().str.join("、"),
    )


def run_rows_of(facts: Facts, marked: pl.DataFrame) -> Rows:
    """Return what finds the payment lines of runs by column run."""

    def find(wanted: pl.DataFrame) -> pl.DataFrame:
        mine = marked.join(wanted, on="run", how="semi").select(*VOUCHER, "run")
        return voucher_rows_of(facts)(mine).join(mine, on=list(VOUCHER), how="inner")

    return find


def half_width(text: pl.Expr) -> pl.Expr:
    """Write full-width digits, brackets and spaces as their plain forms."""
    return text.str.replace_many(FULL_WIDTH)


def same_purpose(purpose: str) -> tuple[pl.Expr, pl.Expr]:
    """Return what two purposes must share to be called similar: their plain text, and the periods they name.

    Digits, spaces and punctuation are taken out of the text; 3月 and 4月, 第1期 and 第2期 stay different periods.
    """
    plain = half_width(pl.col(purpose)).str.to_lowercase()
    unpadded = plain.str.replace_all(r"(^|\D)0+(\d)", "${1}${2}")
    return plain.str.replace_all(NOISE, ""), unpadded.str.extract_all(PERIOD_MARK).list.join("/")
