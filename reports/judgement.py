"""Stored findings, coverage and handling, turned into the plain values a report is written from."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from budget.catalogue import Catalogue
from budget.levels import LEVELS, rank
from budget.subjects import division_scope
from budget.wording import render

Names = Mapping[str, str]
GROUPS = ("execution", "project", "three_public", "payment", "time_limit", "district", "data_quality")


@dataclass(frozen=True, kw_only=True)
class Book:
    """The names that findings are told with; ``home`` is the division that needs no naming."""

    units: Names
    projects: Names
    divisions: Names
    home: str


def build_items(
    findings: pl.DataFrame, handling: pl.DataFrame, catalogue: Catalogue, book: Book
) -> list[dict[str, Any]]:
    """Return one plain value a finding, sentences rendered, worst first within its group of the report.

    The sentences are frozen here, so that a later change of a rule's wording leaves a past report as it was.
    """
    known = {tuple(row[:3]): row[3:] for row in handling.iter_rows()}
    items = [_item(row, known, catalogue, book) for row in findings.iter_rows(named=True)]
    return sorted(items, key=_order)


def _order(item: Mapping[str, Any]) -> tuple[int, int, int, str, str]:
    amount = abs(item["amount_fen"] or 0)
    return GROUPS.index(item["group"]), -rank(item["level"]), -amount, item["rule"], item["subject"]


def _item(
    row: Mapping[str, Any],
    known: Mapping[tuple[Any, ...], tuple[Any, ...]],
    catalogue: Catalogue,
    book: Book,
) -> dict[str, Any]:
    code = row["rule_code"]
    text = catalogue.get(code)
    named = {
        "unit_name": book.units.get(row["unit_code"] or "", row["unit_code"]),
        "project_name": book.projects.get(row["project_code"] or "", row["project_code"]),
    }
    evidence = {**row, **named, **json.loads(row["evidence"])}
    alert_status, clue, clue_status = known.get((code, row["subject"], row["period"]), (None, None, None))
    return {
        "finding": row["finding"],
        "rule": code,
        "rule_name": text.name_zh if text else code,
        "law": text.law_zh if text else "",
        "group": group_of(text.family if text else "execution", row["subject"]),
        "level": row["level"],
        "subject": row["subject"],
        "period": row["period"],
        "measured": row["measured"],
        "limit": row["limit"],
        "unit": row["measure_unit"],
        "amount_fen": row["amount_fen"],
        "division_code": row["division_code"],
        "unit_code": row["unit_code"],
        "project_code": row["project_code"],
        **named,
        "who": _who(row["division_code"], named["unit_name"], named["project_name"], book),
        "text": formal(render(text.finding_zh, evidence)) if text else "",
        "clue": clue,
        "clue_status": clue_status,
        "alert_status": alert_status,
    }


def formal(sentence: str) -> str:
    """Write a rule's sentence as a document does: no sign after 相差, no space before 个百分点."""
    return sentence.replace("相差+", "相差").replace(" 个百分点", "个百分点")


def _who(division: str | None, unit: str | None, project: str | None, book: Book) -> str:
    """Name the unit and project an item is about; the division where there is neither, or where it is not home."""
    place = book.divisions.get(division or "", "")
    known = project is None or not project.isdigit()
    told = f"{unit or ''}{'' if project is None else f'“{project}”项目' if known else f'项目{project}'}"
    return told if told and (division == book.home or place in told) else f"{place}{told}"


def group_of(family: str, subject: str) -> str:
    """Return the group of the report's third part a finding belongs to."""
    if family == "adjustment" or (family == "execution" and subject.startswith("project:")):
        return "project"
    return family


def count_levels(items: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """Count items by level, every level named, worst first."""
    return {level: sum(item["level"] == level for item in items) for level in reversed(LEVELS)}


def count_groups(items: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """Count items by group of the report, every group named."""
    return {group: sum(item["group"] == group for item in items) for group in GROUPS}


def summarise_coverage(coverage: pl.DataFrame, rule_count: int) -> dict[str, Any]:
    """Return how many subjects were judged, how many units (A01), and how many were not, by reason."""
    judged = pl.col("is_judged").fill_null(value=False)
    reasons = coverage.filter(~judged).group_by("reason").len().sort("len", "reason", descending=[True, False])
    own = coverage.filter(pl.col("rule_code") == "A01")
    return {
        "rules": rule_count,
        "judged": coverage.filter(judged).height,
        "unjudged": coverage.filter(~judged).height,
        "units_judged": own.filter(judged)["scope"].n_unique(),
        "units_unjudged": own.filter(~judged)["scope"].n_unique(),
        "reasons": [{"reason": reason, "count": count} for reason, count in reasons.iter_rows()],
    }


def rectification(
    earlier: Sequence[Mapping[str, Any]], items: Sequence[Mapping[str, Any]], coverage: pl.DataFrame, year: int
) -> dict[str, Any]:
    """Compare last quarter's findings with this quarter's by identity (rule, subject, period).

    No finding is not the same as no problem: one that is gone counts as cleared only where its subject was judged
    again. Findings of an earlier year are counted apart, for this year's run does not judge them.
    """
    now = {_identity(item): item for item in items}
    seen = {(code, scope) for code, scope, ok in coverage.select("rule_code", "scope", "is_judged").iter_rows() if ok}
    told = [(_fate(item, now, seen, year), item) for item in earlier]
    remaining = [now[_identity(item)] for fate, item in told if fate == "remaining"]
    worsened = [
        item for fate, item in told if fate == "remaining" and rank(now[_identity(item)]["level"]) > rank(item["level"])
    ]
    return {
        "total": len(told),
        "new": len(now) - len(remaining),
        "remaining": len(remaining),
        "worsened": len(worsened),
        **{fate: sum(one == fate for one, _ in told) for fate in ("cleared", "unjudged", "earlier_year")},
        "longest": [item["finding"] for item in sorted(remaining, key=_order)[:5]],
    }


def _identity(item: Mapping[str, Any]) -> tuple[str, str, str]:
    return item["rule"], item["subject"], item["period"]


def _fate(
    item: Mapping[str, Any],
    now: Mapping[tuple[str, str, str], Mapping[str, Any]],
    seen: set[tuple[str, str]],
    year: int,
) -> str:
    if _identity(item) in now:
        return "remaining"
    if int(item["period"][:4]) < year:
        return "earlier_year"
    scopes = (item["subject"], division_scope(item["division_code"] or ""))
    return "cleared" if any((item["rule"], scope) in seen for scope in scopes) else "unjudged"
