"""docs/json.md is a contract: the commands are run on a small district and their keys held against the page."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from app.cli import cli
from app.settings import read_settings
from app.wiring import House
from sample.people import OFFICES
from warehouse.engine import writing
from warehouse.offices import Office, save_offices

REPOSITORY = Path(__file__).resolve().parents[2]
PAGE = (REPOSITORY / "docs" / "json.md").read_text(encoding="utf-8")
SECTIONS = dict(re.findall(r"^## (.+?)\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL))
TOWN = "990101100"
Run = Callable[..., Any]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Return a function that runs a command on a small, loaded and judged district and returns its JSON."""
    folder = tmp_path_factory.mktemp("json")
    data = folder / "data"

    def call(*words: str, with_data: bool = True, given: str | None = None) -> Any:
        places = ["--data", str(data)] if with_data else []
        done = CliRunner().invoke(cli, [*words, *places, "--json"], input=given)
        if done.exception and not isinstance(done.exception, SystemExit):
            raise done.exception
        return json.loads(done.stdout)

    written = call(
        "sample", "write", str(folder / "files"), "--scale", "0.02", "--until", "2026-10-31", with_data=False
    )
    call("migrate")
    house = House(settings=read_settings(REPOSITORY / "settings.toml"), settings_file=Path("settings.toml"), data=data)
    with writing(house.engine) as connection:
        save_offices(connection, [Office(**office._asdict()) for office in OFFICES])
    house.engine.dispose()
    wanted = [name for name in written["files"] if name.startswith("units-2026") or f"-{TOWN}-2026" in name]
    call("ingest", *(str(folder / "files" / name) for name in wanted))
    call("evaluate", "--as-of", "2026-10-31")
    call.folder, call.wanted, call.written = folder, wanted, written  # type: ignore[attr-defined]
    return call


def first_object(document: Any) -> dict[str, Any]:
    found = document[0] if isinstance(document, list) else document
    assert isinstance(found, dict)
    return found


def example(section: str) -> dict[str, Any]:
    """Return the first object of a section's example."""
    (block,) = re.findall(r"```json\n(.*?)```", SECTIONS[section], re.DOTALL)
    return first_object(json.loads(block))


def documented(section: str) -> set[str]:
    return set(re.findall(r"[`\"]([a-z0-9_]+)[`\"]", SECTIONS[section]))


@pytest.mark.parametrize(
    ("section", "words"),
    [
        ("findings", ["findings"]),
        ("evaluate", ["evaluate", "--as-of", "2026-10-31", "--dry-run"]),
        ("alerts", ["alerts"]),
        ("report", ["report", "--quarter", "2026Q3", "--division", TOWN, "--out", "OUT"]),
    ],
)
def test_examples_have_exactly_the_keys_that_are_printed(
    run: Run, section: str, words: list[str], tmp_path: Path
) -> None:
    printed = first_object(run(*(str(tmp_path) if word == "OUT" else word for word in words)))
    shown = example(section)
    assert set(shown) == set(printed)
    for key, value in shown.items():
        if isinstance(value, dict) and key in {"totals", "findings"}:
            assert list(value) == list(printed[key]), key


def test_an_explained_finding_prints_what_its_example_shows(run: Run) -> None:
    found = next(one for one in run("findings") if one["rule"] == "A06")
    printed, shown = run("explain", found["finding"]), example("explain")
    assert list(shown) == list(printed)
    for part in ("ladder", "facts"):
        assert set(shown[part][0]) == set(printed[part][0]), part
    assert set(shown["params"]) == set(printed["params"])


def test_coverage_prints_what_evaluate_shows_of_each_rule(run: Run) -> None:
    (shown,) = example("evaluate")["rules"]
    printed = run("coverage")
    assert printed == run("evaluate", "--as-of", "2026-10-31", "--dry-run")["rules"]
    assert all(set(one) == set(shown) for one in printed)
    assert set(shown) - documented("coverage") <= {"rule", "findings"}


def test_ingest_prints_what_its_example_shows(run: Run) -> None:
    name = next(name for name in run.wanted if name.startswith("payments-"))  # type: ignore[attr-defined]
    printed = run("ingest", str(run.folder / "files" / name))  # type: ignore[attr-defined]
    assert set(printed) == set(example("ingest, replay, release"))
    assert printed["status"] == "unchanged"


def redelivered(run: Run) -> tuple[str, str]:
    """Send a file of payments again, a day later, with one row less, one more and one changed; return both batches."""
    folder, wanted = run.folder, run.wanted  # type: ignore[attr-defined]
    name = next(name for name in wanted if name.startswith(f"payments-{TOWN}-202609"))
    lines = (folder / "files" / name).read_bytes().split(b"\r\n")
    heads = lines[0].decode("gb18030").split(",")
    voucher, purpose = (
        next(n for n, head in enumerate(heads) if head.startswith(word)) for word in ("支付凭证号", "用途")
    )
    cells = [line.split(b",") for line in lines[1:4]]
    cells[1][purpose] = b"x"
    cells[2][voucher] = b"NEW-1"
    again = folder / name.replace("20261008", "20261009")
    again.write_bytes(b"\r\n".join([lines[0], *(b",".join(row) for row in cells[1:]), *lines[4:]]))
    before = next(one["batch"] for one in run("batches") if one["file"] == name)
    return str(before), str(run("ingest", str(again))["batch"])


