import datetime as dt
from typing import Any

import pytest
from report_cast import DISTRICT, LATE_STREET, STREET, TOWN, WAN, District

from reports.figures import MEASURES


@pytest.mark.parametrize(
    ("division", "b0", "adj", "b1", "paid", "why"),
    [
        (STREET, 1400, -20, 1380, 402, "the cut of June counts, the top-up of December lies after the day judged"),
        (TOWN, 640, None, 640, 460, "no adjustment was made: null, not zero"),
        (LATE_STREET, 320, None, 320, 150, "what came before the payments stopped is counted"),
        (DISTRICT, 3960, -20, 3940, 1952, "the district is everything together"),
    ],
)
def test_totals_net_refunds_and_leave_voided_and_later_rows_out(
    *, told: District, division: str, b0: int, adj: int | None, b1: int, paid: int, why: str
) -> None:
    total = told.snapshot(division)["figures"]["total"]
    assert total["appropriation_fen"] == b0 * WAN, why
    assert total["adjustment_fen"] == (None if adj is None else adj * WAN), why
    assert total["adjusted_appropriation_fen"] == b1 * WAN, why
    assert total["payment_fen"] == paid * WAN, why
    assert total["execution_rate_bp"] == paid * 10_000 // b1, why


@pytest.mark.parametrize("division", [STREET, TOWN, LATE_STREET, DISTRICT])
def test_rows_funds_and_levels_add_up_to_the_total(told: District, division: str) -> None:
    figures = told.snapshot(division)["figures"]
    for name in ("appropriation_fen", "adjustment_fen", "adjusted_appropriation_fen", "payment_fen"):
        for part in ("rows", "funds", "levels"):
            given = [row[name] for row in figures[part] if row[name] is not None]
            assert not figures[part] or sum(given) == (figures["total"][name] or 0), (part, name)


def test_a_street_lists_its_units_and_the_district_its_departments_then_streets_and_towns(told: District) -> None:
    def kinds(division: str) -> list[tuple[str, str]]:
        return [(row["kind"], row["name"]) for row in told.snapshot(division)["figures"]["rows"]]

    assert kinds(STREET) == [("unit", "石桥街道市政所"), ("unit", "石桥街道办事处")]
    assert kinds(DISTRICT) == [
        ("department", "区水利局"),
        ("department", "区教育局"),
        ("street", "石桥街道"),
        ("street", "南塘街道"),
        ("town", "白鹭镇"),
    ]


def test_a_town_is_a_budget_level_of_its_own_and_a_street_is_not(told: District) -> None:
    levels = {one["code"]: one["payment_fen"] for one in told.snapshot(DISTRICT)["figures"]["levels"]}
    assert levels == {"district": 1492 * WAN, TOWN: 460 * WAN}
    assert told.snapshot(STREET)["figures"]["levels"] == []


def test_history_is_the_median_of_the_same_day_of_earlier_years(told: District) -> None:
    figures = told.snapshot(TOWN)["figures"]
    rates = [420 * 10_000 // 600, 400 * 10_000 // 600]
    assert figures["expected_progress_bp"] == sum(rates) // 2
    assert figures["history_years"] == 2
    assert figures["last_year"]["execution_rate_bp"] == rates[1]
    assert figures["time_progress_bp"] == 273 * 10_000 // 365


def test_one_year_of_history_is_no_history(district: District) -> None:
    line = {"unit_code": "701", "division_code": TOWN, "appropriation_fen": 100, "released_on": dt.date(2025, 1, 18)}
    district.deliver("allotments", [line], division=TOWN, year=2025)
    district.judge(dt.date(2026, 9, 30), [])
    assert district.snapshot(TOWN)["figures"]["expected_progress_bp"] is None


def test_nothing_delivered_is_null_everywhere_and_zero_nowhere(district: District) -> None:
    district.judge(dt.date(2026, 9, 30), [])
    figures: dict[str, Any] = district.snapshot(STREET)["figures"]
    assert figures["total"] == dict.fromkeys(MEASURES)
    assert figures["last_year"] == dict.fromkeys(MEASURES)
    assert figures["rows"] == figures["funds"] == figures["sources"] == []
    assert figures["expected_progress_bp"] is None


def test_payments_are_said_to_reach_their_last_day_and_never_past_the_day_judged(told: District) -> None:
    line = {"unit_code": "601", "division_code": STREET, "payment_fen": 5, "paid_on": dt.date(2026, 10, 2)}
    told.deliver("payments", [line], division=STREET, year=2026, last_on=dt.date(2026, 10, 2))
    until = told.snapshot(DISTRICT)["figures"]["payments_until"]
    assert until[STREET] == "2026-09-30"
    assert until[LATE_STREET] == "2026-08-08"


@pytest.mark.parametrize(
    ("pays", "paid", "rate", "why"),
    [
        (True, 0, 0, "the division's payments were delivered: a unit without any has paid nothing"),
        (False, None, None, "no payments were delivered: what the unit paid is not known"),
    ],
)
def test_zero_is_written_only_where_the_feed_was_delivered(
    *, district: District, pays: bool, paid: int | None, rate: int | None, why: str
) -> None:
    released = {"division_code": STREET, "appropriation_fen": 100, "released_on": dt.date(2026, 1, 18)}
    lines = [{"unit_code": code} | released for code in ("601", "601001")]
    district.deliver("allotments", lines, division=STREET, year=2026)
    if pays:
        line = {"unit_code": "601", "division_code": STREET, "payment_fen": 40, "paid_on": dt.date(2026, 3, 1)}
        district.deliver("payments", [line], division=STREET, year=2026, last_on=dt.date(2026, 3, 1))
    district.judge(dt.date(2026, 9, 30), [])
    rows = {row["code"]: row for row in district.snapshot(STREET)["figures"]["rows"]}
    assert (rows["601001"]["payment_fen"], rows["601001"]["execution_rate_bp"]) == (paid, rate), why
    assert rows["601001"]["adjustment_fen"] is None, "no adjustments were delivered"
