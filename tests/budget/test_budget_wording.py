"""Sentences filled from figures: exact, and a missing figure is said to be missing."""

import datetime as dt

import polars as pl
import pytest

from budget.coverage import REASONS
from budget.levels import LEVELS, LOOKS, rank
from budget.subjects import (
    check_subject,
    division_scope,
    feed_subject,
    line_subject,
    line_subjects,
    payee_subject,
    payment_subject,
    project_subject,
    project_subjects,
    unit_subject,
    unit_subjects,
    written,
)
from budget.wording import render

FILLED = [
    ("{x:wan}万元", {"x": 1_234_500_000}, "1,234.50万元"),
    ("{x:yuan}元", {"x": -1}, "\u22120.01元"),
    ("{x:rate}", {"x": 3_210}, "32.10%"),
    ("{x:points}", {"x": -250}, "\u22122.50 个百分点"),
    ("{x:day}", {"x": dt.date(2026, 3, 5)}, "2026年3月5日"),
    ("{x:day}", {"x": "2026-03-05"}, "2026年3月5日"),
    ("{x}", {"x": "区教育局"}, "区教育局"),
    ("{x:gap}", {"x": -250}, "2.50个百分点"),
    ("{x:month}", {"x": "2026-06"}, "2026年6月"),
    ("{x:month}", {"x": "2026"}, "2026年"),
    ("{x:wan}万元", {"x": None}, "无数据"),
    ("{x:wan}万元", {}, "无数据"),
    ("{x:wan}万元", {"x": 0}, "0.00万元"),
]


@pytest.mark.parametrize(("template", "evidence", "text"), FILLED)
def test_sentences(template, evidence, text):
    assert render(template, evidence) == text


def test_what_is_missing_may_be_said_in_english():
    assert render("{x:yuan} yuan paid", {}, missing="no data") == "no data paid"


def test_subjects_have_one_grammar():
    assert unit_subject("101001") == "unit:101001"
    assert project_subject("101001", "X1") == "project:101001/X1"
    assert line_subject("101001", None, "2010301") == "line:101001/-/2010301"
    assert line_subject("101001", "X1", None) == "line:101001/X1/-"
    assert payment_subject("P1") == "payment:P1"
    assert payee_subject("101001", "甲公司", None) == "payee:101001/甲公司/-"
    assert feed_subject("payments", "990101010") == "feed:payments/990101010"
    assert check_subject("allotments", "990101010/2026", "total") == "check:allotments/990101010/2026/total"
    assert division_scope("990101010") == "division:990101010"


def test_columns_of_subjects_agree_with_single_ones():
    rows = pl.DataFrame(
        {"unit_code": ["1", "1"], "project_code": ["X", None], "function_code": [None, "201"]},
    )
    told = rows.select(unit=unit_subjects(), line=line_subjects(), project=project_subjects())
    assert told["unit"].to_list() == [unit_subject("1")] * 2
    assert told["line"].to_list() == [line_subject("1", "X", None), line_subject("1", None, "201")]
    assert told["project"].to_list() == [project_subject("1", "X"), None]


def test_written_text_holds_in_columns_of_several_chunks():
    # What pl.format of Polars 2.1 panics on: text that a parallel group_by left behind in chunks, then filtered.
    rows = pl.concat([pl.DataFrame({"name": ["一二三四五六七八", None]}), pl.DataFrame({"name": ["x"]})], rechunk=False)
    assert rows.select(text=written("<{}|{}>", "name", pl.lit(3)))["text"].to_list() == [
        "<一二三四五六七八|3>",
        None,
        "<x|3>",
    ]


def test_levels_rise_and_every_level_has_a_look_of_its_own():
    assert [rank(level) for level in LEVELS] == [0, 1, 2, 3]
    assert set(LOOKS) == set(LEVELS)
    for part in ("colour_name", "action", "glyph", "colour"):
        assert len({getattr(look, part) for look in LOOKS.values()}) == len(LEVELS)


def test_every_reason_has_words_in_both_languages():
    for words in REASONS.values():
        assert words.zh
        assert words.en.isascii()
