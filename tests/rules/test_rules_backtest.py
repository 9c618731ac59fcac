"""A back-test holds two sets of parameters against each other, month by month, over facts that are passed in."""

import dataclasses
import datetime as dt

import polars as pl
import pytest
from rule_cases import build_facts

from rules.backtest import FIRED, Counts, Hits, backtest, hits, month_ends, within
from rules.evaluate import evaluate
from rules.params import default_params

HERE, THERE = "990101010", "990101011"
NOVEMBER, DECEMBER = dt.date(2026, 11, 30), dt.date(2026, 12, 31)
DEFAULTS = default_params()
# By the end of the year 90 %, 80 % and 60 % are paid; unit 201001 is another division's.
FEEDS = {
    "allotments": [{"fen": 10_000_000, "unit": unit} for unit in ("101001", "101002")]
    + [{"fen": 10_000_000, "unit": "201001", "division": THERE}],
    "payments": [
        {"fen": 9_000_000, "day": dt.date(2026, 11, 10)},
        {"fen": 8_000_000, "unit": "101002", "day": dt.date(2026, 12, 10)},
        {"fen": 6_000_000, "unit": "201001", "division": THERE, "day": dt.date(2026, 11, 10)},
    ],
}


def with_fences(**values):
    return DEFAULTS | {"A01": dataclasses.replace(DEFAULTS["A01"], **values)}


def judge(facts, params):
    return evaluate(facts, params, codes=["A01"])


def tried(proposed, days=(NOVEMBER, DECEMBER), division=None):
    def load(day):
        return build_facts(day, FEEDS)

    return backtest("A01", days, load, judge, current=DEFAULTS, proposed=proposed, division=division)


def test_each_month_says_what_is_new_gone_and_the_same():
    outcome = tried(with_fences(yellow_bp=1_500))
    november, december = outcome.days
    # 30 Nov: S is 91.50 %; 101001 lags by 1.50 points, 101002 by 91.50, 201001 by 31.50.
    assert november.counts == Counts(current=2, proposed=2, new=0, gone=0, same=2, level_changed=0)
    # 31 Dec: 10, 20 and 40 points: the first is no longer flagged.
    assert december.counts == Counts(current=3, proposed=2, new=0, gone=1, same=2, level_changed=0)
    assert december.levels == {"red": 1, "orange": 1, "yellow": 0, "blue": 0}
    assert (december.current.flagged, december.proposed.flagged, december.proposed.judged) == (3, 2, 3)
    assert outcome.fired.filter(pl.col("proposed").is_null())["subject"].to_list() == ["unit:101001"]


def test_the_total_counts_a_subject_once_and_every_office_its_own():
    outcome = tried(with_fences(yellow_bp=1_500))
    assert outcome.total == Counts(current=3, proposed=2, new=0, gone=1, same=2, level_changed=0)
    assert outcome.offices == {
        HERE: Counts(current=2, proposed=1, new=0, gone=1, same=1, level_changed=0),
        THERE: Counts(current=1, proposed=1, new=0, gone=0, same=1, level_changed=0),
    }


def test_a_wider_fence_finds_new_ones_and_another_level_is_the_same_finding():
    december = tried(with_fences(yellow_bp=500, orange_bp=1_000)).days[1]
    assert december.counts == Counts(current=3, proposed=3, new=0, gone=0, same=3, level_changed=1)
    november = tried(with_fences(yellow_bp=150)).days[0]
    assert november.counts == Counts(current=2, proposed=3, new=1, gone=0, same=2, level_changed=0)


def test_a_division_counts_alone_and_is_judged_among_all():
    whole, part = tried(with_fences(yellow_bp=1_500)), tried(with_fences(yellow_bp=1_500), division=THERE)
    assert part.offices == {THERE: whole.offices[THERE]}
    assert [day.proposed.judged for day in part.days] == [1, 1]
    assert part.fired.equals(whole.fired.filter(pl.col("division_code") == THERE))


