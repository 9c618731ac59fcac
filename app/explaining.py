"""Where a finding comes from: arithmetic, law, the ladder it stands on, what judged it when, the rows behind it."""

import datetime as dt
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Final

from app.rule_versions import rule_version
from app.wiring import House
from budget import frames
from budget.catalogue import RuleText
from budget.levels import LEVELS, rank
from budget.wording import render
from rules.registry import BY_CODE, CATALOGUE
from warehouse.engine import Connection, reading
from warehouse.findings import Run
from warehouse.queries_facts import find_slice, list_facts
from warehouse.run_rules import find_finding, read_run_rules
from warehouse.scope import Scope

ALL: Final = Scope.everything()
UNITS: Final = ("bp", "fen", "count", "days")
# What a fact says of itself beside its own values.
LINEAGE: Final = frozenset({*frames.LINEAGE, "feed"})


class UnknownFindingError(ValueError):
    """There is no finding of that name."""


@dataclass(frozen=True, kw_only=True)
class Rung:
    """One step of a rule's ladder; ``reached`` is null where a lower fence is of another unit than the measure."""

    level: str
    parameter: str | None
    fence: int
    unit: str
    reached: bool | None


@dataclass(frozen=True, kw_only=True)
class SourceRow:
    """One fact behind a finding: the delivered row it came from, and what it says."""

    feed: str
    batch: int
    file: str
    sheet: str | None
    row: int
    known_at: dt.datetime
    slice: int
    row_no: int
    values: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """One finding with everything that led to it."""

    finding: dict[str, Any]
    run: Run
    rule_version: str | None
    current_version: str | None
    text: RuleText | None
    params: dict[str, Any]
    ladder: tuple[Rung, ...]
    evidence: dict[str, Any]
    facts_total: int
    facts: tuple[SourceRow, ...]

    @property
    def threshold(self) -> str | None:
        """Return the threshold changes that judged it, by number; None where the settings did."""
        told: str | None = self.evidence.get("threshold")
        return told

    def sentence(self, template: str) -> str | None:
        """Fill one of the rule's sentences; None where this version no longer has the rule."""
        return None if self.text is None else render(getattr(self.text, template), self.evidence)

    def told(self) -> dict[str, Any]:
        """Return the explanation as docs/json.md promises it."""
        found, run, text = self.finding, self.run, self.text
        return {
            "finding": found["finding"],
            "run": run.run_id,
            "as_of": run.as_of,
            "known_at": run.known_at,
            "judged_at": run.started_at,
            "history": run.is_history,
            "code_version": run.code_version,
            "rule": found["rule_code"],
            "rule_version": self.rule_version,
            "current_version": self.current_version,
            "threshold": self.threshold,
            "name": text and text.name_zh,
            "name_en": text and text.name_en,
            "level": found["level"],
            "subject": found["subject"],
            "period": found["period"],
            "division": found["division_code"],
            "unit_code": found["unit_code"],
            "project_code": found["project_code"],
            "measured": found["measured"],
            "limit": found["limit"],
            "unit": found["measure_unit"],
            "amount_fen": found["amount_fen"],
            "sentence": self.sentence("finding_zh"),
            "sentence_en": self.sentence("finding_en"),
            "arithmetic": self.sentence("arithmetic_zh"),
            "arithmetic_en": self.sentence("arithmetic_en"),
            "formula": text and text.formula_zh,
            "formula_en": text and text.formula_en,
            "law": text and text.law_zh,
            "law_en": text and text.law_en,
            "ladder": [asdict(rung) for rung in self.ladder],
            "params": self.params,
            "evidence": self.evidence,
            "facts_total": self.facts_total,
            "facts": [asdict(row) for row in self.facts],
        }


def explain(house: House, name: str) -> Explanation:
    """Return where a finding, named as ``findings`` names it, comes from; UnknownFindingError where there is none."""
    named = re.fullmatch(r"(\d{1,9})-(\d{1,9})", name)
    if named is None:
        raise UnknownFindingError(
            f"{name!r} is no finding; a name like 5-12 was expected, as mingzhang findings prints"
        )
    with reading(house.engine) as connection:
        known = find_finding(connection, ALL, int(named[1]), int(named[2]))
        if known is None:
            raise UnknownFindingError(f"there is no finding {name}; mingzhang findings lists those of the latest run")
        run, found = known
        code, evidence = found["rule_code"], json.loads(found["evidence"])
        params = json.loads(run.params_json).get(code, {})
        versions = {one.rule_code: one.rule_version for one in read_run_rules(connection, run.run_id)}
        return Explanation(
            finding=found,
            run=run,
            rule_version=versions.get(code),
            current_version=rule_version(code) if code in BY_CODE else None,
            text=CATALOGUE.get(code),
            params=params,
            ladder=ladder_of(params, found),
            evidence={key: value for key, value in evidence.items() if key not in {"facts", "facts_total"}},
            facts_total=evidence.get("facts_total", 0),
            facts=tuple(_source_rows(connection, [tuple(pair) for pair in evidence.get("facts", [])])),
        )


def ladder_of(params: Mapping[str, Any], found: Mapping[str, Any]) -> tuple[Rung, ...]:
    """Return the fences of a rule, lowest level first, and where a measure stands among them.

    The fence of the level found stands as the finding says it, which may rest on more than one parameter or on a
    threshold of the subject's own.
    """
    unit = found["measure_unit"]
    own = Rung(level=found["level"], parameter=None, fence=found["limit"], unit=unit, reached=True)
    rungs = [] if found["limit"] is None else [own]
    for name, fence in params.items():
        level, _, rest = name.partition("_")
        fence_unit = rest.rpartition("_")[2]
        if level not in LEVELS or fence_unit not in UNITS:
            continue
        if level == found["level"] and fence_unit == unit and rungs:
            rungs[0] = replace(rungs[0], parameter=name)
            continue
        rungs.append(Rung(level=level, parameter=name, fence=fence, unit=fence_unit, reached=None))
    stood = (replace(rung, reached=_is_reached(rung, found)) for rung in rungs)
    return tuple(sorted(stood, key=lambda rung: rank(rung.level)))


def _is_reached(rung: Rung, found: Mapping[str, Any]) -> bool | None:
    """Tell whether a measure reached a fence; above the level found none was, whatever else it took to reach it."""
    if rung.level == found["level"] or rank(rung.level) > rank(found["level"]):
        return bool(rung.level == found["level"])
    measured: int | None = found["measured"] if rung.unit == found["measure_unit"] else None
    return None if measured is None else measured >= rung.fence


def _source_rows(connection: Connection, pairs: list[tuple[int, int]]) -> Iterator[SourceRow]:
    places = {slice_id: find_slice(connection, ALL, slice_id) for slice_id in {pair[0] for pair in pairs}}
    for fact in list_facts(connection, ALL, pairs):
        place = places[fact["slice_id"]]
        if place is None:
            continue
        yield SourceRow(
            feed=fact["feed"],
            batch=place["batch_id"],
            file=place["file_name"],
            sheet=fact["source_sheet"],
            row=fact["source_row"],
            known_at=place["known_at"],
            slice=fact["slice_id"],
            row_no=fact["row_no"],
            values={name: value for name, value in fact.items() if name not in LINEAGE and value is not None},
        )
