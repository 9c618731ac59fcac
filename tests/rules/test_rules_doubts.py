"""What stands wrong in the data silences what rests on it, by name, and nothing else."""

import dataclasses
import datetime as dt

import polars as pl
import pytest
from rule_cases import build_facts

from rules.evaluate import evaluate
from rules.params import default_params

DAY = dt.date(2026, 11, 20)
ITEMS = [{"scheme": "dept_economic", "code": "302", "name": "商品和服务支出"}]
FUNCTIONS = [
    {"scheme": "function", "code": "201", "name": "一般公共服务支出"},
    {"scheme": "function", "code": "20103", "name": "政府办公厅", "parent_code": "201"},
    {"scheme": "function", "code": "2010301", "name": "行政运行", "parent_code": "20103"},
]
UNPLANNED = {"allotments": [{"fen": 90_000}], "classifications": FUNCTIONS}
LARGE = {"fen": 9_000_000, "payee": "张伟", "purpose": "咨询费", "day": dt.date(2026, 3, 5)}
SLOW = {"fen": 90_000_000, "project": "X1", "day": dt.date(2026, 1, 20)}
EARLY = {"fen": 100, "project": "X1", "day": dt.date(2026, 1, 19)}


def subjects(feeds, code, *, without=()):
    """Return what a rule found and what it did not judge for doubtful data, with some rules turned off."""
    params = {key: value for key, value in default_params().items() if key not in without}
    evaluation = evaluate(build_facts(DAY, feeds), params)
    assert evaluation.errors == {}
    own = pl.col("rule_code") == code
    doubtful = evaluation.coverage.filter(own, pl.col("reason") == "data_suspect")
    return evaluation.findings.filter(own)["subject"].to_list(), doubtful["scope"].to_list()


CASES = [
    (
        "a line under an item no table knows is not called unbudgeted; another line still is",
        UNPLANNED | {"payments": [{"fen": 500, "function": "2019999"}, {"fen": 500, "function": "20103"}]},
        "H05",
        "A07",
        ["line:101001/-/20103"],
        ["line:101001/-/2019999"],
    ),
    (
        "a voucher under an economic item no table knows",
        {
            "classifications": [*ITEMS, {"scheme": "dept_economic", "code": "30201", "name": "办公费"}],
            "payments": [
                {"fen": 500, "econ": "30299", "purpose": "礼品"},
                {"fen": 500, "econ": "30201", "purpose": "礼品"},
            ],
        },
        "H05",
        "D08",
        ["payment:P2"],
        ["payment:P1"],
    ),
    (
        "a voucher that stands twice is no large payment",
        {"payments": [LARGE | {"voucher": "P1"}, LARGE | {"voucher": "P1"}, LARGE | {"voucher": "P2", "account": "9"}]},
        "H06",
        "E05",
        ["payment:P2"],
        ["payment:P1"],
    ),
    (
        "a run of payments with such a voucher is no repeated payment",
        {
            "payments": [
                {"fen": 2_000_000, "account": "6", "purpose": "货款", "voucher": "P1", "day": dt.date(2026, 3, day)}
                for day in (1, 3)
            ]
            + [{"fen": 4_000_000, "account": "6", "purpose": "货款", "voucher": "P2", "day": dt.date(2026, 3, 5)}]
        },
        "H06",
        "E08",
        [],
        ["payment:P1"],
    ),
    (
        "a project paid before its release is not called slow",
        {
            "allotments": [SLOW, SLOW | {"project": "X2"}, {"fen": 5}],
            "payments": [EARLY, EARLY | {"project": "X2", "day": DAY}],
        },
        "H07",
        "A02",
        ["project:101001/X2"],
        ["project:101001/X1"],
    ),
    (
        "a project with a negative payment is not called slow",
        {
            "allotments": [SLOW, SLOW | {"project": "X2"}],
            "payments": [
                {"fen": -100, "project": "X1", "day": DAY},
                {"fen": 100, "project": "X1", "day": DAY},
                {"fen": 100, "project": "X2", "day": DAY},
            ],
        },
        "H08",
        "A02",
        ["project:101001/X2"],
        ["project:101001/X1"],
    ),
    (
        "a unit the table lacks has no past to be behind",
        {
            "units": [{"unit": "101001"}],
            "allotments": [{"fen": 9_000_000}, {"fen": 9_000_000, "unit": "101009"}],
            "payments": [{"fen": 100}, {"fen": 100, "unit": "101009"}],
        },
        "H09",
        "A01",
        ["unit:101001"],
        ["unit:101009"],
    ),
]


@pytest.mark.parametrize(
    ("feeds", "ground", "code", "found", "silent"), [c[1:] for c in CASES], ids=[c[0] for c in CASES]
)
def test_what_rests_on_doubtful_data_is_taken_back_and_said_so(feeds, ground, code, found, silent):
    assert subjects(feeds, code) == (found, silent)
    assert subjects(feeds, code, without={ground}) == (sorted({*found, *silent}), [])


def test_reports_that_fall_silence_a_division_only_where_nothing_but_reports_is_there():
    months = [
        {"unit": "101", "fen": 3_000_000, "day": dt.date(2026, 9, 30), "appropriation_fen": 90_000_000},
        {"unit": "101", "fen": 1_000_000, "day": DAY, "appropriation_fen": 90_000_000},
    ]
    feeds = {"units": [{"unit": "101"}], "execution_months": months}
    assert subjects(feeds | {"deliveries": [{"feed": "execution_months"}]}, "A01") == ([], ["unit:101"])
    vouchers = {"allotments": [{"unit": "101", "fen": 90_000_000}], "payments": [{"unit": "101", "fen": 100}]}
    assert subjects(feeds | vouchers, "A01") == (["unit:101"], [])


def test_a_doubtful_number_in_one_division_silences_no_other():
    other = {"division": "990101011", "unit": "201001"}
    feeds = {"payments": [LARGE | {"voucher": "P1"}, LARGE | {"voucher": "P1"}, LARGE | other | {"voucher": "P1"}]}
    facts = build_facts(DAY, feeds)
    found = evaluate(facts, default_params(), codes=["E05"]).findings
    assert found.select("division_code", "subject").rows() == [("990101011", "payment:P1")]


def test_sums_of_a_unit_stand_though_one_of_their_vouchers_is_doubtful():
    cash = {"fen": 80_000, "settlement_method": "现金"}
    feeds = {"payments": [cash | {"voucher": f"P{n}", "day": dt.date(2026, 3, n)} for n in (1, 2, 3)]}
    feeds["payments"] += [dict(feeds["payments"][0])]
    assert subjects(feeds, "E02") == (["unit:101001"], [])


def test_a_clean_district_loses_nothing_to_the_rules_on_data():
    facts = build_facts(DAY, {"payments": [LARGE]})
    every = evaluate(facts, default_params())
    fewer = evaluate(facts, {k: v for k, v in default_params().items() if k[0] != "H"})
    payment = pl.col("rule_code") == "E05"
    assert every.findings.filter(payment).equals(fewer.findings.filter(payment))
    assert dataclasses.replace(facts).memo == {}
