"""Plants refunds (E09): units that take much back, refunds that cannot be followed, and returns by the bank."""

import datetime as dt

import numpy as np

from sample.by_hand import day_of, line_for, tag_of
from sample.desk import Desk
from sample.model import Extra, Line

_DAY = dt.timedelta(days=1)
_WAN = 1_000_000


def plant_refunds(desk: Desk, seed: int) -> None:
    """Plant units that take much back, refunds that name nothing or come late, and ordinary returns by the bank."""
    if desk.until < dt.date(desk.year, 3, 25):
        return
    kept, desk.rng = desk.rng, np.random.default_rng([seed, 73])
    _much(desk)
    _untraced(desk)
    _ordinary(desk)
    desk.rng = kept


def _much(desk: Desk) -> None:
    for place, share in enumerate(desk.some((300, 420, 500, 700, 1_000, 350))):
        line = line_for(desk, 2 * _WAN)
        if line:
            whole = sum(one.paid_fen for one in desk.by_unit[line.unit.code])
            _back(desk, line, place, fen=whole * (share + 40) // 10_000, days=12, purpose="合同终止退回预付款")
            desk.plant("E09", line.unit.subject)


def _untraced(desk: Desk) -> None:
    for place, fen in enumerate(desk.some((_WAN, 2_600_000, 10 * _WAN))):
        line = line_for(desk, fen)
        if line:
            on = day_of(desk, place + 2, before=30)
            line.extras += [
                Extra(on, fen, "预付场地费"),
                Extra(on + 9 * _DAY, -fen, "退回预付款", kind="退款", tag=tag_of(desk, "E09")),
            ]
    if (desk.until - dt.date(desk.year, 1, 26)).days > 130:
        for place, fen in enumerate(desk.some((1_500_000, 12 * _WAN))):
            line = line_for(desk, fen)
            if line:
                _back(desk, line, place, fen=fen, days=98 + place, purpose="退回预付款", tag=tag_of(desk, "E09"))


def _ordinary(desk: Desk) -> None:
    for place, fen in enumerate((3 * _WAN, 8 * _WAN)):
        line = line_for(desk, fen)
        if line:
            tag = tag_of(desk, "E09", "银行因账户有误退回，属正常情形")
            _back(desk, line, place + 3, fen=fen, days=15, purpose="收款人账户有误退回", tag=tag)
    line = line_for(desk, 2 * _WAN)
    if line:
        _back(desk, line, 5, fen=900_000, days=20, purpose="退回多付款项", tag=tag_of(desk, "E09", "退款不足1万元"))


def _back(desk: Desk, line: Line, place: int, *, fen: int, days: int, purpose: str, tag: str | None = None) -> None:
    """Pay and take back; the day lies early enough for both, and before November."""
    last = min(desk.until, dt.date(desk.year, 10, 28)) - (days + 3) * _DAY
    first = max(line.released_on + 2 * _DAY, dt.date(desk.year, 2, 6))
    on = desk.weekday(first, max(first, last), (place * 0.31 + 0.1) % 1.0)
    paid = f"E09-paid-{line.code}"
    back = desk.weekday(on + days * _DAY, on + (days + 3) * _DAY, 0.0)
    line.extras += [
        Extra(on, fen, f"{line.project.name if line.project else ''}预付款", tag=paid),
        Extra(back, -fen, purpose, kind="退款", original=paid, tag=tag),
    ]
