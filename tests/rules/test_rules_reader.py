"""Cases are read strictly: what is not right is named with its place and with what was expected."""

import datetime as dt

import polars as pl
import pytest

from rules.golden import CaseError, differences, read_cases
from rules.short_rows import COLUMNS, ShortRowError, build_facts

DAY = dt.date(2026, 12, 31)
BEHIND = {
    "as_of": DAY,
    "feeds": {"allotments": [{"fen": 10_000_000}], "payments": [{"fen": 9_000_000}]},
    "findings": [{"subject": "unit:101001", "period": "2026", "level": "yellow", "measured": 1_000}],
}


def only(document, name="A01-a-claim"):
    (case,) = read_cases(document, name)
    return case


def told(changes, name="A01-a-claim"):
    case = only(BEHIND | changes, name)
    return differences(case, case.judged())


def test_a_case_that_holds_has_no_differences():
    assert told({}) == []


OTHERWISE = [
    (
        {"findings": [{"subject": "unit:101001", "level": "red", "measured": 1_000, "unit": "fen"}]},
        ["unit:101001: expected level red, unit fen; found level yellow, unit bp"],
    ),
    (
        {"findings": []},
        ["expected nothing; found subject unit:101001, period 2026, level yellow, measured 1000, limit 1000, unit bp"],
    ),
    (
        {"findings": [*BEHIND["findings"], {"subject": "unit:101002", "amount_fen": None}]},
        ["expected subject unit:101002, amount_fen null; found nothing"],
    ),
    (
        {"findings": [{"subject": "unit:101001", "period": "2025"}]},
        ["unit:101001: expected period 2025; found period 2026"],
    ),
    (
        {"not_judged": {"unit:101001": "late_feed"}},
        ["unit:101001: expected not judged (late_feed); found judged, or not looked at"],
    ),
    (
        {"feeds": {"allotments": [{"fen": 4_999_999}]}, "findings": []},
        ["unit:101001: expected judged, or not looked at; found not judged (immaterial)"],
    ),
    # the same subject and period twice is asked for twice
    (
        {"findings": [*BEHIND["findings"], {"subject": "unit:101001"}]},
        ["expected subject unit:101001; found nothing"],
    ),
]


@pytest.mark.parametrize(("changes", "expected"), OTHERWISE)
def test_every_difference_is_a_sentence_with_both_sides(changes, expected):
    assert told(changes) == expected


def test_the_order_of_expected_findings_does_not_matter():
    units = [{"subject": f"unit:10100{number}", "level": "red"} for number in (2, 1)]
    feeds = {"allotments": [{"fen": 10_000_000}, {"fen": 10_000_000, "unit": "101002"}], "payments": [{"fen": 1}]}
    assert told({"feeds": feeds, "findings": units}) == []


def test_parameters_of_the_case_stand_before_those_of_the_site_and_both_before_the_defaults():
    case = only(BEHIND | {"params": {"A01": {"orange_bp": 1_000}}})
    (row,) = case.judged({"A01": {"yellow_bp": 900, "orange_bp": 1_002}}).findings.to_dicts()
    assert (row["level"], row["limit"]) == ("orange", 1_000)
    assert only(BEHIND).judged({"A01": {"yellow_bp": 1_001}}).findings.is_empty()


def test_cases_of_a_file_share_what_stands_beside_them():
    document = {
        "rule": "A01",
        "as_of": DAY,
        "feeds": {"allotments": [{"fen": 10_000_000}]},
        "cases": [
            {"case": "nine tenths", "feeds": {"payments": [{"fen": 9_000_000}]}, "findings": BEHIND["findings"]},
            {"as_of": dt.date(2026, 1, 31), "findings": [], "not_judged": {"unit:101001": "immaterial"},
             "feeds": {"allotments": [{"fen": 1}]}},
        ],
    }  # fmt: skip
    first, second = read_cases(document, "budgets")
    assert (first.name, second.name) == ("nine tenths", "budgets, case 2")
    assert [differences(case, case.judged()) for case in (first, second)] == [[], []]


