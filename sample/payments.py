"""Payment vouchers of the lines: amounts, days, payees and purposes."""

import datetime as dt

import numpy as np
import polars as pl

from sample.model import Extra, Line, Segment
from sample.payees import PERSONAL, Payee, company, payees_of
from sample.profiles import spread
from sample.purposes import purposes_of
from sample.settle import paydays, segments_of

COLUMNS: dict[str, pl.DataType] = {
    "year": pl.Int32(),
    "division": pl.String(),
    "unit": pl.String(),
    "unit_name": pl.String(),
    "project": pl.String(),
    "function": pl.String(),
    "economic": pl.String(),
    "fund": pl.String(),
    "allotment": pl.String(),
    "kind": pl.String(),
    "settlement": pl.String(),
    "paid_on": pl.Int32(),
    "fen": pl.Int64(),
    "payee": pl.String(),
    "account": pl.String(),
    "bank": pl.String(),
    "purpose": pl.String(),
    "original": pl.String(),
    "voided": pl.Int8(),
    "contract": pl.String(),
    "tag": pl.String(),
}
_YUAN = 100
_PERSON_LIMIT_FEN = 960_000
_BAND_FEN = (40_000_000, 50_000_000)
_BAND_DAYS = 10
_CARD_ITEMS = ("30211", "30216", "30217", "30231")
_CARD_LIMIT_FEN = 5_000_000

Columns = dict[str, list[object]]


def build_payments(lines: list[Line], horizon: dt.date, rng: np.random.Generator) -> pl.DataFrame:
    """Build the vouchers of a year's lines, with voucher numbers, in order of division and day."""
    columns: Columns = {name: [] for name in COLUMNS}
    for line in lines:
        payees = payees_of(line.economic, line.unit.number, line.unit.name, rng, 4 if line.project is None else 5)
        for segment in segments_of(line, horizon):
            _segment_rows(columns, line, segment, payees, rng)
        for extra in line.extras:
            _extra_row(columns, line, extra, payees[0])
    frame = pl.DataFrame(columns, schema=COLUMNS, strict=False)
    return number_vouchers(frame.with_columns(pl.col("paid_on").cast(pl.Date)))


