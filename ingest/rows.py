"""Rows of a table to canonical columns, with the cells that could not be read."""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from budget import frames
from ingest.convert import convert, fit
from ingest.converted import Converted, always, half_width
from ingest.likely_code import with_likely_codes
from ingest.mapping import Mapping
from ingest.mapping_parts import ColumnSpec
from ingest.table import ROW, Table

_WANTED = {
    "money": "an amount",
    "date": "a date",
    "code": "a code",
    "int": "a year",
    "number": "a whole number",
    "month": "a month",
    "percent": "a share or a score",
    "fraction": "a share",
    "flag": "a yes or no",
    "choice": "one of the known values",
    "text": "text",
}
_WORTH_LOOKING_UP = 1_000  # rows


@dataclass(frozen=True)
class Reading:
    """One table being read: by which mapping, from a file of which name, with amounts in which unit.

    ``groups`` holds the named parts of the file name, ``limits`` the longest text the warehouse keeps by column.
    """

    mapping: Mapping
    table: Table
    file_name: str
    groups: dict[str, str]
    unit: str
    limits: dict[str, int | None]

    def unit_of(self, name: str) -> str:
        """Return the unit a money column is read in."""
        spec = self.mapping.columns.get(name)
        if spec is None:
            return self.unit
        labels = [self.table.column(one) for one in spec.from_] if self.mapping.amounts.unit_label else []
        return spec.unit or next((unit for one in labels if one and (unit := self.table.units.get(one))), self.unit)


@dataclass(frozen=True)
class Read:
    """Canonical values of some rows, and per column what went wrong."""

    values: pl.DataFrame
    columns: dict[str, Converted]

    def is_bad(self) -> pl.Series:
        """Return whether any cell of a row could not be read."""
        masks = pl.DataFrame({name: done.bad for name, done in self.columns.items()})
        return masks.select(pl.any_horizontal(pl.all()).alias("bad"))["bad"]


def read_rows(reading: Reading, rows: pl.DataFrame, *, only: Sequence[str] | None = None) -> Read:
    """Read every mapped column of some rows, or ``only`` some columns; the others are null."""
    mapping, schema = reading.mapping, frames.FEEDS[reading.mapping.feed]
    columns = {}
    for name, spec in mapping.specs().items():
        if only is not None and name not in only:
            continue
        columns[name] = _read_column(reading, rows, name, spec)
    filled = rows.select(ROW).with_columns(**{name: done.values.cast(schema[name]) for name, done in columns.items()})
    missing = {name: pl.lit(None, dtype) for name, dtype in schema.items() if name not in columns}
    return Read(filled.with_columns(**missing).select(*schema), columns)


def _read_column(reading: Reading, rows: pl.DataFrame, name: str, spec: ColumnSpec) -> Converted:
    """Read one column; what stands in many rows is read once."""
    text = delivered_text(reading, rows, spec)
    if isinstance(text, str | None):
        one = _read_text(reading, name, spec, pl.Series([text], dtype=pl.String))
        return Converted(*(part.new_from_index(0, rows.height) for part in (one.values, one.bad, one.expected)))
    few = _distinct(text)
    if few is None:
        return _read_text(reading, name, spec, text)
    return _spread(_read_text(reading, name, spec, few), few, text)


def delivered_text(reading: Reading, rows: pl.DataFrame, spec: ColumnSpec) -> pl.Series | str | None:
    """Return the text a column is read from: one cell a row, or what is the same in every row."""
    text: pl.Series | str | None
    if spec.from_:
        text = _joined(reading.table, rows, spec)
    elif spec.above is not None:
        text = _from_above(reading.table, rows, spec.above)
    elif spec.label is not None:
        text = _said(reading, spec)
    else:
        text = reading.groups.get(spec.group) if spec.group else _written(spec.constant)
    if spec.year is None:
        return text
    every = text if isinstance(text, pl.Series) else always(text, rows.height).cast(pl.String)
    return _with_year(reading, rows, every, spec.year)


def _said(reading: Reading, spec: ColumnSpec) -> str | None:
    """Return what a label says as delivered: its own cell, without those above it unless ``extract`` looks for them."""
    path = reading.table.said.get(reading.table.column(spec.label or "") or "")
    if path is None or spec.extract is not None or reading.mapping.table.header_rows == 1:
        return path
    return path.rpartition("/")[2]


