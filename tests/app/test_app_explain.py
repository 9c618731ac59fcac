"""A finding explains itself: sentence, law, ladder, what judged it when, and the rows of the delivered files."""

import csv
import datetime as dt
import json
from dataclasses import replace

import pytest
from backup_ground import judged_town, write_town
from typer.testing import CliRunner

import app.explaining
from app.cli import cli
from app.explained_words import ROWS_SHOWN, lines_of
from app.explaining import Rung, UnknownFindingError, explain, ladder_of
from app.rule_versions import rule_version, version_of
from app.shown import stored_findings
from rules.registry import BY_CODE, CATALOGUE

UNTIL = dt.date(2026, 10, 31)


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    folder = tmp_path_factory.mktemp("explain")
    files = write_town(folder / "files", UNTIL)
    return judged_town(folder / "data", files, UNTIL), {path.name: path for path in files}


@pytest.fixture(scope="module")
def explained(town):
    house, _ = town
    return [explain(house, one["finding"]) for one in stored_findings(house, UNTIL, None)]


def text_of(one, house):
    return "\n".join(lines_of(one, house.settings.zone))


def test_the_town_has_findings_of_many_rules(explained):
    assert len({one.finding["rule_code"] for one in explained}) > 3


def test_every_finding_names_run_rule_version_and_the_two_times(town, explained):
    house, _ = town
    for one in explained:
        told = one.told()
        code = one.finding["rule_code"]
        assert told["rule_version"] == told["current_version"] == rule_version(code)
        assert (told["run"], told["as_of"], told["known_at"]) == (1, UNTIL, one.run.known_at)
        text = text_of(one, house)
        for said in (CATALOGUE[code].law_zh, rule_version(code), "第1次", "2026-10-31", one.sentence("arithmetic_zh")):
            assert said in text
        assert "{" not in str(told["sentence"]) + str(told["arithmetic"])


def test_every_row_is_the_row_of_the_delivered_file(town, explained):
    """Vouchers are looked up in the file itself: number and amount stand in the line that is named."""
    _, files = town
    seen = 0
    for row in (row for one in explained for row in one.facts if row.feed == "payments"):
        with files[row.file].open(encoding="gb18030", newline="") as file:
            cells = list(csv.reader(file))[row.row - 1]
        assert row.values["voucher_no"] in cells
        yuan = f"{abs(row.values['payment_fen']) // 100}.{abs(row.values['payment_fen']) % 100:02d}"
        assert any(cell.replace(",", "").lstrip("-") == yuan for cell in cells)
        seen += 1
    assert seen > 20


def test_rows_that_are_named_are_all_there(explained):
    for one in explained:
        assert len(one.facts) == min(one.facts_total, 200)
    assert any(one.facts for one in explained)


def test_people_see_the_first_rows_and_json_all_that_are_kept(town, explained):
    house, _ = town
    longest = max(explained, key=lambda one: len(one.facts))
    assert len(longest.facts) > ROWS_SHOWN
    lines = text_of(longest, house).splitlines()
    assert sum(line.startswith("  ") for line in lines) == ROWS_SHOWN
    assert f"共{longest.facts_total}行，列出前{ROWS_SHOWN}行" in text_of(longest, house)
    assert len(longest.told()["facts"]) == len(longest.facts)


def test_the_ladder_stands_at_the_level_and_limit_of_the_finding(explained):
    for one in explained:
        (own,) = (
            rung for rung in one.ladder if rung.level == one.finding["level"] and rung.fence == one.finding["limit"]
        )
        assert own.reached
        assert not any(rung.reached for rung in one.ladder if rung.level == "red") or one.finding["level"] == "red"


