"""Judging by the thresholds in force: one run a distinct parameter set, each keeping the subjects it is meant for."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple
from typing import Any

import polars as pl

from budget import frames
from budget.facts import Facts
from budget.thresholds import Change, layered
from rules.judgement import Judgement, conformed
from rules.params import with_values
from rules.places import all_places, located, moved_along, versions
from rules.rule import Rule

EXEMPTED = "exempted"  # of budget.coverage


def judge_in_force(rule: Rule, facts: Facts, params: Any, thresholds: Sequence[Change]) -> Judgement:
    """Judge by a rule, each subject by the parameters in force for it; ``thresholds`` come the widest first.

    Every distinct parameter set judges all facts once, so that a rule may compare across units; of what it returns
    the findings and coverage are kept whose subject has that set. Findings judged by changed parameters name them:
    evidence ``threshold`` is the versions, the widest first, joined with ``+``.
    """
    if not thresholds:
        return rule.judge(facts, params)
    changes = moved_along(thresholds, facts)
    parts: list[Judgement] = []
    done: set[str] = set()
    waiting = _keys_there(facts, changes)
    while waiting:
        met: set[str] = set()
        for chosen, keys in _sets(rule.code, params, changes, sorted(waiting)):
            judged = _placed(rule.judge(facts, chosen), facts, changes)
            met |= {*judged.findings["threshold"], *judged.coverage["threshold"]}
            parts.append(Judgement(*(frame.filter(pl.col("threshold").is_in(keys)) for frame in judged)))
        done |= waiting
        waiting = met - done
    coverage = pl.concat([part.coverage for part in parts])
    return Judgement(
        _named(pl.concat([part.findings for part in parts])),
        conformed(coverage, frames.COVERAGE),
    )


def _keys_there(facts: Facts, changes: Sequence[Change]) -> set[str]:
    """Return every combination of versions that holds somewhere."""
    kinds = [None, *sorted({one.aim.spending_kind for one in changes if one.aim.spending_kind})]
    beside = pl.DataFrame({"spending_kind": kinds}, schema={"spending_kind": frames.TEXT})
    places = all_places(facts).join(beside, how="cross").with_columns(subject=pl.lit(None, frames.TEXT))
    return {"", *versions(places, changes)}


def _sets(code: str, params: Any, changes: Sequence[Change], keys: Iterable[str]) -> list[tuple[Any, list[str]]]:
    """Return each distinct parameter set with the combinations of versions that lead to it."""
    found: dict[tuple[Any, ...], tuple[Any, list[str]]] = {}
    for key in keys:
        numbers = key.split("+")
        values = layered([one for one in changes if str(one.version) in numbers])
        chosen = with_values(code, params, values)
        found.setdefault(astuple(chosen), (chosen, []))[1].append(key)
    return list(found.values())


def _placed(judged: Judgement, facts: Facts, changes: Sequence[Change]) -> Judgement:
    """Add the versions in force for each finding and each row of coverage."""
    codes = judged.findings.select(pl.col("subject").alias("scope"), "unit_code", "project_code").unique("scope")
    beside = judged.coverage.join(codes, on="scope", how="left", maintain_order="left").rename({"scope": "subject"})
    with_kinds = any(one.aim.spending_kind for one in changes)
    keys = [versions(located(rows, facts, with_kinds=with_kinds), changes) for rows in (judged.findings, beside)]
    return Judgement(judged.findings.with_columns(keys[0]), judged.coverage.with_columns(keys[1]))


def _named(findings: pl.DataFrame) -> pl.DataFrame:
    """Write the versions into the evidence of the findings that were judged by changed parameters."""
    texts = [
        _with_threshold(text, key) if key else text
        for text, key in findings.select("evidence", "threshold").iter_rows()
    ]
    return conformed(findings.with_columns(evidence=pl.Series(texts, dtype=pl.String)), frames.FINDING)


def _with_threshold(evidence: str, key: str) -> str:
    told: Mapping[str, Any] = json.loads(evidence)
    return json.dumps({**told, "threshold": key}, ensure_ascii=False, sort_keys=True)


def without_exempted(judged: Judgement, facts: Facts, exemptions: Sequence[Change]) -> Judgement:
    """Take back the findings on exempted subjects; each is told as not judged, exempted by an approved decision."""
    if not exemptions:
        return judged
    placed = _placed(judged, facts, moved_along(exemptions, facts))
    is_free = pl.col("threshold") != ""
    coverage = placed.coverage.with_columns(
        is_judged=pl.col("is_judged") & ~is_free,
        reason=pl.when(is_free).then(pl.lit(EXEMPTED)).otherwise("reason"),
    )
    listed = coverage.select("period", subject="scope")
    events = placed.findings.filter(is_free).join(listed, on=["subject", "period"], how="anti")
    told = events.with_columns(scope="subject", is_judged=pl.lit(value=False), reason=pl.lit(EXEMPTED))
    both = pl.concat([conformed(frame, frames.COVERAGE) for frame in (coverage, told)])
    return Judgement(conformed(placed.findings.filter(~is_free), frames.FINDING), both)
