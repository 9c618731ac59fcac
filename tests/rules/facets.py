"""What the golden cases of every rule must show, read from the names of their files."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from rule_cases import CASES, case_evaluation, case_names

from rules.rule import Rule

LEFT_OUT = Path(__file__).parent / "left_out"
BUDGETS = {"allotments", "adjustments"}
Feeds = dict[str, list[dict[str, Any]]]


def anything(_feeds: Feeds) -> bool:
    return True


def has_nothing_to_spend(feeds: Feeds) -> bool:
    return bool(feeds.get("adjustments")) or any(row.get("fen") == 0 for row in feeds.get("allotments", []))


def has_adjustments(feeds: Feeds) -> bool:
    return bool(feeds.get("adjustments"))


def has_payments_back(feeds: Feeds) -> bool:
    return any((row.get("fen") or 0) < 0 or row.get("type") == "refund" for row in feeds.get("payments", []))


def tells_units(feeds: Feeds) -> bool:
    return bool(feeds.get("units"))


@dataclass(frozen=True)
class Facet:
    """One side from which a rule is looked at: how a file name says so, and what must then stand in the file."""

    name: str
    pattern: str
    shows: Callable[[Feeds], bool] = anything

    def is_named(self, text: str) -> bool:
        return re.search(rf"(?:^|-){self.pattern}(?:-|$)", text) is not None


FACETS = (
    Facet("on-the-fence", "on-the-fence"),
    Facet("inside-the-fence", "inside(?:-the-fence)?"),
    Facet("one-over", r"one-(?:.+-)?over"),
    Facet("null", "null"),
    Facet("zero-budget", "zero-budget", has_nothing_to_spend),
    Facet("mid-year-adjustment", "mid-year-adjustments?", has_adjustments),
    Facet("refund", r"refund(?:s|ed)?", has_payments_back),
    Facet("moved", "moved", tells_units),
)
OF_BUDGETS, OF_PAYMENTS, OF_UNITS = {"zero-budget", "mid-year-adjustment"}, {"refund"}, {"moved"}


def facets_of(rule: Rule) -> list[Facet]:
    """Return what a rule's cases must show: by the feeds it reads, and by whether it speaks of units."""
    spared: set[str] = set()
    if not BUDGETS & set(rule.feeds):
        spared |= OF_BUDGETS
    if "payments" not in rule.feeds:
        spared |= OF_PAYMENTS
    if not speaks_of_units(rule.code):
        spared |= OF_UNITS
    return [facet for facet in FACETS if facet.name not in spared]


def speaks_of_units(code: str) -> bool:
    """Tell whether any finding of a rule's cases belongs to a unit."""
    evaluations = (case_evaluation(name)[1] for name in names_of(code))
    return any(one.findings["unit_code"].is_not_null().any() for one in evaluations)


def names_of(code: str) -> list[str]:
    return [name for name in case_names() if name.partition("-")[0] == code]


def is_shown(code: str, facet: Facet) -> bool:
    named = (name for name in names_of(code) if facet.is_named(name.partition("-")[2]))
    return any(facet.shows(feeds_of(name)) for name in named)


@cache
def feeds_of(name: str) -> Feeds:
    return yaml.safe_load((CASES / f"{name}.yaml").read_text(encoding="utf-8")).get("feeds") or {}


def left_out(code: str) -> dict[str, str]:
    """Return the facets that have no meaning for a rule, each with its reason."""
    path = LEFT_OUT / f"{code}.yaml"
    told = (yaml.safe_load(path.read_text(encoding="utf-8")) or {}) if path.exists() else {}
    # YAML reads a bare null as nothing.
    return {"null" if facet is None else facet: reason for facet, reason in told.items()}
