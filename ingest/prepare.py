"""A delivered file and a mapping to everything publishing needs; reads and judges, writes nothing."""

import datetime as dt
import hashlib
import os
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from zoneinfo import ZoneInfo

import polars as pl

from budget import frames
from ingest.checks import Sums, check_totals, wording
from ingest.dates import parse_dates
from ingest.mapping import Mapping
from ingest.prepared import SLICE_KEY, SLICES, Check, Prepared, Rejected, distinct_count, empty_facts
from ingest.problems import FileRefusedError, UnreadableError
from ingest.readers import Limits, read_sheets, refuse_size
from ingest.rows import Reading, read_rows, rejections
from ingest.signs import count_signs
from ingest.slicing import key_of, keys_of_all, slices_of
from ingest.table import KIND, LEFT_OUT, OVERLONG, ROW, Table, condition, find_table, is_left_out, keep_own_rows
from warehouse.deliveries import text_limits

NO_LIMITS_GIVEN = Limits()
_MOST_FEN = 10**18


@dataclass(frozen=True)
class _Sheet:
    """What one sheet gives."""

    facts: pl.DataFrame
    rejected: list[Rejected]
    checks: list[Check]
    keys: pl.Series  # slice key of every delivered row
    distinct: pl.DataFrame
    signs: pl.DataFrame


def prepare(mapping: Mapping, path: Path, *, limits: Limits = NO_LIMITS_GIVEN) -> Prepared:
    """Read a delivered file with a mapping; FileRefusedError where the file cannot be taken in at all."""
    return prepare_content(mapping, readable_name(path), read_delivered(path, limits), limits=limits)


def read_delivered(path: Path, limits: Limits = NO_LIMITS_GIVEN) -> bytes:
    """Return a delivered file's bytes; FileRefusedError where it is missing, empty or too large."""
    name = readable_name(path)
    try:
        refuse_size(name, path.stat().st_size, limits)
        return path.read_bytes()
    except OSError as error:
        raise FileRefusedError(
            f"{path.parent / name} cannot be read: {error.strerror or type(error).__name__}"
        ) from error


def readable_name(path: Path) -> str:
    """Return a file's name as people read it: names unpacked from a Windows archive are GB18030, not UTF-8."""
    delivered = os.fsencode(path.name)
    try:
        return delivered.decode("utf-8")
    except UnicodeDecodeError:
        return delivered.decode("gb18030", "replace")


def prepare_content(mapping: Mapping, file_name: str, content: bytes, *, limits: Limits = NO_LIMITS_GIVEN) -> Prepared:
    """Read delivered bytes with a mapping; what cannot be read at all is held with the reason."""
    refuse_size(file_name, len(content), limits)
    blank = Prepared(
        mapping=mapping,
        file_name=file_name,
        content=content,
        sha256=hashlib.sha256(content).hexdigest(),
        known_at=None,
        facts=empty_facts(mapping.feed),
        slices=frames.empty(SLICES),
    )
    try:
        groups = _groups(mapping, file_name)
        dated = replace(blank, known_at=_known_at(mapping, file_name, groups))
        sheets = [
            _read_sheet(mapping, find_table(mapping, file_name, sheet), file_name, groups)
            for sheet in read_sheets(file_name, content, mapping.table, limits)
        ]
        together = _together(dated, sheets, groups)
    except UnreadableError as error:
        return replace(blank, hold_reasons=(str(error),))
    return _judged(together)


def _groups(mapping: Mapping, file_name: str) -> dict[str, str]:
    groups = mapping.groups(file_name)
    needed = {spec.group for spec in mapping.columns.values() if spec.group and not spec.optional}
    needed |= set(mapping.slice.key) & set(re.compile(mapping.file_name).groupindex)
    if missing := sorted(needed - set(groups)):
        raise UnreadableError(
            f"the name {file_name} does not tell {', '.join(missing)}; {mapping.name} expects {mapping.file_name}"
        )
    return groups


def _known_at(mapping: Mapping, file_name: str, groups: dict[str, str]) -> dt.datetime | None:
    given = mapping.delivery
    if given is None or given.on not in groups:
        return None
    day = parse_dates(pl.Series([groups[given.on]]), ("compact", "ymd")).values[0]
    if day is None:
        raise UnreadableError(f"{file_name}: {given.on} is {groups[given.on]}; a day like 20260331 was expected")
    hour = dt.time.fromisoformat(given.at)
    return dt.datetime.combine(day, hour, ZoneInfo(given.time_zone)).astimezone(dt.UTC)


