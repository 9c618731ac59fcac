"""Commands through the real program: exit codes, one JSON document on stdout, everything else on stderr."""

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from running_program import UNTIL, mingzhang

COMMANDS = [
    ["serve"],
    ["sample", "write"],
    ["ingest"],
    ["batches"],
    ["rejected"],
    ["replay"],
    ["release"],
    ["evaluate"],
    ["findings"],
    ["explain"],
    ["coverage"],
    ["alerts"],
    ["clues"],
    ["dispatch"],
    ["report"],
    ["rules", "list"],
    ["rules", "check"],
    ["rules", "backtest"],
    ["rules", "new"],
    ["rules", "set"],
    ["rules", "exempt"],
    ["rules", "lift"],
    ["rules", "proposals"],
    ["rules", "versions"],
    ["rules", "approve"],
    ["rules", "reject"],
    ["migrate"],
    ["check"],
    ["backup"],
    ["restore"],
    ["diff"],
    ["audit", "verify"],
    ["user", "add"],
    ["user", "disable"],
    ["user", "reset"],
    ["office", "set"],
    ["office", "list"],
]
READING = ["batches", "findings", "coverage", "alerts", "clues"]


def told(*arguments: object, code: int = 0, stdin: str | None = None) -> Any:
    """Run a command with --json and return its document; stdout holds nothing else."""
    done = mingzhang(*arguments, "--json", stdin=stdin)
    assert done.returncode == code, done.stdout + done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_of_the_design_explains_itself(command: list[str]) -> None:
    helped = mingzhang(*command, "--help")
    assert helped.returncode == 0, helped.stderr
    assert f"mingzhang {' '.join(command)}" in helped.stdout or f"app {' '.join(command)}" in helped.stdout


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        pytest.param(["ingest"], "FILE", id="ingest of nothing"),
        pytest.param(["ingest", "--inbox", "x.csv"], "one of the two", id="inbox and files"),
        pytest.param(["nonsense"], "No such command", id="an unknown command"),
        pytest.param(["findings", "--as-of", "30.6.2026"], "2026-09-30", id="a day in another form"),
        pytest.param(["evaluate", "--known-at", "soon"], "2026-07-08", id="an instant in another form"),
        pytest.param(["report", "--quarter", "2026Q5", "--division", "1", "--out", "."], "2026Q3", id="no quarter"),
        pytest.param(["rejected", "one"], "integer", id="a batch that is no number"),
        pytest.param(["serve", "--port", "70000"], "65535", id="a port beyond the last"),
    ],
)
def test_wrong_usage_ends_with_2_and_says_what_was_expected(tmp_path: Path, arguments: list[str], says: str) -> None:
    called = mingzhang(*arguments, MINGZHANG_DATA=str(tmp_path / "var"))
    assert (called.returncode, called.stdout) == (2, "")
    assert says in called.stderr


@pytest.mark.parametrize("command", READING)
def test_reading_without_a_warehouse_is_refused_and_makes_nothing(tmp_path: Path, command: str) -> None:
    called = mingzhang(command, "--data", tmp_path / "var", "--json")
    assert (called.returncode, called.stdout) == (1, "")
    assert called.stderr.startswith("mingzhang: there is no warehouse")
    assert called.stderr.count("\n") == 1
    assert not (tmp_path / "var").exists()


@pytest.mark.parametrize("command", READING)
def test_an_empty_warehouse_gives_empty_lists(tmp_path: Path, command: str) -> None:
    assert told("migrate", "--data", tmp_path)["found"] == "empty"
    assert told("migrate", "--data", tmp_path)["found"] == "ready"
    assert told(command, "--data", tmp_path) == []


def test_a_file_is_published_once_and_then_unchanged(small_house: Path, tmp_path: Path) -> None:
    file = next((small_house / "sample").glob("units-2025-*.xlsx"))
    first = told("ingest", file, "--data", tmp_path)
    assert set(first) >= {"batch", "feed", "file", "status", "rows", "accepted", "rejected", "totals"}
    assert (first["batch"], first["feed"], first["status"]) == (1, "units", "published")
    assert first["rows"] == first["accepted"] > 0
    again = told("ingest", file, "--data", tmp_path)
    assert (again["batch"], again["status"]) == (1, "unchanged")
    assert [one["batch"] for one in told("batches", "--data", tmp_path)] == [1]


