"""The rows that checks of a delivery point at, told one by one: which, what stands there, what was expected. Pure."""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from budget.counted import told_label, told_side
from budget.holding import told_measure

Words = Callable[..., str]

_LEVELS: Final = {"department": "部门", "unit": "单位"}
_KINDS: Final = {"payment": "支付", "refund": "退款"}
_TIMES: Final = "{count} 次"
_ELSEWHERE: Final = "已在 {slice_key} 里"
MESSAGES: Final = (*_LEVELS.values(), *_KINDS.values(), _TIMES, _ELSEWHERE)
_MEASURED: Final = re.compile(r"(.+) (\w+_fen)")


class Flagged(NamedTuple):
    """One row a check found wrong; ``outcome`` is that of the check, ``actual`` and ``expected`` may be empty."""

    check_code: str
    label: str
    outcome: str
    sheet: str | None
    row: int | None
    about: str
    actual: str
    expected: str


def flagged_rows(checks: Sequence[Mapping[str, Any]], t: Words) -> list[Flagged]:
    """Return the rows kept with the checks that failed, those that hold a delivery first; at most 20 a check."""
    failed = [one for outcome in ("hold", "warn") for one in checks if one["outcome"] == outcome]
    return [row for check in failed for row in _rows(check, t)]


def _rows(check: Mapping[str, Any], t: Words) -> Iterator[Flagged]:
    # As the warehouse keeps them, or as a dry run tells them.
    sample = check["sample"] if "sample" in check else json.loads(check.get("sample_json") or "[]")
    for one in sample:
        yield Flagged(
            check_code=check["check_code"],
            label=told_label(check, t),
            outcome=check["outcome"],
            sheet=one["sheet"],
            row=one["row"],
            about=_told_about(one["about"] or "", t),
            actual=_told_side(check, one["actual"], t),
            expected=_told_side(check, one["expected"], t),
        )


def _told_side(check: Mapping[str, Any], side: str | None, t: Words) -> str:
    if side is not None and check["part"] == "within the delivery":
        return t(_TIMES, count=side)
    if side is not None and check["part"] == "against other deliveries":
        return t(_ELSEWHERE, slice_key=side)
    return told_side(side, t)


def _told_about(about: str, t: Words) -> str:
    """Say what a row is about; a line of a report is its codes, its level and the figure meant."""
    if about in _KINDS:
        return t(_KINDS[about])
    line, measure = found.groups() if (found := _MEASURED.fullmatch(about)) else (about, None)
    parts = [t(_LEVELS[part]) if part in _LEVELS else part for part in line.split("/")]
    return "/".join(parts) + (f" {told_measure(measure, t)}" if measure else "")