def test_diff_prints_what_its_example_shows(run: Run) -> None:
    printed, shown = run("diff", *redelivered(run)), example("diff")
    assert list(shown) == list(printed)
    for part in ("slices", "rows", "totals"):
        assert list(shown[part]) == list(printed[part]), part
    assert list(shown["totals"]["payment_fen"]) == list(printed["totals"]["payment_fen"])
    for part in ("added", "changed"):
        assert list(shown[part][0]) == list(printed[part][0]), part
    assert list(shown["added"][0]) == list(printed["removed"][0])
    assert list(shown["changed"][0]["before"]) == list(printed["changed"][0]["before"])
    (change,) = printed["changed"][0]["changes"].values()
    assert set(change) == set(shown["changed"][0]["changes"]["payment_fen"])


def test_backup_and_restore_print_what_is_documented(run: Run, tmp_path: Path) -> None:
    made = run("backup", str(tmp_path / "b.tar.gz"))
    assert list(made) == list(example("backup, restore"))
    assert made["tables"]["payment"].keys() == example("backup, restore")["tables"]["payment"].keys()
    done = run("restore", str(tmp_path / "b.tar.gz"), "--data", str(tmp_path / "new"), with_data=False)
    assert set(done) - documented("backup, restore") == set()


def test_checked_snapshots_are_documented(run: Run) -> None:
    found = run("check", "--snapshots")["snapshots"]
    assert found["differ"] == []
    assert set(found) | {"file", "why"} <= documented("The house")


def test_feed_draft_prints_what_its_example_shows(run: Run) -> None:
    name = next(name for name in run.wanted if name.startswith("payments-"))  # type: ignore[attr-defined]
    printed = run("feed", "draft", str(run.folder / "files" / name), with_data=False)  # type: ignore[attr-defined]
    shown = example("feed draft")
    assert set(printed) == set(shown)
    for part in ("feeds", "columns"):
        assert set(printed[part][0]) == set(shown[part][0])
    assert set(printed["trial"]) == set(shown["trial"])
    assert {"sheet", "encoding"} <= set(printed["table"])


def test_feed_try_prints_what_its_example_shows(run: Run) -> None:
    name = next(name for name in run.wanted if name.startswith("execution-"))  # type: ignore[attr-defined]
    printed = run("feed", "try", "qinghe-execution", str(run.folder / "files" / name))  # type: ignore[attr-defined]
    shown = example("feed try")
    assert set(printed) == set(shown)
    assert printed["would"] == "unchanged"
    assert set(printed["slices"][0]) == set(shown["slices"][0])
    assert {"source_sheet", "source_row"} <= set(printed["first_rows"][0])
    told = documented("feed try") | documented("batches") | documented("rejected")
    assert {key for part in ("standing", "replaces", "checks") for one in printed[part] for key in one} - told == set()


def test_checked_rules_print_what_the_example_shows(run: Run, tmp_path: Path) -> None:
    case = tmp_path / "A01-nothing.yaml"
    case.write_text("as_of: 2026-12-31\nfindings: []\n", encoding="utf-8")
    assert set(first_object(run("rules", "check", str(case), with_data=False))) == set(example("rules check"))


def test_a_back_test_prints_what_its_example_shows(run: Run) -> None:
    span = ["--from", "2026-08-01", "--to", "2026-10-31", "--planted", run.written["planted"]]  # type: ignore[attr-defined]
    printed, shown = run("rules", "backtest", "A02", *span, "--set", "yellow_bp=2500"), example("rules backtest")
    assert list(printed) == list(shown)
    assert list(printed["total"]) == list(shown["total"])
    for part in ("days", "offices", "findings"):
        assert list(printed[part][0]) == list(shown[part][0]), part
    assert list(printed["days"][0]["breadth"]["current"]) == list(shown["days"][0]["breadth"]["current"])
    assert list(printed["planted"]) == list(shown["planted"])
    assert list(printed["planted"]["current"]) == list(shown["planted"]["current"])


def test_planted_json_has_the_shape_of_its_example(run: Run) -> None:
    printed = json.loads(Path(run.written["planted"]).read_text(encoding="utf-8"))  # type: ignore[attr-defined]
    shown = example("sample write")
    assert set(shown) == set(printed)
    for part in ("planted", "innocent"):
        assert set(shown[part][0]) == set(printed[part][0])
    assert set(run.written) <= documented("sample write") | {"files"}  # type: ignore[attr-defined]


def test_the_board_prints_what_its_example_shows(run: Run) -> None:
    calendar = Path(run.folder) / "data" / "calendar.toml"  # type: ignore[attr-defined]
    calendar.write_text('[[expected]]\nfeed = "payments"\nrhythm = "monthly"\ndue_day = 8\n', encoding="utf-8")
    printed = first_object(run("freshness"))
    assert set(printed) == set(example("freshness"))
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", printed["due_on"])


