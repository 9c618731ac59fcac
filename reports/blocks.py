"""What a report is made of, before any file format: plain values that can be compared and searched."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Heading:
    """A numbered heading: level 1 is 一、, level 2 is （一）."""

    level: Literal[1, 2]
    text: str


@dataclass(frozen=True)
class Paragraph:
    """One paragraph of running text; ``lead`` is its first words, set in the heading face of the third level.

    ``is_note`` sets it smaller: what explains figures and is looked up, not read through.
    """

    text: str
    lead: str = ""
    is_note: bool = False


@dataclass(frozen=True)
class Column:
    """A table column: its head, its width in millimetres, and how its cells stand."""

    head: str
    width_mm: float
    align: Literal["left", "right", "centre"] = "left"


@dataclass(frozen=True)
class Table:
    """A ruled table. ``unit`` stands once, above the right corner; ``total`` is the last row.

    A row of one cell is a heading over the rows under it. ``is_dense`` sets a long list closer.
    """

    caption: str
    unit: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    total: tuple[str, ...] | None = None
    notes: tuple[str, ...] = ()
    is_dense: bool = False


@dataclass(frozen=True)
class Bar:
    """One bar of the progress chart, in basis points; None is drawn as 无数据."""

    name: str
    rate_bp: int | None
    expected_bp: int | None


@dataclass(frozen=True)
class ProgressChart:
    """Execution rates with their two marks: where its own history stood (S*), where the ruler stands (S)."""

    title: str
    subtitle: str
    caption: str
    bars: tuple[Bar, ...]
    time_progress_bp: int


Block = Heading | Paragraph | Table | ProgressChart


@dataclass(frozen=True)
class Annex:
    """One attachment: starts on a page of its own, named in the note after the body; a wide one lies across."""

    title: str
    blocks: tuple[Block, ...]
    is_wide: bool = False


@dataclass(frozen=True, kw_only=True)
class ReportContent:
    """A whole report: title in lines, main recipient, body, annexes, who signs and when."""

    title: tuple[str, ...]
    recipient: str
    body: tuple[Block, ...]
    annexes: tuple[Annex, ...]
    signer: str
    dated: str
    dated_on: str
    fingerprint: str

    @property
    def text(self) -> str:
        """Return every word of the report, one block a line: for tests, search and comparison."""
        blocks = [*self.body, *(block for annex in self.annexes for block in (Heading(1, annex.title), *annex.blocks))]
        words = ["".join(self.title), f"{self.recipient}：", *(_words(block) for block in blocks)]
        return "\n".join([*words, self.signer, self.dated])


def _words(block: Block) -> str:
    match block:
        case Heading():
            return block.text
        case Paragraph():
            return block.lead + block.text
        case Table():
            rows = [
                tuple(column.head for column in block.columns),
                *block.rows,
                *([block.total] if block.total else []),
            ]
            return "\n".join([block.caption, block.unit, *("\t".join(row) for row in rows), *block.notes])
        case ProgressChart():
            names = (f"{bar.name}\t{bar.rate_bp}" for bar in block.bars if bar.rate_bp is not None)
            return "\n".join([block.title, block.subtitle, block.caption, *names])