def _read_text(reading: Reading, name: str, spec: ColumnSpec, text: pl.Series) -> Converted:
    mapping = reading.mapping
    kind, unit = mapping.kind(name), reading.unit_of(name)
    text = text if spec.default is None else text.fill_null(_written(spec.default))
    done = convert(text, kind, spec, unit, mapping.amounts.dash)
    if kind == "code":
        done = with_likely_codes(done, name, spec.digits)
    done = fit(done, mapping.feed, name, reading.limits.get(name))
    if spec.required or name in frames.REQUIRED[mapping.feed]:
        done = _not_blank(done, _WANTED[kind])
    return done


def _distinct(text: pl.Series) -> pl.Series | None:
    """Return the different cells of a column that has few; None where looking them up would not pay."""
    if len(text) < _WORTH_LOOKING_UP or text.head(_WORTH_LOOKING_UP).n_unique() > _WORTH_LOOKING_UP // 4:
        return None
    found = text.unique()
    return found if len(found) <= len(text) // 4 else None


def _spread(done: Converted, few: pl.Series, text: pl.Series) -> Converted:
    """Return for every cell what was read of the cell like it."""
    values = text.replace_strict(few, done.values, return_dtype=done.values.dtype)
    if not done.bad.any():
        height = len(text)
        return Converted(values, done.bad.new_from_index(0, height), done.expected.new_from_index(0, height))
    bad = text.replace_strict(few, done.bad, return_dtype=pl.Boolean)
    return Converted(values, bad, text.replace_strict(few, done.expected, return_dtype=pl.String))


def _from_above(table: Table, rows: pl.DataFrame, pattern: str) -> pl.Series:
    """Return for each row what the last cell above it that fits a pattern says, above the header too."""
    said = pl.Series(table.preamble, dtype=pl.String).str.extract(pattern, 1).drop_nulls()
    cells = [pl.col(label).str.extract(pattern, 1) for label in table.labels]
    every = table.rows.select(ROW, text=pl.coalesce(cells).forward_fill().fill_null(said[-1] if len(said) else None))
    return rows.select(ROW).join(every, on=ROW, how="left", maintain_order="left")["text"]


def _with_year(reading: Reading, rows: pl.DataFrame, text: pl.Series, name: str) -> pl.Series:
    """Put the year before dates that lack one, from a part of the file name or a column."""
    label = None if name in reading.groups else reading.table.column(name)
    told = rows[label] if label else pl.repeat(reading.groups.get(name), rows.height, dtype=pl.String, eager=True)
    frame = pl.DataFrame({"text": text, "year": told.str.extract(r"(\d{4})", 1)})
    lacks = ~pl.col("text").str.contains(r"\d{4}")
    return frame.select(text=pl.when(lacks).then(pl.col("year") + "年" + pl.col("text")).otherwise("text"))["text"]


def _written(value: str | int | bool | None) -> str:  # noqa: FBT001  # a TOML value, whatever it is
    return str(value).lower() if isinstance(value, bool) else str(value)


def _joined(table: Table, rows: pl.DataFrame, spec: ColumnSpec) -> pl.Series:
    labels = [table.column(label) for label in spec.from_]
    if not any(labels):
        return pl.repeat(None, rows.height, dtype=pl.String, eager=True)
    cells = [pl.col(label) if label else pl.lit(None, pl.String) for label in labels]
    if spec.widths:
        bare = [half_width(cell).str.replace_all(r"\s|\.0+$", "") for cell in cells]
        cells = [cell.str.pad_start(width, "0") for cell, width in zip(bare, spec.widths, strict=True)]
    if len(cells) == 1:
        return rows.select(cells[0].alias("text"))["text"]
    if spec.widths:
        # A blank part before a filled one would make a code of another level: 205, blank, 01 is not 20501.
        blank = [
            cell.is_null() & pl.any_horizontal(o.is_not_null() for o in cells[n + 1 :])
            for n, cell in enumerate(cells[:-1])
        ]
        cells = [
            pl.when(gap).then(pl.lit("␀")).otherwise(cell)
            for gap, cell in zip([*blank, pl.lit(False)], cells, strict=True)
        ]
    together = pl.concat_str([cell.str.strip_chars() for cell in cells], ignore_nulls=True)
    return rows.select(text=pl.when(together != "").then(together))["text"]


def _not_blank(done: Converted, wanted: str) -> Converted:
    blank = done.values.is_null() & ~done.bad
    told = pl.select(pl.when(blank).then(pl.lit(wanted)).otherwise(done.expected)).to_series()
    return Converted(done.values, done.bad | blank, told)
