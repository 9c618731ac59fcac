"""docs/adding-a-rule.md is true: its code runs, and its case holds."""

import re
import sys
import textwrap
import types
from pathlib import Path

import yaml
from rule_cases import build_facts

import rules

PAGE = (Path(rules.__file__).parent.parent / "docs" / "adding-a-rule.md").read_text(encoding="utf-8")


def block(language):
    return textwrap.dedent(re.search(rf"```{language}\n(.+?)```", PAGE, re.DOTALL)[1])


def test_the_rule_of_the_page_judges_the_case_of_the_page(monkeypatch):
    module = types.ModuleType("rules.a50_half_unspent")
    monkeypatch.setitem(sys.modules, module.__name__, module)
    exec(block("python"), module.__dict__)
    rule = module.RULE
    assert (rule.code, rule.late, rule.paced) == ("A50", "mutes", True)
    case = yaml.safe_load(block("yaml"))
    judged = rule.judge(build_facts(case["as_of"], case["feeds"]), rule.params_class())
    shown = [{key: row[key] for key in case["findings"][0]} for row in judged.findings.to_dicts()]
    assert shown == case["findings"]
    assert judged.coverage["is_judged"].to_list() == [True]
