"""What became of each rule in a run: what it judged, what not and why, how much it flagged, and whether it failed."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from app.rule_versions import rule_version
from app.settings import EvaluationSettings
from budget.coverage import REASONS
from budget.facts import Facts
from budget.money import format_rate
from rules.breadth import breadth_of, is_too_wide, share_bp
from rules.evaluate import Evaluation
from rules.registry import CATALOGUE
from warehouse.run_rules import RunRule

OF: Final = {"subject": "subjects", "unit": "units", "division": "divisions"}


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """One rule in one run; ``kept`` is None for runs from before counts and versions were kept."""

    rule: str
    kept: RunRule | None
    findings: int
    not_judged: dict[str, int]
    error: str | None
    is_too_wide: bool

    @property
    def flagged_bp(self) -> int | None:
        """Return the share of what was judged that is flagged, in basis points; None where it is not known."""
        return None if self.kept is None else share_bp(self.kept.judged_count, self.kept.flagged_count)

    def told(self) -> dict[str, Any]:
        """Return the rule's outcome as docs/json.md promises it."""
        kept = self.kept
        return {
            "rule": self.rule,
            "version": None if kept is None else kept.rule_version,
            "findings": self.findings,
            "counted": None if kept is None else kept.counted,
            "judged": None if kept is None else kept.judged_count,
            "flagged": None if kept is None else kept.flagged_count,
            "flagged_bp": self.flagged_bp,
            "too_wide": self.is_too_wide,
            "not_judged": self.not_judged,
            "error": self.error,
        }


def rules_of_run(facts: Facts, evaluation: Evaluation, codes: Iterable[str]) -> list[RunRule]:
    """Return what a run keeps of its rules."""
    return [
        RunRule(
            rule_code=code,
            rule_version=rule_version(code),
            counted=breadth.counted,
            judged_count=breadth.judged,
            flagged_count=breadth.flagged,
        )
        for code, breadth in breadth_of(facts, evaluation, codes).items()
    ]


def outcomes(
    codes: Iterable[str],
    kept: Iterable[RunRule],
    *,
    findings: pl.DataFrame,
    coverage: pl.DataFrame,
    errors: Mapping[str, str],
    settings: EvaluationSettings,
) -> tuple[Outcome, ...]:
    """Return what became of each rule of a run, in the order of their codes."""
    of_rule = {one.rule_code: one for one in kept}
    found = dict(findings["rule_code"].value_counts().iter_rows())
    unjudged = coverage.filter(~pl.col("is_judged")).group_by("rule_code", "reason").len().sort("reason")
    reasons: dict[str, dict[str, int]] = {}
    for code, reason, count in unjudged.iter_rows():
        reasons.setdefault(code, {})[reason] = count
    return tuple(
        Outcome(
            rule=code,
            kept=of_rule.get(code),
            findings=found.get(code, 0),
            not_judged=reasons.get(code, {}),
            error=errors.get(code),
            is_too_wide=code in of_rule and _is_too_wide(of_rule[code], settings),
        )
        for code in sorted({*codes, *errors})
    )


def _is_too_wide(kept: RunRule, settings: EvaluationSettings) -> bool:
    limit, least = settings.too_wide_bp, settings.too_wide_from
    return is_too_wide(kept.judged_count, kept.flagged_count, limit_bp=limit, least=least)


def summary_lines(told: Sequence[Outcome]) -> Iterator[str]:
    """Yield what a run could not judge, and which rules flag too much, in words for people."""
    unjudged: Counter[str] = Counter()
    for one in told:
        unjudged.update(one.not_judged)
    if unjudged:
        reasons = "、".join(f"{words_of(reason)} {count}" for reason, count in unjudged.most_common())
        yield f"not judged 未判断: {reasons} (mingzhang coverage)"
    for one in told:
        if one.is_too_wide:
            yield f"过宽 too wide: {one.rule} {_name(one.rule)} flags {format_rate(one.flagged_bp)} of {_judged(one)}"


def _judged(one: Outcome) -> str:
    return "-" if one.kept is None else f"{one.kept.judged_count:,} {OF[one.kept.counted]}"


def share_words(flagged_bp: int | None, *, is_too_wide: bool) -> str:
    """Return the share that a rule flags, marked where it is too wide; a hyphen where it is not known."""
    return "-" if flagged_bp is None else format_rate(flagged_bp) + (" 过宽" if is_too_wide else "")


def words_of(reason: str) -> str:
    """Return a reason of coverage in Chinese; its code where it has no words."""
    return REASONS[reason].zh if reason in REASONS else reason


def _name(code: str) -> str:
    return CATALOGUE[code].name_zh if code in CATALOGUE else ""


def table_rows(told: Sequence[Outcome]) -> Iterator[tuple[Any, ...]]:
    """Yield a row a rule for people: what ``COVERAGE_HEADS`` names."""
    for one in told:
        reasons = "、".join(f"{words_of(reason)} {count}" for reason, count in one.not_judged.items())
        share = share_words(one.flagged_bp, is_too_wide=one.is_too_wide)
        unjudged = f"failed: {one.error}" if one.error else reasons
        yield one.rule, _name(one.rule), one.findings, _judged(one), share, unjudged


COVERAGE_HEADS: Final = ("rule", "name", "findings", "judged", "flagged", "not judged")
