"""Bytes of every kind become cells without losing a digit; what is no table is refused in words."""

import datetime as dt
import gzip
import io
import json

import polars as pl
import pytest
import xlwt
from ingest_ground import built_in, csv_bytes, write_xlsx

from ingest.delivery import Delivery
from ingest.header import header_of
from ingest.mapping_parts import TableSpec
from ingest.problems import FileRefusedError, UnreadableError
from ingest.readers import Limits, read_sheets, refuse_size

CSV, EXCEL, JSON = TableSpec(format="csv"), TableSpec(format="excel"), TableSpec(format="json")
LIMITS = Limits()


def cells(name, content, table, limits=LIMITS):
    return read_sheets(name, Delivery.of_bytes(content), table, limits)[0].cells.rows()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_csv_in_the_encodings_finance_uses(encoding):
    assert cells("a.csv", csv_bytes("单位,金额", "教育局,1.00", encoding=encoding), CSV) == [
        ("单位", "金额"),
        ("教育局", "1.00"),
    ]


def test_csv_that_fits_no_named_encoding_is_refused():
    with pytest.raises(UnreadableError, match=r"a\.csv is none of utf-8-sig; name its encoding in the mapping"):
        cells("a.csv", "单位".encode("gb18030"), TableSpec(format="csv", encodings=("utf-8-sig",)))


def test_csv_quotes_line_breaks_and_blank_lines_keep_row_numbers():
    rows = cells("a.csv", b'a,b\r\n"x\r\ny",2\r\n\r\n3\r\n', CSV)
    assert rows == [("a", "b"), ("x\r\ny", "2"), (None, None), ("3", None)]


@pytest.mark.parametrize(
    ("lines", "row", "why"),
    [
        (("a,b", '1,"x', "2,y", "3,z"), 2, "a quote that nothing closes would swallow every row below it"),
        (("a,b", "1,x", '2,"y', '3,"z"'), 3, "one that the next quote closes would swallow the rows between"),
        (("a,b", '1,"x"y'), 2, "a cell that goes on behind its closing quote"),
    ],
)
def test_a_quote_that_is_not_closed_is_refused_because_it_would_swallow_rows(lines, row, why):
    with pytest.raises(UnreadableError, match=rf"a\.csv cannot be split into cells from row {row} on"):
        pytest.fail(f"{why}: {cells('a.csv', csv_bytes(*lines), CSV)}")


def test_quotes_may_be_plain_text():
    plain = TableSpec(format="csv", quotes=False)
    assert cells("a.csv", csv_bytes("a,b", '1,"x', '2,"y"'), plain) == [("a", "b"), ("1", '"x'), ("2", '"y"')]


def test_a_workbook_or_utf_16_where_text_was_expected_is_named(tmp_path):
    book = write_xlsx(tmp_path / "a.xlsx", [["x"]]).read_bytes()
    with pytest.raises(UnreadableError, match=r"a\.csv is a workbook, not text"):
        cells("a.csv", book, CSV)
    utf_16 = "单位,金额\n教育局,1.00\n".encode("utf-16")
    with pytest.raises(UnreadableError, match="it begins as utf-16 does; name its encoding"):
        cells("a.csv", utf_16, CSV)
    named = TableSpec(format="csv", encodings=("utf-8-sig", "utf-16"))
    assert cells("a.csv", utf_16, named) == [("单位", "金额"), ("教育局", "1.00")]


@pytest.mark.parametrize("rest", ["水利局".encode("gb18030"), b"\xff", "水利局".encode()[:-1]])
def test_utf_8_with_a_damaged_byte_is_never_read_as_something_else(rest):
    content = csv_bytes("单位,金额", "教育局,1.00") + rest
    with pytest.raises(UnreadableError, match=r"a\.csv is UTF-8 up to a damaged byte in line 3 \(byte \d+\)"):
        cells("a.csv", content, CSV)


def test_one_row_that_would_make_every_other_wide_is_refused():
    with pytest.raises(UnreadableError, match=r"a\.csv row 2 has 9,001 cells, the rows have [0-9]+ on average"):
        cells("a.csv", b"a,b\n" + b"," * 9_000 + b"\n1,2" * 3_000, CSV)


def test_another_delimiter():
    assert cells("a.txt", b"a|b\n1|2\n", TableSpec(format="csv", delimiter="|")) == [("a", "b"), ("1", "2")]


def test_gzip_is_unpacked_by_its_bytes_not_its_name():
    packed = gzip.compress(csv_bytes("a,b", "1,2"))
    assert cells("a.csv", packed, CSV) == cells("a.csv.gz", packed, CSV) == [("a", "b"), ("1", "2")]


def test_a_gzip_bomb_is_refused_before_it_fills_the_memory():
    bomb = gzip.compress(bytes(50_000_000))
    assert len(bomb) < 60_000
    with pytest.raises(UnreadableError, match="unpacks to more than 1,000,000 bytes"):
        cells("a.csv.gz", bomb, CSV, Limits(unpacked_bytes=1_000_000))


def test_half_a_gzip_is_refused():
    with pytest.raises(UnreadableError, match="not a whole gzip file"):
        cells("a.csv.gz", gzip.compress(b"a,b\n" * 9999)[:40], CSV)


@pytest.mark.parametrize(("size", "told"), [(0, "is empty"), (11, "has 11 bytes; at most 10 are taken in")])
def test_absurd_sizes_are_refused(size, told):
    with pytest.raises(FileRefusedError, match=told):
        refuse_size("a.csv", size, Limits(delivered_bytes=10))


def test_json_numbers_keep_every_digit_and_zeros():
    content = json.dumps([{"a": "01", "b": 7}]).encode().replace(b"7", b"12345678901234567.10")
    sheet = read_sheets("a.json", Delivery.of_bytes(content), JSON, LIMITS)[0]
    assert sheet.cells.rows() == [("a", "b"), ("01", "12345678901234567.10")]
    assert sheet.first_row == 0  # so that the first record is row 1


