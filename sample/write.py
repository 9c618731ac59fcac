"""Writes the made-up district as raw feed files with planted irregularities and their list."""

import datetime as dt
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from sample.deliver_more import deliver_more
from sample.deliveries import deliver_budgets, deliver_months, deliver_payments
from sample.model import District, Mark
from sample.plan import build_planted

SEED = 20260101


@dataclass(frozen=True)
class Written:
    """What was written: feed files in order of delivery, how many payments, how many planted irregularities."""

    files: tuple[Path, ...]
    payments: int
    planted: int


def write_sample(
    folder: Path,
    *,
    until: dt.date,
    seed: int = SEED,
    scale: float = 1.0,
    progress: Callable[[str], None] | None = None,
) -> Written:
    """Write the sample district's files and planted.json into a folder.

    The same until, seed and scale give the same bytes. ``scale`` multiplies payments; below 1/3 it also thins out
    the units. Raises ValueError for a scale that is not positive.
    """
    if scale <= 0:
        raise ValueError(f"the sample's scale is {scale}; expected a number above 0, for example 1 or 0.1")
    folder.mkdir(parents=True, exist_ok=True)
    say = progress or _silent
    district, slips, marks = build_planted(until, seed, scale, say)
    files = [
        *deliver_budgets(folder, district, slips),
        *deliver_payments(folder, district),
        *deliver_months(folder, district, slips),
        *deliver_more(folder, district, seed),
    ]
    say(f"{len(files)} files")
    planted = write_planted(folder / "planted.json", district, seed, marks)
    return Written(tuple(sorted(files, key=_delivery)), district.payments.height, planted)


def _silent(_: str) -> None:
    """Say nothing."""


def _delivery(path: Path) -> tuple[str, str]:
    return (path.stem.rpartition("-")[2], path.name)


def write_planted(path: Path, district: District, seed: int, marks: Iterable[Mark]) -> int:
    """Write planted.json; return how many irregularities are planted."""
    planted = sorted({mark for mark in marks if not mark.why})
    innocent = sorted({mark for mark in marks if mark.why})
    content = {
        "until": district.until.isoformat(),
        "seed": seed,
        "planted": [{"rule": m.rule, "subject": m.subject, "period": m.period} for m in planted],
        "innocent": [{"rule": m.rule, "subject": m.subject, "period": m.period, "why": m.why} for m in innocent],
    }
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return len(planted)