def test_several_files_give_a_list_and_one_that_is_refused_does_not_hold_up_the_others(
    small_house: Path, tmp_path: Path
) -> None:
    units = next((small_house / "sample").glob("units-2025-*.xlsx"))
    strange = tmp_path / "holiday-photo.csv"
    strange.write_text("a,b\n1,2\n", encoding="utf-8")
    found = told("ingest", strange, units, tmp_path / "missing-units-2024-20240105.xlsx", "--data", tmp_path, code=1)
    assert [one["status"] for one in found] == ["refused", "published", "refused"]


def test_the_inbox_is_loaded_and_cleared(small_house: Path, tmp_path: Path) -> None:
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    file = next((small_house / "sample").glob("units-2025-*.xlsx"))
    shutil.copy(file, inbox)
    (inbox / "holiday-photo.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    found = told("ingest", "--inbox", "--data", tmp_path, code=1)
    assert {one["file"]: one["status"] for one in found} == {file.name: "published", "holiday-photo.csv": "refused"}
    assert (inbox / "done" / file.name).exists()
    assert (inbox / "failed" / "holiday-photo.csv").exists()
    assert told("ingest", "--inbox", "--data", tmp_path) == []


def test_findings_have_the_promised_shape_and_every_rule_is_among_them(small_house: Path) -> None:
    found = told("findings", "--data", small_house)
    assert found
    names = {"finding", "run", "rule", "level", "level_code", "subject", "period", "measured", "limit", "unit"}
    names |= {"amount_fen", "rule_version", "threshold"}
    assert all(set(one) == names for one in found)
    assert {one["level"] for one in found} <= {"blue", "yellow", "orange", "red"}
    assert {one["unit"] for one in found} <= {"bp", "fen", "count", "days"}
    assert all(re.fullmatch(r"\d+-\d+", one["finding"]) for one in found)
    only = told("findings", "--rule", "A06", "--data", small_house)
    assert only == [one for one in found if one["rule"] == "A06"]
    assert only


def test_a_dry_run_shows_the_same_findings_and_stores_nothing(small_house: Path) -> None:
    before = told("findings", "--data", small_house)
    dry = told("evaluate", "--dry-run", "--data", small_house)
    assert dry["run"] is None
    assert sum(dry["findings"].values()) == len(before)
    assert told("findings", "--data", small_house) == before


def test_a_day_before_the_one_judged_is_history_and_alerts_nobody(small_house: Path) -> None:
    alerts, clues = told("alerts", "--data", small_house), told("clues", "--data", small_house)
    past = told("evaluate", "--as-of", "2026-05-31", "--data", small_house)
    assert (past["history"], past["mails"], past["notices"]) == (True, 0, {})
    assert told("alerts", "--data", small_house) == alerts
    assert told("clues", "--data", small_house) == clues
    assert told("findings", "--as-of", "2026-05-31", "--data", small_house) is not None


def test_a_day_ahead_is_refused_and_a_moment_ahead_is_now(small_house: Path) -> None:
    """A run of 2062 would turn every nightly run until then into history, which alerts nobody."""
    called = mingzhang("evaluate", "--as-of", "2262-01-01", "--data", small_house)
    assert (called.returncode, called.stdout) == (1, "")
    assert called.stderr.startswith("mingzhang: 2262-01-01 lies ahead; the last day that can be judged is today, 2")
    ahead = told("evaluate", "--known-at", "2262-01-01", "--dry-run", "--data", small_house)
    assert ahead["known_at"] < "2262"


def test_every_finding_has_an_open_alert_in_a_clue(small_house: Path) -> None:
    names = ("rule", "subject", "period", "level")
    found = {tuple(one[name] for name in names) for one in told("findings", "--data", small_house)}
    alerts = told("alerts", "--data", small_house)
    assert {tuple(one[name] for name in names) for one in alerts if one["status"] == "open"} == found
    assert {one["clue"] for one in alerts} == {one["clue"] for one in told("clues", "--data", small_house)}


def test_nothing_is_left_to_dispatch_after_the_first_start(small_house: Path) -> None:
    assert told("dispatch", "--data", small_house) == {"sent": 0, "deferred": 0, "dead": 0}
    assert list((small_house / "mail").glob("*.eml"))


def test_a_report_is_written_and_its_figures_are_told(small_house: Path, tmp_path: Path) -> None:
    report = ["report", "--quarter", "2026Q2", "--division", "990101010", "--out", tmp_path, "--data", small_house]
    built = told(*report)
    assert Path(built["file"]).read_bytes().startswith(b"PK")
    assert (built["quarter"], built["division"], built["as_of"]) == ("2026Q2", "990101010", "2026-06-30")
    refused = mingzhang(*[*report[:4], "123456789", *report[5:]])
    assert refused.returncode == 1
    assert "123456789" in refused.stderr


def test_rules_are_listed_with_their_law_and_whether_they_are_on() -> None:
    rules = told("rules", "list")
    assert {"A01", "E07", "H04"} <= {one["rule"] for one in rules if one["on"]}
    assert all(one["law"] and one["name"] for one in rules)


def test_rules_are_listed_with_what_the_latest_run_flagged(small_house: Path, tmp_path: Path) -> None:
    of_run = {one["rule"]: one for one in told("coverage", "--data", small_house)}
    for one in told("rules", "list", "--data", small_house):
        names = ("version", "counted", "judged", "flagged", "flagged_bp", "too_wide")
        assert [one[name] for name in names] == [of_run[one["rule"]][name] for name in names]
        assert one["as_of"] == UNTIL
    listed = told("rules", "list", "--data", tmp_path / "var")
    assert {(one["as_of"], one["judged"], one["flagged_bp"], one["too_wide"]) for one in listed} == {(None,) * 4}
    assert not (tmp_path / "var").exists()


def test_an_unknown_rule_and_an_unknown_batch_are_refused(small_house: Path) -> None:
    for arguments, says in (
        (["evaluate", "--rule", "Z99", "--dry-run"], "there is no rule Z99"),
        (["rejected", "999999"], "no batch 999999"),
        (["replay", "999999"], "no batch 999999"),
        (["release", "999999", "--reason", "checked by telephone"], "no batch 999999"),
    ):
        refused = mingzhang(*arguments, "--data", small_house)
        assert (refused.returncode, refused.stdout) == (1, ""), refused.stderr
        assert says in refused.stderr


def test_people_are_added_reset_and_disabled_and_the_audit_trail_holds(tmp_path: Path) -> None:
    made = told("user", "add", "li", "--role", "committee", "--display-name", "李主任", "--data", tmp_path)
    assert re.fullmatch(r"(\w{4}-){3}\w{4}", made["password"])
    given = told("user", "add", "wang", "--role", "office", "--division", "990101010", "--password-stdin",
                 "--data", tmp_path, stdin="a password of my own\n")  # fmt: skip
    assert given["password"] is None
    refused = mingzhang("user", "add", "zhao", "--role", "office", "--data", tmp_path)
    assert (refused.returncode, "division" in refused.stderr) == (1, True)
    assert told("user", "reset", "li", "--data", tmp_path)["password"] != made["password"]
    told("user", "disable", "wang", "--data", tmp_path)
    people = told("user", "list", "--data", tmp_path)
    assert {one["username"]: one["status"] for one in people} == {"li": "active", "wang": "disabled"}
    proof = told("audit", "verify", "--data", tmp_path)
    assert (proof["holds"], proof["entries"]) == (True, 4)
    assert made["password"] not in (tmp_path / "warehouse.db").read_bytes().decode("latin-1")
    unproven = told("audit", "verify", "--head", "0" * 63 + "1", "--data", tmp_path, code=1)
    assert unproven["holds"] is False


def test_check_reads_everything_and_writes_nothing(tmp_path: Path) -> None:
    found = told("check", "--data", tmp_path / "var")
    assert found["warehouse"] == "empty"
    assert "qinghe-payments" in found["mappings"]
    assert "A01" in found["rules"]
    assert not (tmp_path / "var").exists()


def test_help_comes_at_once_because_heavy_rooms_are_not_imported() -> None:
    import subprocess  # noqa: PLC0415
    import sys  # noqa: PLC0415

    code = "import sys, app.cli; print(sorted({'polars', 'sqlalchemy', 'dash', 'matplotlib'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
