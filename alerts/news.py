"""From the changes of a run to what each office is told, clue by clue. Pure."""

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from alerts.changes import Change
from alerts.clues import ClueChange
from alerts.decide import Notice
from budget.levels import rank
from budget.masking import mask_evidence, mask_person

NewsKind = Literal["opened", "worsened", "resolved", "partly", "stale"]
KINDS: tuple[NewsKind, ...] = ("opened", "worsened", "resolved", "partly", "stale")


@dataclass(frozen=True, kw_only=True)
class Point:
    """One alert's share in a clue's news; evidence is masked, and empty where this run found nothing."""

    rule_code: str
    notice: Notice
    why: str
    level: str
    evidence: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class ClueNews:
    """What is new about one clue; points are gravest first and hold only alerts that made news."""

    clue_id: str
    kind: NewsKind
    is_reopened: bool
    level: str
    title: str
    period: str
    amount_fen: int | None
    points: tuple[Point, ...]


@dataclass(frozen=True, kw_only=True)
class OfficeCount:
    """How many clues of another office's division made which news, and how many stand open there."""

    division_name: str
    counts: Mapping[NewsKind, int]
    open_count: int


@dataclass(frozen=True, kw_only=True)
class Bulletin:
    """Everything one office's digest is built from; late holds whole sentences about missing data."""

    division_name: str
    office_name: str
    as_of: dt.date
    news: tuple[ClueNews, ...]
    unchanged_count: int
    eased_count: int
    late: tuple[str, ...] = ()
    offices: tuple[OfficeCount, ...] = ()

    @property
    def counts(self) -> dict[NewsKind, int]:
        """Count clues by what happened to them; every kind is there."""
        return count_kinds(self.news)


def count_kinds(news: Iterable[ClueNews]) -> dict[NewsKind, int]:
    """Count clues by kind of news; every kind is there, also with zero."""
    counts = dict.fromkeys(KINDS, 0)
    for one in news:
        counts[one.kind] += 1
    return counts


def tell(clue: ClueChange, changes: Sequence[Change]) -> ClueNews | None:
    """Return a clue's news from the changes of its alerts; None where there is none."""
    telling = sorted((change for change in changes if change.is_news), key=_gravity)
    if not telling:
        return None
    return ClueNews(
        clue_id=clue.after.clue_id,
        kind=_kind(clue, telling),
        is_reopened=clue.event == "reopened",
        level=clue.after.level,
        title=_title(clue),
        period=clue.after.period,
        amount_fen=clue.after.amount_fen,
        points=tuple(_point(change) for change in telling),
    )


def _kind(clue: ClueChange, telling: Sequence[Change]) -> NewsKind:
    notices = {change.decision.notice for change in telling}
    if clue.before is None or clue.event == "reopened":
        return "opened"
    if notices & {"opened", "worsened"}:
        return "worsened"
    if clue.event == "closed":
        return "resolved"
    return "partly" if "resolved" in notices else "stale"


def _gravity(change: Change) -> tuple[int, int, str, str]:
    standing = change.decision.standing
    level = 0 if standing is None else rank(standing.level)
    is_over = change.decision.notice in {"resolved", "stale"}
    return (is_over, -level, change.identity.rule_code, change.identity.subject)


def _title(clue: ClueChange) -> str:
    """Name a clue by its unit and project, else by its subject without the kind of subject before it."""
    row = clue.after
    named = [row.unit_name or row.unit_code, row.project_name or row.project_code]
    if any(named):
        return " · ".join(name for name in named if name)
    place = row.clue_key.removesuffix(f"/{row.period}").partition(":")[2] or row.clue_key
    return "/".join(mask_person(part) for part in place.split("/") if part)


def _point(change: Change) -> Point:
    standing = change.decision.standing
    found = change.finding
    return Point(
        rule_code=change.identity.rule_code,
        notice=change.decision.notice,
        why=change.story,
        level="blue" if standing is None else standing.level,
        evidence={} if found is None else read_evidence_text(found.evidence),
    )


def read_evidence_text(text: str) -> dict[str, Any]:
    """Return a finding's evidence, masked, without the list of facts behind it."""
    evidence = json.loads(text)
    return mask_evidence({name: value for name, value in evidence.items() if name != "facts"})


def by_division(news: Iterable[tuple[str, ClueNews]]) -> dict[str, list[ClueNews]]:
    """Group clue news by division code, gravest and dearest first."""
    groups: dict[str, list[ClueNews]] = defaultdict(list)
    for division, one in news:
        groups[division].append(one)
    for told in groups.values():
        told.sort(key=lambda one: (KINDS.index(one.kind) > 1, -rank(one.level), -(one.amount_fen or -1), one.clue_id))
    return groups