def _unit(mapping: Mapping, table: Table, rows: pl.DataFrame) -> str:
    """Return the unit of the amounts, from the mapping, a cell above the header, or a column."""
    given = mapping.amounts
    if given.unit_cell is not None:
        said = [found[1] for cell in table.preamble if (found := re.search(given.unit_cell, cell))]
        known = [unit for unit in said if unit in {"元", "百元", "千元", "万元", "亿元"}]
        if not known:
            above = "; ".join(table.preamble) or "nothing"
            raise UnreadableError(f"no cell above the header tells the unit of the amounts; they say: {above}")
        return known[0]
    if given.unit_column is None:
        return given.unit or "元"
    label = table.column(given.unit_column)
    units = rows[label].drop_nulls().str.strip_chars().unique().to_list() if label else []
    if len(units) != 1 or units[0] not in {"元", "百元", "千元", "万元", "亿元"}:
        raise UnreadableError(
            f"column {given.unit_column} says {', '.join(sorted(units)) or 'nothing'}; one unit was expected"
        )
    return str(units[0])


def _read_sheet(mapping: Mapping, table: Table, file_name: str, groups: dict[str, str]) -> _Sheet:
    own = keep_own_rows(mapping, table)
    unit = _unit(mapping, table, own)
    reading = Reading(mapping, table, file_name, groups, unit, text_limits(mapping.feed))
    marked = own.with_columns(
        is_left_out(mapping, table).alias(LEFT_OUT), _kind_of_total(mapping, table).alias(KIND)
    ).filter(~pl.col(LEFT_OUT))
    rows = _inherited(mapping, table, marked.filter(pl.col(KIND).is_null()))
    read = read_rows(reading, rows)
    keys = key_of(reading, rows, read)
    read = replace(read, columns=read.columns | {SLICE_KEY: keys})
    good = ~(read.is_bad() | rows[OVERLONG])
    facts = read.values.with_columns(
        keys.values.alias(SLICE_KEY),
        rows[ROW].alias("source_row"),
        pl.lit(table.sheet, pl.String).alias("source_sheet"),
    )
    accepted = facts.filter(good)
    checks = check_totals(Sums(reading, accepted, rows.filter(good), marked.filter(pl.col(KIND).is_not_null())))
    signs = count_signs(reading, rows.filter(good))
    every = keys_of_all(reading, own)
    labels = [label for one in mapping.slice.distinct if (label := table.column(one))]
    return _Sheet(accepted, rejections(reading, rows, read), checks, every, own.select(labels), signs)


def _kind_of_total(mapping: Mapping, table: Table) -> pl.Expr:
    """Return which kind of subtotal a row is, null for a row of facts."""
    tests = [pl.all_horizontal(condition(table, test) for test in spec.where) for spec in mapping.subtotals]
    kinds = [pl.when(test).then(pl.lit(n)) for n, test in enumerate(tests)]
    return pl.coalesce(*kinds, pl.lit(None, pl.Int32))


def _inherited(mapping: Mapping, table: Table, rows: pl.DataFrame) -> pl.DataFrame:
    labels = [label for one in mapping.table.inherit if (label := table.column(one))]
    return rows.with_columns(pl.col(label).forward_fill() for label in labels)


def _together(blank: Prepared, sheets: list[_Sheet], groups: dict[str, str]) -> Prepared:
    facts = pl.concat([sheet.facts for sheet in sheets]).select(blank.facts.columns)
    _refuse_overflow(blank.file_name, facts, frames.MEASURES[blank.mapping.feed])
    keys = pl.concat([sheet.keys for sheet in sheets])
    distinct = pl.concat([sheet.distinct for sheet in sheets])
    signs = pl.concat([sheet.signs for sheet in sheets]).group_by("measure", maintain_order=True).sum()
    return replace(
        blank,
        facts=facts,
        slices=slices_of(blank.mapping, facts, keys, groups),
        rejected=tuple(one for sheet in sheets for one in sheet.rejected),
        checks=tuple(one for sheet in sheets for one in sheet.checks),
        row_count=len(keys),
        signs={name: {"negative": negative, "zero": zero} for name, negative, zero in signs.iter_rows()},
        distinct_keys=distinct_count(distinct) if blank.mapping.slice.distinct else None,
    )


def _refuse_overflow(file_name: str, facts: pl.DataFrame, measures: Iterable[str]) -> None:
    """Refuse amounts whose sum no 64-bit integer holds; a wrapped sum would be a wrong figure that looks right."""
    for name in measures:
        size = facts[name].cast(pl.Float64).abs().sum()
        if size > _MOST_FEN:
            raise UnreadableError(
                f"{file_name}: {name} adds up to {size / 100:.1e} 元, which no budget is; look at the unit"
            )


def _judged(prepared: Prepared) -> Prepared:
    """Add the reasons for which a person has to look before this is published."""
    reasons = []
    bad, good = len(prepared.rejected), prepared.facts.height
    most = prepared.mapping.checks.max_rejected_percent
    if bad * 100 > most * (bad + good):
        reasons.append(f"{bad} of {bad + good} rows were rejected, more than {most} in 100")
    if bad + good == 0:
        reasons.append("the table has no rows")
    held = [check for check in prepared.checks if check.outcome == "hold"]
    reasons += [wording(check) for check in held]
    return replace(prepared, hold_reasons=tuple(reasons))
