"""What was planted in the sample district, and which findings and clues are about it."""

import json
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from budget.calendar import time_progress_bp
from budget.clues import clue_key
from budget.facts import Facts
from rules.spending import PROJECT, execute, projects, spent, this_year

Identity = tuple[str, str, str]
Place = tuple[str, str | None]
Clues = Mapping[str, Sequence[Mapping[str, Any]]]
PLAIN_GAP_BP = 1_000
# Subjects that name a unit, and a project or "-" behind it.
_PLACE = re.compile(r"^(?:unit|project|line):([^/]+)(?:/([^/]+))?")


@dataclass(frozen=True)
class Planted:
    """The entries of planted.json: what must be found, what must not, and the units and projects of the former."""

    entries: frozenset[Identity]
    innocents: frozenset[Identity]
    places: frozenset[Place]

    @classmethod
    def read(cls, file: Path) -> "Planted":
        """Read planted.json."""
        told = json.loads(file.read_text("utf-8"))
        sides = [
            frozenset((one["rule"], one["subject"], one["period"]) for one in told[side])
            for side in ("planted", "innocent")
        ]
        places = frozenset(place for _, subject, _ in sides[0] if (place := place_of(subject)) is not None)
        return cls(sides[0], sides[1], places)

    def found_in(self, findings: pl.DataFrame) -> frozenset[Identity]:
        """Return the planted entries among findings."""
        return self.entries & set(_identities(findings))

    def innocents_hit(self, findings: pl.DataFrame) -> frozenset[Identity]:
        """Return the innocent look-alikes that are among findings all the same."""
        return self.innocents & set(_identities(findings))


def place_of(subject: str) -> Place | None:
    """Return the unit and project that a subject names, None where it names no unit."""
    named = _PLACE.match(subject)
    return None if named is None else (named[1], None if named[2] in {None, "-"} else named[2])


def clues_of(findings: pl.DataFrame) -> Clues:
    """Group findings as the product does."""
    grouped: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for one in findings.iter_rows(named=True):
        names = ("subject", "period", "unit_code", "project_code")
        grouped[clue_key(**{name: one[name] for name in names})].append(one)
    return grouped


def false_clues(clues: Clues, planted: Planted) -> set[str]:
    """Return the clues that are about nothing planted: no finding of theirs, nor their unit and project."""
    return {key for key, rows in clues.items() if not any(_is_true(one, planted) for one in rows)}


def _is_true(finding: Mapping[str, Any], planted: Planted) -> bool:
    identity = (finding["rule_code"], finding["subject"], finding["period"])
    place = (finding["unit_code"], finding["project_code"])
    return identity in planted.entries or (identity not in planted.innocents and place in planted.places)


def per_rule(findings: pl.DataFrame, planted: Planted) -> dict[str, dict[str, float | int | None]]:
    """Return, per rule, what was planted, found and right; null where there is nothing to divide by."""
    found = planted.found_in(findings)
    rows = findings.to_dicts()
    told = {}
    for code in sorted({one[0] for one in planted.entries} | set(findings["rule_code"])):
        own = [one for one in rows if one["rule_code"] == code]
        wanted = [one for one in planted.entries if one[0] == code]
        hit = sum(one[0] == code for one in found)
        right = sum(_is_true(one, planted) for one in own)
        told[code] = {
            "planted": len(wanted),
            "findings": len(own),
            "recall": round(hit / len(wanted), 4) if wanted else None,
            "precision": round(right / len(own), 4) if own else None,
        }
    return told


def plain_line(facts: Facts) -> set[Place]:
    """Return the units and projects ten points or more behind linear progress: the fixed line in use elsewhere."""
    ruler = time_progress_bp(facts.as_of, "day")
    behind = pl.col("execution_rate_bp") <= ruler - PLAIN_GAP_BP
    units = spent(facts, ["unit_code"]).filter(behind)["unit_code"]
    works = execute(projects(this_year(facts)), PROJECT).filter(behind).select(PROJECT)
    return {(unit, None) for unit in units} | set(works.iter_rows())


def _identities(findings: pl.DataFrame) -> list[Identity]:
    return list(findings.select("rule_code", "subject", "period").iter_rows())
