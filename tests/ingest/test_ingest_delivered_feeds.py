"""The built-in mappings read what finance sends of every feed beside the budget line, to the fen, on both engines."""

import datetime as dt

import pytest
import xlwt
from delivered_feeds import DELIVERED
from ingest_ground import House, built_in, csv_bytes, mapping_of, read, write_xlsx

from budget import frames
from ingest.mapping import BUILT_IN, load_mappings, match

SHEETS = {
    "revenue": ("收支情况", ("A3:J3", "K3:N3")),
    "debt": ("政府债务", ("L3:P3", "Q3:V3")),
    "projects": ("项目库", ("F3:G3", "J3:K3", "Q3:U3")),
    "transfers": ("转移支付", ()),
    "final_accounts": ("决算", ("B3:E3", "F3:J3", "B4:D4", "I4:J4")),
    "performance": ("绩效", ()),
    "cash_plans": ("用款计划", ()),
}


@pytest.fixture
def house(warehouse_engine, tmp_path):
    return House(warehouse_engine, tmp_path / "landing")


def content_of(feed, folder):
    """Return the bytes of a feed's small file."""
    told = DELIVERED[feed]
    if feed not in SHEETS:
        return csv_bytes(*told.table.splitlines(), encoding="utf-8-sig" if feed == "documents" else "gb18030")
    sheet, merges = SHEETS[feed]
    rows = [[cell_of(text) for text in line.split("|")] for line in told.table.splitlines()]
    return write_xlsx(folder / told.file, rows, sheet, merges).read_bytes()


def cell_of(text):
    if text.startswith("@"):
        return dt.date.fromisoformat(text[1:])
    return float(text[1:]) if text.startswith("#") else text or None


def shown(value):
    """Write a loaded value the way the expected rows are written."""
    if value is None or isinstance(value, bool):
        return {None: "-", True: "yes", False: "no"}[value]
    return f"{value:,}" if isinstance(value, int) else str(value)


def test_every_feed_beside_the_budget_line_has_a_small_file():
    known = {"units", "classifications", "allotments", "adjustments", "payments", "execution_months"}
    assert set(DELIVERED) == set(frames.FEEDS) - known


@pytest.mark.parametrize("feed", DELIVERED)
def test_a_delivered_file_is_read_to_the_fen(house, tmp_path, feed):
    told = DELIVERED[feed]
    assert match(load_mappings([BUILT_IN]), told.file).name == told.mapping
    done = house.load(built_in(told.mapping), told.file, content_of(feed, tmp_path))
    assert (done.status, done.messages) == ("published", ())
    columns, *expected = (line.split() for line in told.expected.splitlines())
    found = house.facts(feed).select(columns)
    assert [[shown(value) for value in row] for row in found.rows()] == expected
    for measure in set(columns) & set(frames.MEASURES[feed]):
        assert done.totals.get(measure, 0) == found[measure].sum()


@pytest.mark.parametrize(
    ("feed", "old", "new"),
    [
        ("treasury", "1,605.51", "1,605.50"),
        ("treasury", "-85.01,0.00", "-85.01,0.01"),
    ],
)
def test_a_total_that_does_not_add_up_holds_the_table(tmp_path, feed, old, new):
    mapping, name, *_ = DELIVERED[feed]
    content = content_of(feed, tmp_path).decode("gb18030").replace(old, new).encode("gb18030")
    done = read(built_in(mapping), name, content)
    # A difference of one printed digit may be rounding; it is told, not held.
    assert [check.outcome for check in done.checks if check.outcome != "ok"] == ["rounding"]
    worse = content.decode("gb18030").replace(new, new[:-4] + "9" + new[-3:]).encode("gb18030")
    assert read(built_in(mapping), name, worse).hold_reasons


def test_the_budgets_of_a_final_account_are_never_added(tmp_path):
    done = read(built_in("qinghe-finals"), DELIVERED["final_accounts"][1], content_of("final_accounts", tmp_path))
    totals = {(check.part, check.measure): check.actual_fen for check in done.checks}
    assert totals["一般公共预算", "outturn_fen"] == 99_990_000
    assert totals["政府性基金预算", "outturn_fen"] == 6_000_000


def test_the_right_hand_side_of_a_two_sided_table_is_left_to_its_own_mapping(tmp_path):
    done = read(built_in("qinghe-revenue"), DELIVERED["revenue"][1], content_of("revenue", tmp_path))
    assert done.rejected == ()
    assert {check.outcome for check in done.checks} == {"ok"}
    assert len(done.checks) == 3 * 6 + 2 * 2


def test_a_late_file_of_a_cumulative_month_stands_beside_the_months_before(house, tmp_path):
    mapping, name, *_ = DELIVERED["treasury"]
    content = content_of("treasury", tmp_path)
    house.load(built_in(mapping), name, content)
    house.load(built_in(mapping), name.replace("202606-20260708", "202607-20260808"), content + b"\r\n")
    assert house.facts("treasury")["as_of_on"].unique().sort().to_list() == [dt.date(2026, 6, 30), dt.date(2026, 7, 31)]


REVENUE_XLS = r"""
feed = "revenue"
title = "收入月报"
owner = "区财政局"
file_name = 'shouru(?P<period>\d{6})\.xls'
[table]
format = "excel"
footnotes = '^注'
[amounts]
unit_cell = '单位：(亿元|万元|元)'
[constants]
division_code = "990101000"
fund_type_code = "11"
[columns]
fiscal_year = { group = "period", extract = '^(\d{4})' }
as_of_on = { group = "period", formats = ["month_last"] }
subject_name = { from = "项目" }
month_fen = { from = "本月" }
ytd_fen = { from = "累计" }
[columns.subject_code]
from = "项目"
type = "choice"
[columns.subject_code.choices]
"一、增值税" = "10101"
"六、房产税" = "10110"
[[subtotals]]
where = [{ column = "项目", matches = '^合计$' }]
parts = "all"
on_mismatch = "hold"
[slice]
key = ["division_code", "period"]
mode = "cumulative"
"""


def test_an_xls_table_with_numbered_names_gives_codes_by_name(tmp_path):
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("收入")
    rows = [
        ["青禾区一般公共预算收入月报"],
        [None, None, "单位：亿元"],
        ["项目", "本月", "累计"],
        ["一、增值税", 0.1 + 0.2, "１.５"],
        ["　六、房产税 ", "—", "(0.0000000１)"],
        ["合    计", 0.3, 1.49999999],
        ["注：累计数含税务部门代征。"],
    ]
    for r, row in enumerate(rows):
        for c, value in enumerate(row):
            if value is not None:
                sheet.write(r, c, value)
    path = tmp_path / "shouru202606.xls"
    book.save(str(path))
    done = read(mapping_of(tmp_path, REVENUE_XLS), path.name, path.read_bytes())
    assert (done.hold_reasons, done.rejected) == ((), ())
    assert done.facts.select("subject_code", "month_fen", "ytd_fen").rows() == [
        ("10101", 3_000_000_000, 15_000_000_000),
        ("10110", None, -100),
    ]
