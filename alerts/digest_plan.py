"""What a digest says, before it is written as text or HTML."""

from typing import NamedTuple

from budget.levels import Level


class Card(NamedTuple):
    """A clue told in full."""

    number: int
    level: Level
    tag: str
    clue_id: str
    title: str
    rules: str
    amount: str
    reasons: tuple[str, ...]
    law: str
    next_step: str
    link: str


class Brief(NamedTuple):
    """A clue told in one line; mark_words says what the mark and its colour say."""

    mark: str
    mark_words: str
    colour: str
    clue_id: str
    words: str
    amount: str
    link: str


class OfficeLine(NamedTuple):
    """Another office in numbers."""

    division_name: str
    words: str
    open_count: int


class Plan(NamedTuple):
    """The whole digest in the order it is read."""

    subject: str
    office_name: str
    lead: str
    cards: tuple[Card, ...]
    briefs: tuple[Brief, ...]
    more_count: int
    ended: tuple[Brief, ...]
    more_ended_count: int
    paused: tuple[str, ...]
    rest: str
    late: tuple[str, ...]
    offices: tuple[OfficeLine, ...]
    all_link: str


TODAY = "今天要看的"
ALSO = "也请留意"
ENDED = "已恢复或办结"
REST = "其余"
LATE = "数据"
PAUSED = "暂停判断"
OFFICES = "各镇街"
NOTE = "以上为数据比对发现的疑点，是否属实请核实。链接登录后可看；打开链接不会改变任何状态。"
SIGNATURE = "明账 预算联网监督"


def more_line(count: int) -> str:
    """Say how many further clues are only in the system."""
    return f"另有 {count} 条，见系统"
