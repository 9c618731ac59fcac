"""What the mail about a held delivery says, before it is written as text or HTML."""

from typing import NamedTuple

from alerts.digest_plan import SIGNATURE


class Table(NamedTuple):
    """A small table; cells from the column ``first_figure`` (counted from 0) on are figures. ``more`` may be empty."""

    title: str
    heads: tuple[str, ...]
    first_figure: int
    rows: tuple[tuple[str, ...], ...]
    more: str


class HeldPlan(NamedTuple):
    """The whole mail in the order it is read."""

    subject: str
    lead: str
    file: str
    meanwhile: str
    causes: tuple[str, ...]
    raw: str
    tables: tuple[Table, ...]
    next_step: str
    link: str
    note: str = "链接登录后可看；打开链接不会改变任何状态。"
    signature: str = SIGNATURE
