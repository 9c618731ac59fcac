"""A drafted mapping: what it finds, what it says of its doubts, and that it loads or says plainly why not."""

import datetime as dt

import pytest
from draft_ground import BOKUAN, PLATFORM
from hypothesis import given
from hypothesis import strategies as st
from ingest_ground import csv_bytes, mapping_of

from ingest.draft.file_names import pattern_of
from ingest.draft.propose import draft_mapping, drafted
from ingest.draft.toml_text import toml_value
from ingest.draft.vocabulary import likeness, load_vocabulary, squeezed, unit_in
from ingest.mapping import load_mapping
from ingest.prepare import prepare_content
from ingest.problems import UnreadableError

REVENUE = csv_bytes(
    "青禾区2026年6月一般公共预算收入完成情况表,,,,,",
    ",,,,,单位：万元",
    "科目编码,科目名称,预算数,完成数,,上年同期累计",
    ",,,本月,累计,",
    "101,一、税收收入,120000,9800.5,61000.25,58000",
    "10101,　增值税,60000,4000,31000,30000",
    "10104,　企业所得税,60000,5800.5,30000.25,28000",
    ",合    计,120000,9800.5,61000.25,58000",
)


def guesses(draft):
    return {one.column: one for one in draft.guesses}


def froms(draft):
    return {one.column: one.labels for one in draft.guesses if one.status != "left_out"}


def test_the_worked_example_of_the_documents_is_drafted_whole():
    draft = draft_mapping("拨款202606.csv", BOKUAN, division="990101010")
    assert (draft.feed, draft.header_row, draft.header_rows, draft.encoding) == ("payments", 3, 2, "gb18030")
    assert froms(draft) == {
        "fiscal_year": (),
        "division_code": (),
        "unit_code": ("单位/编码",),
        "unit_name": ("单位/名称",),
        "function_code": ("科目/编码",),
        "paid_on": ("拨款/日期",),
        "payment_fen": ("拨款/金额",),
    }
    done = prepare_content(drafted(draft), "拨款202606.csv", BOKUAN)
    assert done.hold_reasons == ()
    assert done.facts.select("source_row", "unit_code", "payment_fen", "paid_on").rows() == [
        (5, "101001", 1_200_500_000, dt.date(2026, 6, 3)),
        (6, "101001", 34_500_000, dt.date(2026, 6, 18)),
        (8, "102001", 0, dt.date(2026, 6, 30)),
    ]
    assert [check.outcome for check in done.checks] == ["ok", "ok"]
    assert done.slices["slice_key"].to_list() == ["990101010/202606"]


def test_element_names_of_the_platform_are_known():
    draft = draft_mapping("zf_440604010_202605.csv", PLATFORM)
    assert draft.feed == "payments"
    assert draft.missing == ()
    found = {column: labels[0] for column, labels in froms(draft).items() if labels}
    assert found == {
        "fiscal_year": "fiscal_year",
        "division_code": "mof_div_code",
        "unit_code": "agency_code",
        "unit_name": "agency_name",
        "function_code": "exp_func",
        "dept_economic_code": "dep_bgt_eco",
        "project_code": "pro_code",
        "application_no": "payAppNo",
        "voucher_no": "VoucherNo",
        "paid_on": "VouDate",
        "payment_fen": "PayAmt",
        "payee_name": "PayeeAcctName",
        "payee_account": "PayeeAcctNo",
        "purpose": "useDes",
    }
    assert draft.trial is not None
    assert (draft.trial.accepted, draft.trial.rejected) == (20, 0)


def test_rows_of_an_upper_level_are_drafted_as_subtotals():
    draft = draft_mapping("2026年6月收入.csv", REVENUE, division="990101000")
    assert draft.feed == "revenue"
    assert draft.trial is not None
    assert (draft.trial.accepted, draft.trial.rejected, draft.trial.messages) == (2, 0, ())
    done = prepare_content(drafted(draft), "2026年6月收入.csv", REVENUE)
    assert done.totals["ytd_fen"] == 6_100_025_000_00 // 10  # 61,000.25 万元
    assert {check.outcome for check in done.checks} == {"ok"}
    assert done.facts["as_of_on"].to_list() == [dt.date(2026, 6, 30)] * 2


