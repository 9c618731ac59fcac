"""docs/adding-a-rule.md is true: its code is what ``mingzhang rules new`` writes, it runs, and its case holds."""

import re
import sys
import textwrap
import types
from pathlib import Path

import yaml
from facets import FACETS
from rule_cases import build_facts

import rules
from app.new_rule import TEMPLATE, asked_rule

PAGE = (Path(rules.__file__).parent.parent / "docs" / "adding-a-rule.md").read_text(encoding="utf-8")
RULE = asked_rule("A50", "预算过半未支出", "More than half unspent", None)


def block(language):
    return textwrap.dedent(re.search(rf"```{language}\n(.+?)```", PAGE, re.DOTALL)[1])


def test_the_page_shows_what_the_command_writes():
    assert block("python") == RULE.filled((TEMPLATE / "rule.py.txt").read_text(encoding="utf-8"))
    assert block("yaml") == (TEMPLATE / "cases" / "on-the-fence.yaml").read_text(encoding="utf-8")
    assert f"rules/{RULE.stem}.py" in PAGE


def test_the_rule_of_the_page_judges_the_case_of_the_page(monkeypatch):
    module = types.ModuleType(f"rules.{RULE.stem}")
    monkeypatch.setitem(sys.modules, module.__name__, module)
    exec(block("python"), module.__dict__)
    rule = module.RULE
    assert (rule.code, rule.late, rule.paced) == ("A50", "mutes", True)
    case = yaml.safe_load(block("yaml"))
    judged = rule.judge(build_facts(case["as_of"], case["feeds"]), rule.params_class())
    shown = [
        {key: row["measure_unit" if key == "unit" else key] for key in case["findings"][0]}
        for row in judged.findings.to_dicts()
    ]
    assert shown == case["findings"]
    assert judged.coverage["is_judged"].to_list() == [True]


def test_the_page_names_every_facet():
    named = re.findall(r"^   \| `([a-z…-]+)` \|", PAGE, re.MULTILINE)
    assert len(named) == len(FACETS)
    assert all(facet.is_named(word) for facet, word in zip(FACETS, named, strict=True))
