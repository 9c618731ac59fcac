"""From bytes to facts: the table is found, totals are dropped and checked, bad rows are named."""

import datetime as dt
import json

import pytest
import xlsxwriter
from ingest_ground import HEADER, PAYMENTS, csv_bytes, mapping_of, read, write_xlsx

from ingest.checks.outcome import outcome_of
from ingest.checks.slips import is_slip
from ingest.prepare import prepare
from ingest.problems import FileRefusedError

_LIKELY = "a code with all its digits, likely between 100500 and 101499"
ALLOTMENTS = r"""
feed = "allotments"
title = "指标"
owner = "区财政局"
file_name = 'zb-(?P<fiscal_year>\d{4})\.xlsx'
[table]
format = "excel"
header_rows = 3
inherit = ["单位编码", "单位名称"]
[amounts]
unit_cell = '单位[:：]\s*(亿元|万元|元)'
dash = "zero"
[constants]
division_code = "990101010"
[columns]
fiscal_year = { group = "fiscal_year" }
unit_code = { from = "单位编码" }
unit_name = { from = "单位名称" }
function_code = { from = ["类", "款", "项"], widths = [3, 2, 2] }
released_on = { from = "下达日期", optional = true }
appropriation_fen = { from = "年初预算数" }
[[subtotals]]
where = [{ column = "单位名称", matches = '小计$' }]
group = "单位编码"
parts = "prefix"
[[subtotals]]
where = [{ column = "单位名称", matches = '^合计$' }]
parts = "all"
on_mismatch = "hold"
[checks]
last_place = "0.01"
[slice]
key = ["division_code", "fiscal_year"]
"""
SHEET: list[list[object]] = [
    ["2026年预算指标表"],
    ["编制单位：区财政局", None, None, None, None, "单位：万元"],
    ["单位编码", "单位名称", "功能分类科目", None, None, "金额", "下达日期"],
    [None, None, "科目编码", None, None, None, None],
    [None, None, "类", "款", "项", "年初预算数", None],
    ["101001", "教育局（本级）", "205", "01", "01", 100.00, 46034],
    [None, None, 205, 2, 1, "１，２３４．５０", "2026-1-12"],
    ["101002", "第一小学", "205", "02", "02", "0.01", "2026年1月12日"],
    ["101", "教育局小计", None, None, None, 1334.51, None],
    ["102001", "水利局", "213", "03", "01", "—", None],
    ["102", "水利局小计", None, None, None, 0, None],
    [None, "合    计", None, None, None, 1334.51, None],
    ["注：本表金额为年初批复数。"],
]


def sheet_with(tmp_path, changes=()):
    rows = [list(row) for row in SHEET]
    for row, column, value in changes:
        rows[row - 1][column] = value
    return write_xlsx(tmp_path / "zb-2026.xlsx", rows)


def test_the_table_is_found_under_preamble_and_three_header_rows(tmp_path):
    done = prepare(mapping_of(tmp_path, ALLOTMENTS), sheet_with(tmp_path))
    assert done.hold_reasons == ()
    assert done.rejected == ()
    shown = done.facts.select(
        "source_row", "unit_code", "unit_name", "function_code", "appropriation_fen", "released_on"
    )
    assert shown.rows() == [
        (6, "101001", "教育局（本级）", "2050101", 100_000_000, dt.date(2026, 1, 12)),
        (7, "101001", "教育局（本级）", "2050201", 1_234_500_000, dt.date(2026, 1, 12)),
        (8, "101002", "第一小学", "2050202", 10_000, dt.date(2026, 1, 12)),
        (10, "102001", "水利局", "2130301", 0, None),
    ]
    assert done.facts["source_sheet"].unique().to_list() == ["表"]


def test_totals_are_dropped_and_checked_against_their_parts(tmp_path):
    done = prepare(mapping_of(tmp_path, ALLOTMENTS), sheet_with(tmp_path))
    told = [(one.part, one.expected_fen, one.actual_fen, one.outcome, one.source_row) for one in done.checks]
    assert told == [
        ("101", 1_334_510_000, 1_334_510_000, "ok", 9),
        ("102", 0, 0, "ok", 11),
        ("total", 1_334_510_000, 1_334_510_000, "ok", 12),
    ]
    assert {one.slice_key for one in done.checks} == {"990101010/2026"}
    assert done.row_count == 8  # four facts, three totals, one footnote
    assert done.totals == {"appropriation_fen": 1_334_510_000}


