"""Ground of the ingest tests: mappings written as text, files written as bytes, and one way to load them."""

import datetime as dt
from pathlib import Path

import polars as pl
import sqlalchemy as sa
import xlsxwriter

from ingest.mapping import BUILT_IN, Mapping, load_mapping, load_mappings, match, named
from ingest.outcome import Outcome
from ingest.prepare import prepare, prepare_content
from ingest.prepared import Prepared
from ingest.publish import publish
from warehouse.engine import reading, writing
from warehouse.facts import read_slices
from warehouse.in_force import slices_in_force
from warehouse.scope import Scope

NOW = dt.datetime(2026, 11, 20, 3, 0, tzinfo=dt.UTC)
FOREVER = dt.datetime(2100, 1, 1, tzinfo=dt.UTC)

# A small payments feed: one division, months as slices.
PAYMENTS = r"""
feed = "payments"
title = "支付"
owner = "区财政局"
file_name = 'pay-(?P<period>\d{6})(?:-\d+)?\.csv'
[table]
format = "csv"
[amounts]
unit = "元"
[constants]
division_code = "990101010"
[columns]
fiscal_year = { group = "period", extract = '^(\d{4})' }
unit_code = { from = "单位" }
voucher_no = { from = "凭证" }
paid_on = { from = "日期" }
payment_fen = { from = "金额" }
purpose = { from = "用途", optional = true }
[slice]
key = ["division_code", "period"]
"""
HEADER = "单位,凭证,日期,金额,用途"


def mapping_of(folder: Path, text: str, name: str = "probe") -> Mapping:
    """Write a mapping file and load it."""
    path = folder / f"{name}.toml"
    path.write_text(text, encoding="utf-8")
    return load_mapping(path)


def built_in(name: str) -> Mapping:
    return named(load_mappings([BUILT_IN]), name)


def csv_bytes(*lines: str, encoding: str = "utf-8") -> bytes:
    return ("\r\n".join(lines) + "\r\n").encode(encoding)


def read(mapping: Mapping, file_name: str, content: bytes) -> Prepared:
    return prepare_content(mapping, file_name, content)


class House:
    """A warehouse and its landing folder."""

    def __init__(self, engine: sa.Engine, landing: Path) -> None:
        self.engine = engine
        self.landing = landing

    def load(self, mapping: Mapping, file_name: str, content: bytes, now: dt.datetime = NOW) -> Outcome:
        return self.publish(prepare_content(mapping, file_name, content), now)

    def load_file(self, path: Path, mapping: Mapping | None = None, now: dt.datetime = NOW) -> Outcome:
        return self.publish(prepare(mapping or match(load_mappings([BUILT_IN]), path.name), path), now)

    def publish(self, prepared: Prepared, now: dt.datetime = NOW) -> Outcome:
        with writing(self.engine) as connection:
            return publish(connection, self.landing, prepared, now=now, actor="test")

    def facts(self, feed: str, known_at: dt.datetime = FOREVER) -> pl.DataFrame:
        """Return the feed's facts in force."""
        with reading(self.engine) as connection:
            pieces = slices_in_force(connection, known_at, Scope.everything(), feeds=[feed])
            return read_slices(connection, feed, pieces["slice_id"].to_list())

    def count(self, name: str) -> int:
        with reading(self.engine) as connection:
            return int(connection.execute(sa.text(f"SELECT count(*) FROM {name}")).scalar_one())


def write_xlsx(path: Path, rows: list[list[object]], sheet: str = "表", merges: tuple[str, ...] = ()) -> Path:
    """Write a workbook of one sheet; a dt.date becomes a dated cell, merges are ranges such as A1:C1."""
    book = xlsxwriter.Workbook(str(path))
    page = book.add_worksheet(sheet)
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    for r, row in enumerate(rows):
        for c, value in enumerate(row):
            if isinstance(value, dt.date):
                page.write_datetime(r, c, dt.datetime(value.year, value.month, value.day), day)  # noqa: DTZ001
            elif isinstance(value, str) and value.startswith("="):
                page.write_formula(r, c, value, None, "#DIV/0!")
            elif value is not None:
                page.write(r, c, value)
    for merge in merges:
        first = merge.split(":")[0]
        column, row = ord(first[0]) - 65, int(first[1:]) - 1
        page.merge_range(merge, rows[row][column])
    book.close()
    return path