def test_the_same_parameters_are_judged_once_and_change_nothing():
    calls = []

    def counting(facts, params):
        calls.append(facts.as_of)
        return judge(facts, params)

    def load(day):
        return build_facts(day, FEEDS)

    outcome = backtest("A01", [NOVEMBER, DECEMBER], load, counting, current=DEFAULTS, proposed=dict(DEFAULTS))
    assert calls == [NOVEMBER, DECEMBER]
    assert (outcome.total.new, outcome.total.gone, outcome.total.level_changed) == (0, 0, 0)


def test_what_could_not_be_judged_is_told_with_its_reason():
    late = FEEDS | {"deliveries": [{"feed": "payments", "last_on": dt.date(2026, 11, 1), "division": HERE},
                                   {"feed": "payments", "last_on": DECEMBER, "division": THERE}]}  # fmt: skip
    outcome = backtest(
        "A01", [DECEMBER], lambda day: build_facts(day, late), judge, current=DEFAULTS, proposed=DEFAULTS
    )
    assert outcome.days[0].not_judged == {"late_feed": 2}
    assert outcome.days[0].counts.current == 1


def test_a_rule_that_fails_on_one_side_is_an_error_of_that_day():
    def failing(facts, params):
        whole = judge(facts, params)
        is_broken = params is not DEFAULTS and facts.as_of == NOVEMBER
        return dataclasses.replace(whole, findings=whole.findings.clear(), errors={"A01": "x"}) if is_broken else whole

    outcome = backtest(
        "A01", [NOVEMBER, DECEMBER], lambda day: build_facts(day, FEEDS), failing,
        current=DEFAULTS, proposed=with_fences(yellow_bp=1_500),
    )  # fmt: skip
    assert [day.errors for day in outcome.days] == [{"A01": "x"}, {}]


def test_no_findings_at_all_have_the_schema():
    outcome = backtest("A01", [DECEMBER], lambda day: build_facts(day, {}), judge, current=DEFAULTS, proposed=DEFAULTS)
    assert dict(outcome.fired.schema) == FIRED
    assert outcome.total == Counts(0, 0, 0, 0, 0, 0)
    assert outcome.offices == {}


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        ((2026, 1, 31), (2026, 2, 28), [(2026, 1, 31), (2026, 2, 28)]),
        ((2026, 1, 31), (2026, 2, 27), [(2026, 1, 31)]),
        ((2025, 12, 15), (2026, 1, 30), [(2025, 12, 31)]),
        ((2028, 2, 1), (2028, 3, 1), [(2028, 2, 29)]),
        ((2026, 5, 1), (2026, 5, 30), []),
        ((2026, 6, 1), (2026, 5, 31), []),
    ],
)
def test_month_ends_lie_between_both_days(first, last, expected):
    assert month_ends(dt.date(*first), dt.date(*last)) == [dt.date(*day) for day in expected]


def test_precision_and_recall_are_rounded_down_and_null_without_ground():
    planted, innocent = {("a", "2026"), ("b", "2026"), ("c", "2026")}, {("d", "2026")}
    assert hits([("a", "2026"), ("b", "2026"), ("d", "2026")], planted, innocent) == Hits(2, 1, 0, 6_666, 6_666)
    assert hits([("a", "2025")], planted, innocent) == Hits(0, 0, 1, 0, 0)
    assert hits([], planted, innocent) == Hits(0, 0, 0, None, 0)
    assert hits([("a", "2026")], [], []) == Hits(0, 0, 1, 0, None)


def test_what_was_planted_outside_the_days_judged_is_not_missed():
    told = [("a", "2026"), ("b", "2026-03"), ("c", "2026-03-31"), ("d", "2026-07"), ("e", "2025"), ("f", "2026-04-01")]
    kept = {subject for subject, _ in within(told, dt.date(2026, 3, 31), dt.date(2026, 6, 30))}
    assert kept == {"a", "b", "c", "f"}
