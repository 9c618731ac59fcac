"""Every rule is looked at from every side: its golden cases show each facet, or say why it has no meaning."""

import pytest
from facets import FACETS, LEFT_OUT, Facet, facets_of, is_shown, left_out

from rules.registry import BY_CODE, RULES

CODES = sorted(BY_CODE)
LEAST_WORDS = 4


@pytest.mark.parametrize("code", CODES)
def test_every_facet_has_a_case_or_a_reason(code):
    excused = left_out(code)
    missing = [
        facet.name for facet in facets_of(BY_CODE[code]) if not excuse(facet, excused) and not is_shown(code, facet)
    ]
    assert missing == [], f"{code} needs cases of these names, or reasons in {LEFT_OUT.name}/{code}.yaml"


@pytest.mark.parametrize("code", CODES)
def test_what_is_left_out_is_a_facet_with_a_reason_and_has_no_case(code):
    for key, reason in left_out(code).items():
        facet = next((one for one in FACETS if one.name == key or one.is_named(key)), None)
        assert facet, f"{code}: {key} is no facet; facets are {', '.join(one.name for one in FACETS)}"
        words = reason if isinstance(reason, str) else ""
        assert len(words.split()) >= LEAST_WORDS or len(words) > 8, f"{code}: {key} has no reason"
        assert not is_shown(code, facet), f"{code}: {key} is left out and has a case all the same"


def excuse(facet: Facet, excused: dict[str, str]) -> str | None:
    return next((reason for key, reason in excused.items() if key == facet.name or facet.is_named(key)), None)


def test_only_rules_leave_facets_out():
    assert {path.stem for path in LEFT_OUT.glob("*")} <= set(CODES)


NAMED = [
    ("on-the-fence", "red-on-the-fence", True),
    ("on-the-fence", "on-the-tolerance", False),
    ("inside-the-fence", "one-fen-inside-the-fence", True),
    ("inside-the-fence", "one-day-inside", True),
    ("one-over", "one-fen-over", True),
    ("one-over", "one-fen-over-the-tolerance", True),
    ("one-over", "one-overdue", False),
    ("one-over", "two-fen-over", False),
    ("null", "null-budget", True),
    ("null", "nullified", False),
    ("refund", "refunded-piece", True),
    ("moved", "unit-that-moved", True),
    ("moved", "removed-unit", False),
]


@pytest.mark.parametrize(("name", "text", "expected"), NAMED)
def test_a_file_name_says_which_facet_it_shows(name, text, expected):
    facet = next(one for one in FACETS if one.name == name)
    assert facet.is_named(text) is expected


def test_a_name_alone_shows_nothing():
    """A case that says refund has a payment back, one that says mid-year-adjustment an adjustment, and so on."""
    empty = {"payments": [{"fen": 1}], "allotments": [{"fen": 1}]}
    assert [facet.name for facet in FACETS if not facet.shows(empty)] == [
        "zero-budget",
        "mid-year-adjustment",
        "refund",
        "moved",
    ]


def test_what_is_asked_for_follows_from_feeds_and_subjects():
    asked = {rule.code: {facet.name for facet in facets_of(rule)} for rule in RULES}
    always = {"on-the-fence", "inside-the-fence", "one-over", "null"}
    assert asked["A01"] == always | {"zero-budget", "mid-year-adjustment", "refund", "moved"}
    assert asked["E05"] == always | {"refund", "moved"}
    assert asked["B02"] == always | {"zero-budget", "mid-year-adjustment", "moved"}
    assert "moved" not in asked["H02"], "it speaks of tables, not of units"