def amounts(fen: int, count: int, rng: np.random.Generator, *, equal: bool) -> np.ndarray:
    """Split fen into count positive pieces; most in whole yuan, the last takes the rest."""
    if equal:
        parts = np.full(count, fen // count // _YUAN * _YUAN, dtype=np.int64)
    else:
        weights = np.clip(rng.lognormal(0, 0.4, count), 0.35, 2.4)
        parts = (weights / weights.sum() * fen).astype(np.int64)
        whole = parts // _YUAN * _YUAN
        parts = np.where((rng.random(count) < 0.7) & (whole > 0), whole, parts)
    parts[-1] += fen - int(parts.sum())
    return parts


def _segment_rows(
    columns: Columns, line: Line, segment: Segment, payees: list[Payee], rng: np.random.Generator
) -> None:
    if segment.profile == "monthly":
        days = paydays(line, segment.last)[: segment.count]
        fen = amounts(segment.fen, len(days), rng, equal=True)
    else:
        fen = amounts(segment.fen, segment.count, rng, equal=False)
        middle = (np.cumsum(fen) - fen / 2) / segment.fen
        ordinals = np.sort(spread(segment.profile, segment.first, segment.last, middle))
        if line.project is not None and line.segments is None:
            ordinals[0] = min(int(ordinals[0]), segment.first.toordinal() + 20 + line.unit.number % 30)
        days = [dt.date.fromordinal(int(day)) for day in ordinals]
    people = line.economic in PERSONAL
    if people and fen.max() > _PERSON_LIMIT_FEN:
        payees = [_agent(line)]
    chosen = rng.integers(0, len(payees), len(days))
    for day, amount, text, payee_no in zip(days, fen.tolist(), purposes_of(line, days), chosen.tolist(), strict=True):
        _append(columns, line, day=day, fen=amount, purpose=text, payee=payees[payee_no])


def _agent(line: Line) -> Payee:
    """Large sums for many people go through one bank agency account (社会化发放)."""
    number = 700_000 + line.unit.number
    return Payee(f"青禾农村商业银行代发户（{line.unit.name}）", f"8011{number:015d}", "青禾农村商业银行营业部")


def _extra_row(columns: Columns, line: Line, extra: Extra, payee: Payee) -> None:
    if line.economic in PERSONAL and abs(extra.fen) > _PERSON_LIMIT_FEN:
        payee = _agent(line)
    _append(columns, line, day=extra.on, fen=extra.fen, purpose=extra.purpose, payee=extra.payee or payee, extra=extra)


def _append(
    columns: Columns,
    line: Line,
    *,
    day: dt.date,
    fen: int,
    purpose: str,
    payee: Payee,
    extra: Extra | None = None,
) -> None:
    economic = extra.economic if extra and extra.economic else line.economic
    columns["year"].append(line.year)
    columns["division"].append(line.unit.division)
    columns["unit"].append(line.unit.code)
    columns["unit_name"].append(line.unit.name)
    columns["project"].append(line.project.code if line.project else None)
    columns["function"].append(line.function)
    columns["economic"].append(economic)
    columns["fund"].append(line.fund)
    columns["allotment"].append(line.code or None)
    columns["kind"].append(extra.kind if extra else "正常")
    columns["settlement"].append(extra.settlement if extra and extra.settlement else _settlement(economic, fen))
    columns["paid_on"].append((day - dt.date(1970, 1, 1)).days)
    columns["fen"].append(fen)
    columns["payee"].append(payee[0])
    columns["account"].append(payee[1])
    columns["bank"].append(payee[2])
    columns["purpose"].append(purpose)
    columns["original"].append(extra.original if extra else None)
    columns["voided"].append(1 if extra and extra.voided else 0)
    columns["contract"].append(extra.contract if extra else None)
    columns["tag"].append(extra.tag if extra else None)


def _settlement(economic: str, fen: int) -> str:
    """Return how a payment is usually settled: small sums of some items by official card, the rest by transfer."""
    return "公务卡" if economic in _CARD_ITEMS and abs(fen) <= _CARD_LIMIT_FEN else "转账"


def number_vouchers(frame: pl.DataFrame) -> pl.DataFrame:
    """Give vouchers numbers within division and year, by day; tags of undone vouchers become their numbers."""
    ordered = frame.sort("division", "year", "paid_on", maintain_order=True)
    serial = pl.int_range(1, pl.len() + 1).over("division", "year").cast(pl.String).str.zfill(6)
    numbered = ordered.with_columns(
        voucher=pl.format("ZF{}{}{}", pl.col("year"), pl.col("division").str.slice(6, 3), serial),
        application=pl.format("SQ{}{}{}", pl.col("year"), pl.col("division").str.slice(6, 3), serial),
    )
    known = dict(numbered.filter(pl.col("tag").is_not_null()).select("tag", "voucher").iter_rows())
    return numbered.with_columns(pl.col("original").replace_strict(known, default=None, return_dtype=pl.String))


def without_chance_splits(frame: pl.DataFrame) -> pl.DataFrame:
    """Send chance runs of payments just under the procurement limit to several payees.

    Only planted ones (they carry a tag) may look like one purchase split within ten days.
    """
    keys = [pl.col("unit"), pl.col("account"), pl.col("economic").str.slice(0, 3).alias("class")]
    band = pl.col("fen").is_between(_BAND_FEN[0], _BAND_FEN[1], closed="left") & pl.col("tag").is_null()
    indexed = frame.with_row_index("at")
    near = indexed.filter(band).sort(*keys, "paid_on", "at")
    gap = (pl.col("paid_on") - pl.col("paid_on").shift(1)).dt.total_days().over(keys)
    chance = near.filter(gap <= _BAND_DAYS)["at"].to_list()
    others = [company("service", 41 + place * 7) for place in range(len(chance))]
    changes = pl.DataFrame(
        {
            "at": chance,
            "payee": [one.name for one in others],
            "account": [f"{one.account}{place % 10}" for place, one in enumerate(others)],
        },
        schema={"at": pl.UInt32, "payee": pl.String, "account": pl.String},
    )
    return indexed.update(changes, on="at", how="left").drop("at")
