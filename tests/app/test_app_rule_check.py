"""``mingzhang rules check``: what holds, what does not, and what cannot be read, told apart by the exit code."""

import json
import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from typer.testing import CliRunner

from app.cli import REFUSED, USAGE, cli, main
from app.rule_check import RuleTestError, check_files, lines_of, read_document
from app.settings import CHECKOUT

PAGE = (CHECKOUT / "docs" / "rule-tests.md").read_text(encoding="utf-8")
BLOCKS = {kind: re.findall(rf"```{kind}\n(.+?)```", PAGE, re.DOTALL) for kind in ("yaml", "text")}
CASES = CHECKOUT / "tests" / "rules" / "cases"
HOLDS = "as_of: 2026-12-31\nfeeds: {allotments: [{fen: 10000000}]}\n"
HOLDS += 'findings: [{subject: "unit:101001", level: red, measured: 10000}]\n'


def run(*words: object):
    return CliRunner().invoke(cli, ["rules", "check", *map(str, words)])


def written(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_the_page_is_true(tmp_path, monkeypatch):
    """Its file holds, prints what the page shows, and fails as the page shows once a level is changed."""
    monkeypatch.chdir(tmp_path)
    (text,) = BLOCKS["yaml"]
    written(tmp_path, "budgets.yaml", text)
    ok, failed, *_ = BLOCKS["text"]
    done = run("budgets.yaml")
    assert (done.exit_code, done.stdout) == (0, ok.partition("\n")[2])
    written(tmp_path, "budgets.yaml", text.replace("level: yellow", "level: red"))
    done = run("budgets.yaml")
    assert (done.exit_code, done.stdout) == (REFUSED, failed)


def test_a_golden_case_is_a_file_to_check():
    paths = sorted(CASES.glob("A01-*.yaml"))
    done = run(*paths)
    assert done.exit_code == 0
    assert len(done.stdout.splitlines()) == len(paths)


def test_json_tells_every_case_with_its_differences(tmp_path):
    good = written(tmp_path, "A01-good.yaml", HOLDS)
    bad = written(tmp_path, "A01-bad.yaml", HOLDS.replace("level: red", "level: yellow"))
    done = run(good, bad, "--json")
    assert done.exit_code == REFUSED
    assert json.loads(done.stdout) == [
        {"file": str(good), "case": "A01-good", "rule": "A01", "holds": True, "differences": []},
        {"file": str(bad), "case": "A01-bad", "rule": "A01", "holds": False,
         "differences": ["unit:101001: expected level yellow; found level red"]},
    ]  # fmt: skip


def test_junit_has_a_suite_a_file_and_a_failure_with_both_sides(tmp_path):
    good = written(tmp_path, "A01-good.yaml", HOLDS)
    bad = written(tmp_path, "A01-bad.yaml", HOLDS.replace("level: red", "level: yellow") + 'case: "a bell \\a & <b>"\n')
    out = tmp_path / "junit.xml"
    assert run(good, bad, "--junit", out).exit_code == REFUSED
    root = ET.parse(out).getroot()
    assert (root.get("tests"), root.get("failures")) == ("2", "1")
    assert [(suite.get("name"), suite.get("failures")) for suite in root] == [(str(good), "0"), (str(bad), "1")]
    (test,) = root[1]
    assert (test.get("classname"), test.get("name")) == ("A01", "a bell \ufffd & <b>")
    assert test[0].tag == "failure"
    assert test[0].text == test[0].get("message") == "unit:101001: expected level yellow; found level red"


def test_with_settings_the_rules_run_with_the_parameters_of_the_site(tmp_path):
    case = written(tmp_path, "A01-fence.yaml", HOLDS)
    lax = written(tmp_path, "settings.toml", "[rules.A01]\nred_bp = 10001\n")
    assert run(case).exit_code == 0
    done = run(case, "--settings", lax)
    assert done.exit_code == REFUSED
    assert "expected level red; found level orange" in done.stdout


MALFORMED = [
    ("", "is NoneType; a case with as_of, feeds and findings was expected"),
    ("as_of: 2026-12-31\nas_of: 2026-12-30\n", "A01-x.yaml:2:1: the key as_of stands here twice; YAML was expected"),
    ("as_of: [2026\nfindings: []\n", "A01-x.yaml:2:9: "),
    ("as_of: 2026-02-30\nfindings: []\n", "A01-x.yaml: day is out of range for month"),
    ("as_of: 2026-12-31\nfindings: []\n--- \nas_of: 1\n", "A01-x.yaml:3:1: "),
    ("as_of: !!python/name:os.system 1\nfindings: []\n", "could not determine a constructor for the tag"),
    ("{[1]: 2}\n", "A01-x.yaml:1:2: found unhashable key; YAML was expected"),
    ("as_of: 2026-12-31\nfindings: []\nfeeds: {payments: [{fen: 1, zahl: 2}]}\n", "feeds.payments row 1 has no column"),
    ("&a {as_of: *a}\n", "found unconstructable recursive node"),
    ("\x00", "special characters are not allowed"),
]


@pytest.mark.parametrize(("text", "says"), MALFORMED)
def test_a_file_that_is_not_right_ends_with_2_and_one_line(tmp_path, text, says, monkeypatch, capsys):
    path = written(tmp_path, "A01-x.yaml", text)
    monkeypatch.setattr("sys.argv", ["mingzhang", "rules", "check", str(path)])
    with pytest.raises(SystemExit) as ended:
        main()
    told = capsys.readouterr()
    assert (ended.value.code, told.out) == (USAGE, "")
    assert told.err.startswith(f"mingzhang: {path}")
    assert says in told.err


def test_everything_that_cannot_be_read_is_named_and_nothing_is_judged(tmp_path):
    good = written(tmp_path, "A01-good.yaml", HOLDS)
    gbk = tmp_path / "A01-gbk.yaml"
    gbk.write_bytes("# 预算\n".encode("gb18030"))
    with pytest.raises(RuleTestError) as caught:
        check_files([tmp_path / "missing.yaml", good, gbk, tmp_path])
    first, second, third = str(caught.value).split("\nmingzhang: ")
    assert (
        first
        == f"{tmp_path / 'missing.yaml'}: cannot be read (No such file or directory); a YAML file of cases was expected"
    )
    assert second == f"{gbk}: is not UTF-8 text; a YAML file of cases was expected"
    assert third == f"{tmp_path}: cannot be read (Is a directory); a YAML file of cases was expected"


def test_parameters_that_do_not_go_with_those_of_the_site_name_file_and_case(tmp_path):
    case = written(tmp_path, "A01-fence.yaml", HOLDS + "params: {A01: {orange_bp: 1000}}\n")
    with pytest.raises(RuleTestError, match=r"A01-fence\.yaml: A01-fence: with the settings given, .* must rise"):
        check_files([case], {"A01": {"yellow_bp": 1_500}})


def test_a_rule_that_fails_is_a_case_that_does_not_hold(tmp_path, monkeypatch):
    def broken(*_arguments):
        raise ZeroDivisionError("by zero")

    import dataclasses  # noqa: PLC0415

    import rules.evaluate  # noqa: PLC0415

    swapped = tuple(
        dataclasses.replace(one, judge=broken) if one.code == "A01" else one for one in rules.evaluate.RULES
    )
    monkeypatch.setattr(rules.evaluate, "RULES", swapped)
    (checked,) = check_files([written(tmp_path, "A01-good.yaml", HOLDS)])
    assert not checked.holds
    assert "rule A01 failed: ZeroDivisionError: by zero" in lines_of([checked])[2]


def test_a_document_is_read_as_plain_data(tmp_path):
    assert read_document(written(tmp_path, "x.yaml", "a: {b: [1, 2026-01-02]}\n"))["a"]["b"][0] == 1