def test_sources_print_what_is_documented(run: Run) -> None:
    folder = Path(run.folder) / "data" / "sources"  # type: ignore[attr-defined]
    folder.mkdir()
    name = f'file_name = "payments-{TOWN}-{{month}}-{{today}}.csv"\n'
    told = 'kind = "http"\nmapping = "qinghe-payments"\nattempts = 1\nurl = "http://127.0.0.1:9/p.csv"\n'
    (folder / "treasury.toml").write_text(told + name, encoding="utf-8")
    fetched = run("source", "fetch", "treasury")
    assert set(fetched) == set(example("source fetch"))
    assert fetched["status"] == "failed"
    assert run("source", "fetch", "--due") == [], "it rests"
    (listed,) = run("source", "list")
    assert set(listed) - documented("source list") == set()
    assert (listed["failures"], listed["result"], listed["secret"]) == (1, "failed", "none")
    assert re.fullmatch(r".+Z", listed["next_try_at"])
    (folder / "treasury.toml").unlink()


def test_rule_changes_print_what_their_example_shows(run: Run) -> None:
    section, dates = "rules set, exempt, lift, approve, reject", ["--from", "2026-01-01", "--reason", "按学期用款"]
    run("user", "add", "li", "--role", "committee")
    run("user", "add", "wang", "--role", "committee")
    proposed = run("rules", "set", "A01", "yellow_bp=1500", "--division", TOWN, *dates, "--by", "li")
    assert list(proposed) == list(example(section))
    assert run("rules", "proposals") == [proposed]
    approved = run("rules", "approve", str(proposed["change"]), "--by", "wang")
    assert (approved["status"], approved["decided_by"]) == ("approved", "wang")
    assert run("rules", "versions", "A01") == [approved]
    whole = ["--division", TOWN, "--to", "2026-12-31"]
    assert list(run("rules", "exempt", *whole, *dates, "--by", "li")) == list(example(section))
    assert list(run("rules", "lift", "1", *dates, "--by", "li")) == list(example(section))
    assert run("rules", "reject", "2", "--by", "wang")["status"] == "rejected"
    told = documented(section)
    assert {*proposed["aim"], *proposed} <= told


@pytest.mark.parametrize(
    ("section", "words"),
    [
        ("batches", ["batches"]),
        ("clues", ["clues"]),
        ("dispatch", ["dispatch", "--once"]),
        ("rules list", ["rules", "list"]),
        ("The house", ["check"]),
        ("The house", ["migrate"]),
        ("The house", ["audit", "verify"]),
        ("The house", ["user", "add", "lihua", "--role", "committee"]),
        ("The house", ["user", "list"]),
        ("The house", ["user", "disable", "lihua"]),
    ],
)
def test_every_key_that_is_printed_is_documented(run: Run, section: str, words: list[str]) -> None:
    printed = first_object(run(*words, with_data=words[0] != "rules"))
    assert set(printed) - documented(section) == set()


def test_slices_and_checks_of_batches_are_documented(run: Run) -> None:
    batches = run("batches")
    parts = [part for batch in batches for part in (*batch["slices"], *batch["checks"])]
    assert any("outcome" in part for part in parts)
    assert {key for part in parts for key in part} - documented("batches") == set()
    rows = [row for part in parts for row in part.get("sample", [])]
    assert {key for row in rows for key in row} - documented("batches") == set()


def test_rejected_rows_are_documented(run: Run, tmp_path: Path) -> None:
    name = next(name for name in run.wanted if name.startswith("payments-"))  # type: ignore[attr-defined]
    lines = (run.folder / "files" / name).read_bytes().split(b"\n")  # type: ignore[attr-defined]
    cells = lines[1].split(b",")
    heads = lines[0].decode("gb18030").split(",")
    cells[next(place for place, head in enumerate(heads) if "支付金额" in head)] = b"abc"
    broken = tmp_path / name
    broken.write_bytes(b"\n".join([lines[0], b",".join(cells), *lines[2:]]))
    batch = run("ingest", str(broken))
    rows = run("rejected", str(batch["batch"]))
    assert len(rows) == batch["rejected"] == 1
    assert set(rows[0]) - documented("rejected") == set()


@pytest.mark.parametrize(
    "words",
    [
        ["batches"],
        ["alerts"],
        ["clues"],
        ["findings"],
        ["evaluate", "--as-of", "2026-10-31", "--dry-run"],
        ["audit", "verify"],
    ],
)
def test_instants_are_written_in_utc_with_a_z(run: Run, words: list[str]) -> None:
    told = json.dumps(run(*words))
    assert re.findall(r"\d[T ]\d\d:\d\d[^\"]*(?<!Z)(?=\")", told) == []
    assert (re.search(r'"known_at": "[^"]+Z"', told) is not None) == (words[0] in {"batches", "evaluate"})


def test_a_batch_tells_its_slices_and_checks_key_by_key(run: Run) -> None:
    batches = run("batches")
    for part in ("slices", "checks"):
        inner = {key for batch in batches for one in batch[part] for key in one}
        assert inner
        assert inner <= documented("batches")
