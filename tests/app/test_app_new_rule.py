"""``mingzhang rules new`` in a copy of the checkout: what it writes is whole, and the tests of the rules pass."""

import json
import os
import re
import shutil
import subprocess
import sys

import pytest

from app.new_rule import FAMILIES, NewRule, NewRuleError, asked_rule, with_file, with_row, with_section, write_rule
from app.settings import CHECKOUT

LEFT_BEHIND = shutil.ignore_patterns(".*", "__pycache__", "var", "build", "*.egg-info", "node_modules")
CODE = "A50"
# Tests that look at all rules together; those of the one rule are chosen by its code.
TOGETHER = "codes_are_unique or rows_are_rules or every_rule or only_rules or made_up_district or accuse"
RULE = NewRule(code=CODE, name_zh="预算过半未支出", name_en="More than half unspent", family="execution")
REGISTRY, SETTINGS, INDEX = (
    (CHECKOUT / part).read_text(encoding="utf-8")
    for part in ("rules/registry.py", "settings.toml", "docs/rules/index.md")
)


def run(checkout, *words):
    known = {name: text for name, text in os.environ.items() if not name.startswith("MINGZHANG_")}
    return subprocess.run(
        [sys.executable, *map(str, words)], cwd=checkout, env=known | {"PYTHONPATH": str(checkout)},
        capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip


@pytest.fixture(scope="module")
def checkout(tmp_path_factory):
    """Return a copy of the checkout in which a rule was begun."""
    copy = tmp_path_factory.mktemp("checkout") / "copy"
    shutil.copytree(CHECKOUT, copy, ignore=LEFT_BEHIND)
    names = ["--name-zh", RULE.name_zh, "--name-en", RULE.name_en]
    done = run(copy, "-m", "app", "rules", "new", CODE, *names, "--json")
    assert (done.returncode, done.stderr) == (0, "")
    told = json.loads(done.stdout)
    assert told["rule"] == CODE
    assert all((copy / name).is_file() for name in told["files"])
    assert sum("/cases/" in name for name in told["files"]) >= 5
    return copy


def test_the_rules_tests_pass_for_the_new_rule(checkout):
    done = run(checkout, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/rules", "-k", f"{CODE} or {TOGETHER}")
    assert done.returncode == 0, done.stdout[-3000:]
    passed = re.search(r"(\d+) passed", done.stdout)
    assert int(passed[1]) > 40


def test_its_file_is_formatted_linted_and_typed(checkout):
    file = f"rules/{RULE.stem}.py"
    for tool in (["ruff", "format", "--check"], ["ruff", "check"], ["mypy", "--no-incremental"]):
        done = run(checkout, "-m", *tool, file)
        assert done.returncode == 0, done.stdout + done.stderr


def test_it_is_on_and_judges_like_every_other(checkout):
    done = run(checkout, "-m", "app", "rules", "list", "--json")
    (one,) = (rule for rule in json.loads(done.stdout) if rule["rule"] == CODE)
    assert (one["on"], one["name"], one["family"]) == (True, RULE.name_zh, "execution")
    case = f"tests/rules/cases/{CODE}-on-the-fence.yaml"
    assert run(checkout, "-m", "app", "rules", "check", case).returncode == 0


def test_a_second_time_is_refused_and_nothing_is_changed(checkout):
    before = {
        path: path.read_bytes() for path in checkout.rglob("*") if path.suffix in {".py", ".toml", ".md", ".yaml"}
    }
    done = run(checkout, "-m", "app", "rules", "new", CODE, "--name-en", "Something else")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"mingzhang: rule {CODE} is there already: rules/{RULE.stem}.py\n"
    assert {path: path.read_bytes() for path in before} == before


def named(stems):
    return re.findall(r'^    "(\w+)",$', stems, re.MULTILINE)


@pytest.mark.parametrize("code", ["A00", "A50", "H99"])
def test_a_line_of_the_registry_stands_in_order(code):
    rule = asked_rule(code, None, None, None)
    files = named(with_file(REGISTRY, rule))
    assert files == sorted([*named(REGISTRY), rule.stem])


@pytest.mark.parametrize("code", ["A00", "A50", "H99"])
def test_a_section_of_the_settings_stands_in_order_with_a_comment_and_nothing_else_changes(code):
    rule = asked_rule(code, None, None, None)
    changed = with_section(SETTINGS, rule)
    sections = re.findall(r"^# (\w+) .+\n\[rules\.(\w+)\]$", changed, re.MULTILINE)
    known = re.findall(r"^\[rules\.(\w+)\]", SETTINGS, re.MULTILINE)
    assert [section for _, section in sections] == sorted({*known, code})
    assert (code, code) in sections
    own = changed[changed.index(f"# {code} ") :].partition("red_bp = 9_000\n")
    rest = changed.replace(own[0] + own[1], "")
    assert rest.split() == SETTINGS.split()
    assert "\n\n\n" not in changed


@pytest.mark.parametrize("letter", FAMILIES)
def test_a_row_of_the_index_stands_in_order_in_its_familys_table(letter):
    family, heading = FAMILIES[letter]
    for number in ("00", "50", "99"):
        rule = asked_rule(letter + number, None, None, None)
        changed = with_row(INDEX, rule)
        table = re.search(rf"^## {heading}\n.*?(?=^## )", changed, re.MULTILINE | re.DOTALL)[0]
        codes = re.findall(r"^\| \[(\w+)\]", table, re.MULTILINE)
        assert rule.code in codes
        assert codes == sorted(codes)
        assert rule.family == family
        assert len(changed.splitlines()) == len(INDEX.splitlines()) + 1


def test_a_rule_that_was_left_out_is_so_no_longer():
    changed = with_row(INDEX, asked_rule("E14", "收款人可疑", "Suspicious payee", None))
    assert len(re.findall(r"\bE14\b", changed)) == 2  # the link and the page, in its row
    assert len(changed.splitlines()) == len(INDEX.splitlines())


REFUSED = [
    (("X01", None, None, None), "'X01' is no code of a rule; a letter from A to H and two digits"),
    (("a50", None, None, None), "'a50' is no code of a rule"),
    (("A501", None, None, None), "'A501' is no code of a rule"),
    (("A50", None, None, "spending"), "'spending' is no family of rules; families are execution, adjustment"),
    (("A50", '坏"名', None, None), "has a sign that cannot stand in a name: '\"'"),
    (("A50", "{名}", None, None), "has a sign that cannot stand in a name: '{'"),
    (("A50", None, "50 %", None), "names the rule's file; plain letters were expected"),
    (("A50", None, "预算 rule", None), "names the rule's file; plain letters were expected"),
]


@pytest.mark.parametrize(("asked", "says"), REFUSED)
def test_what_cannot_be_used_is_refused_with_what_was_expected(asked, says):
    with pytest.raises(NewRuleError) as caught:
        asked_rule(*asked)
    assert says in str(caught.value)


def test_a_folder_that_is_no_checkout_stays_as_it_is(tmp_path):
    with pytest.raises(NewRuleError, match=r"is no checkout of the project: rules/registry\.py is missing"):
        write_rule(tmp_path, RULE)
    assert list(tmp_path.iterdir()) == []
