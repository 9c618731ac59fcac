"""What checks that count rows found is said in words, on pages and in mail; never a name of the program."""

import json
import re

import pytest

from budget.counted import COUNTED, is_counted, told_count, told_label, told_side
from budget.flagged import flagged_rows
from budget.holding import find_causes, in_chinese, told_cause

CHECK = {
    "check_code": "H06",
    "check_name": "vouchers",
    "slice_key": "990101010/202606",
    "part": "within the delivery",
    "measure": "rows",
    "expected_fen": None,
    "actual_fen": None,
    "tolerance_fen": 0,
    "outcome": "hold",
    "source_sheet": None,
    "source_row": 491,
    "checked_count": 12_491,
    "concerned_count": 2,
    "expected_text": "1",
    "actual_text": "2",
    "sample_json": json.dumps(
        [{"sheet": None, "row": 491, "about": "ZF1", "expected": "1", "actual": "2"}], ensure_ascii=False
    ),
}
CODES = CHECK | {"check_code": "H05", "check_name": "codes", "part": "function_code", "source_row": 3}
CONTROL = CHECK | {"check_code": "H02", "check_name": "control", "source_row": None, "sample_json": None}
MOVES = CHECK | {
    "check_code": "H03",
    "check_name": "moves",
    "part": "moves",
    "measure": "adjustment_fen",
    "expected_fen": 0,
    "actual_fen": 8_330_000,
    "source_row": 143,
    "checked_count": 2,
    "concerned_count": 1,
}


@pytest.mark.parametrize(
    ("check", "says"),
    [
        (CHECK, "12,491 行中有 2 行的凭证号在这份文件里已经出现过 (首见于第 491 行)"),
        (CODES, "12,491 行中有 2 行的功能科目在所属年度不存在或已失效 (首见于第 3 行)"),
        (CONTROL | {"part": "control"}, "控制数写的是 1 行, 文件里收下的是 2 行"),
        (CONTROL | {"part": "control", "expected_text": None}, "控制数里的行数读不出来, 无法与文件里收下的 2 行核对"),
        (CONTROL | {"part": "control file"}, "控制文件没有按时送到; 请向送数据的单位要, 或者核实后放行"),
        (MOVES, "2 组调剂中有 1 组增减不相等: 减 0.00 元, 增 83,300.00 元 (首见于第 143 行)"),
    ],
)
def test_a_count_is_a_reason_a_clerk_understands(check, says):
    assert [told_cause(one, in_chinese) for one in find_causes("whatever", [check], "m")] == [says]


def test_a_slip_against_the_delivery_before_does_not_speak_of_last_year():
    slip = CHECK | {"check_code": "H04", "check_name": "last_delivery", "part": "total", "measure": "payment_fen"}
    slip |= {"expected_fen": 100, "actual_fen": 1_000_000, "source_row": None}
    (says,) = [told_cause(one, in_chinese) for one in find_causes("whatever", [slip], "m")]
    assert "上一次送来的是 1.00 元" in says


def test_a_check_that_passed_says_how_much_it_looked_at():
    passed = CHECK | {"outcome": "ok", "concerned_count": 0}
    assert (told_label(passed, in_chinese), told_count(passed, in_chinese)) == (
        "凭证号 (这份文件之内)",
        "已查 12,491 行",
    )


def test_a_sum_is_no_count_and_a_check_nobody_has_put_into_words_is_told_by_its_code():
    assert not is_counted(CHECK | {"check_name": "totals", "part": "total", "measure": "payment_fen"})
    assert not is_counted(CHECK | {"check_name": "something new"})


def test_every_check_that_counts_has_a_name_and_a_sentence_without_a_word_of_the_program():
    for name, told in COUNTED.items():
        check_name, _, part = name.partition("/")
        check = CHECK | {"check_name": check_name, "part": part or "unit_code", "expected_fen": 1, "actual_fen": 2}
        said = told_label(check, in_chinese) + told_count(check, in_chinese)
        assert not re.search(r"[A-Za-z_{}]", said), (name, told)


@pytest.mark.parametrize(
    ("side", "told"),
    [
        ("fund 12", "资金性质 12"),
        ("295 rows of 2023", "2023 年度 295 行"),
        ("valid 2024 to now", "2024 年起有效"),
        ("valid 2007 to 2023", "2007 年到 2023 年有效"),
        ("closed on 2025-06-30", "2025-06-30 已撤销"),
        (">= 2026-01-13", "不早于 2026-01-13"),
        ("<= 120.00", "不大于 120.00"),
        (">= 12.00 of 2026-05-31", "不小于 2026-05-31 的 12.00"),
        ("-3.50 of 2026-05-31", "2026-05-31 是 -3.50"),
        ("a parent_code of this table", "本目录里的上级编码"),
        ("original ZF7", "原凭证 ZF7"),
        ("2010301 行政运行", "2010301 行政运行"),
        (None, ""),
    ],
)
def test_both_sides_of_a_row_are_told(side, told):
    assert told_side(side, in_chinese) == told


def test_the_rows_behind_a_failed_check_are_told_those_that_hold_first():
    warned = CODES | {
        "outcome": "warn",
        "sample_json": None,
        "sample": [{"sheet": "S", "row": 3, "about": "9"} | SIDES],
    }
    passed = CHECK | {"outcome": "ok"}
    told = flagged_rows([passed, warned, CHECK], in_chinese)
    assert [(one.row, one.outcome, one.about, one.actual, one.expected) for one in told] == [
        (491, "hold", "ZF1", "2 次", "1 次"),
        (3, "warn", "9", "2026 年度 4 行", ""),
    ]


def test_a_voucher_that_stands_elsewhere_is_told_with_the_slice_that_has_it():
    row = {"sheet": None, "row": 2, "about": "ZF1", "expected": None, "actual": "990101012/202610"}
    check = CHECK | {"part": "against other deliveries", "sample": [row]}
    assert [(one.actual, one.expected) for one in flagged_rows([check], in_chinese)] == [
        ("已在 990101012/202610 里", "")
    ]


def test_a_line_of_a_report_is_told_with_its_level_and_figure():
    about = {
        "sheet": "执行月报",
        "row": 23,
        "about": "404/208/department payment_fen",
        "actual": None,
        "expected": None,
    }
    falls = CHECK | {"check_code": "H10", "check_name": "falls", "part": "falls", "sample": [about]}
    assert [one.about for one in flagged_rows([falls], in_chinese)] == ["404/208/部门 支出"]


SIDES = {"expected": None, "actual": "4 rows of 2026"}