MALFORMED = [
    ([], "is list; a case with as_of, feeds and findings was expected"),
    ({"cases": []}, "cases is []; a list of cases was expected"),
    ({"cases": ["A01"]}, "case 1 is 'A01'; a case with as_of, feeds and findings was expected"),
    ({"cases": [BEHIND | {"case": "x", "as_of": None}]}, "case 1 (x): as_of is None; a day like 2026-06-30"),
    (BEHIND | {"as_of": "2026-06-31"}, "as_of is '2026-06-31'; a day like 2026-06-30 was expected"),
    (BEHIND | {"rule": "Z99"}, "rule is Z99; rules are A01"),
    (BEHIND | {"expected": []}, "unknown key expected; keys are case, rule, as_of, params, feeds, findings"),
    (BEHIND | {"feeds": {"payment": []}}, "feeds has no payment; feeds are adjustments"),
    (BEHIND | {"feeds": {"payments": {"fen": 1}}}, "feeds.payments is {'fen': 1}; a list of rows was expected"),
    (BEHIND | {"feeds": {"payments": [{"fen": 1}, 2]}}, "feeds.payments row 2 is 2; columns with their values"),
    (BEHIND | {"feeds": {"payments": [{"fenn": 1}]}}, "feeds.payments row 1 has no column fenn; columns and"),
    (BEHIND | {"feeds": {"payments": [{"unit": 101001}]}}, "row 1: unit_code is 101001; a text (in quotes, where"),
    (BEHIND | {"feeds": {"payments": [{"fen": 1.5}]}}, "payment_fen is 1.5; a whole number was expected"),
    (BEHIND | {"feeds": {"payments": [{"fen": True}]}}, "payment_fen is True; a whole number was expected"),
    (BEHIND | {"feeds": {"payments": [{"day": "soon"}]}}, "paid_on is 'soon'; a day like 2026-06-30 was expected"),
    (BEHIND | {"feeds": {"payments": [{"is_voided": 1}]}}, "is_voided is 1; true or false was expected"),
    (BEHIND | {"params": {"A01": {"yelow_bp": 1}}}, "[rules.A01] has no key yelow_bp"),
    (BEHIND | {"params": {"A01": 5}}, "params.A01 is 5; names with their values were expected"),
    (BEHIND | {"findings": None}, "findings is None; a list was expected, [] where nothing may be found"),
    (BEHIND | {"findings": ["unit:101001"]}, "findings row 1 is 'unit:101001'; a subject"),
    (BEHIND | {"findings": [{"subject": "x", "amount": 1}]}, "findings row 1 has no key amount; keys are unit"),
    (BEHIND | {"findings": [{"subject": "x", "level": "rot"}]}, "level is 'rot'; one of blue, yellow"),
    (BEHIND | {"not_judged": ["unit:1"]}, "not_judged is ['unit:1']; names with their values were expected"),
]


@pytest.mark.parametrize(("document", "says"), MALFORMED)
def test_what_is_not_right_is_named_with_what_was_expected(document, says):
    with pytest.raises(CaseError) as caught:
        read_cases(document, "A01-a-claim")
    assert says in str(caught.value)


def test_rows_dated_after_the_day_are_left_out_as_they_are_in_the_warehouse():
    rows = [{"fen": 1, "day": DAY}, {"fen": 2, "day": DAY + dt.timedelta(days=1)}, {"fen": 3, "day": None}]
    assert build_facts(DAY, {"payments": rows}).payments["payment_fen"].to_list() == [1, 3]


@pytest.mark.parametrize("feed", sorted(COLUMNS))
def test_every_feed_takes_an_ordinary_row_of_its_own_columns(feed):
    facts = build_facts(DAY, {feed: [{}]})
    assert dict(getattr(facts, feed).schema) == COLUMNS[feed]
    assert getattr(facts, feed).height == 1
    with pytest.raises(ShortRowError, match=f"feeds.{feed} row 1 has no column no_such_column"):
        build_facts(DAY, {feed: [{"no_such_column": 1}]})


def test_a_short_name_that_is_a_column_of_the_feed_stands_for_itself():
    told = build_facts(DAY, {"classifications": [{"code": "30217", "name": "公务接待费", "scheme": "dept_economic"}]})
    assert told.classifications.select("code", "name").rows() == [("30217", "公务接待费")]
    assert build_facts(DAY, {"allotments": [{"code": "Z1"}]}).allotments["allotment_code"].to_list() == ["Z1"]


def test_payments_count_as_delivered_up_to_the_day_unless_deliveries_are_given():
    assert build_facts(DAY, {"payments": [{"fen": 1}]}).deliveries["last_on"].to_list() == [DAY]
    given = build_facts(DAY, {"payments": [{"fen": 1}], "deliveries": [{"feed": "payments"}]}).deliveries
    assert given.select(pl.col("last_on").is_null()).to_series().to_list() == [True]
