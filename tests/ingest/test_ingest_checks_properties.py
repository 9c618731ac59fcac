"""Whatever a delivery holds, every check judges it: no blank, no odd code and no empty feed makes one fail."""

import datetime as dt
import json

import polars as pl
import pytest
from checks_ground import case, frame
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from budget import frames
from ingest.checks.case import CODES, ORIGINALS, RELEASES, UNITS, VOUCHERS, Known
from ingest.checks.keys import day_keys, line_keys
from ingest.checks.registry import CHECKS, judge
from ingest.mapping_checks import DEFAULTS, CheckSpec

# A failing example is wide; making it smaller takes longer than reading it.
QUICK = settings(phases=[Phase.explicit, Phase.generate], suppress_health_check=list(HealthCheck))
DAYS = [None, dt.date(2026, 2, 28), dt.date(2026, 3, 31), dt.date(2027, 1, 31)]
WORDS = {
    "payment_kind": [None, "normal", "refund", "correction", "?"],
    "adjustment_kind": [None, "move", "add"],
    "reporting_level": [None, "unit", "department"],
    "scheme": ["function", "fund", "dept_economic"],
    "name": ["甲", "乙"],
    "code": ["201", "20101", "2010101", "11"],
    "unit_name": [None, "甲", "乙"],
    "parent_code": [None, "201", "101"],
}
CODED = [None, "", "1", "101", "101001", "201", "20101", "2010101", "2.01E+06", "石桥", "9" * 16]


def values(name, kind):
    """Return what a cell of a column may hold."""
    if name in WORDS:
        return st.sampled_from(WORDS[name])
    if name in {"fiscal_year", "division_code", "valid_from_year"}:
        return st.sampled_from([2025, 2026] if kind == frames.YEAR else ["990101010", "990101011"])
    kinds = {
        frames.TEXT: st.sampled_from(CODED),
        frames.FEN: st.sampled_from([None, 0, 1, -1, 100, 10**15, -(10**15)]),
        frames.DAY: st.sampled_from(DAYS),
        frames.FLAG: st.sampled_from([None, True, False]),
    }
    return kinds.get(kind, st.sampled_from([None, 0, 1, 2025, 2026]))


def rows_of(schema, needed=(), most=6):
    cells = {name: values(name, kind) for name, kind in schema.items()}
    filled = {
        name: cell.filter(lambda one: one is not None) if name in needed else cell for name, cell in cells.items()
    }
    return st.lists(st.fixed_dictionaries(filled), max_size=most)


def knowledge(feed):
    own = frames.FEEDS[feed]
    parts = {"codes": CODES, "units": UNITS, "vouchers": VOUCHERS, "originals": ORIGINALS, "releases": RELEASES}
    always = ("unit_code", "unit_name", "voucher_no")  # the tables have them NOT NULL
    told = {name: rows_of(schema, always).map(lambda rows, s=schema: frame(s, rows)) for name, schema in parts.items()}
    beside = rows_of(own, frames.REQUIRED[feed]).map(lambda rows: frame(own, rows))
    measures = st.dictionaries(st.sampled_from(frames.MEASURES[feed] or ("x",)), st.integers(-9, 9))
    totals = st.dictionaries(st.sampled_from("ab"), measures)
    beside = st.none() | beside
    return st.builds(Known, **told, cumulative=beside, levels=beside, last_year=totals, last_delivery=totals)


@pytest.mark.parametrize("feed", list(frames.FEEDS))
@settings(QUICK, max_examples=25)
@given(data=st.data())
def test_every_check_judges_whatever_comes(feed, data):
    rows = data.draw(rows_of(frames.FEEDS[feed], frames.REQUIRED[feed]))
    slices = data.draw(st.lists(st.sampled_from(["a", "b"]), min_size=len(rows), max_size=len(rows)))
    told = [row | {"slice_key": key} for row, key in zip(rows, slices, strict=True)]
    place = data.draw(st.sampled_from([None, "0.01"]))
    found = judge(case(feed, told, known=data.draw(knowledge(feed)), checks={"last_place": place} if place else {}))
    for check in found:
        assert check.outcome in {"ok", "rounding", "warn", "hold"}
        assert (check.detail is None) == (check.outcome == "ok")
        assert check.concerned_count is None or check.concerned_count >= 0
        assert len(check.part) <= 128
        for row in json.loads(check.sample_json or "[]"):
            assert set(row) == {"sheet", "row", "about", "expected", "actual"}


@pytest.mark.parametrize("feed", list(frames.FEEDS))
def test_the_order_of_rows_changes_no_outcome(feed):
    own = frames.FEEDS[feed]
    drawn = rows_of(own, frames.REQUIRED[feed], 8)

    @settings(QUICK, max_examples=10)
    @given(rows=drawn)
    def judged(rows):
        def told(order):
            return sorted(
                (c.check_name, c.slice_key, c.part, c.measure, c.outcome, c.concerned_count or 0, c.checked_count or 0)
                for c in judge(case(feed, order))
            )

        assert told(rows) == told(rows[::-1])

    judged()


def test_every_check_has_a_place_in_the_mapping_and_a_usual_severity():
    assert {name for entry in CHECKS for name in (entry.name, *entry.also)} - {"control"} == set(DEFAULTS)
    assert set(DEFAULTS) <= set(CheckSpec.model_fields)
    assert {entry.code for entry in CHECKS} == {f"H{n:02d}" for n in range(2, 11)}


def test_keys_of_lines_are_columns_of_their_feed():
    kinds = {}
    for feed, schema in frames.FEEDS.items():
        assert set(line_keys(feed)) | set(day_keys(feed)) <= set(schema)
        for name, kind in schema.items():
            assert kinds.setdefault(name, kind) == kind, f"{name} is of two kinds"
    assert kinds["payment_fen"] == pl.Int64()


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, ("warn", 30)),
        ({"codes": "hold"}, ("hold", None)),
        ({"codes": "warn"}, ("warn", None)),
        ({"codes": False}, ("off", None)),
        ({"codes": True}, ("warn", 30)),
        ({"codes": {"hold_above_percent": 5}}, ("warn", 5)),
        ({"codes": {"severity": "warn", "hold_above_percent": 5}}, ("warn", 5)),
        ({"codes": {"tolerance": "3"}}, ("warn", 30)),
    ],
)
def test_what_a_mapping_says_of_a_check_and_what_is_usual(given, expected):
    rule = CheckSpec.model_validate(given).rule("codes")
    assert (rule.severity, rule.hold_above_percent) == expected


def test_counting_twice_is_seen_where_levels_are_not_compared():
    rows = [{"function_code": code, "appropriation_fen": 100} for code in ("20501", "2050101")]

    def told(**checks):
        return {check.check_name: check.outcome for check in judge(case("allotments", rows, checks=checks))}

    assert {"levels", "doubles"} <= set(told())
    assert told(levels=False)["doubles"] == "hold"
    assert "levels" not in told(levels=False)
    assert "doubles" not in told(doubles=False)
    assert not {"levels", "doubles"} & set(told(levels=False, doubles=False))