@pytest.mark.parametrize(
    ("row", "value", "part", "outcome", "is_held", "why"),
    [
        (9, 1334.52, "101", "rounding", False, "a last digit off, with three parts that may each be rounded"),
        (9, 1334.54, "101", "rounding", False, "three last digits off, with three parts"),
        (9, 1334.55, "101", "warn", False, "four last digits off, with three parts"),
        (9, "见附表", "101", "warn", False, "a subtotal that is no number is a mismatch"),
        (12, 1334.55, "total", "rounding", False, "four last digits off, with four parts"),
        (12, 1334.56, "total", "hold", True, "five last digits off, with four parts: a total that does not add up"),
    ],
)
def test_a_total_that_does_not_add_up(  # noqa: PLR0917
    tmp_path, row, value, part, outcome, is_held, why
):
    done = prepare(mapping_of(tmp_path, ALLOTMENTS), sheet_with(tmp_path, [(row, 5, value)]))
    assert {one.part: one.outcome for one in done.checks}[part] == outcome, why
    assert bool(done.hold_reasons) == is_held, why


def test_a_held_total_is_told_with_both_sides(tmp_path):
    done = prepare(mapping_of(tmp_path, ALLOTMENTS), sheet_with(tmp_path, [(12, 5, 2000)]))
    assert done.hold_reasons == (
        "appropriation_fen total (row 12) says 20,000,000.00 元, its parts sum to 13,345,100.00 元",
    )


@pytest.mark.parametrize(
    ("cell", "fen"), [("单位：元", 10_000), ("单位:亿元", 1_000_000_000_000), ("金额单位：万元", 100_000_000)]
)
def test_the_unit_is_read_from_its_cell(tmp_path, cell, fen):
    done = prepare(mapping_of(tmp_path, ALLOTMENTS), sheet_with(tmp_path, [(2, 5, cell)]))
    assert done.facts["appropriation_fen"][0] == fen


def test_a_file_without_its_unit_is_held(tmp_path):
    done = prepare(mapping_of(tmp_path, ALLOTMENTS), sheet_with(tmp_path, [(2, 5, None)]))
    assert "no cell above the header tells the unit of the amounts" in done.hold_reasons[0]
    assert done.facts.is_empty()


def test_a_missing_header_is_held_with_the_labels_that_lack(tmp_path):
    done = prepare(mapping_of(tmp_path, ALLOTMENTS), sheet_with(tmp_path, [(5, 5, "批复数")]))
    assert "zb-2026.xlsx sheet 表: no header row with 年初预算数 in the first" in done.hold_reasons[0]
    assert "the nearest, row 3, says: 单位编码" in done.hold_reasons[0]


def test_a_name_without_its_groups_is_held(tmp_path):
    content = sheet_with(tmp_path).read_bytes()
    done = read(mapping_of(tmp_path, ALLOTMENTS), "预算.xlsx", content)
    assert "the name 预算.xlsx does not tell fiscal_year" in done.hold_reasons[0]


@pytest.mark.parametrize(
    ("line", "column", "found", "expected", "why"),
    [
        ('教育局,V1,2026-6-1,"1,2O0.00",x', "金额", "1,2O0.00", "a number", "a letter in an amount"),
        ("教育局,V1,2026-6-1,,x", "金额", None, "an amount", "a blank amount is not zero"),
        ("教育局,V1,2026-6-31,1,x", "日期", "2026-6-31", "a date like 2019-3-31 or 20190331 or 43555", "no such day"),
        (",V1,2026-6-1,1,x", "单位", None, "a code", "nobody to book it on"),
        ("1.01E+05,V1,2026-6-1,1,x", "单位", "1.01E+05", _LIKELY, "Excel took the digits"),
        ("教育局,V1,2026-6-1,1,234.00,x", "cells", "6", "as many cells as the header has", "an unquoted comma"),
        ("教育局,V1,2026-6-1,1.005,x", "金额", "1.005", "a whole number of fen", "half a fen"),
        (f"教育局,{'9' * 65},2026-6-1,1,x", "凭证", "9" * 65, "at most 64 characters", "longer than is kept"),
    ],
)
def test_a_bad_row_is_held_back_with_place_find_and_expectation(  # noqa: PLR0917
    tmp_path, line, column, found, expected, why
):
    good = [f"水利局,V{n},2026-6-{n},{n}.00,x" for n in range(2, 30)]
    done = read(mapping_of(tmp_path, PAYMENTS), "pay-202606.csv", csv_bytes(HEADER, *good[:5], line, *good[5:]))
    assert (done.facts.height, done.hold_reasons) == (28, ()), why
    row = done.rejected[0]
    assert (row.source_row, row.column_name, row.found, row.expected) == (7, column, found, expected), why
    assert json.loads(row.raw_json)[1] in {"V1", "9" * 65}


