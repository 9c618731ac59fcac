"""Lists transfers that were passed on late or told too little in advance, reckoned from what the files say."""

import datetime as dt
from collections import defaultdict

from sample.desk import Desk
from sample.levels import LEVELS
from sample.small_transfers import LIMIT_DAYS
from sample.transfers import Transfer, transfers

_EMERGENCY = ("救灾", "应急")
_ONWARD_DAYS = 30
_LEAST = {"general": 9, "special": 7}  # tenths of last year's


def plant_transfers(desk: Desk) -> None:
    """List late transfers of the current year (C03 to C05) and low advance notices (C06), with innocents of each."""
    for level in LEVELS:
        now = transfers(desk.district, level, desk.year)
        for one in now:
            _judge(desk, level, one)
        _notices(desk, level, now, transfers(desk.district, level, desk.year - 1))


def _judge(desk: Desk, level: str, one: Transfer) -> None:
    upper, number, title = one.documents
    subject = f"transfer:{level}/{upper or number or title}/{one.target}"
    is_own = one.direction == "对下" and not upper
    if is_own:
        rule = "C04" if one.kind == "专项" else "C03"
        due = dt.date(desk.year, 1, 14) + dt.timedelta(days=LIMIT_DAYS[one.kind])
    elif one.received_on:
        rule, due = "C05", one.received_on + dt.timedelta(days=_ONWARD_DAYS)
    else:
        return
    done = one.released_on or desk.until
    why = _free(one, is_own=is_own)
    is_near = (done - due).days == 0 and one.released_on is not None
    if done > due and not why and (one.released_on is None or done.year == desk.year):
        desk.plant(rule, subject)
    elif done > due and why:
        desk.innocent(rule, subject, why)
    elif is_near:
        desk.innocent(rule, subject, "在期限最后一日下达")


def _free(one: Transfer, *, is_own: bool) -> str:
    """Say why a transfer is bound to no limit, nothing where it is."""
    if one.is_prepaid:
        return "据实结算，可先预付后结算"
    if any(word in one.documents[2] for word in _EMERGENCY):
        return "突发事件资金，按规定及时下达，不受期限约束"
    if is_own:
        return ""
    if one.is_advance:
        return "提前下达的下年资金，编入下年预算"
    if one.direction == "上级下达" and one.kind != "专项":
        return "一般性转移支付由本级统筹，无需转下达"
    return ""


def _notices(desk: Desk, level: str, now: list[Transfer], last: list[Transfer]) -> None:
    told: dict[tuple[str, str], int] = defaultdict(int)
    before: dict[tuple[str, str], int] = defaultdict(int)
    for one in now:
        day = one.received_on or one.released_on
        if one.is_advance and not one.is_prepaid and day and day.year < desk.year:
            told[_kind(one)] += one.fen
    for one in last:
        if not one.is_prepaid:
            before[_kind(one)] += one.fen
    for way, kind in sorted(before):
        subject = f"transfers:{level}/{way}/{kind}"
        if told[way, kind] * 10 < before[way, kind] * _LEAST[kind]:
            desk.plant("C06", subject)
        else:
            desk.innocent("C06", subject, "提前下达达到上年的规定比例")


def _kind(one: Transfer) -> tuple[str, str]:
    return ("out" if one.direction == "对下" else "in", "special" if one.kind == "专项" else "general")
