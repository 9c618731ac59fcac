"""What the made-up district is built from: units, budget lines with what is to be paid on them, and the result."""

import datetime as dt
from dataclasses import dataclass, field
from typing import NamedTuple

import polars as pl

from budget.subjects import line_subject, project_subject, unit_subject
from sample.department_names import Department
from sample.payees import Payee

ROUND_FEN = 10_000  # budgets come in 万元 with two decimals: every amount is a multiple of 0.01 万元
# 预备费, 补充预算周转金: budgeted by the level, spent by no unit.
SET_ASIDE = RESERVE, WORKING_FUND = "227", "2301601"
THREE_PUBLIC = ("30212", "30217", "30231", "31013")


@dataclass(frozen=True)
class Unit:
    """A budget unit; base_fen is its yearly budget in the first year; project_share is what projects take of it."""

    number: int
    code: str
    name: str
    department: Department
    division: str
    base_fen: int
    project_share: float
    is_office: bool
    opened: dt.date | None = None
    closed: dt.date | None = None
    successor: str | None = None

    @property
    def subject(self) -> str:
        """Return the unit's subject."""
        return unit_subject(self.code)


@dataclass(frozen=True)
class Project:
    """A project of one unit, living under one code through its years."""

    code: str
    name: str
    category: str
    function: str
    fund: str


@dataclass
class Change:
    """One adjustment of a line."""

    on: dt.date
    kind: str
    fen: int
    document: str
    reason: str


@dataclass
class Extra:
    """One payment set by hand; kind is 正常, 退款 or 更正; original names the tag of the voucher it undoes."""

    on: dt.date
    fen: int
    purpose: str
    payee: Payee | None = None
    kind: str = "正常"
    voided: bool = False
    tag: str | None = None
    original: str | None = None
    economic: str | None = None
    contract: str | None = None
    settlement: str | None = None  # None: by card or by transfer, as is usual


@dataclass
class Segment:
    """Part of a line's payments: fen paid in a span of days, in count pieces, along a profile."""

    first: dt.date
    last: dt.date
    fen: int
    count: int
    profile: str


@dataclass
class Line:
    """A budget line of one year and what is paid on it until the horizon."""

    year: int
    unit: Unit
    project: Project | None
    function: str
    economic: str
    fund: str
    source: str
    kind: str
    profile: str
    appropriation_fen: int
    released_on: dt.date
    changes: list[Change] = field(default_factory=list)
    paid_fen: int = 0
    count: int = 0
    segments: list[Segment] | None = None
    extras: list[Extra] = field(default_factory=list)
    code: str = ""
    document: str = ""
    # Paid without any budget: not in the allotments.
    is_unbudgeted: bool = False
    is_direct: bool = False  # 直达资金
    # The year carried-over money was first appropriated; the year before unless said.
    origin_year: int | None = None

    def budget_fen(self, on: dt.date) -> int:
        """Return B1 known on a day."""
        base = self.appropriation_fen if self.released_on <= on else 0
        return base + sum(change.fen for change in self.changes if change.on <= on)

    @property
    def category(self) -> str | None:
        """Return the project category, None for basic spending."""
        return self.project.category if self.project else None

    @property
    def line_subject(self) -> str:
        """Return the control line's subject."""
        return line_subject(self.unit.code, self.project.code if self.project else None, self.function)

    @property
    def project_subject(self) -> str:
        """Return the project's subject; only for project lines."""
        return project_subject(self.unit.code, self.project.code if self.project else "-")


class Milestone(NamedTuple):
    """What is to be reached by the end of a month; done is None while it is not."""

    number: int
    name: str
    planned_on: dt.date
    done_on: dt.date | None
    share: int
    reason: str = ""


class Contract(NamedTuple):
    """A contract and the days of its life; later days are None while they lie ahead, signing too."""

    number: str
    name: str
    supplier: Payee
    budget: int
    fen: int
    supplement: int
    paid: int
    signed_on: dt.date | None
    announced_on: dt.date | None
    delivered_on: dt.date | None
    accepted_on: dt.date | None
    is_small: bool
    term: str = "30天"


@dataclass(frozen=True)
class Work:
    """A project of one unit: its money this year and over all, what is to be reached, and what was bought."""

    unit: Unit
    project: Project
    kind: str
    planned: int
    total: int
    estimate: int
    feasibility: int
    paid_before: int
    first_year: int
    last_year: int
    stored_on: dt.date
    is_livelihood: bool
    source: str
    milestones: tuple[Milestone, ...]
    contracts: tuple[Contract, ...]

    @property
    def subject(self) -> str:
        """Return the project's subject."""
        return project_subject(self.unit.code, self.project.code)


@dataclass
class Papers:
    """What is told of projects beside their lines: works by division, and project codes that papers lack or change."""

    works: dict[str, list[Work]] = field(default_factory=dict)
    unlisted: set[str] = field(default_factory=set)
    untargeted: set[str] = field(default_factory=set)
    unreviewed: set[str] = field(default_factory=set)
    recoded: dict[str, str] = field(default_factory=dict)  # code -> the code it goes by in list and reviews
    scores: dict[str, int] = field(default_factory=dict)  # last year's self-scores set by hand, in tenths


@dataclass(frozen=True, order=True)
class Mark:
    """One entry of planted.json; why is empty for what must be found and says why an innocent is innocent."""

    rule: str
    subject: str
    period: str
    why: str = ""


@dataclass
class District:
    """The whole made-up district as it is written out."""

    until: dt.date
    units: list[Unit]
    lines: dict[int, list[Line]]
    payments: pl.DataFrame = field(default_factory=pl.DataFrame)
    months: pl.DataFrame = field(default_factory=pl.DataFrame)
    papers: Papers = field(default_factory=Papers)
    # Units that the current year's unit table leaves out, though they have money.
    unlisted: frozenset[str] = frozenset()

    @property
    def year(self) -> int:
        """Return the current fiscal year."""
        return self.until.year
