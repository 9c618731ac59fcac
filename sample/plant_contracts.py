"""Plants contracts: overpaid (F01), owed to small firms (F02), and slow procurement (F04)."""

import datetime as dt

from sample.by_hand import left_of
from sample.desk import Desk
from sample.model import ROUND_FEN, Contract, Extra, Line, Work
from sample.shelf import Shelf

_DAY = dt.timedelta(days=1)
_MARKS = (((11, 30), 8_500), ((9, 30), 6_000), ((6, 30), 3_000))


def subject_of(work: Work, contract: Contract) -> str:
    """Return a contract's subject."""
    return f"contract:{work.unit.code}/{contract.number}"


def plant_paid_contracts(shelf: Shelf) -> None:
    """Plant contracts overpaid by vouchers that name them (F01); before the year's vouchers are built."""
    desk = shelf.desk
    for bp, at, work in shelf.each("contracts", desk.some([10_001, 10_400]), _is_bought):
        contract = work.contracts[0]
        total = contract.fen + contract.supplement
        paid = -(-total * bp // 10_000)
        line = desk.lend_line(lambda one, work=work, paid=paid: _carries(one, work, paid), desk.rng)  # type: ignore[misc]
        if line is None or contract.signed_on is None:
            continue
        _pay(desk, line, contract.number, paid, contract.signed_on)
        shelf.put(at, contracts=(contract._replace(paid=paid), *work.contracts[1:]))
        desk.plant("F01", subject_of(work, contract))


def _carries(line: Line, work: Work, paid: int) -> bool:
    return line.project_subject == work.subject and left_of(line) * 9 // 10 > paid


def _pay(desk: Desk, line: Line, number: str, fen: int, signed_on: dt.date) -> None:
    days = max((desk.until - signed_on).days - 6, 3)
    parts = [fen // 3, fen // 3, fen - 2 * (fen // 3)]
    for place, part in enumerate(parts):
        on = desk.weekday(signed_on + _DAY, signed_on + days * _DAY, 0.15 + 0.4 * place)
        line.extras.append(Extra(on, part, f"合同第{place + 1}期款", contract=number))


def plant_contracts(shelf: Shelf) -> None:
    """Plant on contracts of works that are left."""
    _overpaid(shelf)
    _arrears(shelf)
    _slow(shelf)


def _is_bought(work: Work) -> bool:
    return bool(work.contracts) and work.contracts[0].signed_on is not None


def _overpaid(shelf: Shelf) -> None:
    desk = shelf.desk
    for bp, at, work in shelf.each(
        "contracts", desk.some([10_000, 10_150, 10_300, 10_700, 11_000, 12_500]), _is_bought
    ):
        first = work.contracts[0]
        total = first.fen + first.supplement
        changed = first._replace(paid=max(-(-total * bp // 10_000), total + 1))
        shelf.put(at, contracts=(changed, *work.contracts[1:]))
        desk.plant("F01", subject_of(work, first))
    for place, at, work in shelf.each("contracts", [0, 1, 2], _is_bought):
        first = work.contracts[0]
        changed, why = (
            (first._replace(paid=first.fen + first.supplement), "支付与合同额相等，未超付"),
            (first._replace(supplement=first.fen // 20, paid=first.fen + first.fen // 20), "超出部分有补充合同"),
            (first._replace(name=f"{work.project.name}框架协议", paid=first.fen * 11 // 10), "框架协议按实结算"),
        )[place]
        shelf.put(at, contracts=(changed, *work.contracts[1:]))
        desk.innocent("F01", subject_of(work, first), why)


def _arrears(shelf: Shelf) -> None:
    desk, until = shelf.desk, shelf.desk.until
    oldest = (until - dt.date(desk.year, 2, 20)).days
    for days, at, work in shelf.each(
        "contracts", [one for one in desk.some([31, 61, 91, 45, 75, 120]) if one <= oldest], _is_bought
    ):
        changed = _accepted(work.contracts[0], until - days * _DAY)
        shelf.put(at, contracts=(changed, *work.contracts[1:]))
        desk.plant("F02", subject_of(work, changed))
    innocent = [place for place in range(4) if oldest >= 100]
    for place, at, work in shelf.each("contracts", innocent, _is_bought):
        first = work.contracts[0]
        changed, why = (
            (_accepted(first, until - 29 * _DAY), "验收不足30天"),
            (_accepted(first, until - 55 * _DAY)._replace(term="60天"), "约定付款期限60天，尚未到期"),
            (_accepted(first, until - 95 * _DAY)._replace(is_small=False), "供应商不是中小企业"),
            (_accepted(first, until - 95 * _DAY)._replace(paid=first.fen * 96 // 100, supplement=0), "只留质量保证金"),
        )[place]
        shelf.put(at, contracts=(changed, *work.contracts[1:]))
        desk.innocent("F02", subject_of(work, changed), why)


def _accepted(contract: Contract, on: dt.date) -> Contract:
    signed = max(on - 80 * _DAY, dt.date(on.year, 1, 20))
    return contract._replace(
        paid=contract.fen * 62 // 100,
        signed_on=signed,
        announced_on=signed + _DAY,
        delivered_on=max(on - 8 * _DAY, signed + 2 * _DAY),
        accepted_on=on,
        is_small=True,
    )


def _slow(shelf: Shelf) -> None:
    """Plan purchases that are not signed yet, so that a unit's signed share misses the mark of the month."""
    desk = shelf.desk
    mark = next((share for day, share in _MARKS if dt.date(desk.year, *day) <= desk.until), 0)
    if not mark:
        return
    for short, at, work in shelf.each("contracts", desk.some([1, 400, 1_500, 2_000, 3_000]), _is_bought):
        _plan(shelf, at, work, mark - short)
        desk.plant("F04", work.unit.subject)
    cases = ((mark, "合同签订率恰达节点标准"), (mark + 500, "合同签订率高于节点标准"), (1_500, "框架协议按需下单"))
    for place, at, work in shelf.each("contracts", [0, 1, 2], _is_bought):
        share, why = cases[place]
        _plan(shelf, at, work, share, is_reached=True, is_framework=share < mark)
        desk.innocent("F04", work.unit.subject, why)


def _plan(
    shelf: Shelf, at: tuple[str, int], work: Work, share: int, *, is_reached: bool = False, is_framework: bool = False
) -> None:
    """Add a purchase that is planned only; the signed part of the unit's procurement becomes a share of all of it."""
    own = [one for other in shelf.of_unit(work.unit.code) for one in other.contracts if one.signed_on]
    signed = sum(one.budget for one in own)
    planned = signed * 10_000 // max(share, 500) - signed + (0 if is_reached else ROUND_FEN)
    blank = work.contracts[0]._replace(
        number=f"{work.contracts[0].number[:-2]}-9",
        name=f"{work.project.name}{'框架协议' if is_framework else '采购项目（计划）'}",
        budget=planned // ROUND_FEN * ROUND_FEN,
        fen=0,
        supplement=0,
        paid=0,
        signed_on=None,
        announced_on=None,
        delivered_on=None,
        accepted_on=None,
        is_small=True,
    )
    shelf.close(work.unit.code)
    shelf.put(at, contracts=(*work.contracts, blank))
