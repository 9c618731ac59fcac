"""Contracts as the ledgers state them, beside what the vouchers that name them say was paid."""

import polars as pl

from budget.facts import Facts, sum_or_null, with_departments
from budget.subjects import written

CONTRACT = ("unit_code", "contract_no")
_AMOUNTS = ("budget_fen", "contract_fen", "supplement_fen", "paid_fen")
_NAMES = ("contract_name", "supplier_name", "project_code", "project_name", "procurement_category")
_DAYS = ("signed_on", "delivered_on", "accepted_on")


def contracts_in_force(facts: Facts) -> pl.DataFrame:
    """Return every contract once, as the latest year's ledger states it, units by the codes in use.

    Its rows (parts by project or fund) are added up; ``project_code`` is that of all of them, else null. total_fen is
    contract and supplements (null where the contract's amount is missing). paid_fen is what the vouchers say that
    name the contract, of all years and net of refunds, else what the ledger says;
    """
    return facts.once(("contracts_in_force",), lambda: _contracts(facts))


def _contracts(facts: Facts) -> pl.DataFrame:
    rows = _latest(facts)
    named = [pl.col(name).drop_nulls().min() for name in _NAMES if name != "project_code"]
    ledger = rows.group_by(CONTRACT, maintain_order=True).agg(
        pl.col("division_code").min(),
        *named,
        *(sum_or_null(name) for name in _AMOUNTS),
        pl.col(_DAYS).max(),
        pl.col("is_small_supplier").any(),
        pl.col("payment_term_days").max(),
        is_stated=pl.col("contract_fen").is_not_null().all(),
        is_flagged=pl.col("is_small_supplier").is_not_null().any(),
        project_code=pl.when(pl.col("project_code").n_unique() == 1).then(pl.col("project_code").first()),
    )
    paid = _vouchers(facts).group_by(CONTRACT).agg(voucher_fen=pl.col("payment_fen").sum())
    total = pl.col("contract_fen") + pl.col("supplement_fen").fill_null(0)
    return ledger.join(paid, on=list(CONTRACT), how="left", maintain_order="left").with_columns(
        subject=written("contract:{}/{}", *CONTRACT),
        contract_name=pl.coalesce("contract_name", "contract_no"),
        supplier_name=pl.coalesce("supplier_name", pl.lit("供应商")),
        is_small_supplier=pl.when("is_flagged").then("is_small_supplier"),
        total_fen=pl.when("is_stated").then(total),
        paid_fen=pl.coalesce("voucher_fen", "paid_fen"),
        paid_by_zh=pl.when(pl.col("voucher_fen").is_not_null()).then(pl.lit("支付凭证")).otherwise(pl.lit("合同台账")),
        paid_by_en=pl.when(pl.col("voucher_fen").is_not_null()).then(pl.lit("vouchers")).otherwise(pl.lit("ledger")),
    )


def contract_facts(facts: Facts) -> pl.DataFrame:
    """Return the rows behind contracts: their ledger rows and the vouchers that name them."""
    parts = [_latest(facts), _vouchers(facts)]
    return pl.concat([part.select(*CONTRACT, "slice_id", "row_no") for part in parts])


def _latest(facts: Facts) -> pl.DataFrame:
    return facts.once(("contract_rows",), lambda: _rows(facts))


def _rows(facts: Facts) -> pl.DataFrame:
    own = facts.contracts.filter(pl.col("fiscal_year") <= facts.as_of.year)
    rows = with_departments(own, facts.units, facts.as_of)
    of_year = pl.col("fiscal_year") == pl.col("fiscal_year").max().over(CONTRACT)
    return rows.filter(of_year).sort(*CONTRACT, "slice_id", "row_no")


def _vouchers(facts: Facts) -> pl.DataFrame:
    return facts.once(("contract_vouchers",), lambda: _paid(facts))


def _paid(facts: Facts) -> pl.DataFrame:
    named = facts.payments.filter(
        pl.col("contract_no").is_not_null(),
        pl.col("paid_on") <= facts.as_of,
        ~pl.col("is_voided").fill_null(value=False),
    ).select(*CONTRACT, "division_code", "payment_fen", "slice_id", "row_no")
    return with_departments(named, facts.units, facts.as_of)
