import datetime as dt
import json
from dataclasses import replace

import pytest
from report_cast import CATALOGUE, DISTRICT, FINDINGS, KNOWN, LATE_STREET, QUARTER, STREET, District, finding

from budget.calendar import Quarter
from reports.snapshot import canonical_json, snapshot_hash
from warehouse.reports import ReportRefusedError

END = QUARTER.last_day


def test_a_snapshot_is_plain_json_and_hashes_itself(told: District) -> None:
    snapshot = told.snapshot(STREET)
    again = json.loads(canonical_json(snapshot))
    assert again == snapshot
    assert snapshot_hash(again) == snapshot["sha256"]
    again["figures"]["total"]["payment_fen"] += 1
    assert snapshot_hash(again) != snapshot["sha256"]


def test_a_quarter_nobody_judged_is_refused_with_the_command_to_run(district: District) -> None:
    with pytest.raises(ReportRefusedError, match=r"mingzhang evaluate --as-of 2026-09-30"):
        district.snapshot(STREET)


def test_a_run_known_later_than_asked_for_is_not_seen(told: District) -> None:
    with pytest.raises(ReportRefusedError, match="no evaluation of 2026-09-30 is stored as known at 2026-10-01"):
        told.snapshot(STREET, known_at=dt.datetime(2026, 10, 1, tzinfo=dt.UTC))


def test_a_division_without_an_office_is_refused_with_the_known_ones(told: District) -> None:
    with pytest.raises(ReportRefusedError, match=r"division 990101999 has no office.*990101010 石桥街道"):
        told.snapshot("990101999")


@pytest.mark.parametrize("day", [dt.date(2026, 6, 30), dt.date(2026, 10, 1)])
def test_a_day_outside_the_quarter_is_refused(told: District, day: dt.date) -> None:
    with pytest.raises(ReportRefusedError, match="lies outside 2026Q3"):
        told.snapshot(STREET, as_of=day)


def test_a_run_of_one_rule_never_hides_the_full_run_before_it(told: District) -> None:
    full = told.snapshot(STREET)["run"]["run_id"]
    told.judge(END, [], rules="A02", known_at=KNOWN - dt.timedelta(minutes=1))
    assert told.snapshot(STREET)["run"]["run_id"] == full
    later = told.judge(END, FINDINGS, known_at=KNOWN - dt.timedelta(minutes=1))
    assert told.snapshot(STREET)["run"]["run_id"] == later


def test_what_arrived_after_the_run_is_counted_and_left_out(told: District) -> None:
    before = told.snapshot(STREET)
    line = {"unit_code": "601", "division_code": STREET, "payment_fen": 10**9, "paid_on": dt.date(2026, 9, 1)}
    told.deliver("payments", [line], division=STREET, year=2026, known_at=KNOWN - dt.timedelta(minutes=5))
    after = told.snapshot(STREET)
    assert after["figures"] == before["figures"]
    assert (before["later_deliveries"], after["later_deliveries"]) == (0, 1)


def test_a_street_sees_its_own_findings_and_the_district_sees_all(told: District) -> None:
    assert {item["division_code"] for item in told.snapshot(STREET)["items"]} == {STREET}
    assert len(told.snapshot(DISTRICT)["items"]) == len(FINDINGS)


def test_wording_is_frozen_with_the_figures(told: District) -> None:
    snapshot = told.snapshot(STREET)
    assert snapshot["items"][0]["text"] == "疑似支出进度滞后：支出102.00万元，执行率10.40%"
    changed = {**CATALOGUE, "A01": replace(CATALOGUE["A01"], finding_zh="另一种说法")}
    assert told.snapshot(STREET, catalogue=changed)["items"][0]["text"] == "另一种说法"
    assert snapshot["items"][0]["text"].startswith("疑似")


def test_a_rule_the_catalogue_does_not_know_is_still_reported(told: District) -> None:
    without = {code: text for code, text in CATALOGUE.items() if code != "A01"}
    items = told.snapshot(STREET, catalogue=without)["items"]
    assert ("A01", "A01") in {(item["rule"], item["rule_name"]) for item in items}


def test_late_is_who_was_flagged_or_sent_nothing(told: District) -> None:
    assert told.snapshot(DISTRICT)["late_divisions"] == [LATE_STREET]
    assert told.snapshot(STREET)["late_divisions"] == []


JUNE = dt.date(2026, 6, 30)


@pytest.mark.parametrize(
    ("earlier", "expected", "why"),
    [
        (finding("A01", "red", "601001", STREET), "remaining", "found again: it is still there"),
        (finding("A01", "red", "601", STREET), "cleared", "judged again and not found: cleared"),
        (finding("A03", "red", "601", STREET), "unjudged", "not judged again: no finding is not no problem"),
        (
            finding("E08", "red", "601", STREET, subject="payment:v1", period="2026-05"),
            "cleared",
            "events are judged by division, not by subject",
        ),
    ],
)
def test_last_quarters_findings_are_followed_by_identity(
    told: District, earlier: dict[str, object], expected: str, why: str
) -> None:
    told.judge(JUNE, [earlier])
    fared = told.snapshot(STREET)["previous"]["rectification"]
    assert {fate: fared[fate] for fate in ("remaining", "cleared", "unjudged", "earlier_year") if fared[fate]} == {
        expected: 1
    }, why
    assert fared["total"] == 1


def test_a_level_that_rose_is_counted_as_worsened(told: District) -> None:
    told.judge(JUNE, [finding("A01", "yellow", "601001", STREET)])
    fared = told.snapshot(STREET)["previous"]["rectification"]
    assert (fared["worsened"], fared["new"]) == (1, 2)


def test_findings_of_the_year_before_are_counted_apart_in_the_first_quarter(told: District) -> None:
    first = Quarter(2026, 1)
    told.judge(dt.date(2025, 12, 31), [finding("A01", "red", "601", STREET, period="2025")])
    told.judge(first.last_day, [])
    fared = told.snapshot(STREET, first)["previous"]["rectification"]
    assert (fared["earlier_year"], fared["cleared"]) == (1, 0)


def test_no_run_last_quarter_leaves_nothing_to_compare(told: District) -> None:
    assert told.snapshot(STREET)["previous"] == {"quarter": "2026Q2", "rectification": None}