def test_every_line_says_how_sure_it_is_and_what_else_it_may_be():
    draft = draft_mapping("拨款202606.csv", BOKUAN)
    lines = [line for line in draft.mapping.splitlines() if " = { " in line and not line.startswith("#")]
    assert lines
    assert all("  # " in line for line in lines)
    assert "next: 科目/编码" in draft.mapping
    assert 0 <= min(one.confidence for one in draft.guesses) <= max(one.confidence for one in draft.guesses) <= 100


def test_a_needed_column_that_is_not_there_is_said_plainly():
    draft = draft_mapping("拨款202606.csv", BOKUAN)
    assert draft.missing == ("division_code",)
    assert "NOT YET LOADABLE, the feed needs division_code" in draft.mapping
    assert draft.trial is None
    with pytest.raises(UnreadableError, match="feed payments needs the column division_code"):
        drafted(draft)


def test_a_guess_below_the_stated_confidence_stands_commented_out():
    lines = ["科目编码,科目名称,预算数,本月,累计,完成预算%,其他说明事项"]
    lines += [f"1010{n},税{n},{n}00.5,{n}.5,{n}0.5,{n}.25,甲{n}" for n in range(1, 9)]
    draft = draft_mapping("2026年6月收入.csv", csv_bytes(*lines), division="990101010")
    left_out = [one for one in draft.guesses if one.status == "left_out"]
    assert left_out
    for one in left_out:
        assert f"# {one.column} = " in draft.mapping
        assert not any(line.startswith(f"{one.column} = ") for line in draft.mapping.splitlines())
    assert "其他说明事项" in draft.unused


def test_the_feed_may_be_said():
    draft = draft_mapping("拨款202606.csv", BOKUAN, feed="allotments", division="990101010")
    assert draft.feed == "allotments"
    assert froms(draft)["appropriation_fen"] == ("拨款/金额",)


def test_the_same_file_is_drafted_the_same():
    assert draft_mapping("a.csv", PLATFORM) == draft_mapping("a.csv", PLATFORM)


def test_a_drafted_file_loads_from_disk(tmp_path):
    draft = draft_mapping("拨款202606.csv", BOKUAN, division="990101010")
    assert mapping_of(tmp_path, draft.mapping, "bokuan") == load_mapping(tmp_path / "bokuan.toml")


@pytest.mark.parametrize(
    ("label", "unit"),
    [
        ("金额（万元）", "万元"),
        ("金额(元)", "元"),
        ("预算数[单位：亿元]", "亿元"),
        ("支払額（円）", None),
        ("金额", None),
    ],
)
def test_the_unit_in_a_header(label, unit):
    assert unit_in(label) == unit


def test_the_unit_of_a_header_goes_into_the_mapping():
    lines = ["单位编码,单位名称,支付日期,支付金额（万元）", "101001,教育局,2026-6-1,1.25", "101002,水利局,2026-6-2,2.5"]
    draft = draft_mapping("支付202606.csv", csv_bytes(*lines), division="990101010")
    assert '[amounts]\nunit = "万元"' in draft.mapping
    assert draft.notes == ()


def test_a_unit_that_nothing_tells_is_for_a_person():
    lines = ["单位编码,单位名称,支付日期,支付金额", "101001,教育局,2026-6-1,1.25"]
    draft = draft_mapping("支付202606.csv", csv_bytes(*lines), division="990101010")
    assert draft.notes == ("nothing in the file tells the unit of the amounts: 元 is a guess",)
    assert "# CHECK: nothing in the file tells the unit" in draft.mapping
    assert 'unit = "元"  # CHECK: nothing in the file tells the unit' in draft.mapping  # in the very line too


@pytest.mark.parametrize("name", ["zhifu-20260601.csv", "支付2026.csv"])
def test_a_file_of_days_that_would_replace_a_whole_year_is_for_a_person(name):
    lines = ["单位编码,单位名称,支付日期,支付金额（元）", "101001,教育局,2026-6-1,1.25", "101002,水利局,2026-6-1,2.5"]
    draft = draft_mapping(name, csv_bytes(*lines), division="990101010")
    (note,) = draft.notes
    assert note.startswith("a later file takes the place of all rows of its division_code and fiscal_year")
    assert f'key = ["division_code", "fiscal_year"]  # CHECK: {note}' in draft.mapping


