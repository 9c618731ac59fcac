"""What the made-up district is built from: units, budget lines with what is to be paid on them, and the result."""

import datetime as dt
from dataclasses import dataclass, field

import polars as pl

from budget.subjects import line_subject, project_subject, unit_subject
from sample.department_names import Department
from sample.payees import Payee

ROUND_FEN = 10_000  # budgets come in 万元 with two decimals: every amount is a multiple of 0.01 万元
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
    # Units that the current year's unit table leaves out, though they have money.
    unlisted: frozenset[str] = frozenset()

    @property
    def year(self) -> int:
        """Return the current fiscal year."""
        return self.until.year
