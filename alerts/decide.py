"""What happens to an alert when a run has judged again: pure, one named notice for every case.

Identity is rule, subject and period, never the date judged. A subject that was not judged resolves nothing.
"""

from dataclasses import dataclass
from typing import Final, Literal

from budget.levels import Level, rank

Notice = Literal["opened", "worsened", "eased", "reminder", "resolved", "stale", "none"]
Status = Literal["open", "resolved"]

WHY_OPENED: Final = "首次发现"
WHY_REOPENED: Final = "再次出现"
WHY_WORSENED: Final = "级别上升"
WHY_EASED: Final = "级别下降"
WHY_REMINDER: Final = "仍未解决，到期提醒"
WHY_RECOVERED: Final = "恢复"
WHY_CORRECTED: Final = "数据更正"
WHY_NOT_APPLICABLE: Final = "不再适用"
WHY_EXEMPTED: Final = "豁免"
WHY_STALE: Final = "暂停判断"
WHY_JUDGED_AGAIN: Final = "恢复判断，级别未变"
WHY_UNCHANGED: Final = "无变化"


@dataclass(frozen=True)
class Standing:
    """How an alert stood before this run."""

    status: Status
    level: Level
    is_stale: bool = False


@dataclass(frozen=True)
class Decision:
    """How an alert stands after this run, what to call the change, and why; standing is None where no alert is."""

    notice: Notice
    standing: Standing | None
    why: str


def decide(
    before: Standing | None,
    found: Level | None,
    *,
    is_judged: bool,
    does_apply: bool = True,
    is_corrected: bool = False,
    is_reminder_due: bool = False,
) -> Decision:
    """Decide what a run means for one alert.

    ``found`` is the level of this run's finding, None where there is none. ``is_judged`` tells whether the run
    judged the subject at all; a finding is proof that it did. ``does_apply`` is False where the rule looked and found
    the subject to be none of its business: not judged, and yet nothing is left to wait for. ``is_corrected`` says
    that the figures the alert rested on were replaced by a later delivery; ``is_reminder_due`` that the repeat
    interval is over.
    """
    if found is not None:
        return _found(before, found, is_reminder_due=is_reminder_due)
    if before is None or before.status == "resolved":
        return Decision("none", before, WHY_UNCHANGED)
    if is_judged or not does_apply:
        judged = WHY_CORRECTED if is_corrected else WHY_RECOVERED
        why = judged if does_apply else WHY_NOT_APPLICABLE
        return Decision("resolved", Standing("resolved", before.level), why)
    if before.is_stale:
        return Decision("none", before, WHY_UNCHANGED)
    return Decision("stale", Standing("open", before.level, is_stale=True), WHY_STALE)


def _found(before: Standing | None, found: Level, *, is_reminder_due: bool) -> Decision:
    after = Standing("open", found)
    if before is None:
        return Decision("opened", after, WHY_OPENED)
    if before.status == "resolved":
        return Decision("opened", after, WHY_REOPENED)
    if rank(found) > rank(before.level):
        return Decision("worsened", after, WHY_WORSENED)
    if rank(found) < rank(before.level):
        return Decision("eased", after, WHY_EASED)
    if is_reminder_due:
        return Decision("reminder", after, WHY_REMINDER)
    return Decision("none", after, WHY_JUDGED_AGAIN if before.is_stale else WHY_UNCHANGED)
