"""The tables finance really sends: stacked, printed by page, two-sided, with blanks that mean the cell above."""

import datetime as dt

import pytest
from ingest_ground import csv_bytes, mapping_of, read, write_xlsx

from ingest.prepare import prepare

LINES = r"""
feed = "execution_months"
title = "执行月报"
owner = "区财政局"
file_name = 'yb-(?P<period>\d{6})\.csv'
[table]
format = "csv"
TABLE
[amounts]
AMOUNTS
[constants]
division_code = "990101010"
as_of_on = "2026-06-30"
fiscal_year = 2026
[columns]
COLUMNS
[checks]
max_rejected_percent = 100
[slice]
key = ["division_code", "period"]
"""
UNIT = 'unit_code = { from = "单位", type = "text" }'
TITLED = "unit_code = { above = '预算单位[:：](.+)', type = 'text' }"
PAID = 'payment_fen = { from = "支出" }'


def mapping(tmp_path, *, table="", amounts='unit = "元"', columns=(UNIT, PAID), more=""):
    constants = [name for name in ("as_of_on", "fiscal_year") if any(one.startswith(name) for one in columns)]
    text = LINES.replace("TABLE", table).replace("AMOUNTS", amounts).replace("COLUMNS", "\n".join(columns)) + more
    kept = [
        line for line in text.splitlines() if not any(line.startswith(f"{n} = ") and "{" not in line for n in constants)
    ]
    return mapping_of(tmp_path, "\n".join(kept))


def load(tmp_path, *lines, name="yb-202606.csv", **told):
    return read(mapping(tmp_path, **told), name, csv_bytes(*lines))


def facts(done, *names):
    assert done.hold_reasons == ()
    return done.facts.select(names or ("unit_code", "payment_fen")).rows()


def test_repeated_page_headers_and_page_numbers_are_no_rows(tmp_path):
    lines = [
        "表,",
        "单 位,支出",
        "甲,1",
        "第 1 页 共 2 页,",
        "表,",
        "\ufeff单 位,支出",
        "单 位,支出",
        "乙,2",
        "注：完,",
    ]
    done = load(tmp_path, *lines)
    assert facts(done) == [("甲", 100), ("乙", 200)]
    assert done.rejected == ()


def test_stacked_tables_take_their_title_and_repeated_headers_of_two_rows(tmp_path):
    lines = ["预算单位：教育局,,单位：万元", "科目,支出,", "名称,本月,累计", "运行,1,3", "", "预算单位：水利局,,"]
    lines += ["科目,支出,", "名称,本月,累计", "防汛,2,4", "堤防,5,6"]
    done = load(
        tmp_path,
        *lines,
        table="header_rows = 2",
        amounts="unit_cell = '单位：(万元|元)'",
        columns=(r"unit_code = { above = '预算单位[:：](.+)', type = 'text' }", 'payment_fen = { from = "支出/累计" }'),
    )
    assert facts(done) == [("教育局", 3_000_000), ("水利局", 4_000_000), ("水利局", 6_000_000)]
    assert done.rejected == ()


def test_a_title_may_name_the_slice(tmp_path):
    text = LINES.replace("TABLE", "").replace("AMOUNTS", 'unit = "元"').replace("COLUMNS", f"{TITLED}\n{PAID}")
    mapping = mapping_of(tmp_path, text.replace('"period"]', '"unit_code"]'))
    lines = ["预算单位：甲,", "科目,支出", "a,1", "预算单位：乙,", "科目,支出", "b,2"]
    done = read(mapping, "yb-202606.csv", csv_bytes(*lines))
    assert done.slices.select("slice_key", "row_count").rows() == [("990101010/甲", 1), ("990101010/乙", 1)]


def test_a_table_may_end_before_the_next_one_begins(tmp_path):
    lines = ["单位,支出", "甲,1", "二、收入,", "项目,金额", "税,9"]
    done = load(tmp_path, *lines, table='until = [{ column = "单位", matches = "^二、" }]')
    assert (facts(done), done.rejected) == ([("甲", 100)], ())


