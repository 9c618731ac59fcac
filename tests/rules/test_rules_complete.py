"""A rule is whole or the build is red: file, words, parameters, settings, page, law."""

import ast
import re
import tomllib
from dataclasses import fields, is_dataclass
from pathlib import Path

import pytest

import rules
from budget.catalogue import RuleText
from rules.params import RuleSettingsError, default_params, read_params
from rules.registry import BY_CODE, CATALOGUE, RULES

ROOT = Path(rules.__file__).parent.parent
HEADINGS = ["Method", "Why it matters", "Parameters", "Exclusions", "Assumptions", "Law"]
SETTINGS = (ROOT / "settings.toml").read_text(encoding="utf-8")
SECTIONS = tomllib.loads(SETTINGS)["rules"]
# Articles that were read in the text of the law; nothing else may be cited.
CHECKED = {
    "中华人民共和国预算法": {
        *(
            "十三",
            "十四",
            "十六",
            "三十二",
            "三十五",
            "三十六",
            "四十",
            "四十二",
            "四十四",
            "四十六",
            "五十二",
            "五十三",
        ),
        *(
            "五十三",
            "五十四",
            "五十五",
            "五十六",
            "五十七",
            "六十一",
            "六十三",
            "六十四",
            "六十六",
            "六十七",
            "六十九",
            "七十",
        ),
        *("七十一", "七十二", "七十五", "七十八", "八十", "八十三", "八十四", "八十六", "九十三", "九十五"),
    },
    "中华人民共和国预算法实施条例": {
        *("六", "二十", "四十一", "四十三", "四十四", "四十七", "四十八", "四十九", "五十", "五十三", "五十七"),
        *("五十九", "六十", "六十六", "七十八", "七十九", "九十四"),
    },
    "中华人民共和国各级人民代表大会常务委员会监督法": {"十九", "二十", "二十七"},
    "中华人民共和国全国人民代表大会和地方各级人民代表大会代表法": {"五十一"},
    "中华人民共和国政府采购法": {"二十八"},
    "中华人民共和国政府采购法实施条例": {"二十八", "五十", "五十一"},
    "保障中小企业款项支付条例": {"九", "十"},
    "政府投资条例": {"二十三"},
    "机关事务管理条例": {"十二", "三十二"},
}
ACCUSATIONS = ("违法", "违纪", "贪污", "挪用", "套取", "虚假")
CODES = sorted(BY_CODE)


def page(code):
    return (ROOT / "docs" / "rules" / f"{code}.md").read_text(encoding="utf-8")


def test_codes_are_unique_and_the_catalogue_holds_them_all():
    assert len(BY_CODE) == len(RULES)
    assert list(CATALOGUE) == CODES


@pytest.mark.parametrize("code", CODES)
def test_one_file_named_after_the_code_holds_function_and_parameters(code):
    rule = BY_CODE[code]
    assert rule.judge.__module__ == rule.params_class.__module__
    name = rule.judge.__module__
    assert re.fullmatch(rf"rules\.{code.lower()}_[a-z0-9_]+", name)
    tree = ast.parse((ROOT / (name.replace(".", "/") + ".py")).read_text(encoding="utf-8"))
    assert code in (ast.get_docstring(tree) or "")
    assert rule.judge.__doc__
    assert rule.params_class.__doc__
    assert is_dataclass(rule.params_class)
    assert rule.params_class.__dataclass_params__.frozen


@pytest.mark.parametrize("code", CODES)
def test_settings_state_every_parameter_with_its_default_under_a_comment(code):
    defaults = default_params()[code]
    assert read_params({code: SECTIONS[code]}) == {code: defaults}
    assert set(SECTIONS[code]) == {field.name for field in fields(defaults)}
    section = re.split(r"\n\[", SETTINGS.partition(f"[rules.{code}]\n")[2])[0].splitlines()
    for number, line in enumerate(section):
        if re.match(r"\w+ = ", line):
            assert section[number - 1].startswith("# "), f"rules.{code}: {line} has no comment line above it"


@pytest.mark.parametrize("code", CODES)
def test_page_has_the_template_every_parameter_and_the_law(code):
    text = page(code)
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == HEADINGS
    assert text.startswith(f"# {code} {BY_CODE[code].text.name_zh}: {BY_CODE[code].text.name_en}\n")
    told = dict(re.findall(r"^\| `(\w+)` \| `(.+?)` \|", text, re.MULTILINE))
    assert set(told) == {field.name for field in fields(BY_CODE[code].params_class)}
    for name, value in told.items():
        default = getattr(BY_CODE[code].params_class(), name)
        if isinstance(default, int):
            assert int(value) == default
    assert BY_CODE[code].text.law_zh in text
    named = re.search(r"`(tests/rules/cases/[^`]+)`", text)
    assert named
    assert (ROOT / named[1]).exists(), "the worked example names a case that is not there"
    assert f"[{code}]({code}.md)" in (ROOT / "docs" / "rules" / "index.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("code", CODES)
def test_words_are_complete_and_accuse_nobody(code):
    text = BY_CODE[code].text
    for field in fields(RuleText):
        assert getattr(text, field.name), f"{code} has no {field.name}"
    assert len(text.innocent_zh) == len(text.innocent_en)
    shown = f"{text.name_zh} {text.finding_zh} {text.arithmetic_zh} {text.next_step_zh} {text.formula_zh}"
    assert not [word for word in ACCUSATIONS if word in shown]
    assert "疑似" in text.finding_zh or "{state_zh}" in text.finding_zh
    assert not re.search(r"[\u4e00-\u9fff]", text.finding_en + text.arithmetic_en + text.formula_en + text.law_en)


@pytest.mark.parametrize("code", CODES)
def test_only_articles_that_were_read_are_cited(code):
    law = BY_CODE[code].text.law_zh
    if "《" not in law:
        assert law.startswith(("分析性指标", "实务做法"))
        return
    for name, articles in re.findall(r"《([^》]+)》([^；。]*)", law):
        cited = set(re.findall(r"第([一二三四五六七八九十]+)条", articles))
        assert cited
        assert cited <= CHECKED[name]


REFUSED = [
    ({"Z99": {}}, "[rules.Z99] names no rule"),
    ({"A01": {"yelow_bp": 1}}, "has no key yelow_bp; its keys are least_budget_fen"),
    ({"A01": {"yellow_bp": "1000"}}, "rules.A01.yellow_bp is '1000'; a whole number"),
    ({"A01": {"yellow_bp": True}}, "rules.A01.yellow_bp is True"),
    ({"A01": {"yellow_bp": 10.0}}, "rules.A01.yellow_bp is 10.0"),
    ({"A01": {"yellow_bp": -1}}, "rules.A01.yellow_bp is -1"),
    ({"A01": {"yellow_bp": 2001}}, "yellow_bp = 2001 above orange_bp = 2000"),
    ({"E05": {"organisation_words": "公司"}}, "a list of texts was expected"),
    ({"E05": {"organisation_words": [1]}}, "a list of texts was expected"),
    ({"E07": {"instalment_pattern": 3}}, "a text was expected"),
    ({"E07": {"instalment_pattern": "第("}}, "is no regular expression"),
]


@pytest.mark.parametrize(("sections", "message"), REFUSED)
def test_settings_that_cannot_be_used_are_refused_by_name(sections, message):
    with pytest.raises(RuleSettingsError, match=re.escape(message)):
        read_params(sections)


def test_a_rule_without_a_section_is_off():
    assert list(read_params({"A01": {"red_bp": 5_000}})) == ["A01"]
    assert read_params({}) == {}
