"""What a job run left as its message, in words: jobs write one English line for log and terminal."""

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from dashboard.words import Words, noted

QUIET: Final = frozenset({"sent 0, deferred 0, dead 0", "nothing waits", "nothing is due"})
_WHOLE: Final[tuple[tuple[str, str], ...]] = (
    (r"sent 0, deferred 0, dead 0", noted("没有要发的邮件")),
    (
        r"sent (?P<sent>\d+), deferred (?P<deferred>\d+), dead (?P<dead>\d+)",
        noted("发出 {sent}, 稍后再试 {deferred}, 拒收 {dead}"),
    ),
    (r"nothing waits", noted("收件箱是空的")),
    (r"nothing is due", noted("没有到期的来源")),
    (
        r"run (?P<run>\d+) as of (?P<day>\S+): red (?P<red>\d+), orange (?P<o>\d+), yellow (?P<y>\d+), blue (?P<b>\d+)",
        noted("评估 #{run}, 截至 {day}: 红 {red}, 橙 {o}, 黄 {y}, 蓝 {b}"),
    ),
    (r"the scheduler stopped before the run ended", noted("还没有做完, 服务就停了")),
)
_STATES: Final = {
    "published": noted("已发布"),
    "held": noted("暂扣待核"),
    "unchanged": noted("没有变化"),
    "refused": noted("没有收下"),
    "taken": noted("已取到"),
    "failed": noted("失败"),
    "busy": noted("别处正在取"),
}
_PART: Final = re.compile(r"(?P<name>[^\s,]+) (?P<state>published|held|unchanged|refused|taken|failed|busy)(?=,|$| \()")

_SERVICES: Final = {
    "command line": noted("命令行"),
    "inbox": noted("收件箱"),
    "mingzhang": noted("系统"),
    "sample": noted("样例"),
}


def told_actor(name: str | None, t: Words) -> str:
    """Name who took a delivery in: an account by its name, a part of the service in words."""
    if not name:
        return "—"
    if name.startswith("source "):
        return t("来源 {name}", name=name.removeprefix("source "))
    return t(_SERVICES[name]) if name in _SERVICES else name


def told_run(message: str | None, t: Words) -> str:
    """Say what a run did; what only a program says (an error) stays as it was written."""
    if not message:
        return "—"
    for pattern, template in _WHOLE:
        if found := re.fullmatch(pattern, message):
            figures = found.groupdict()
            return t(template, **figures) if figures else t(template)
    return _PART.sub(lambda found: f"{found['name']} {t(_STATES[found['state']])}", message)


def worth_listing(runs: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Leave out the runs that had nothing to do, but for the latest run of each job; runs come newest first."""
    seen, kept = set(), []
    for run in runs:
        if run["job"] not in seen or run["message"] not in QUIET:
            kept.append(run)
        seen.add(run["job"])
    return kept
