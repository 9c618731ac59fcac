"""A made-up province for the benchmarks of rules: budget lines and payments as Parquet, one file a division and year.

The same numbers give the same rows. About one subject in a few hundred is out of order, as in life.
"""

import datetime as dt
from pathlib import Path

import numpy as np
import polars as pl

from bench.payments import FUNCTION_CODES
from budget import frames

AS_OF = dt.date(2026, 11, 22)
YEARS = (2023, 2024, 2025, 2026)
DIVISIONS = 50
UNITS_A_DIVISION = 50
ECONOMIC_CODES = ("30201", "30205", "30206", "30213", "30227", "31002", "30215", "30216", "30217", "30231", "30299")
METHODS = ("转账", "转账", "转账", "转账", "公务卡", "公务卡", "现金")
PURPOSES = ("购办公用品", "支付物业费", "支付维修款", "支付服务费", "设备采购款", "支付印刷费", "课题经费", "活动经费")
SURNAMES, GIVEN = "赵钱孙李周吴郑王冯陈", "伟芳娜敏静磊军洋艳勇"
_RUSH_SHARE = 0.01


def write_budgets(folder: Path, payments: int, lines: int) -> Path:
    """Write so many payments and budget lines in all, spread evenly over divisions and years; return the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    _save(folder, "units", "all", 0, _units())
    slice_id = 1
    per = DIVISIONS * len(YEARS)
    for year in YEARS:
        for number in range(DIVISIONS):
            rng = np.random.default_rng([year, number])
            budget = _lines(rng, year, number, round(lines / per / 1.1), slice_id)
            extra = _adjustments(rng, budget, year, slice_id + 1)
            paid = _payments(rng, budget, year, payments // per, slice_id + 2)
            for feed, rows in (("allotments", budget), ("adjustments", extra), ("payments", paid)):
                _save(folder, feed, f"{year}", number, rows)
            slice_id += 3
    return folder


def _save(folder: Path, feed: str, part: str, number: int, rows: pl.DataFrame) -> None:
    schema = frames.LINEAGE | frames.FEEDS[feed]
    known = rows.with_columns(pl.lit(None, kind).alias(name) for name, kind in schema.items() if name not in rows)
    whole = known.select(pl.col(name).cast(kind) for name, kind in schema.items())
    whole.write_parquet(folder / f"{feed}-{part}-{number:03d}.parquet", compression="lz4")


def _units() -> pl.DataFrame:
    codes = [f"{100 + n // 250:03d}{n:05d}" for n in range(DIVISIONS * UNITS_A_DIVISION)]
    return (
        pl.DataFrame({"unit_code": codes})
        .with_columns(
            n=pl.int_range(pl.len()),
            fiscal_year=2026,
            unit_level=pl.lit("unit"),
            slice_id=pl.lit(0),
            row_no=pl.int_range(1, pl.len() + 1),
        )
        .with_columns(
            unit_name=pl.concat_str(pl.lit("第"), pl.col("n"), pl.lit("单位")),
            division_code=_division(pl.col("n") // UNITS_A_DIVISION),
            division_name=pl.concat_str(pl.lit("第"), pl.col("n") // UNITS_A_DIVISION, pl.lit("区")),
        )
    )


def division_code(number: int) -> str:
    """Return the code of a division by its number."""
    return f"9901{number:05d}"


def _division(number: pl.Expr) -> pl.Expr:
    return pl.concat_str(pl.lit("9901"), number.cast(pl.String).str.zfill(5))


def _pick(values: tuple[str, ...] | list[str], places: np.ndarray) -> pl.Series:
    return pl.Series(values).gather(places)


def _lines(rng: np.random.Generator, year: int, division: int, count: int, slice_id: int) -> pl.DataFrame:
    unit = division * UNITS_A_DIVISION + rng.integers(0, UNITS_A_DIVISION, count)
    order = np.arange(count)
    # Amounts of 0.01 万元, most of them between 10 and 500 万元.
    fen = (np.exp(rng.normal(18.4, 1.1, count)) // 10_000).astype(np.int64) * 10_000 + 10_000
    is_project = rng.random(count) < 0.8
    items = rng.integers(0, len(ECONOMIC_CODES) - 1, count)
    # One line in two hundred names no item but 其他 (the last of the codes).
    items = np.where(rng.random(count) < 0.005, len(ECONOMIC_CODES) - 1, items)
    late = rng.random(count) < 0.1
    day = np.where(late, rng.integers(40, 300, count), rng.integers(10, 40, count))
    return (
        pl.DataFrame({"n": unit, "order": order, "appropriation_fen": fen, "is_project": is_project, "day": day})
        .select(
            slice_id=slice_id,
            row_no=pl.col("order") + 1,
            batch_id=slice_id,
            source_row=pl.col("order") + 4,
            fiscal_year=year,
            division_code=_division(pl.lit(division)),
            unit_code=pl.concat_str((100 + pl.col("n") // 250), pl.col("n").cast(pl.String).str.zfill(5)),
            project_code=pl.when("is_project").then(
                pl.concat_str(pl.lit(f"9901{division:05d}"), pl.col("order").cast(pl.String).str.zfill(8))
            ),
            project_name=pl.when("is_project").then(pl.concat_str(pl.lit("第"), "order", pl.lit("号项目"))),
            function_code=_pick(FUNCTION_CODES, order % len(FUNCTION_CODES)),
            dept_economic_code=_pick(ECONOMIC_CODES, items),
            fund_type_code=pl.lit("11"),
            budget_source=pl.lit("current"),
            spending_kind=pl.when("is_project").then(pl.lit("project")).otherwise(pl.lit("public")),
            project_category=pl.when("is_project").then(_pick(["工程", "采购", "补助", "运维"], order % 4)),
            allotment_code=pl.concat_str(
                pl.lit(f"Z{year}{division:03d}"), pl.col("order").cast(pl.String).str.zfill(6)
            ),
            document_no=pl.concat_str(pl.lit(f"预〔{year}〕"), pl.col("order") % 97, pl.lit("号")),
            reporting_level=pl.lit("unit"),
            released_on=pl.lit(dt.date(year, 1, 1)) + pl.duration(days=pl.col("day")),
            appropriation_fen="appropriation_fen",
        )
        .filter(pl.col("released_on") <= AS_OF)
    )


def _adjustments(rng: np.random.Generator, budget: pl.DataFrame, year: int, slice_id: int) -> pl.DataFrame:
    count = budget.height // 10
    # Projects topped up twice are rare: a tenth of the adjustments draws again from the first few lines.
    places = np.concatenate([rng.permutation(budget.height)[: count - count // 50], rng.integers(0, 40, count // 50)])
    chosen = budget[places]
    last = 325 if year == AS_OF.year else 364
    day = rng.integers(60, last, len(places))
    share = np.where(rng.random(len(places)) < 0.5, 25, -10)
    keys = [name for name in frames.LINE if name in chosen.columns]
    return (
        chosen.select(*keys, "allotment_code", "appropriation_fen")
        .with_columns(share=pl.Series(share), day=pl.Series(day))
        .with_columns(
            slice_id=pl.lit(slice_id),
            batch_id=pl.lit(slice_id),
            row_no=pl.int_range(1, pl.len() + 1),
            source_row=pl.int_range(4, pl.len() + 4),
            adjustment_code=pl.concat_str(pl.lit("T"), pl.int_range(pl.len())),
            adjustment_kind=pl.when(pl.col("share") > 0).then(pl.lit("add")).otherwise(pl.lit("cut")),
            adjusted_on=pl.lit(dt.date(year, 1, 1)) + pl.duration(days=pl.col("day")),
            document_no=pl.concat_str(pl.lit(f"调〔{year}〕"), pl.col("day"), pl.lit("号")),
            adjustment_fen=pl.col("appropriation_fen") * pl.col("share") // 100,
        )
    )


def _payments(rng: np.random.Generator, budget: pl.DataFrame, year: int, count: int, slice_id: int) -> pl.DataFrame:
    # One line in fifty has no payment at all.
    paying = np.flatnonzero(np.arange(budget.height) % 50 != 7)
    place = paying[rng.integers(0, len(paying), count)]
    pieces = np.bincount(place, minlength=budget.height)
    budget_fen = budget["appropriation_fen"].to_numpy()
    share = np.where(rng.random(budget.height) < 0.003, 1.2, rng.uniform(0.4, 0.85, budget.height))
    fen = np.maximum(
        (budget_fen * share).astype(np.int64)[place] // np.maximum(pieces, 1)[place] - rng.integers(0, 5_000, count),
        100,
    )
    first = (budget["released_on"].to_numpy() - np.datetime64(dt.date(year, 1, 1))).astype(int)[place] + 1
    last = 325 if year == AS_OF.year else 364
    day = first + (rng.random(count) * np.maximum(last - first, 1)).astype(int)
    rush = rng.random(budget.height) < _RUSH_SHARE
    day = np.where(rush[place], np.maximum(day, min(308, last)), np.minimum(day, last))
    payee = rng.integers(0, 4_000, count)
    person = rng.random(count) < 0.004
    rows = budget[place].select(*(name for name in frames.LINE if name in budget.columns), "allotment_code")
    names = pl.Series([f"{a}{b}{c}" for a in SURNAMES for b in GIVEN for c in GIVEN]).gather(payee % 1_000)
    order = np.arange(count)
    # One payment in two thousand stands twice, as a slip of the hand would have it.
    again = np.where((order % 2_000 == 77) & (order > 0), order - 1, order)
    place, fen, day, payee, person = place[again], fen[again], day[again], payee[again], person[again]
    refund = order % 400 == 11
    voucher = pl.Series(np.where(refund, order + count, order))
    back = pl.Series(np.where(refund, order - 1, -1))
    return rows.with_columns(
        slice_id=pl.lit(slice_id),
        batch_id=pl.lit(slice_id),
        row_no=pl.int_range(1, pl.len() + 1),
        source_row=pl.int_range(2, pl.len() + 2),
        voucher_no=pl.concat_str(
            pl.lit(f"{year}"), rows["division_code"].str.tail(5), voucher.cast(pl.String).str.zfill(7)
        ),
        original_voucher_no=pl.when(pl.Series(refund)).then(
            pl.concat_str(pl.lit(f"{year}"), rows["division_code"].str.tail(5), back.cast(pl.String).str.zfill(7))
        ),
        paid_on=pl.lit(dt.date(year, 1, 1)) + pl.duration(days=pl.Series(day)),
        settlement_method=_pick(list(METHODS), payee % len(METHODS)),
        payment_kind=pl.when(pl.Series(refund)).then(pl.lit("refund")).otherwise(pl.lit("normal")),
        payee_name=pl.when(pl.Series(person))
        .then(names)
        .otherwise(pl.concat_str(pl.lit("第"), pl.Series(payee), pl.lit("贸易有限公司"))),
        payee_account=pl.concat_str(pl.lit("6222"), pl.Series(payee).cast(pl.String).str.zfill(12)),
        payee_bank=pl.lit("某银行"),
        purpose=pl.concat_str(_pick(list(PURPOSES), payee % len(PURPOSES)), pl.Series(day) // 30 + 1, pl.lit("月")),
        is_voided=pl.lit(value=False),
        payment_fen=pl.Series(np.where(refund, -fen // 10, fen)),
        payer_name=pl.lit("财政零余额账户"),
    )
