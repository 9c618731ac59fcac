"""Why a delivery was held, said so that a clerk understands it."""

import pytest

from budget import frames
from budget.holding import MEASURES, find_causes, in_chinese, told_cause
from budget.refusals import refusal_of, refusals_told

CHECK = {
    "check_code": "H02",
    "slice_key": "990101010/202606",
    "part": "total",
    "measure": "payment_fen",
    "expected_fen": 29_900,
    "actual_fen": 30_000,
    "tolerance_fen": 0,
    "outcome": "hold",
    "source_sheet": None,
    "source_row": 26,
}
COUNTED = CHECK | {
    "check_code": "H07",
    "check_name": "days",
    "part": "paid_on",
    "measure": "rows",
    "expected_fen": None,
    "actual_fen": None,
    "source_row": 4,
    "checked_count": 30,
    "concerned_count": 7,
    "expected_text": "<= 2026-07-08",
    "actual_text": "2062-07-01",
}
CONTROL = COUNTED | {
    "check_code": "H02",
    "check_name": "control",
    "part": "control",
    "source_row": None,
    "concerned_count": None,
    "expected_text": "31",
    "actual_text": "30",
}
SHARE = "9 of 30 rows were rejected, more than 5 in 100"


def told(reason, *checks):
    return [told_cause(one, in_chinese) for one in find_causes(reason, checks, "qinghe-payments")]


@pytest.mark.parametrize(
    ("reason", "checks", "says"),
    [
        (SHARE, [], ["30 行中有 9 行读不通, 超过允许的 5%"]),
        ("the table has no rows", [], ["表里一行数据也没有"]),
        (
            "its name says it was delivered on 2027-01-01, which lies ahead",
            [],
            ["文件名说它在 2027-01-01 送来, 而那一天还没有到"],
        ),
        (
            "whatever",
            [CHECK],
            ["文件里第 26 行写的支出是 299.00 元, 所含各行相加是 300.00 元, 相差 1.00 元"],
        ),
        (
            "whatever",
            [CHECK | {"expected_fen": None, "source_row": None}],
            ["文件里合计的支出读不出数, 无法与各行相加的 300.00 元核对"],
        ),
        (
            "whatever",
            [CHECK | {"check_name": "totals", "expected_fen": None, "source_row": None}],
            ["文件里没有应有的合计行, 支出的各行相加是 300.00 元, 无从核对; 文件可能没有传完, 请重新送来"],
        ),
        (
            "whatever",
            [CHECK | {"check_code": "H04", "actual_fen": 299_000_000}],
            ["支出合计 2,990,000.00 元, 上年同期 299.00 元, 相差约一万倍: 可能把元和万元弄混了"],
        ),
        (
            "whatever",
            [CHECK | {"check_code": "H06", "part": "V1", "source_row": None}],
            ["检查 H06 (凭证号重复) 没有通过: “V1”支出"],
        ),
        (
            "whatever",
            [COUNTED],
            ["30 行中有 7 行的支付日期晚于送达日期 (首见于第 4 行)"],
        ),
        (
            "whatever",
            [COUNTED | {"check_code": "H05", "check_name": "codes", "source_row": None, "part": "function_code"}],
            ["30 行中有 7 行的功能科目在所属年度不存在或已失效"],
        ),
        ("whatever", [CONTROL], ["控制数写的是 31 行, 文件里收下的是 30 行"]),
        ("whatever", [CONTROL | {"expected_text": None}], ["控制数里的行数读不出来, 无法与文件里收下的 30 行核对"]),
        (
            "whatever",
            [CONTROL | {"part": "control file"}],
            ["控制文件没有按时送到; 请向送数据的单位要, 或者核实后放行"],
        ),
        (
            "whatever",
            [CHECK | {"check_name": "control", "part": "control", "source_row": None}],
            ["文件里控制数写的支出是 299.00 元, 所含各行相加是 300.00 元, 相差 1.00 元"],
        ),
        ("no header row was found", [], ["文件没能读成“qinghe-payments”所说的表"]),
        (None, [], ["文件没能读成“qinghe-payments”所说的表"]),
    ],
)
def test_a_reason_is_said_in_words(reason, checks, says):
    assert told(reason, *checks) == says


def test_what_could_not_be_read_is_said_by_its_code_and_an_unknown_code_as_before():
    refusal = refusal_of("absurd_sum", {"measure": "payment_fen", "yuan": "1.0e+17"})
    (cause,) = find_causes("whatever", [], "m", [refusal])
    assert told_cause(cause, in_chinese) == "支出合计约 1.0e+17 元, 不可能是预算数, 请核对单位"
    (cause,) = find_causes("whatever", [], "m", [refusal._replace(code="of a later version")])
    assert cause.kind == "unread"
    assert refusals_told([refusal._asdict()]) == (refusal,)


def test_what_passed_is_no_reason_and_the_widest_difference_comes_first():
    passed = CHECK | {"outcome": "ok", "source_row": 1}
    wide = CHECK | {"expected_fen": 100, "source_row": 2}
    assert [text[:7] for text in told(f"{SHARE}; more", passed, CHECK, wide)] == [
        "30 行中有 ",
        "文件里第 2 ",
        "文件里第 26",
    ]


def test_every_measure_of_every_feed_has_a_name_people_use():
    assert {name for names in frames.MEASURES.values() for name in names} - set(MEASURES) == set()
