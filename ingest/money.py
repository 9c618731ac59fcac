"""Amounts as finance writes them to integer fen, exactly: digits are moved as text and never become a float."""

from decimal import Decimal, InvalidOperation

import polars as pl

from budget.money import FEN_PER_UNIT
from ingest.converted import INVISIBLE, Converted, always, half_width, rewritten

NOT_A_NUMBER = "a number"
FINER = "a whole number of fen"  # what was expected where an amount has more places than a fen
DASHES = r"^[-—–－─]+$"
_MARKS = rf"[\s{INVISIBLE}¥￥]|元$"
_PLAIN = r"^([+-]?)(\d*)(?:\.(\d*))?$"
_GROUPED = r"^[+-]?\d{1,3}(,\d{3})+(\.\d*)?$"
_SCIENTIFIC = r"^[+-]?\d+(\.\d*)?[eE][+-]?\d{1,3}$"
# A binary float's tail: at most a millionth of a fen away from a whole fen.
_TAIL_DIGITS = 6
# Below 10^14 元, three times what the whole country spends in a year: what is longer is a number of something else.
_MOST_DIGITS = 16


def parse_money(text: pl.Series, unit: str, dash: str) -> Converted:
    """Read amounts in a unit as fen; blank is null; bad where it is no number or finer than a fen.

    ``dash`` tells what a lone dash means: zero, null or refuse.
    """
    power = len(str(FEN_PER_UNIT[unit])) - 1
    plain = _parse_plain(text, power)
    if not plain.bad.any():
        return plain
    at = plain.bad.arg_true()
    rest = _parse_any(text.gather(at), power, dash)
    return Converted(
        plain.values.scatter(at, rest.values),
        plain.bad.scatter(at, rest.bad),
        plain.expected.scatter(at, rest.expected),
    )


def _parse_plain(text: pl.Series, power: int) -> Converted:
    """Read amounts of digits, grouped or not, with no more decimals than a fen has; every other cell is bad."""
    grouped = pl.col("text").str.contains(_GROUPED)
    bare = pl.when(grouped).then(pl.col("text").str.replace_all(",", "", literal=True)).otherwise(pl.col("text"))
    is_plain = pl.col("text").str.contains(rf"^-?\d{{1,{_MOST_DIGITS - power}}}(?:\.\d{{1,{power}}})?$")
    frame = pl.DataFrame({"text": text}).select(text=bare).select(text=pl.when(is_plain).then("text"))
    cell = pl.col("text")
    decimals = (cell.str.len_bytes() - cell.str.find(".", literal=True) - 1).fill_null(0).cast(pl.Int64)
    digits = cell.str.replace(".", "", literal=True).cast(pl.Int64, strict=False)
    places = list(range(power + 1))
    shifts = [10 ** (power - place) for place in places]
    shift = decimals.replace_strict(places, shifts, default=None, return_dtype=pl.Int64)
    fen = frame.select(fen=digits * shift)["fen"]
    return Converted(fen, text.is_not_null() & fen.is_null(), always(NOT_A_NUMBER, len(text)))


def _parse_any(text: pl.Series, power: int, dash: str) -> Converted:
    """Read amounts however they are written."""
    frame = pl.DataFrame({"text": text}).select(text=_cleaned(pl.col("text")))
    frame = frame.with_columns(is_dash=pl.col("text").str.contains(DASHES).fill_null(value=False))
    replacement = pl.lit("0") if dash == "zero" else pl.lit(None, pl.String)
    if dash != "refuse":
        frame = frame.with_columns(text=pl.when("is_dash").then(replacement).otherwise("text"))
    frame = frame.with_columns(text=rewritten(frame["text"], _SCIENTIFIC, _plain_decimal))
    parts = pl.col("text").str.extract_groups(_PLAIN)
    frame = frame.with_columns(
        sign=parts.struct.field("1"),
        whole=parts.struct.field("2").fill_null("").str.strip_chars_start("0"),
        rest=parts.struct.field("3").fill_null(""),
        is_number=pl.col("text").str.contains(_PLAIN) & pl.col("text").str.contains(r"\d"),
    )
    return _in_fen(frame, power)


def _cleaned(text: pl.Expr) -> pl.Expr:
    """Half-width, without blanks and currency marks; (1,234.56) becomes -1,234.56; good grouping commas go."""
    bare = half_width(text).str.replace_all(_MARKS, "").str.replace(r"^\((.+)\)$", "-${1}")
    bare = pl.when(bare.str.contains(_GROUPED)).then(bare.str.replace_all(",", "", literal=True)).otherwise(bare)
    return pl.when(bare != "").then(bare).otherwise(pl.when(text.str.strip_chars() != "").then(text))


def _plain_decimal(text: str) -> str:
    """Write 1.2E+3 as 1200, with the digits it has."""
    try:
        return f"{Decimal(text):f}"
    except InvalidOperation:  # pragma: no cover  # the pattern lets only numbers through
        return text


def _in_fen(frame: pl.DataFrame, power: int) -> Converted:
    rest, beyond = pl.col("rest"), pl.col("rest").str.slice(power)
    tail = beyond.str.head(_TAIL_DIGITS).str.pad_end(_TAIL_DIGITS, "0")
    digits = pl.concat_str("whole", rest.str.head(power).str.pad_end(power, "0"))
    # 0000001 and 999999 with anything behind them lie within a millionth of the fen below and above.
    is_below = beyond.str.contains(r"^0*$") | (tail == "000000") | beyond.str.contains(r"^0{5}10*$")
    is_above = tail == "999999"
    fen = digits.str.to_integer(strict=False, dtype=pl.Int64) + is_above.cast(pl.Int64)
    is_short = pl.col("whole").str.len_chars() + power <= _MOST_DIGITS
    told = frame.with_columns(
        is_fine=is_below | is_above,
        is_short=is_short,
        fen=pl.when(is_short).then(pl.when(pl.col("sign") == "-").then(-fen).otherwise(fen)),
    )
    given = pl.col("text").is_not_null()
    good = (pl.col("is_number") & pl.col("is_fine") & pl.col("is_short")).fill_null(value=False)
    expected = (
        pl.when(~pl.col("is_number").fill_null(value=False))
        .then(pl.lit(NOT_A_NUMBER))
        .when(~pl.col("is_short"))
        .then(pl.lit("an amount below 10^14 元"))
        .otherwise(pl.lit(FINER))
    )
    done = told.select(
        value=pl.when(given & good).then("fen"),
        bad=given & ~good,
        expected=expected,
    )
    return Converted(done["value"], done["bad"], done["expected"])
