"""Ordinary mishaps of bookkeeping in every year: refunds, corrections and voided vouchers that change no balance."""

import datetime as dt

import numpy as np

from sample.model import Extra, Line
from sample.people import LATE_DIVISION
from sample.profiles import FINAL, to_weekdays

_SHARE = 0.16
_LEAST_FEN = 20_000_000


def add_mishaps(lines: list[Line], horizon: dt.date, rng: np.random.Generator) -> None:
    """Add mishaps to some project lines of a year: pairs that net to zero, and voided vouchers."""
    for line in lines:
        if line.category not in FINAL or line.paid_fen < _LEAST_FEN or line.segments is not None or line.extras:
            continue
        draw = rng.random()
        first = max(line.released_on + dt.timedelta(days=25), dt.date(line.year, 3, 1))
        if draw > _SHARE or (horizon - first).days < 40 or line.unit.division == LATE_DIVISION:
            continue
        on = _weekday(first, horizon - dt.timedelta(days=36), rng.random())
        after = _weekday(on + dt.timedelta(days=11), on + dt.timedelta(days=34), rng.random())
        fen = int(line.paid_fen * rng.uniform(0.004, 0.02)) // 100 * 100 + 37
        if fen < 300_000_00:
            _mishap(line, int(draw / _SHARE * 3), on, after, fen)


def _weekday(first: dt.date, last: dt.date, place: float) -> dt.date:
    day = first.toordinal() + int((last.toordinal() - first.toordinal()) * place)
    return dt.date.fromordinal(int(to_weekdays(np.array([day], dtype=np.int64), first, last)[0]))


def _mishap(line: Line, form: int, on: dt.date, after: dt.date, fen: int) -> None:
    name, tag = line.project.name if line.project else "", f"mishap-{line.code}"
    if form == 0:
        line.extras += [
            Extra(on, fen, f"{name}预付款", tag=tag),
            Extra(after, -fen, f"{name}收款人账户有误退回", kind="退款", original=tag),
        ]
    elif form == 1:
        line.extras += [
            Extra(on, fen, f"{name}费用", tag=tag, economic="30299"),
            Extra(after, -fen, f"{name}费用更正经济科目", kind="更正", original=tag, economic="30299"),
            Extra(after, fen, f"{name}费用更正经济科目", kind="更正", original=tag),
        ]
    else:
        line.extras.append(Extra(on, fen, f"{name}费用", voided=True))