def test_both_sides_of_a_two_sided_table_are_read_by_two_mappings(tmp_path):
    lines = ["单位,支出,单位,支出", "甲,1,丙,3", "乙,2,,"]
    left = load(
        tmp_path,
        *lines,
        columns=('unit_code = { from = "单位#1", type = "text" }', 'payment_fen = { from = "支出#1" }'),
    )
    right = load(
        tmp_path,
        *lines,
        table='drop = [{ column = "单位#2", blank = true }]',
        columns=('unit_code = { from = "单位#2", type = "text" }', 'payment_fen = { from = "支出#2" }'),
    )
    assert (facts(left), facts(right)) == ([("甲", 100), ("乙", 200)], [("丙", 300)])


def test_a_second_column_of_a_mapped_label_is_never_ignored(tmp_path):
    done = load(tmp_path, "单位,支出,备注,支出", "甲,1,,2")
    assert done.hold_reasons == (
        (
            'yb-202606.csv: "支出" stands twice in the header (columns B and D) and the two differ; write "支出#1" or '
            '"支出#2" in the mapping to say which is meant'
        ),
    )
    same = load(tmp_path, "单位,支出,备注,支出", "甲,1,,1", "乙,2,,")
    assert facts(same) == [("甲", 100), ("乙", 200)], "a second column that says nothing else loses nothing"


CHAIN = (
    "unit_code = { from = '单位', type = 'text' }",
    "function_code = { from = ['类', '款', '项'], widths = [3, 2, 2] }",
    PAID,
)


def test_codes_are_inherited_down_a_chain_and_no_further(tmp_path):
    lines = ["单位,类,款,项,支出", "甲,201,01,01,1", ",,,02,2", ",,03,01,3", ",205,,01,4"]
    done = load(tmp_path, *lines, table='inherit = ["单位", ["类", "款", "项"]]', columns=CHAIN)
    assert facts(done, "unit_code", "function_code", "payment_fen")[:3] == [
        ("甲", "2010101", 100),
        ("甲", "2010102", 200),
        ("甲", "2010301", 300),
    ]
    assert [(row.source_row, row.column_name) for row in done.rejected] == [(5, "类+款+项")], (
        "205, blank, 01 is no 20501"
    )


TOTAL = """
[[subtotals]]
where = [{ column = "单位", matches = '小计$' }]
parts = "above"
on_mismatch = "warn"
stands = "%s"
"""
GROUPS = ["单位,科目,支出", "甲,a,1", ",b,2", "甲小计,,3", ",c,4", "乙,d,5"]


@pytest.mark.parametrize(
    ("stands", "units", "rejected", "why"),
    [
        ("below", ["甲", "甲", "乙"], [5], "a total closes its group: the row after it is nobody's"),
        ("within", ["甲", "甲", "甲", "乙"], [], "the mapping says that the group goes on"),
        ("above", ["甲", "甲", "甲小计", "乙"], [], "the mapping says that the total heads the rows below it"),
    ],
)
def test_a_total_never_leaks_into_the_next_group_unless_the_mapping_says_so(tmp_path, stands, units, rejected, why):
    done = load(tmp_path, *GROUPS, table='inherit = ["单位"]', more=TOTAL % stands)
    assert done.facts["unit_code"].to_list() == units, why
    assert [row.source_row for row in done.rejected] == rejected, why


def test_totals_at_the_top_of_their_groups_hand_down_their_codes(tmp_path):
    lines = ["单位,类,款,项,支出", "甲,201,,,10", ",,01,,4", ",,,01,1", ",,,02,3", ",,03,,6", ",,,01,6"]
    more = """
[[subtotals]]
where = [{ column = "项", blank = true }]
parts = "prefix"
group = ["类", "款"]
group_of = ["类", "款", "项"]
on_mismatch = "hold"
stands = "above"
"""
    done = load(tmp_path, *lines, table='inherit = ["单位", ["类", "款", "项"]]', columns=CHAIN, more=more)
    assert facts(done, "function_code", "payment_fen") == [("2010101", 100), ("2010102", 300), ("2010301", 600)]
    assert [(check.part, check.outcome) for check in done.checks] == [("201", "ok"), ("20101", "ok"), ("20103", "ok")]


