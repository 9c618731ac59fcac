"""What a workbook says is read in full: errors, long numbers, formulas; what would fill the memory is refused."""

import datetime as dt
import io
import re
import zipfile
from decimal import Decimal

import pytest
import xlsxwriter
import xlwt
from hypothesis import given, settings
from hypothesis import strategies as st
from ingest_ground import write_xlsx

from ingest.delivery import Delivery
from ingest.mapping_parts import TableSpec
from ingest.problems import UnreadableError
from ingest.readers import Limits, read_sheets
from ingest.workbook_cells import typed_number

EXCEL = TableSpec(format="excel")
LONG = 440604000201234567890


def cells(content, name="a.xlsx"):
    return read_sheets(name, Delivery.of_bytes(content), EXCEL, Limits())[0].cells.rows()


def xls(fill):
    book = xlwt.Workbook(encoding="utf-8")
    fill(book.add_sheet("指标"))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def xlsx(fill, **options):
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, options)
    fill(book, book.add_worksheet("指标"))
    book.close()
    return out.getvalue()


def test_error_cells_of_an_xls_are_seen(tmp_path):
    def fill(page):
        page.write(1, 1, "码")
        page.row(2).set_cell_error(2, "#DIV/0!")
        page.row(2).set_cell_error(3, "#N/A!")
        page.write(2, 1, "0012")

    assert cells(xls(fill), "a.xls") == [
        (None, None, None, None),
        (None, "码", None, None),
        (None, "0012", "#DIV/0!", "#N/A"),
    ]


NUMBERS = [(LONG, "4.40604000201235E+20"), (1e15, "1.00000000000000E+15"), (123456789012345, "123456789012345")]
NUMBERS += [(0.12345678901, "0.12345678901"), (1e-10, "1e-10"), (0.3, "0.3"), (7, "7")]
NUMBERS += [(-6.82121e-13, "-6.82121e-13"), (1234567890.12, "1234567890.12"), (0.5, "0.5"), (2050101.0, "2050101")]


@pytest.mark.parametrize("kind", ["xls", "xlsx"])
def test_numbers_are_told_in_full_and_a_long_code_is_never_made_up(kind):
    def fill(*page):
        for row, (number, _) in enumerate(NUMBERS):
            page[-1].write(row, 0, number)

    content = xls(fill) if kind == "xls" else xlsx(fill)
    assert cells(content, f"a.{kind}") == [(text,) for _, text in NUMBERS]


def test_a_date_stays_a_date_however_many_digits_its_time_has():
    def fill(book, page):
        page.write_datetime(0, 0, dt.datetime(2019, 3, 31, 11, 7, 33), book.add_format({"num_format": "yyyy-mm-dd"}))  # noqa: DTZ001

    assert cells(xlsx(fill)) == [("2019-03-31 11:07:33",)]


def test_a_formula_that_was_never_worked_out_is_no_blank():
    def fill(book, page):
        page.write_formula("A1", "=B1+1")
        page.write("B1", 5)

    content = xlsx(fill)
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w") as new:
        for entry in old.infolist():
            raw = old.read(entry)
            new.writestr(entry.filename, raw.replace(b"<v>0</v>", b"") if "sheet1" in entry.filename else raw)
    assert cells(out.getvalue()) == [("=B1+1", "5")]


def test_hidden_rows_columns_and_sheets_are_read_like_others():
    def fill(book, page):
        page.write_row(0, 0, ["a", "b"])
        page.write_row(1, 0, ["1", "2"])
        page.set_row(1, options={"hidden": True})
        page.set_column(1, 1, options={"hidden": True})

    assert cells(xlsx(fill)) == [("a", "b"), ("1", "2")]


def test_a_merged_cell_says_its_text_once(tmp_path):
    rows = [["单位", "金额", None], [None, "预算", "支出"], ["教育局", 1, 2]]
    path = write_xlsx(tmp_path / "a.xlsx", rows, merges=("A1:A2", "B1:C1"))
    assert cells(path.read_bytes()) == [("单位", "金额", None), (None, "预算", "支出"), ("教育局", "1", "2")]


@pytest.mark.parametrize("kind", ["xls", "xlsx"])
def test_cells_so_far_apart_that_they_would_fill_the_memory_are_refused(kind):
    def fill(*page):
        page[-1].write(0, 0, "a")
        page[-1].write(65535, 255 if kind == "xls" else 16383, "b")

    content = xls(fill) if kind == "xls" else xlsx(fill)
    with pytest.raises(UnreadableError, match=r"spans 65,536 rows and [0-9,]+ columns; at most 6,000,000 cells"):
        cells(content, f"a.{kind}")


def test_a_locked_workbook_is_named():
    content = bytearray(xls(lambda page: page.write(0, 0, "x")))
    # The record of the code page, which nothing here needs, made the record of a password.
    at = re.search(rb"\x42\x00\x02\x00", content).start()
    content[at] = 0x2F
    with pytest.raises(UnreadableError, match=r"a\.xls is locked with a password"):
        cells(bytes(content), "a.xls")


def test_a_zip_of_another_kind_of_workbook_is_named():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as book:
        book.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
    with pytest.raises(UnreadableError, match=r"is no \.xlsx workbook; open it in Excel or WPS"):
        cells(out.getvalue())


@settings(max_examples=300)
@given(st.floats(-1e300, 1e300))
def test_a_typed_number_is_the_same_number(value):
    text = typed_number(repr(value))
    assert float(text) == pytest.approx(value, rel=1e-14)
    if abs(value) < 10**15:
        assert Decimal(text) == Decimal(repr(value))


def test_what_is_no_number_stays_as_it_is():
    assert [typed_number(text) for text in ("", "1,2", "x", "1e999", "nan")] == ["", "1,2", "x", "1e999", "nan"]
