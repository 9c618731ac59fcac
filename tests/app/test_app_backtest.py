"""``mingzhang rules backtest`` on a real warehouse: past months are judged, nothing is stored, nobody is told."""

import dataclasses
import datetime as dt
import json

import pytest
import sqlalchemy as sa
from backup_ground import judged_town, write_town
from typer.testing import CliRunner

from app.backtesting import Asked, BacktestError, read_values, try_rule
from app.cli import cli
from app.judging import DayAheadError, UnknownRuleError, judge
from app.rule_versions import rule_version
from rules.params import RuleSettingsError
from warehouse.dump import dumped_tables
from warehouse.engine import reading
from warehouse.schema import table

UNTIL = dt.date(2026, 10, 31)
NOW = dt.datetime(2026, 11, 9, 4, tzinfo=dt.UTC)
FIRST, LAST = dt.date(2026, 7, 1), dt.date(2026, 10, 31)
DAYS = [dt.date(2026, 7, 31), dt.date(2026, 8, 31), dt.date(2026, 9, 30), dt.date(2026, 10, 31)]


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    folder = tmp_path_factory.mktemp("backtest")
    files = write_town(folder / "files", UNTIL)
    house = judged_town(folder / "data", files, UNTIL)
    return dataclasses.replace(house, clock=lambda: NOW), folder / "files" / "planted.json"


def asked(**changes):
    return Asked(**({"code": "A02", "first": FIRST, "last": LAST, "values": {}} | changes))


def contents(house):
    with reading(house.engine) as connection:
        return {name: connection.execute(sa.select(table(name))).all() for name in dumped_tables()}


def identities(rows):
    return {(row["subject"], row["period"]) for row in rows}


def test_every_month_end_is_judged_as_evaluate_judges_it_and_nothing_is_stored(town):
    house, _ = town
    before = contents(house)
    told = try_rule(house, asked(values={"yellow_bp": 2_500})).told()
    assert [day["as_of"] for day in told["days"]] == DAYS
    for day in told["days"]:
        found = judge(house, as_of=day["as_of"], known_at=NOW, codes=["A02"], dry_run=True).evaluation.findings
        low = found.filter(found["measured"] < 2_500)
        assert (day["current"], day["gone"], day["new"]) == (found.height, low.height, 0)
    assert told["total"]["current"] > 0
    assert told["total"]["gone"] > 0
    assert told["rule_version"] == rule_version("A02")
    assert contents(house) == before


def test_findings_say_when_they_fired_and_what_becomes_of_them(town):
    house, _ = town
    told = try_rule(house, asked(values={"yellow_bp": 2_500})).told()
    assert {one["change"] for one in told["findings"]} == {"gone", "same"}
    assert len(told["findings"]) == told["total"]["same"] + told["total"]["gone"] + told["total"]["new"]
    for one in told["findings"]:
        assert one["first_on"] in DAYS
        assert 1 <= one["times"] <= DAYS.index(one["last_on"]) - DAYS.index(one["first_on"]) + 1


def test_what_was_known_then_counts_where_it_is_asked_for(town):
    """By 20 August the payments of September had not come: the rule is silent for lack of data."""
    house, _ = town
    then = dt.datetime(2026, 8, 20, tzinfo=dt.UTC)
    told = try_rule(house, asked(known_at=then)).told()
    assert told["known_at"] == then
    assert "late_feed" in told["days"][3]["not_judged"]
    assert told["days"][3]["proposed"] == 0


def test_precision_and_recall_are_those_of_what_was_planted(town):
    house, path = town
    document = json.loads(path.read_text(encoding="utf-8"))
    planted = {(one["subject"], one["period"]) for one in document["planted"] if one["rule"] == "A02"}
    told = try_rule(house, asked(planted=path)).told()
    fired = identities(told["findings"])
    side = told["planted"]["current"]
    assert told["planted"]["proposed"] == side
    assert side["found"] == len(fired & planted) > 0
    assert side["found"] + side["innocent"] + side["other"] == len(fired)
    assert side["precision_bp"] == len(fired & planted) * 10_000 // len(fired)
    # The sample plants in the whole district; this town is a part of it, so that most is missed.
    assert told["planted"]["expected"] == len(planted)
    assert side["recall_bp"] == len(fired & planted) * 10_000 // len(planted)
    one = try_rule(house, asked(planted=path, division="990101100")).told()["planted"]
    assert (one["expected"], one["current"]["recall_bp"]) == (None, None)
    assert one["current"]["precision_bp"] == side["precision_bp"]


