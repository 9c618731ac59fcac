"""Workbooks are read as another reader reads them, but for what that one leaves out or rounds."""

import datetime as dt
import io
import random

import fastexcel
import pytest
import xlsxwriter
import xlwt
from xlwt.CompoundDoc import XlsDoc

from ingest.delivery import Delivery
from ingest.mapping_parts import TableSpec
from ingest.readers import Limits, read_sheets

ROWS = 400
Cell = str | float | bool | dt.datetime


def table() -> list[list[Cell]]:
    """Return cells of every kind; their texts fill more than one record of shared texts."""
    chance = random.Random(7)
    first = dt.datetime(2019, 3, 1)  # noqa: DTZ001  # days of no zone
    return [
        [
            f"{chance.randrange(10**7):07d}",
            chance.randint(-(10**9), 10**9) / 64,
            first + dt.timedelta(days=chance.randrange(3000), hours=chance.choice([0, 0, 7])),
            chance.choice(["办公费", "é", "ab", "教育局"]) * chance.randrange(1, 400) + str(row),
            row % 2 == 0,
            chance.choice([12345678901, -5, 7.25, 0.5]),
        ]
        for row in range(ROWS)
    ]


def as_xlsx(rows: list[list[Cell]]) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"default_date_format": 'yyyy"年"m"月"d"日"'})
    page = book.add_worksheet("支付 表")
    for number, row in enumerate(rows):
        page.write_row(number + 2, 1, row)
    page.write_rich_string(0, 0, "常", book.add_format({"bold": True}), "粗", "尾")
    page.write_formula(0, 1, '="a"&"b"', None, "ab")
    book.close()
    return out.getvalue()


def as_xls(rows: list[list[Cell]]) -> bytes:
    book = xlwt.Workbook(encoding="utf-8")
    page = book.add_sheet("支付 表")
    day = xlwt.easyxf(num_format_str='yyyy"年"m"月"d"日"')
    for number, row in enumerate(rows):
        for column, cell in enumerate(row):
            page.write(number + 2, column + 1, cell, *([day] if isinstance(cell, dt.datetime) else []))
    page.write_rich_text(0, 0, ["常", ("粗", xlwt.easyfont("bold on")), "尾"])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize(("kind", "write"), [("xlsx", as_xlsx), ("xls", as_xls)])
def test_every_kind_of_cell_is_read_as_another_reader_reads_it(kind, write):
    content = write(table())
    own = read_sheets(f"a.{kind}", Delivery.of_bytes(content), TableSpec(format="excel"), Limits())[0]
    other = fastexcel.read_excel(content).load_sheet(0, header_row=None, skip_rows=0, dtypes="string")
    assert own.name == other.name == "支付 表"
    assert own.cells.height == ROWS + 2
    assert own.cells.rows() == [tuple(cell or None for cell in row) for row in other.to_polars().rows()]


def biff5(*records: tuple[int, bytes]) -> bytes:
    out = io.BytesIO()
    XlsDoc().save(
        out, b"".join(kind.to_bytes(2, "little") + len(body).to_bytes(2, "little") + body for kind, body in records)
    )
    return out.getvalue()


def test_an_xls_of_1995_is_read_in_its_code_page():
    name, text = "支付".encode("gb18030"), "教育局".encode("gb18030")
    globals_ = [(0x809, b"\x00\x05\x05\x00"), (0x42, (936).to_bytes(2, "little"))]
    sheet_at = sum(4 + len(body) for _, body in globals_) + 4 + 7 + len(name) + 4
    globals_ += [(0x85, sheet_at.to_bytes(4, "little") + b"\x00\x00" + bytes([len(name)]) + name), (0x0A, b"")]
    cells = [(0x204, bytes([1, 0, 2, 0, 0, 0]) + len(text).to_bytes(2, "little") + text)]
    content = biff5(*globals_, (0x809, b"\x00\x05\x10\x00"), *cells, (0x0A, b""))
    sheet = read_sheets("a.xls", Delivery.of_bytes(content), TableSpec(format="excel", sheet="支付"), Limits())[0]
    assert sheet.cells.rows() == [(None, None, None), (None, None, "教育局")]