@pytest.mark.parametrize("total", ["合计", "本年支出合计", "支出总计", "收 入 合 计"])
def test_no_total_of_the_whole_table_becomes_a_fact(total):
    lines = ["单位编码,单位名称,支付日期,支付金额（元）", "101001,教育局,2026-6-1,1.25", "101002,水利局,2026-6-2,2.5"]
    draft = draft_mapping("支付202606.csv", csv_bytes(*lines, f",{total},,3.75"), division="990101010")
    assert draft.trial is not None
    assert (draft.trial.rows, draft.trial.accepted, draft.trial.messages) == (3, 2, ())


@pytest.mark.parametrize(
    ("day", "formats"),
    [
        ("25/06/2026", ["dmy"]),
        ("06/25/2026", ["mdy"]),
        ("令和8年6月25日", ["reiwa"]),
        ("2026-6-25", None),
        ("46198", None),
    ],
)
def test_ways_of_writing_days(day, formats):
    lines = ["单位编码,单位名称,支付日期,支付金额", f"101001,教育局,{day},1.25", f"101002,水利局,{day},2.5"]
    (guess,) = [one for one in draft_mapping("支付202606.csv", csv_bytes(*lines)).guesses if one.column == "paid_on"]
    assert guess.options.get("formats") == formats


def test_a_day_that_may_be_read_two_ways_is_for_a_person():
    lines = ["单位编码,支付日期,支付金额", "101001,05/06/2026,1.25", "101002,04/03/2026,2.5"]
    guess = guesses(draft_mapping("支付202606.csv", csv_bytes(*lines)))["paid_on"]
    assert guess.options["formats"] == ["dmy"]
    assert "the other way round" in guess.reason


@pytest.mark.parametrize(
    ("name", "pattern", "groups"),
    [
        (
            "pay-990101010-202606-20260701.csv",
            r"pay-(?P<division_code>\d{9})-(?P<period>\d{6})-(?P<delivered_on>\d{8})\.csv",
            {"division_code": "990101010", "period": "202606", "delivered_on": "20260701"},
        ),
        ("2026年6月收入.xlsx", r"(?P<period>\d{4}年\d{1,2}月)收入\.xlsx", {"period": "2026年6月"}),
        ("expenses_2023-2024.csv", r"expenses_(?:\d{4})-\d{4}\.csv", {}),
        ("report 7.csv", r"report \d{1}\.csv", {}),
        (
            "a-2022-06-05_ebab6ece.json",
            r"a-(?P<delivered_on>\d{4}-\d{2}-\d{2})_[0-9a-f]{8}\.json",
            {"delivered_on": "2022-06-05"},
        ),
    ],
)
def test_what_file_names_tell(name, pattern, groups):
    found = pattern_of(name)
    assert (found.pattern, found.groups) == (pattern, groups)


@given(st.text())
def test_any_text_is_written_as_toml(text):
    import tomllib  # noqa: PLC0415  # only here

    clean = text.encode("utf-8", "replace").decode("utf-8")
    assert tomllib.loads(f"a = {toml_value(clean)}")["a"] == clean


@pytest.mark.parametrize(
    ("one", "other", "least", "most"),
    [
        ("pay_app_no", "PayAppNo", 100, 100),
        ("收款人账号", "账号", 70, 90),
        ("单位编码", "单位名称", 0, 50),
        ("一、金额（万元）", "金额", 100, 100),
        ("款", "项", 0, 0),
    ],
)
def test_likeness_of_names(one, other, least, most):
    assert least <= likeness(squeezed(one), squeezed(other)) <= most


def test_the_vocabulary_names_columns_and_feeds_that_there_are():
    words = load_vocabulary()
    assert set(words.choices) <= {column for columns in words.names.values() for column in columns}
    assert {"function", "dept_economic", "gov_economic", "fund"} <= set(words.codes)
    assert all(words.words[feed] for feed in words.words)