def test_too_many_bad_rows_hold_the_whole_delivery(tmp_path):
    rows = [f"水利局,V{n},2026-6-1,{'x' if n < 2 else n},x" for n in range(20)]
    done = read(mapping_of(tmp_path, PAYMENTS), "pay-202606.csv", csv_bytes(HEADER, *rows))
    assert done.hold_reasons == ("2 of 20 rows were rejected, more than 5 in 100",)


def test_one_bad_row_of_twenty_is_five_in_a_hundred_and_does_not_hold(tmp_path):
    rows = [f"水利局,V{n},2026-6-1,{'x' if n < 1 else n},x" for n in range(20)]
    assert read(mapping_of(tmp_path, PAYMENTS), "pay-202606.csv", csv_bytes(HEADER, *rows)).hold_reasons == ()


def test_a_delivery_without_rows_is_held_and_knows_its_slice(tmp_path):
    done = read(mapping_of(tmp_path, PAYMENTS), "pay-202606.csv", csv_bytes(HEADER))
    assert done.hold_reasons == ("the table has no rows",)
    assert done.slices.select("slice_key", "division_code", "row_count").rows() == [
        ("990101010/202606", "990101010", 0)
    ]


def test_rows_are_selected_and_dropped_by_their_cells(tmp_path):
    text = PAYMENTS.replace(
        'format = "csv"',
        'format = "csv"\nselect = [{ column = "用途", is = ["甲", "乙"] }]\ndrop = [{ column = "凭证", blank = true }]',
    )
    lines = ["教育局,V1,2026-6-1,1,甲", "教育局,V2,2026-6-1,2,丙", "教育局,,2026-6-1,4,乙", "教育局,V4,2026-6-1,8,乙"]
    done = read(mapping_of(tmp_path, text), "pay-202606.csv", csv_bytes(HEADER, *lines))
    assert done.facts["voucher_no"].to_list() == ["V1", "V4"]
    assert done.row_count == 3  # selected: the dropped one was delivered too


def test_cells_that_say_there_is_no_value_are_null(tmp_path):
    text = PAYMENTS.replace('format = "csv"', 'format = "csv"\nnulls = ["N/R", "无"]')
    lines = ["甲,V1,2026-6-1,1,N/R", "乙,无,2026-6-1,2,无 ", "丙,V3,2026-6-1,3,无锡"]
    done = read(mapping_of(tmp_path, text), "pay-202606.csv", csv_bytes(HEADER, *lines))
    assert done.facts.select("voucher_no", "purpose").rows() == [("V1", None), (None, None), ("V3", "无锡")]


def test_an_optional_column_may_be_missing_and_an_alias_renames(tmp_path):
    text = PAYMENTS.replace('format = "csv"', 'format = "csv"\naliases = { "支付金额" = "金额" }')
    done = read(
        mapping_of(tmp_path, text), "pay-202606.csv", csv_bytes("单位,凭证,日期,支付金额", "教育局,V1,2026-6-1,1")
    )
    assert done.facts.select("payment_fen", "purpose").rows() == [(100, None)]


def test_totals_above_their_rows_since_the_last_one(tmp_path):
    text = PAYMENTS.replace(
        "[slice]", '[[subtotals]]\nwhere = [{ column = "单位", is = "本页小计" }]\nparts = "above"\n[slice]'
    )
    lines = ["甲,V1,2026-6-1,1,", "乙,V2,2026-6-1,2,", "本页小计,,,3,", "丙,V3,2026-6-1,5,", "本页小计,,,4,"]
    done = read(mapping_of(tmp_path, text), "pay-202606.csv", csv_bytes(HEADER, *lines))
    assert [(one.part, one.actual_fen, one.outcome) for one in done.checks] == [
        ("row 4", 300, "ok"),
        ("row 6", 500, "warn"),
    ]


