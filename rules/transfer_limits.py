"""Transfers and the days by which they have to be passed on, one row a document and receiving division."""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from budget.catalogue import RuleText
from budget.facts import Facts
from budget.subjects import written
from rules.acts import Ground, day_of, recorders
from rules.delivered import feed_reasons
from rules.judgement import Judgement
from rules.time_limits import LateDays, due_after, judged_days, limit_text, silent_divisions

SUBJECT = ["subject", "period"]
# 共同事权转移支付 is budgeted and reported within 一般性转移支付.
GENERAL = ("general", "shared")


@dataclass(frozen=True, kw_only=True)
class TransferDays(LateDays):
    """The limit in calendar days, what may be left of a document, and words of emergencies, which are free."""

    limit_days: int = 30
    least_open_fen: int = 1_000_000
    exempt_words: tuple[str, ...] = ("救灾", "抢险", "防汛", "抗旱", "应急", "突发")


def own_text(code: str, name_zh: str, name_en: str, days: int) -> RuleText:
    """Return the words of a limit for a level's own transfers, in days after the approval of its budget."""
    return limit_text(
        code=code,
        name_zh=name_zh,
        name_en=name_en,
        formula_zh=f"超期天数＝下达日（未下达完的为判断日）－（本级人代会批准预算日＋{days}天），按自然日计算；"
        "据实结算、突发事件的除外。",
        formula_en="Days late = day of release (as_of while any of it is owed) - (day the congress approved the budget "
        f"+ {days} calendar days); prepaid and emergency transfers are left out.",
        law_zh="《中华人民共和国预算法》第五十二条。",
        law_en="Budget Law, Art. 52.",
        innocent_zh=(
            "据实结算或先预付后结算，台账未标注",
            "资金来自上级年中追加，收文日期未登记",
            "预算调整新增的转移支付",
        ),
        innocent_en=(
            "settled by actual cost and not marked so",
            "money of the level above that came in the year, its receipt not recorded",
            "added by a budget adjustment",
        ),
        next_step_zh="建议向财政部门核对资金来源、下达文号和下达日期。",
        next_step_en="Ask the finance office for the source, the number and the day of the release.",
    )


def passed_on(rows: pl.DataFrame, params: TransferDays) -> pl.DataFrame:
    """Return transfers by document and receiving division, as ``judged_transfers`` takes them, without base_on.

    event_on is the last day of release, null while any row is not released or more than ``least_open_fen`` is left
    of it; amount_fen is the whole document. is_free: prepaid or emergency money only.
    """
    left = pl.col("transfer_fen") - pl.col("released_fen").fill_null(pl.col("transfer_fen"))
    is_open = pl.col("released_on").is_null() | (left > params.least_open_fen).fill_null(value=False)
    title = pl.coalesce("document_title", "project_name").fill_null("")
    is_free = pl.col("is_prepaid").fill_null(value=False) | title.str.contains_any(list(params.exempt_words))
    only = {name: _only(name) for name in ("unit_code", "unit_name", "project_code", "source_division_code")}
    return (
        named(rows)
        .with_columns(is_open=is_open, is_free=is_free)
        .group_by(*SUBJECT, "division_code", "fiscal_year", maintain_order=True)
        .agg(
            received_on=pl.when(pl.col("received_on").is_not_null().all()).then(pl.col("received_on").max()),
            event_on=pl.when(~pl.col("is_open").any()).then(pl.col("released_on").max()),
            amount_fen=pl.col("transfer_fen").sum(),
            is_free=pl.col("is_free").all(),
            title=pl.coalesce("document_title", "document_no", "upper_document_no").drop_nulls().min(),
            **only,
        )
    )


def _only(name: str) -> pl.Expr:
    return pl.when(pl.col(name).n_unique() == 1).then(pl.col(name).min())


def named(rows: pl.DataFrame) -> pl.DataFrame:
    """Add subject and period: a document is known by the number of the level above, else by its own, else its title."""
    document = pl.coalesce("upper_document_no", "document_no", "document_title", pl.lit("-"))
    target = pl.col("target_division_code").fill_null("-")
    return rows.with_columns(
        subject=written("transfer:{}/{}/{}", "division_code", document, target),
        period=pl.col("fiscal_year").cast(pl.String),
    )


def own_transfers(facts: Facts, kinds: Sequence[str]) -> pl.DataFrame:
    """Return a level's own money for the level below: what came from above counts from its receipt, not from here."""
    from_above = pl.col("received_on").is_not_null() | pl.col("upper_document_no").is_not_null()
    return facts.transfers.filter(pl.col("direction") == "out", pl.col("transfer_kind").is_in(list(kinds)), ~from_above)


def judged_after_approval(code: str, facts: Facts, params: TransferDays, rows: pl.DataFrame) -> Judgement:
    """Judge own transfers by the last approval, of the budget or of an adjustment, before they were passed on.

    While one is owed it counts from the approval of the budget.
    """
    acts = passed_on(rows, params)
    budget, adjustment = (day_of(facts, Ground(f"{kind}_approval", "level")) for kind in ("budget", "adjustment"))
    known = (
        acts.with_columns(level="division_code")
        .join(budget, on=["fiscal_year", "level"], how="left", maintain_order="left")
        .join(adjustment, on=["fiscal_year", "level"], how="left", maintain_order="left", suffix="_adjusted")
    )
    is_later = (pl.col("ground_on_adjusted") <= pl.col("event_on")).fill_null(value=False)
    silent = pl.col("division_code").replace_strict(recorders(facts), default=None, return_dtype=pl.String)
    counted = known.with_columns(
        base_on=pl.when(is_later).then("ground_on_adjusted").otherwise("ground_on"),
        lacking=silent,
        act_zh=pl.lit("对下转移支付下达"),
        act_en=pl.lit("Transfer to the level below"),
    ).with_columns(due_on=due_after(params.limit_days))
    return judged_transfers(code, facts, params, counted, rows)


def judged_transfers(code: str, facts: Facts, params: LateDays, acts: pl.DataFrame, rows: pl.DataFrame) -> Judgement:
    """Judge transfers that have base_on, due_on and words; divisions without any are told why."""
    judged = judged_days(code, facts, params, acts, behind=named(rows))
    return silent_divisions(
        code, facts, judged, binds="levels", reasons=feed_reasons(facts, "transfers"), otherwise="exempt"
    )
