"""Columns of delivered text to canonical values, one kind at a time; a cell that cannot be read is never guessed."""

from collections.abc import Mapping as Dictionary

import polars as pl

from budget import frames
from budget.vocabulary import VALUES
from ingest.cell_text import readable, seen
from ingest.converted import INVISIBLE, Converted, always, converted, half_width
from ingest.dates import parse_dates
from ingest.mapping_parts import ColumnSpec
from ingest.money import DASHES, parse_money
from ingest.numbers import parse_months, parse_numbers
from ingest.rates import parse_rates

_FIRST_YEAR, _LAST_YEAR = 1949, 2199
# Until when a unit stands is often written 9999-12-31.
_OPEN_ENDED = frozenset({"valid_to"})
_SCIENTIFIC = r"^-?\d(\.\d+)?[eE][+-]?\d+$"
# A code without any of this is as it should be.
_ODD_CODE = r"[^0-9A-Za-z]|^\d[eE]\d"


def convert(text: pl.Series, kind: str, spec: ColumnSpec, unit: str, dash: str) -> Converted:
    """Read one column of cells, blanks being null, as a kind of value."""
    text = readable(text, spec)
    if spec.extract is not None:
        return _extracted(text, kind, spec, unit, dash)
    if kind == "money":
        return parse_money(text, spec.unit or unit, spec.dash or dash)
    if kind in {"percent", "fraction"}:
        return parse_rates(text, kind, spec.dash or dash)
    if kind == "date":
        return parse_dates(text, spec.formats)
    if kind in _NUMBERS:
        return _NUMBERS[kind](_without_dashes(text, spec.dash or dash))
    return _SIMPLE[kind](text, spec)


def _without_dashes(text: pl.Series, dash: str) -> pl.Series:
    """Return cells with what a lone dash stands for; where it is refused it stays and is no number."""
    if dash == "refuse":
        return text
    meant = pl.lit("0" if dash == "zero" else None, pl.String)
    return pl.DataFrame({"text": text}).select(
        text=pl.when(pl.col("text").str.contains(DASHES)).then(meant).otherwise("text")
    )["text"]


def _extracted(text: pl.Series, kind: str, spec: ColumnSpec, unit: str, dash: str) -> Converted:
    part = text.str.extract(spec.extract or "", 1)
    done = convert(part, kind, spec.model_copy(update={"extract": None, "strip": (), "aliases": {}}), unit, dash)
    unmatched = text.is_not_null() & part.is_null()
    told = pl.select(
        pl.when(unmatched).then(pl.lit(f"text of the form {spec.extract}")).otherwise(done.expected)
    ).to_series()
    return Converted(done.values, done.bad | unmatched, told)


def _text(text: pl.Series, _spec: ColumnSpec) -> Converted:
    return converted(seen(text), text.str.contains("␀", literal=True), "text without NUL characters")


def _code(text: pl.Series, spec: ColumnSpec) -> Converted:
    """Codes stay text: half-width, without blanks, and without the .0 that a spreadsheet adds."""
    if spec.width is None and not text.str.contains(_ODD_CODE).any():
        return converted(text, always(False, len(text)), "a code with all its digits")
    code = half_width(pl.col("text")).str.replace_all(rf"[\s{INVISIBLE}]", "").str.replace(r"^(\d+)\.0+$", "${1}")
    values = pl.DataFrame({"text": text}).select(text=pl.when(code != "").then(code))["text"]
    if spec.width is not None:
        values = values.str.pad_start(spec.width, "0")
    # 4.40604E+11 has lost digits; nobody can tell which.
    bad = values.str.contains(_SCIENTIFIC) | values.str.contains("␀", literal=True)
    return converted(values, bad, "a code with all its digits")


def _int(text: pl.Series, _spec: ColumnSpec) -> Converted:
    digits = half_width(pl.col("text")).str.strip_chars().str.extract(r"^(\d{4})年?(?:度|\.0+)?$", 1)
    values = pl.DataFrame({"text": text}).select(text=digits.cast(pl.Int32, strict=False))["text"]
    values = values.set(~values.is_between(_FIRST_YEAR, _LAST_YEAR).fill_null(value=False), None)
    return converted(values, text.is_not_null() & values.is_null(), "a year like 2026")