def test_several_slices_in_one_file_are_told_apart(tmp_path):
    text = PAYMENTS.replace('key = ["division_code", "period"]', 'key = ["division_code", "用途"]')
    lines = ["甲,V1,2026-6-1,1,a", "乙,V2,2026-6-9,2,b", "丙,V3,2026-6-3,4,a"]
    done = read(mapping_of(tmp_path, text), "pay-202606.csv", csv_bytes(HEADER, *lines))
    assert done.slices.select("slice_key", "first_on", "last_on", "row_count").rows() == [
        ("990101010/a", dt.date(2026, 6, 1), dt.date(2026, 6, 3), 2),
        ("990101010/b", dt.date(2026, 6, 9), dt.date(2026, 6, 9), 1),
    ]


@pytest.mark.parametrize(
    ("difference", "tolerance", "rounding", "outcome"),
    [
        (0, 0, 0, "ok"),
        (1, 1, 0, "ok"),
        (2, 1, 0, "hold"),
        (2, 1, 2, "rounding"),
        (3, 1, 2, "hold"),
        (None, 9, 9, "hold"),
    ],
)
def test_fences_of_a_difference(difference, tolerance, rounding, outcome):
    assert outcome_of(difference, tolerance, rounding, "hold") == outcome


@pytest.mark.parametrize(
    ("this", "last", "is_one", "why"),
    [
        (9_000, 1, True, "0.9 times ten thousand, the fence"),
        (8_999, 1, False, "just below"),
        (11_000, 1, True, "1.1 times ten thousand, the fence"),
        (11_001, 1, False, "just above"),
        (1, 10_000, True, "the other way round"),
        (10_000, 0, False, "nothing last year tells nothing"),
        (0, 10_000, False, "nothing this year tells nothing"),
        (-10_000, 1, True, "a sum of refunds may slip too"),
    ],
)
def test_fences_of_a_slip_of_units(this, last, is_one, why):
    assert is_slip(this, last) is is_one, why


def test_a_missing_file_is_refused_in_words(tmp_path):
    with pytest.raises(FileRefusedError, match=r"pay-202606\.csv cannot be read: No such file"):
        prepare(mapping_of(tmp_path, PAYMENTS), tmp_path / "pay-202606.csv")


def test_the_right_hand_side_of_a_two_sided_table(tmp_path):
    text = PAYMENTS.replace('from = "金额"', 'from = "金额#2"').replace('from = "单位"', 'from = "支出单位"')
    text = text.replace('format = "csv"', 'format = "csv"\ndrop = [{ column = "支出单位", blank = true }]')
    lines = ["税收,100,教育局,V1,2026-6-1,1", "非税,50,,,,", ",,水利局,V2,2026-6-2,2"]
    content = csv_bytes("收入项目,金额,支出单位,凭证,日期,金额", *lines)
    done = read(mapping_of(tmp_path, text), "pay-202606.csv", content)
    assert done.facts.select("unit_code", "payment_fen").rows() == [("教育局", 100), ("水利局", 200)]


def test_every_sheet_whose_name_fits_is_read(tmp_path):
    text = PAYMENTS.replace('format = "csv"', 'format = "excel"\nsheets_matching = "月$"').replace(r"\.csv", r"\.xlsx")
    book = xlsxwriter.Workbook(str(tmp_path / "pay-202606.xlsx"))
    for name, voucher in (("5月", "V1"), ("6月", "V2"), ("说明", "V3")):
        page = book.add_worksheet(name)
        page.write_row(0, 0, HEADER.split(","))
        page.write_row(1, 0, ["教育局", voucher, 46174, 12.5, "x"])
    book.close()
    done = prepare(mapping_of(tmp_path, text), tmp_path / "pay-202606.xlsx")
    assert done.facts.select("source_sheet", "source_row", "voucher_no").rows() == [("5月", 2, "V1"), ("6月", 2, "V2")]