AWAITED = """
[[subtotals]]
where = [{ column = "单位", is = "合计" }]
parts = "all"
on_mismatch = "SEVERITY"
required = true
"""


@pytest.mark.parametrize(
    ("last", "severity", "outcomes", "held"),
    [
        ("合  计,3", "hold", ["ok"], False),
        ("丙,0", "hold", ["hold"], True),
        ("丙,0", "warn", ["warn"], False),
        ("合  计,4", "hold", ["hold"], True),
    ],
)
def test_a_file_without_the_total_it_has_to_have_was_cut_short(tmp_path, last, severity, outcomes, held):
    done = load(tmp_path, "单位,支出", "甲,1", "乙,2", last, more=AWAITED.replace("SEVERITY", severity))
    totals = [check for check in done.checks if check.check_name == "totals"]
    assert ([check.outcome for check in totals], bool(done.hold_reasons)) == (outcomes, held)
    if last == "丙,0":
        assert (totals[0].expected_fen, totals[0].actual_fen, totals[0].source_row) == (None, 300, None)
        assert totals[0].detail == (
            "there is no row of 单位 合计, which adds up payment_fen; the file may be cut short"
        )


def test_a_total_that_need_not_be_there_is_not_missed(tmp_path):
    more = AWAITED.replace("SEVERITY", "hold").replace("required = true", "")
    assert facts(load(tmp_path, "单位,支出", "甲,1", more=more)) == [("甲", 100)]


def test_a_column_that_repeats_and_is_not_there_is_named(tmp_path):
    done = load(tmp_path, "单位,支出", "甲,1", ",2", table='inherit = ["部门"]')
    assert done.hold_reasons == (
        'there is no column "部门" whose blank cells repeat the cell above; the header says: 单位, 支出',
    )


def test_a_repeating_column_that_may_be_missing_is_not_missed(tmp_path):
    columns = (UNIT, PAID, 'unit_name = { from = "名称", optional = true }')
    assert facts(load(tmp_path, "单位,支出", "甲,1", table='inherit = ["名称"]', columns=columns)) == [("甲", 100)]


def test_a_vanished_part_of_a_merged_header_is_named_with_what_is_left_of_it(tmp_path):
    told = {"table": "header_rows = 2", "columns": (UNIT, 'payment_fen = { from = "支出/合计" }')}
    assert facts(load(tmp_path, "单位,支出,", ",合计,占比", "甲,1,2", **told)) == [("甲", 100)]
    (reason,) = load(tmp_path, "单位,支出,", ",,占比", "甲,1,2", **told).hold_reasons
    assert reason.endswith('the closest to "支出/合计" is "支出" in row 1, column B')


@pytest.mark.parametrize(
    ("header", "told"),
    [
        (
            "单位,支出数",
            (
                "no header row with 支出 in the first 2 rows; the nearest, row 1, says: 单位, 支出数; the closest to "
                '"支出" is "支出数" in row 1, column B'
            ),
        ),
        ("科目,收入", "no header row with 单位, 支出 in the first 2 rows; the nearest, row 1, says: 科目, 收入"),
    ],
)
def test_a_label_that_was_renamed_is_named_with_the_closest(tmp_path, header, told):
    assert load(tmp_path, header, "甲,1").hold_reasons == (f"yb-202606.csv: {told}",)


def test_labels_hold_no_characters_that_nobody_sees(tmp_path):
    assert facts(load(tmp_path, "\u200b单\u3000位\u202e,支\u00a0出\ufeff", "甲\u200b,1")) == [("甲", 100)]


def test_amounts_take_their_unit_from_their_own_label(tmp_path):
    columns = (UNIT, 'appropriation_fen = { from = "预算" }', PAID)
    done = load(tmp_path, "单位,预算（万元）,支出 (元)", "甲,1.5,2.5", amounts="unit_label = true", columns=columns)
    assert facts(done, "appropriation_fen", "payment_fen") == [(1_500_000, 250)]
    silent = load(tmp_path, "单位,预算（万元）,支出", "甲,1.5,2.5", amounts="unit_label = true", columns=columns)
    assert silent.hold_reasons == ('the label "支出" does not tell its unit, as in 金额（万元）',)


