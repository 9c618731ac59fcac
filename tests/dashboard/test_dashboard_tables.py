"""Tables: sorting and paging on the server, and exports that hold every row and run nothing."""

import csv
import io
import zipfile
from decimal import Decimal

import pytest

from dashboard.export import harmless, to_csv, to_xlsx
from dashboard.tables import PAGE_SIZE, Column, Table, page_of, sorted_table
from dashboard.words import words

ZH = words("zh")
COLUMNS = [
    Column("name", "名称"),
    Column("fen", "支出 (万元)", "wan"),
    Column("rate", "执行率", "rate"),
    Column("level", "级别", "level"),
]
ROWS = [
    {"name": "乙", "fen": 1, "rate": 9999, "level": "red"},
    {"name": "甲", "fen": None, "rate": None, "level": "yellow"},
    {"name": "丙", "fen": -1234567, "rate": 10000, "level": "orange"},
]
TABLE = Table("t", "表", COLUMNS, ROWS, {"name": "合计", "fen": -1234566, "rate": 0})


@pytest.mark.parametrize(
    ("sort", "names", "why"),
    [
        (None, "乙甲丙", "no order asked: as given"),
        ("t.fen", "丙乙甲", "upwards, the missing one last"),
        ("-t.fen", "乙丙甲", "downwards, the missing one still last"),
        ("-t.level", "乙丙甲", "levels by gravity, not by letters"),
        ("other.fen", "乙甲丙", "another table's order leaves this one alone"),
        ("t.secret", "乙甲丙", "an unknown column is no order"),
        ("t.", "乙甲丙", "no column is no order"),
        ("--t.fen;drop", "乙甲丙", "anything else is no order"),
    ],
)
def test_rows_are_ordered_as_the_url_asks(sort: str | None, names: str, why: str) -> None:
    assert "".join(row["name"] for row in sorted_table(TABLE, sort).rows) == names, why


@pytest.mark.parametrize(("asked", "shown"), [(None, 1), (1, 1), (2, 2), (0, 1), (99, 3)])
def test_a_page_outside_the_table_is_its_nearest(asked: int | None, shown: int) -> None:
    long = Table("t", "表", COLUMNS, [{"name": str(number)} for number in range(2 * PAGE_SIZE + 1)], {"name": "合计"})
    page, number, pages = page_of(long, asked)
    assert (number, pages) == (shown, 3)
    assert page.totals == {"name": "合计"}
    assert len(page.rows) == (1 if shown == 3 else PAGE_SIZE)


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", '=HYPERLINK("http://x")'])
def test_text_that_a_spreadsheet_would_run_is_made_harmless(text: str) -> None:
    assert harmless(text) == "'" + text
    table = Table("t", "表", [Column("name", text)], [{"name": text}])
    rows = list(csv.reader(io.StringIO(to_csv(table, ZH).decode("utf-8-sig"), newline="")))
    assert rows == [["'" + text], ["'" + text]]


def test_a_negative_amount_stays_a_number() -> None:
    rows = list(csv.reader(io.StringIO(to_csv(TABLE, ZH).decode("utf-8-sig"))))
    assert rows[0] == ["名称", "支出 (元)", "执行率 %", "级别"]
    assert rows[1] == ["乙", "0.01", "99.99", "红"]
    assert rows[2] == ["甲", "", "", "黄"]
    assert rows[3][1] == "-12345.67"
    assert rows[4] == ["合计", "-12345.66", "0.00", ""]
    assert sum(Decimal(row[1] or 0) for row in rows[1:4]) == Decimal(rows[4][1])


def test_the_csv_starts_with_the_mark_that_excel_reads_chinese_by() -> None:
    assert to_csv(TABLE, ZH).startswith(b"\xef\xbb\xbf")


def test_the_workbook_holds_the_rows_the_totals_and_the_notes_and_no_formula() -> None:
    evil = Table("t", "表", COLUMNS, [*ROWS, {"name": "=1+1", "fen": 100}], TABLE.totals)
    with zipfile.ZipFile(io.BytesIO(to_xlsx(evil, ZH, ["口径: 支出 ÷ 调整预算"]))) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
        texts = book.read("xl/sharedStrings.xml").decode()
    assert "<f>" not in sheet
    assert "'=1+1" in texts
    assert "口径: 支出 ÷ 调整预算" in texts
    assert "-12345.67" in sheet


def test_an_export_holds_all_rows_and_the_screens_totals(visit) -> None:
    client = visit("caijing")
    text = client.get("/export/batches.csv").get_data().decode("utf-8-sig")
    assert len(text.splitlines()) == 1 + 41  # classifications; 4 years: units, and 3 feeds of 3 divisions each


def test_an_export_follows_the_order_of_the_url(visit) -> None:
    text = visit("caijing").get("/export/execution.csv?sort=-execution.payment_fen").get_data().decode("utf-8-sig")
    amounts = [Decimal(line[4]) for line in csv.reader(io.StringIO(text)) if line[0] not in {"区划", "合计"}]
    assert amounts == sorted(amounts, reverse=True)
