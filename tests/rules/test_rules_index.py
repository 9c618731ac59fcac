"""docs/rules/index.md says of every rule what the rule says of itself, and of every other what data are missing."""

import re
from dataclasses import fields
from pathlib import Path

import pytest
from facets import names_of
from rule_cases import read_case

import rules
from budget.levels import LEVELS, rank
from rules.registry import BY_CODE, CATALOGUE

INDEX = (Path(rules.__file__).parent.parent / "docs" / "rules" / "index.md").read_text(encoding="utf-8")
CODES = sorted(BY_CODE)
HEADINGS = {
    "data_quality": "Data quality",
    "execution": "Execution",
    "adjustment": "Adjustment",
    "time_limit": "Time limits",
    "three_public": "Three public items",
    "payment": "Payments",
    "project": "Projects, procurement and performance",
    "district": "Revenue, debt and treasury",
}
ROW = re.compile(r"^\| \[(\w+)\]\(\1\.md\) \| (.+) \| (.+) \| ([^|]+) \|$", re.MULTILINE)
SECTIONS = dict(re.findall(r"^## (.+?)\n(.*?)(?=^## |\Z)", INDEX, re.MULTILINE | re.DOTALL))
ROWS = {match[1]: match for match in ROW.finditer(INDEX)}
# The first letter and the last number of each group of the catalogue.
GROUPS = {"A": 15, "B": 11, "C": 16, "D": 9, "E": 17, "F": 8, "G": 20, "H": 10}
LISTED = {f"{letter}{number:02d}" for letter, last in GROUPS.items() for number in range(1, last + 1)}
LEFT_OUT = dict(re.findall(r"^\| ([A-H]\d\d) \| .+? \| (.+?) \|$", SECTIONS["Left out"], re.MULTILINE))


def levels_of(code):
    """Return the levels a rule can reach: those its parameters name, and those its golden cases show."""
    named = {field.name.partition("_")[0] for field in fields(BY_CODE[code].params_class)} & set(LEVELS)
    return named | {found["level"] for name in names_of(code) for found in read_case(name).expected}


@pytest.mark.parametrize("code", CODES)
def test_a_row_says_what_the_rule_says(code):
    text = CATALOGUE[code]
    levels = " / ".join(sorted(levels_of(code), key=rank))
    assert ROWS[code][0] == f"| [{code}]({code}.md) | {text.name_zh} {text.name_en} | {text.formula_en} | {levels} |"


def test_rows_are_rules_once_each_in_order_under_their_family():
    assert sorted(ROWS) == CODES
    assert len(ROW.findall(INDEX)) == len(CODES)
    for family, heading in HEADINGS.items():
        own = [match[1] for match in ROW.finditer(SECTIONS[heading])]
        assert own == [code for code in CODES if CATALOGUE[code].family == family]


def test_every_rule_of_the_catalogue_is_there_or_says_what_is_missing():
    assert LISTED - set(BY_CODE) - set(LEFT_OUT) == set()


def test_what_is_there_is_not_called_missing():
    assert set(LEFT_OUT) & set(BY_CODE) == set()
    assert all(len(missing) > 20 for missing in LEFT_OUT.values())
    assert set(LEFT_OUT) <= LISTED