@pytest.mark.parametrize(
    ("lines", "column", "told"),
    [
        (("单位：万元,", "单位,支出", "甲,1"), PAID, 'the file says "单位：万元", the mapping says 元'),
        (
            ("单位,支出（万元）", "甲,1"),
            PAID.replace("支出", "支出（万元）"),
            'the label "支出（万元）" says 万元, but its',
        ),
        (("单位：元,", "单位,支出（元）", "甲,1"), PAID.replace("支出", "支出（元）"), None),
        (("单位,支出（万元）", "甲,1"), 'payment_fen = { from = "支出（万元）", unit = "元" }', None),
    ],
)
def test_a_file_that_tells_another_unit_than_the_mapping_is_held(tmp_path, lines, column, told):
    done = load(tmp_path, *lines, columns=(UNIT, column))
    if told is None:
        assert facts(done) == [("甲", 100)]
    else:
        assert told in done.hold_reasons[0]


def test_a_label_that_moves_with_the_months_tells_the_day(tmp_path):
    told = {
        "table": "label_patterns = { '1[-—]\\d+月累计' = '累计' }",
        "columns": (
            UNIT,
            'payment_fen = { from = "累计" }',
            'as_of_on = { label = "累计", formats = ["through_month"], year = "period" }',
        ),
    }
    for month, last in ((6, 30), (9, 30), (2, 28)):
        done = load(tmp_path, f"单位,1—{month}月累计", "甲,1", name=f"yb-2026{month:02}.csv", **told)
        assert facts(done, "as_of_on") == [(dt.date(2026, month, last),)]


def test_a_label_below_a_merged_one_tells_the_day_by_its_own_cell(tmp_path):
    told = {
        "table": "header_rows = 2",
        "columns": (
            UNIT,
            'payment_fen = { from = "累计支出/1—6月" }',
            'as_of_on = { label = "1—6月", formats = ["through_month"], year = "period" }',
        ),
    }
    done = load(tmp_path, "单位,累计支出,", ",1—6月,占比", "甲,1,2", **told)
    assert facts(done, "as_of_on") == [(dt.date(2026, 6, 30),)]


def test_a_day_that_no_cell_of_the_row_tells_is_shown_as_it_was_found(tmp_path):
    label = 'as_of_on = { label = "累计", formats = ["compact"] }'
    above = "as_of_on = { above = '截至(.+)', formats = ['compact'] }"
    for column, found in ((label, "累计"), (above, "上周")):
        (row,) = load(tmp_path, "截至上周,", "单位,支出,累计", "甲,1,2", columns=(UNIT, PAID, column)).rejected
        assert (row.column_name, row.found, row.expected) == ("as_of_on", found, "a date like 20190331")


def test_a_value_that_no_rule_knows_is_not_stored_as_it_stands(tmp_path):
    plain = 'budget_source = { from = "来源" }'
    done = load(tmp_path, "单位,支出,来源", "甲,1,carryover", "乙,2,上年结转", "丙,3,", columns=(UNIT, PAID, plain))
    assert done.facts.select("unit_code", "budget_source").rows() == [("甲", "carryover"), ("丙", None)]
    assert [(row.found, row.expected) for row in done.rejected] == [("上年结转", "one of current, carryover, transfer")]


def test_a_title_tells_the_day(tmp_path):
    columns = (UNIT, PAID, r"as_of_on = { above = '截至(.+底)', formats = ['through_month'] }")
    done = load(tmp_path, "截至2026年9月底支出情况,", "单位,支出", "甲,1", columns=columns)
    assert facts(done, "as_of_on") == [(dt.date(2026, 9, 30),)]