def test_json_records_may_lie_deeper_and_lack_keys():
    content = json.dumps({"data": {"rows": [{"a": 1}, {"b": None, "c": True}]}}).encode()
    table = TableSpec(format="json", records="data.rows")
    assert cells("a.json", content, table) == [("a", "b", "c"), ("1", None, None), (None, None, "true")]


@pytest.mark.parametrize(
    ("content", "told"),
    [(b"{", "is not JSON"), (b'{"a":1}', "no list of objects at its top"), (b"[1]", "no list of objects")],
)
def test_json_that_is_no_list_of_records_is_refused(content, told):
    with pytest.raises(UnreadableError, match=told):
        cells("a.json", content, JSON)


def test_json_objects_within_a_record_are_columns_by_their_path():
    content = b'[{"a": {"value": 12.50, "of": {"unit": "x"}}, "b": [1]}, {"a": {}, "b": null}]'
    assert cells("a.json", content, JSON) == [
        ("a/value", "a/of/unit", "b", "a"),
        ("12.50", "x", '["1"]', None),
        (None, None, None, "{}"),
    ]


def test_xlsx_numbers_dates_texts_and_errors(tmp_path):
    path = write_xlsx(
        tmp_path / "a.xlsx",
        [
            [None],
            [None, "码", "数", "日", "错"],
            [None, "001", 1234567890.12, dt.date(2019, 3, 31), "=1/0"],
            [None, "002", 0.1 + 0.2, 43555, "ok"],
            [],
            [None, "003", 99999999.99, "１２３", None],
        ],
    )
    sheet = read_sheets("a.xlsx", Delivery.of_bytes(path.read_bytes()), EXCEL, LIMITS)[0]
    assert sheet.name == "表"
    assert sheet.cells.rows() == [
        (None, None, None, None, None),
        (None, "码", "数", "日", "错"),
        (None, "001", "1234567890.12", "2019-03-31 00:00:00", "#DIV/0!"),
        (None, "002", "0.3", "43555", "ok"),
        (None, None, None, None, None),
        (None, "003", "99999999.99", "１２３", None),
    ]


def test_xls_reads_like_xlsx():
    book = xlwt.Workbook(encoding="utf-8")
    page = book.add_sheet("指标")
    for column, value in enumerate(["0012", 1234567890.12, 43555]):
        page.write(1, column, value)
    out = io.BytesIO()
    book.save(out)
    assert cells("a.xls", out.getvalue(), EXCEL) == [(None, None, None), ("0012", "1234567890.12", "43555")]


def test_sheets_are_chosen_by_name_or_pattern(tmp_path):
    content = write_xlsx(tmp_path / "a.xlsx", [["x"]], sheet="指标1").read_bytes()
    assert cells("a.xlsx", content, TableSpec(format="excel", sheet="指标1")) == [("x",)]
    assert cells("a.xlsx", content, TableSpec(format="excel", sheets_matching="^指标")) == [("x",)]
    with pytest.raises(UnreadableError, match=r'a\.xlsx has no sheet "支出"; it has: 指标1'):
        cells("a.xlsx", content, TableSpec(format="excel", sheet="支出"))


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"<html><p>\xe8\xaf\xb7\xe7\x99\xbb\xe5\xbd\x95</p></html>", "is a web page without a table, it says: 请登录"),
        (b"PK\x03\x04 cut short", "damaged .xlsx"),
        ("单位,金额".encode("gb18030"), "is no workbook, whatever its name says"),
        (
            bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600),
            "cannot be opened as a workbook: it is a damaged .xls",
        ),
    ],
)
def test_what_is_no_workbook_is_refused_in_words(content, told):
    with pytest.raises(UnreadableError, match=told):
        cells("a.xls", content, EXCEL)


def test_a_workbook_that_unpacks_to_too_much_is_refused(tmp_path):
    content = write_xlsx(tmp_path / "a.xlsx", [["x" * 1000] * 20] * 200).read_bytes()
    with pytest.raises(UnreadableError, match="at most 10,000 are read"):
        cells("a.xlsx", content, EXCEL, Limits(unpacked_bytes=10_000))


@pytest.mark.parametrize(
    ("rows", "labels", "why"),
    [
        ([("单 位", "金额")], ("单位", "金额"), "labels are spaced out for looks"),
        ([("a", "a", "a")], ("a", "a#2", "a#3"), "a repeated label is numbered"),
        ([("a", None)], ("a", "column2"), "a nameless column gets a name"),
        (
            [("单位", "科目", None, None, "金额"), (None, "类", "款", "项", None)],
            ("单位", "科目/类", "科目/款", "科目/项", "金额"),
            "merged across and down",
        ),
        (
            [("单位", "科目", "科目", "金额"), ("单位", "类", "款", "金额")],
            ("单位", "科目/类", "科目/款", "金额"),
            "the same header with repeated instead of merged cells",
        ),
        (
            [("A", None, None, None), ("B", None, "C", None), ("x", "y", "x", "y")],
            ("A/B/x", "A/B/y", "A/C/x", "A/C/y"),
            "three rows deep",
        ),
    ],
)
def test_header_rows_become_one_label_a_column(rows, labels, why):
    assert header_of(built_in("qinghe-payments"), rows).labels == labels, why


def test_blank_cells_are_null_whatever_blank_they_hold():
    frame = read_sheets("a.csv", Delivery.of_bytes(csv_bytes("a,b,c", " ,\u3000,x")), CSV, LIMITS)[0].cells
    assert frame.row(1) == (None, None, "x")
    assert frame.dtypes == [pl.String] * 3
