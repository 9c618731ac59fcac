import datetime as dt
import re
from dataclasses import replace
from typing import Any

import pytest
from report_cast import CATALOGUE, DISTRICT, LATE_STREET, QUARTER, STREET, TOWN, District, finding

from budget.money import format_rate, format_wan
from reports.blocks import Paragraph, ReportContent, Table
from reports.content import build_report
from reports.problems import ITEMS_A_GROUP

EVERY = [STREET, TOWN, LATE_STREET, DISTRICT]


def tables(content: ReportContent) -> list[Table]:
    return [block for annex in content.annexes for block in annex.blocks if isinstance(block, Table)]


def body(content: ReportContent) -> str:
    return "\n".join(block.lead + block.text for block in content.body if isinstance(block, Paragraph))


@pytest.mark.parametrize("division", EVERY)
def test_the_text_says_the_snapshots_totals(told: District, division: str) -> None:
    snapshot = told.snapshot(division)
    words, total = body(build_report(snapshot)), snapshot["figures"]["total"]
    for name in ("appropriation_fen", "adjusted_appropriation_fen", "payment_fen"):
        assert f"{format_wan(total[name])}万元" in words
    assert f"执行率{format_rate(total['execution_rate_bp'])}" in words


@pytest.mark.parametrize("division", EVERY)
def test_no_rate_stands_in_the_text_that_is_not_in_the_snapshot(told: District, division: str) -> None:
    snapshot = told.snapshot(division)
    shown = set(re.findall(r"\d[\d,]*\.\d\d%", body(build_report(snapshot))))
    assert shown <= known_rates(snapshot), shown - known_rates(snapshot)