def _flag(text: pl.Series, spec: ColumnSpec) -> Converted:
    meaning = {**dict.fromkeys(spec.true, True), **dict.fromkeys(spec.false, False)}
    return _looked_up(text, meaning, f"one of {', '.join(meaning)}", pl.Boolean())


def _choice(text: pl.Series, spec: ColumnSpec) -> Converted:
    meaning = {key: str(value) for key, value in spec.choices.items()}
    done = _looked_up(text, meaning, f"one of {', '.join(meaning)}", pl.String())
    if not spec.keep_other:
        return done
    return converted(done.values.fill_null(seen(text)), pl.repeat(False, len(text), eager=True), "")


def _looked_up(text: pl.Series, meaning: Dictionary[str, object], expected: str, to: pl.DataType) -> Converted:
    squeezed = text.str.replace_all(rf"[\s{INVISIBLE}]|\.0+$", "")
    values = squeezed.replace_strict(list(meaning), list(meaning.values()), default=None, return_dtype=to)
    return converted(values, text.is_not_null() & values.is_null(), expected)


_NUMBERS = {"number": parse_numbers, "month": parse_months}
_SIMPLE = {"text": _text, "code": _code, "int": _int, "flag": _flag, "choice": _choice}


def fit(done: Converted, feed: str, name: str, limit: int | None) -> Converted:
    """Bring values to the type of the canonical column; text longer than the warehouse keeps is bad."""
    wanted = frames.FEEDS[feed][name]
    if name in VALUES:
        done = _of_the_known(done, VALUES[name])
    if done.values.dtype == pl.String and wanted not in {pl.String(), pl.String}:
        return fit(_cast(done, wanted), feed, name, limit)
    if done.values.dtype == pl.Date and name not in _OPEN_ENDED:
        return _within_years(done)
    if limit is None or done.values.dtype != pl.String:
        return done
    too_long = (done.values.str.len_chars() > limit).fill_null(value=False)
    if not too_long.any():
        return done
    told = pl.select(pl.when(too_long).then(pl.lit(f"at most {limit} characters")).otherwise(done.expected)).to_series()
    return Converted(done.values, done.bad | too_long, told)


def _of_the_known(done: Converted, known: tuple[str, ...]) -> Converted:
    """Find values bad that no rule would understand: 结转 stored as it stands would count as this year's money."""
    other = (~done.values.is_in(known)).fill_null(value=False)
    if not other.any():
        return done
    told = f"one of {', '.join(known)}"
    expected = pl.select(pl.when(other & ~done.bad).then(pl.lit(told)).otherwise(done.expected)).to_series()
    return Converted(done.values, done.bad | other, expected)


def _within_years(done: Converted) -> Converted:
    """Find days bad that no budget of ours has: money dated 2206 would never be looked at."""
    bad = (~done.values.dt.year().is_between(_FIRST_YEAR, _LAST_YEAR)).fill_null(value=False)
    if not bad.any():
        return done
    told = f"a day of the years {_FIRST_YEAR} to {_LAST_YEAR}"
    expected = pl.select(pl.when(bad).then(pl.lit(told)).otherwise(done.expected)).to_series()
    return Converted(done.values, done.bad | bad, expected)


def _cast(done: Converted, wanted: pl.DataType) -> Converted:
    """Turn looked-up text (a choice that stands for a year or a day) into the column's own type."""
    if wanted == pl.Date:
        again = parse_dates(done.values, ("ymd", "compact"))
    elif wanted == pl.Boolean:
        again = _flag(done.values.str.to_lowercase(), ColumnSpec(constant=True))
    else:
        values = done.values.cast(wanted, strict=False)
        again = converted(values, done.values.is_not_null() & values.is_null(), "a whole number")
    return Converted(again.values, done.bad | again.bad, done.expected)
