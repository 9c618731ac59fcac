"""Running the rules over facts: data quality first, then everything whose data can carry a judgement."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import polars as pl
from polars.exceptions import PanicException

from budget import frames
from budget.facts import Facts
from budget.levels import LEVELS
from budget.thresholds import NOTHING, InForce
from rules.judgement import Judgement, conformed
from rules.muting import Mutes, muted, mutes_from, yielding
from rules.registry import BY_CODE, RULES
from rules.rule import Rule
from rules.thresholds import judge_in_force, without_exempted

GROUND = ("H01", "H04", "H05", "H06", "H07", "H08", "H09", "H10")  # their findings silence other rules


@dataclass(frozen=True)
class Evaluation:
    """What one evaluation found, what it judged, and which rules failed with what message."""

    findings: pl.DataFrame
    coverage: pl.DataFrame
    errors: dict[str, str] = field(default_factory=dict)
    durations_us: dict[str, int] = field(default_factory=dict)  # empty where no stopwatch was given


def evaluate(
    facts: Facts,
    params: Mapping[str, Any],
    *,
    codes: Iterable[str] | None = None,
    stopwatch: Callable[[], int] | None = None,
    thresholds: InForce = NOTHING,
) -> Evaluation:
    """Judge facts by every rule that has parameters, or only by ``codes``; rows come in a fixed order.

    A rule that fails is an error of its own and stops no other. Rules that others lean on (GROUND, A03) are judged
    for that purpose even where only the others were asked for. Raises KeyError for a code that is no rule.
    ``thresholds`` are the changed parameters and exemptions in force on the day judged; an exemption tells nobody of a
    late feed or a wrong unit, and yet what leans on such data stays silent.
    ``stopwatch`` returns nanoseconds that only grow; what rules share is charged to the one that needs it first.
    """
    wanted = set(params) if codes is None else set(codes) & set(params)
    for code in codes or ():
        BY_CODE[code]
    errors: dict[str, str] = {}
    done: dict[str, Judgement] = {}
    told: dict[str, Judgement] = {}  # the same without what is exempted
    took: dict[str, int] = {}
    mutes: Mutes | None = None
    for rule in _in_turn(_needed(wanted) & set(params)):
        if mutes is None and rule.code not in GROUND:
            mutes = mutes_from(facts, {code: _findings(done, code) for code in GROUND})
        began = stopwatch() if stopwatch else 0
        judged = _attempt(rule, facts, params[rule.code], errors, thresholds)
        if stopwatch and rule.code in wanted:
            took[rule.code] = (stopwatch() - began) // 1_000
        if judged is not None:
            done[rule.code] = _settled(rule, judged, done if rule.yields_to in GROUND else told, mutes)
            told[rule.code] = without_exempted(done[rule.code], facts, thresholds.exempting(rule.code))
    gathered = _gathered([told[code] for code in told if code in wanted], {c: errors[c] for c in sorted(errors)})
    return replace(gathered, durations_us=took)


def _in_turn(codes: set[str]) -> list[Rule]:
    """Return rules in the order in which they lean on each other: grounds, data quality, then by what they yield to."""
    return sorted((rule for rule in RULES if rule.code in codes), key=lambda rule: (*_turn(rule), rule.code))


def _turn(rule: Rule) -> tuple[bool, bool, int]:
    yields, depth = rule.yields_to, 0
    while yields is not None:
        yields, depth = BY_CODE[yields].yields_to, depth + 1
    return rule.code not in GROUND, rule.text.family != "data_quality", depth


def _needed(wanted: set[str]) -> set[str]:
    return wanted | set(GROUND) | {yields for code in wanted if (yields := BY_CODE[code].yields_to)}


def _attempt(rule: Rule, facts: Facts, params: Any, errors: dict[str, str], thresholds: InForce) -> Judgement | None:
    try:
        return judge_in_force(rule, facts, params, thresholds.of_rule(rule.code))
    # One rule's failure must not silence the others; it is reported. A panic inside Polars is no Exception.
    except (Exception, PanicException) as problem:  # noqa: BLE001
        errors[rule.code] = f"{type(problem).__name__}: {problem}"
        return None


def _settled(rule: Rule, judged: Judgement, done: Mapping[str, Judgement], mutes: Mutes | None) -> Judgement:
    if mutes is not None:
        judged = muted(rule, judged, mutes)
    if rule.yields_to is not None and rule.yields_to in done:
        reason = "unit_suspect" if rule.yields_to in GROUND else "covered_by_other"
        judged = yielding(judged, done[rule.yields_to].findings, reason)
    return judged


def _findings(done: Mapping[str, Judgement], code: str) -> pl.DataFrame:
    return done[code].findings if code in done else frames.empty(frames.FINDING)


def _gathered(parts: list[Judgement], errors: dict[str, str]) -> Evaluation:
    """Put the parts together in a fixed order, one finding per rule, subject and period: the gravest."""
    findings = pl.concat([frames.empty(frames.FINDING), *(part.findings for part in parts)])
    coverage = pl.concat([frames.empty(frames.COVERAGE), *(part.coverage for part in parts)])
    rank = pl.col("level").replace_strict({level: n for n, level in enumerate(LEVELS)}, return_dtype=pl.Int8)
    ordered = findings.with_columns(rank=rank).sort(
        "rule_code", "subject", "period", "rank", "measured", "evidence", descending=[False] * 3 + [True] * 3
    )
    once = ordered.unique(["rule_code", "subject", "period"], keep="first", maintain_order=True)
    return Evaluation(
        findings=conformed(once, frames.FINDING),
        coverage=coverage.unique(maintain_order=True).sort("rule_code", "scope", "period", "is_judged", "reason"),
        errors=errors,
    )