def test_names_lose_their_numbering_and_take_their_new_name(tmp_path):
    name = """function_code = { from = "科目", type = "text", strip = ["numbering", "spaces"], aliases = RENAMED }"""
    name = name.replace("RENAMED", '{ "资源勘探信息等支出" = "资源勘探工业信息等支出" }')
    names = {
        "一、一般公共服务支出": "一般公共服务支出",
        "十三、资源勘探信息等支出": "资源勘探工业信息等支出",
        "十三、资源勘探工业信息等支出": "资源勘探工业信息等支出",
        "\u3000\u3000      其他收入": "其他收入",
        "6.房产税 ": "房产税",
        "#教育费": "教育费",
        "（一）税 收": "税收",
        "其中：1.增值税": "增值税",
        "2. 政 府 性基金预算": "政府性基金预算",
        "1.5米宽道路": "1.5米宽道路",
        "第一小学": "第一小学",
        "#": "#",
        "2019年结转": "2019年结转",
    }
    done = load(tmp_path, "单位,科目,支出", *(f"甲,{name},1" for name in names), columns=(UNIT, name, PAID))
    assert done.facts["function_code"].to_list() == list(names.values())


@pytest.mark.parametrize(
    ("spec", "cell", "expected"),
    [
        ("", "2.01E+06", "a code with all its digits, likely between 2005000 and 2014999"),
        ("", "2.050101E+06", "a code with all its digits, likely 2050101"),
        ("", "4.40604E+11", "a code with all its digits, likely between 440603500000 and 440604499999"),
        ("", "1E+308", "a code with all its digits"),
        (", digits = 7", "50101", "a code of 7 digits, likely 2050101 or 2150101"),
        (", digits = 7", "050101", "a code of 7 digits, likely 2050101"),
        (", digits = [3, 7]", "20501", "a code of 3 or 7 digits"),
        (", digits = 7", "20501011", "a code of 7 digits"),
        (", digits = 7", "20501O1", "a code of 7 digits"),
    ],
)
def test_a_code_that_a_spreadsheet_damaged_is_held_with_what_it_likely_was(tmp_path, spec, cell, expected):
    columns = (UNIT, f'function_code = {{ from = "科目"{spec} }}', PAID)
    done = load(tmp_path, "单位,科目,支出", f"甲,{cell},1", columns=columns)
    assert [(row.found, row.expected) for row in done.rejected] == [(cell, expected)]


def test_a_code_without_a_known_table_is_told_with_its_zeros(tmp_path):
    done = load(
        tmp_path, "单位,支出", "1001,1", "001001,2", columns=('unit_code = { from = "单位", digits = 6 }', PAID)
    )
    assert [row.expected for row in done.rejected] == ["a code of 6 digits, likely 001001"]


def test_wrappers_that_keep_zeros_in_a_spreadsheet_go(tmp_path):
    done = load(tmp_path, "单位,支出", '="00123",1', "'00124,2", columns=('unit_code = { from = "单位" }', PAID))
    assert facts(done) == [("00123", 100), ("00124", 200)]


def test_merged_headers_of_three_rows_in_a_workbook(tmp_path):
    rows = [
        ["2026年支出表"],
        ["单位", "科目编码", None, None, "金额", None],
        [None, "类", "款", "项", "预算", "支出"],
        [None, None, None, None, "万元", "万元"],
        ["甲", "201", "01", "01", 1.5, 2.5],
    ]
    path = write_xlsx(
        tmp_path / "yb-202606.xlsx", rows, merges=("A1:F1", "A2:A4", "B2:D2", "E2:F2", "B3:B4", "C3:C4", "D3:D4")
    )
    text = mapping(
        tmp_path,
        table="header_rows = 3",
        amounts="unit_label = true",
        columns=(
            UNIT,
            "function_code = { from = ['科目编码/类', '科目编码/款', '科目编码/项'], widths = [3, 2, 2] }",
            PAID,
        ),
    )
    changed = mapping_of(
        tmp_path,
        (tmp_path / "probe.toml").read_text("utf-8").replace('"csv"', '"excel"').replace(r"\.csv", r"\.xlsx"),
        "merged",
    )
    assert text.table.header_rows == 3
    assert facts(prepare(changed, path), "unit_code", "function_code", "payment_fen") == [("甲", "2010101", 2_500_000)]