def known_rates(snapshot: dict[str, Any]) -> set[str]:
    figures = snapshot["figures"]
    cards = [figures["total"], figures["last_year"], *figures["funds"], *figures["levels"], *figures["rows"]]
    rates = [card["execution_rate_bp"] for card in cards] + [figures["time_progress_bp"]]
    paid, before = figures["total"]["payment_fen"], figures["last_year"]["payment_fen"]
    rates += [figures["expected_progress_bp"], abs(paid - before) * 10_000 // before]
    told_by_rules = {rate for item in snapshot["items"] for rate in re.findall(r"\d[\d,]*\.\d\d%", item["text"])}
    return {format_rate(rate) for rate in rates} | told_by_rules


@pytest.mark.parametrize("division", EVERY)
def test_the_table_total_is_the_sum_of_its_rows_and_the_total_of_the_text(told: District, division: str) -> None:
    snapshot = told.snapshot(division)
    table = tables(build_report(snapshot))[0]
    for column, name in ((2, "appropriation_fen"), (4, "adjusted_appropriation_fen"), (5, "payment_fen")):
        cents = sum(int(row[column].replace(",", "").replace(".", "")) for row in table.rows)
        assert table.total is not None
        assert int(table.total[column].replace(",", "").replace(".", "")) == cents
        assert table.total[column] == format_wan(snapshot["figures"]["total"][name])


@pytest.mark.parametrize("division", EVERY)
def test_no_python_value_leaks_into_the_words(told: District, division: str) -> None:
    text = build_report(told.snapshot(division)).text
    assert not re.search(r"None|nan|NaN|True|False|\{|\}|inf\b", text)
    assert "。。" not in text
    assert "××" not in text


@pytest.mark.parametrize(
    ("division", "says", "says_not"),
    [
        (
            STREET,
            ["不作为一级预算", "建议石桥街道办事处", "石桥街道人大工委", "区人大常委会财政经济工作委员会："],
            ["人民政府"],
        ),
        (TOWN, ["为一级预算", "建议白鹭镇人民政府", "白鹭镇人大主席团"], ["办事处", "不作为一级预算"]),
        (DISTRICT, ["区人大常委会：", "区本级（含街道）", "白鹭镇（镇级）", "建议区人民政府及其财政部门"], []),
    ],
)
def test_street_town_and_district_are_spoken_of_as_what_they_are(
    told: District, division: str, says: list[str], says_not: list[str]
) -> None:
    text = build_report(told.snapshot(division)).text
    assert [part for part in says if part not in text] == []
    assert [part for part in says_not if part in text] == []


def test_the_six_parts_and_three_annexes_stand_in_order(told: District) -> None:
    content = build_report(told.snapshot(STREET))
    assert re.findall(r"^[一二三四五六]、.*$", content.text, re.MULTILINE) == [
        "一、总体情况",
        "二、开展监督情况",
        "三、发现的主要问题",
        "四、上季度问题整改情况",
        "五、意见建议",
        "六、下季度监督重点",
    ]
    assert [annex.title for annex in content.annexes] == [
        "石桥街道各单位支出进度表",
        "预警及核实清单",
        "数据口径说明",
    ]
    assert content.title == ("关于石桥街道2026年第三季度", "预算联网监督情况的报告")
    assert content.dated == "2026年10月9日"


def test_an_item_says_fact_figures_rule_law_level_and_state(told: District) -> None:
    assert (
        "1.石桥街道市政所：部门支出进度滞后。疑似支出进度滞后：支出102.00万元，执行率10.40%。"
        "适用规则A01，依据《预算法》第五十三条。红色（约谈），待核实。"
    ) in body(build_report(told.snapshot(STREET)))


@pytest.mark.parametrize(
    ("sentence", "law", "reads", "why"),
    [
        (
            "石桥街道市政所疑似滞后，相差{gap_bp:points}。",
            "《预算法》第五十三条。",
            "1.部门支出进度滞后。石桥街道市政所疑似滞后，相差12.34个百分点。适用规则A01，依据《预算法》第五十三条。红色",
            "a sentence that names the unit is not led by its name again; stops are not doubled; 相差 takes no sign",
        ),
        (
            "疑似滞后",
            "实务做法：数据质量检查，不作为违规认定依据。",
            "1.石桥街道市政所：部门支出进度滞后。疑似滞后。适用规则A01（数据质量检查，不作为违规认定依据）。红色",
            "practice is not called law",
        ),
    ],
)
def test_sentences_of_rules_read_as_an_official_document(
    *, told: District, sentence: str, law: str, reads: str, why: str
) -> None:
    text = replace(CATALOGUE["A01"], finding_zh=sentence, law_zh=law)
    evidence = '{"gap_bp": 1234}'
    told.judge(QUARTER.last_day, [finding("A01", "red", "601001", STREET, evidence=evidence)])
    assert reads in body(build_report(told.snapshot(STREET, catalogue={"A01": text}))), why


def test_a_project_without_a_name_is_called_by_its_number(told: District) -> None:
    found = finding("A03", "red", "601001", STREET, subject="project:601001/990123", project_code="990123")
    told.judge(QUARTER.last_day, [found])
    words = body(build_report(told.snapshot(STREET)))
    assert "石桥街道市政所项目990123：零支出项目" in words


def test_items_are_grouped_worst_first_and_capped_with_the_rest_in_the_annex(district: District) -> None:
    levels = ["yellow", "orange", "red", "yellow", "yellow", "yellow", "yellow"]
    found = [finding("A01", level, f"60{n}", STREET, amount_fen=n) for n, level in enumerate(levels)]
    district.judge(QUARTER.last_day, found)
    content = build_report(district.snapshot(STREET))
    leads = [block.lead for block in content.body if isinstance(block, Paragraph) and "部门支出进度滞后" in block.lead]
    assert [lead[:5] for lead in leads] == ["1.602", "2.601", "3.606"]
    assert f"其余{len(levels) - ITEMS_A_GROUP}条见附件2。" in body(content)
    band, *rows = tables(content)[1].rows
    assert band == ("A01 部门支出进度滞后（7条）",)
    assert [row[0] for row in rows] == [str(place) for place in range(1, len(levels) + 1)]


def test_without_findings_the_report_says_so_and_asks_for_nothing_special(told: District) -> None:
    text = build_report(told.snapshot(TOWN)).text
    assert "未形成预警" in text
    assert "截至判断日未发现达到预警标准的事项。" in text
    assert "建议白鹭镇人民政府继续按预算和项目计划安排支出" in text
    assert "约谈" not in text


def test_a_late_street_is_named_and_not_compared(told: District) -> None:
    whole, own = build_report(told.snapshot(DISTRICT)), build_report(told.snapshot(LATE_STREET))
    assert "南塘街道本年支付数据仅到8月8日" in body(whole)
    assert "因支付数据未到齐，不与上年、序时和历史同期比较" in body(own)
    marked = [row for row in tables(whole)[0].rows if row[1] == "南塘街道"]
    assert marked[0][-1].endswith("△")
    assert "△ 支付数据未到齐，数值偏低，不作比较。" in tables(whole)[0].notes


def test_nothing_delivered_is_written_as_missing_never_as_zero(district: District) -> None:
    district.judge(QUARTER.last_day, [])
    content = build_report(district.snapshot(STREET))
    assert "未收到石桥街道本年预算指标数据，支出无数据，执行率无法计算" in body(content)
    assert "0.00万元" not in content.text
    assert not re.search(r"None|nan", content.text)


def test_budget_without_payments_is_not_a_rate_of_zero(district: District) -> None:
    line = {
        "unit_code": "601",
        "division_code": STREET,
        "appropriation_fen": 10**8,
        "released_on": dt.date(2026, 1, 18),
    }
    district.deliver("allotments", [line], division=STREET, year=2026)
    district.judge(QUARTER.last_day, [])
    words = body(build_report(district.snapshot(STREET)))
    assert "支出无数据，不作执行率判断" in words
    assert "石桥街道本年支付数据未到" in words


def test_a_quarter_that_still_runs_says_so(told: District) -> None:
    day = dt.date(2026, 9, 15)
    told.judge(day, [])
    assert "本季度尚未结束，所列为季中情况" in build_report(told.snapshot(STREET, as_of=day)).text
    assert "季中" not in build_report(told.snapshot(STREET)).text


def test_the_hash_that_proves_the_figures_stands_in_the_last_annex(told: District) -> None:
    snapshot = told.snapshot(STREET)
    assert snapshot["sha256"] in build_report(snapshot).text.replace(" ", "")


def test_without_history_units_are_held_against_the_calendar_and_the_words_say_so(district: District) -> None:
    line = {"unit_code": "601", "division_code": STREET}
    district.deliver(
        "allotments",
        [line | {"appropriation_fen": 100, "released_on": dt.date(2026, 1, 18)}],
        division=STREET,
        year=2026,
    )
    paid = [line | {"payment_fen": 10, "paid_on": dt.date(2026, 3, 1)}]
    district.deliver("payments", paid, division=STREET, year=2026, last_on=dt.date(2026, 9, 30))
    district.judge(QUARTER.last_day, [])
    content = build_report(district.snapshot(STREET))
    words = body(content)
    assert "其中低10个百分点以上的1个" in words
    assert "执行率不低于序时进度的0个" in words
    assert "历史数据不足两年，不作历史同期比较" in words
    assert any("没有历史数据，以序时进度74.79%比较" in note for note in tables(content)[0].notes)