LADDERS = [
    (
        "one measure",
        {"yellow_bp": 1_000, "orange_bp": 2_000, "red_bp": 3_000, "mute_days": 30},
        ("orange", 2_500, 2_000, "bp"),
        [("yellow", "yellow_bp", 1_000, True), ("orange", "orange_bp", 2_000, True), ("red", "red_bp", 3_000, False)],
    ),
    (
        "red takes two fences, of which one alone was reached",
        {"yellow_fen": 1, "red_over_bp": 200, "red_over_fen": 100},
        ("yellow", 150, 1, "fen"),
        [("yellow", "yellow_fen", 1, True), ("red", "red_over_bp", 200, False), ("red", "red_over_fen", 100, False)],
    ),
    (
        "lower fences of another unit cannot be compared",
        {"yellow_bp": 9_000, "orange_bp": 10_000, "red_fen": 1},
        ("red", 5, 1, "fen"),
        [("yellow", "yellow_bp", 9_000, None), ("orange", "orange_bp", 10_000, None), ("red", "red_fen", 1, True)],
    ),
    (
        "a level without a parameter stands as the finding says it",
        {"orange_fen": 100},
        ("yellow", 20, 11, "fen"),
        [("yellow", None, 11, True), ("orange", "orange_fen", 100, False)],
    ),
    (
        "a fence of the subject's own stands in place of the rule's",
        {"yellow_days": 7, "red_days": 30},
        ("red", 12, 10, "days"),
        [("yellow", "yellow_days", 7, True), ("red", "red_days", 10, True)],
    ),
    (
        "words and counts that are no fences are left out",
        {"yellow_words": ["a"], "least_bp": 5, "yellow_count": 2},
        ("yellow", 2, 2, "count"),
        [("yellow", "yellow_count", 2, True)],
    ),
]


@pytest.mark.parametrize(("params", "found", "expected"), [row[1:] for row in LADDERS], ids=[row[0] for row in LADDERS])
def test_where_a_measure_stands_on_its_ladder(params, found, expected):
    finding = dict(zip(("level", "measured", "limit", "measure_unit"), found, strict=True))
    shown = [(rung.level, rung.parameter, rung.fence, rung.reached) for rung in ladder_of(params, finding)]
    assert shown == expected


def test_a_rule_that_changed_since_says_so(town, explained, monkeypatch):
    house, _ = town
    one = replace(explained[0], current_version="00000000")
    assert "（现行 00000000，已变更）" in text_of(one, house)
    assert "已变更" not in text_of(explained[0], house)
    assert "规则版本：未记录" in text_of(replace(explained[0], rule_version=None), house)


def test_thresholds_of_the_subjects_own_are_named(town, explained):
    house, _ = town
    own = replace(explained[0], evidence=explained[0].evidence | {"threshold": "7+12"})
    assert (explained[0].told()["threshold"], own.told()["threshold"]) == (None, "7+12")
    assert "阈值版本：按设置" in text_of(explained[0], house)
    assert "阈值版本：变更 7+12" in text_of(own, house)


def test_a_finding_of_a_rule_that_is_no_more_still_shows_its_figures_and_rows(town, explained, monkeypatch):
    house, _ = town
    one = explained[0]
    without = {code: text for code, text in CATALOGUE.items() if code != one.finding["rule_code"]}
    monkeypatch.setattr(app.explaining, "CATALOGUE", without)
    monkeypatch.setattr(app.explaining, "BY_CODE", without)
    told = explain(house, one.finding["finding"])
    assert (told.told()["sentence"], told.told()["current_version"]) == (None, None)
    assert told.facts == one.facts
    assert "现行版本已无此规则" in text_of(told, house)


@pytest.mark.parametrize("name", ["5", "1-0", "1-99999", "9-1", "A01", "1-1-1", "", "99999999999-1"])
def test_what_is_no_finding_is_refused(town, name):
    house, _ = town
    with pytest.raises(UnknownFindingError, match="mingzhang findings"):
        explain(house, name)


def test_the_command_prints_words_and_json(town):
    house, _ = town
    told = CliRunner().invoke(cli, ["explain", "1-1", "--data", str(house.data)])
    assert told.exit_code == 0
    assert told.stdout == text_of(explain(house, "1-1"), house) + "\n"
    document = json.loads(CliRunner().invoke(cli, ["explain", "1-1", "--data", str(house.data), "--json"]).stdout)
    assert document["finding"] == "1-1"


def test_a_version_follows_the_content_and_not_how_lines_end():
    assert version_of(b"a\nb\n") == version_of(b"a\r\nb\r\n")
    assert version_of(b"a\nb\n") != version_of(b"a\nc\n")
    assert len({rule_version(code) for code in BY_CODE}) == len(BY_CODE)


def test_a_rung_is_plain_data():
    assert (
        Rung(level="red", parameter=None, fence=1, unit="fen", reached=True)
        == ladder_of({}, {"level": "red", "measured": 1, "limit": 1, "measure_unit": "fen"})[0]
    )