def test_without_a_sample_nothing_is_said_of_what_was_planted(town):
    house, _ = town
    assert try_rule(house, asked()).told()["planted"] is None


def test_a_rule_that_is_off_is_tried_with_its_defaults(town):
    house, _ = town
    rules = {code: section for code, section in house.settings.rules.items() if code != "A02"}
    off = dataclasses.replace(house, settings=house.settings.model_copy(update={"rules": rules}))
    assert try_rule(off, asked()).told()["days"] == try_rule(house, asked()).told()["days"]


@pytest.mark.parametrize(
    ("changes", "error", "says"),
    [
        ({"code": "Z99"}, UnknownRuleError, "there is no rule Z99"),
        ({"last": dt.date(2026, 11, 10)}, DayAheadError, "2026-11-10 lies ahead"),
        ({"last": dt.date(2026, 7, 30)}, BacktestError, "no month ends from 2026-07-01 to 2026-07-30"),
        ({"values": {"yelow_bp": 1}}, RuleSettingsError, r"with --set, .* has no key yelow_bp"),
        ({"values": {"yellow_bp": 9_000}}, RuleSettingsError, "fences must rise with the level"),
    ],
)
def test_what_cannot_be_tried_is_refused(town, changes, error, says):
    house, _ = town
    with pytest.raises(error, match=says):
        try_rule(house, asked(**changes))


@pytest.mark.parametrize("text", ["", "[]", '{"planted": [{}], "innocent": []}', "{"])
def test_a_file_that_is_no_list_of_the_planted_is_refused(town, tmp_path, text):
    house, _ = town
    path = tmp_path / "planted.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BacktestError, match="is no list of what was planted"):
        try_rule(house, asked(planted=path))
    with pytest.raises(BacktestError, match="cannot be read"):
        try_rule(house, asked(planted=tmp_path))


def test_values_are_read_as_in_the_settings_file():
    given = ["yellow_bp=1500", 'words=["预存", "预付"]', "pattern=进度款|尾款", "empty=", "on=true"]
    assert read_values(given) == {
        "yellow_bp": 1_500, "words": ["预存", "预付"], "pattern": "进度款|尾款", "empty": "", "on": True,
    }  # fmt: skip
    for wrong in ("yellow_bp", "=5", "yellow bp=5"):
        with pytest.raises(BacktestError, match="is no parameter with its value"):
            read_values([wrong])


def test_the_command_prints_months_offices_and_what_was_planted(town):
    house, path = town
    span = ["--from", str(FIRST), "--to", str(LAST), "--set", "yellow_bp=2500"]
    words = ["rules", "backtest", "A02", *span, "--planted", str(path), "--data", str(house.data)]
    done = CliRunner().invoke(cli, words)
    assert done.exit_code == 0
    lines = done.stdout.splitlines()
    assert [line.split()[0] for line in lines[1:5]] == [str(day) for day in DAYS]
    assert lines[5] == "A02 项目支出进度滞后: yellow_bp = 2500"
    assert lines[7].startswith("  990101100: ")
    assert lines[8].startswith("planted, current: ")
    document = json.loads(CliRunner().invoke(cli, [*words, "--json"]).stdout)
    assert document["set"] == {"yellow_bp": 2500}


def test_a_rule_that_fails_ends_with_1(town, monkeypatch):
    import rules.evaluate  # noqa: PLC0415

    def fails(_facts, _params):
        raise RuntimeError("the rule broke")

    swapped = tuple(dataclasses.replace(one, judge=fails) if one.code == "A02" else one for one in rules.evaluate.RULES)
    monkeypatch.setattr(rules.evaluate, "RULES", swapped)
    house, _ = town
    words = ["rules", "backtest", "A02", "--from", str(FIRST), "--to", "2026-07-31", "--data", str(house.data)]
    done = CliRunner().invoke(cli, words)
    assert (done.exit_code, done.stderr) == (1, "mingzhang: rule A02 failed: RuntimeError: the rule broke\n")
