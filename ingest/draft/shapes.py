"""What a draft consists of: plain, frozen data for the writer of the file, the screen and JSON."""

from dataclasses import dataclass, field
from typing import Any

SURE = 75  # from here on a column is taken as it is
WORTH_TELLING = 35  # below it a likeness is none
TAKEN = 45  # below it a column is left commented out, for a person to decide


@dataclass(frozen=True, kw_only=True)
class Guess:
    """One canonical column, the delivered labels it may be filled from, and why; confidence from 0 to 100."""

    column: str
    labels: tuple[str, ...] = ()  # delivered, in full; empty where the file name or a constant fills it
    group: str | None = None
    constant: str | int | None = None
    confidence: int
    reason: str
    runner_up: str | None = None  # the label that came second, with its confidence
    runner_up_confidence: int = 0
    options: dict[str, Any] = field(default_factory=dict)  # further keys of the mapping file
    is_required: bool = False

    @property
    def status(self) -> str:
        """Return used, check (used, but a person has to look) or left_out."""
        if self.confidence >= SURE:
            return "used"
        return "check" if self.confidence >= TAKEN or self.is_required else "left_out"


@dataclass(frozen=True, kw_only=True)
class Trial:
    """What the drafted mapping makes of the file it was drafted from."""

    rows: int
    accepted: int
    rejected: int
    messages: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A mapping proposed for one file; ``missing`` are columns the feed needs and nothing fills."""

    file: str
    feed: str
    score: int
    feeds: tuple[tuple[str, int], ...]  # every canonical feed with its score, the best first
    table: dict[str, Any]
    encoding: str | None
    sheet: str | None
    header_row: int
    header_rows: int
    data_rows: int
    guesses: tuple[Guess, ...]
    missing: tuple[str, ...]
    unused: tuple[str, ...]
    notes: tuple[str, ...]
    mapping: str = ""
    trial: Trial | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the draft as docs/json.md promises it."""
        return {
            "file": self.file,
            "feed": self.feed,
            "score": self.score,
            "feeds": [{"feed": feed, "score": score} for feed, score in self.feeds],
            "table": {**self.table, "sheet": self.sheet, "encoding": self.encoding},
            "header_row": self.header_row,
            "header_rows": self.header_rows,
            "data_rows": self.data_rows,
            "columns": [_guess_json(one) for one in self.guesses],
            "missing": list(self.missing),
            "unused": list(self.unused),
            "notes": list(self.notes),
            "trial": None if self.trial is None else _trial_json(self.trial),
            "mapping": self.mapping,
        }


def _guess_json(one: Guess) -> dict[str, Any]:
    return {
        "column": one.column,
        "from": list(one.labels),
        "group": one.group,
        "constant": one.constant,
        "confidence": one.confidence,
        "status": one.status,
        "reason": one.reason,
        "runner_up": one.runner_up,
        "runner_up_confidence": one.runner_up_confidence,
    }


def _trial_json(trial: Trial) -> dict[str, Any]:
    return {
        "rows": trial.rows,
        "accepted": trial.accepted,
        "rejected": trial.rejected,
        "messages": list(trial.messages),
    }
