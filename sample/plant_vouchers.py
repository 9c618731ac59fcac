"""Plants vouchers that look wrong: large payments to people (E05), split (E07) and repeated payments (E08)."""

import datetime as dt
from collections.abc import Sequence

from sample.desk import Desk
from sample.model import Extra, Line
from sample.payees import Payee, company, person

_TO_PEOPLE_FEN = (
    *(1_000_000, 5_000_000, 20_000_000, 1_000_100, 1_280_000, 1_850_000, 2_600_000, 3_700_000, 4_999_900, 5_000_100),
    *(7_200_000, 9_800_000, 13_500_000, 19_999_900, 21_000_000, 26_000_000, 1_500_000, 8_400_000),
)
_TO_PEOPLE_FOR = ("活动策划费", "场地租用费", "设备安装费", "宣传品制作费", "资料翻译费", "车辆租用费", "咨询服务费")
_SPLITS = (2, 3, 4, 2, 2, 2, 2, 2, 2, 3, 3, 2, 2, 4, 2, 3, 2)
_PIECES_FEN = (40_000_000, 49_999_999, 44_600_000, 48_800_000, 41_250_000)
_SPLIT_FOR = ("采购专用设备", "委托技术服务费", "设施维修改造费用", "采购办公家具", "信息系统集成费")
_REPEATS = (
    (2, 1_000_001),
    (2, 1_010_000),
    (3, 1_500_000),
    (2, 2_345_600),
    (4, 1_280_050),
    (2, 4_800_000),
    (2, 7_777_700),
)
_MORE_REPEATS = ((3, 3_200_000), (2, 12_600_000), (2, 9_450_000), (2, 18_000_000), (4, 2_050_000), (2, 27_300_000))
_LAST_REPEATS = ((2, 1_660_000), (3, 6_400_000), (2, 3_141_500), (2, 15_000_000))
_REPEAT_FOR = ("设备维护费", "宣传印刷费", "保洁服务费", "专家评审费用", "检测服务费", "车辆维修费")
_SPAN_DAYS = 10
# The economic item each purpose belongs to; others stay on the line's own.
_ITEMS = {
    "活动策划费": "30227",
    "场地租用费": "30214",
    "设备安装费": "30213",
    "宣传品制作费": "30202",
    "资料翻译费": "30227",
    "车辆租用费": "30214",
    "咨询服务费": "30227",
    "采购专用设备": "31003",
    "委托技术服务费": "30227",
    "设施维修改造费用": "30213",
    "采购办公家具": "31002",
    "信息系统集成费": "31007",
    "设备维护费": "30213",
    "宣传印刷费": "30202",
    "保洁服务费": "30209",
    "专家评审费用": "30227",
    "检测服务费": "30227",
    "车辆维修费": "30213",
    "会议场地费": "30215",
}
_DAY = dt.timedelta(days=1)


def plant_vouchers(desk: Desk) -> None:
    """Plant all voucher troubles of the current year and their innocent neighbours."""
    if desk.until < dt.date(desk.year, 3, 25):
        return
    _to_people(desk)
    _innocent_to_people(desk)
    _splits(desk)
    _innocent_splits(desk)
    _repeats(desk)
    _innocent_repeats(desk)


def _line(desk: Desk, fen: int, classes: tuple[str, ...] = ("302", "310")) -> Line | None:
    """Take a line that has paid enough to carry vouchers of so many fen."""
    return desk.take_line(lambda line: line.paid_fen > fen * 11 // 10 and line.economic[:3] in classes)


def _day(desk: Desk, place: int, *, before: int = 14) -> dt.date:
    first = dt.date(desk.year, 2, 25)
    last = max(first + 20 * _DAY, desk.until - before * _DAY)
    return desk.weekday(first, last, (place * 0.381966 + 0.07) % 1.0)


def _tag(desk: Desk, rule: str, why: str = "") -> str:
    tag = f"{rule}-{len(desk.tagged)}"
    desk.tagged[tag] = (rule, why)
    return tag


def _to_people(desk: Desk) -> None:
    for place, fen in enumerate(desk.some(_TO_PEOPLE_FEN)):
        line = _line(desk, fen)
        if line:
            purpose = _TO_PEOPLE_FOR[place % len(_TO_PEOPLE_FOR)]
            payee = person(9_000 + place * 17)
            line.extras.append(
                Extra(_day(desk, place), fen, purpose, payee, tag=_tag(desk, "E05"), economic=_ITEMS[purpose])
            )


def _innocent_to_people(desk: Desk) -> None:
    cases = (
        (30_000_000, "征地补偿款", "征地补偿直接支付个人，属正常情形"),
        (12_000_000, "房屋拆迁补偿款", "拆迁补偿直接支付个人，属正常情形"),
        (1_260_000, "专家劳务费", "劳务报酬支付个人，属正常情形"),
        (2_400_000, "因公牺牲人员抚恤金", "抚恤金支付个人，属正常情形"),
        (1_500_000, "困难群众临时救助", "救助资金支付个人，属正常情形"),
        (999_999, "场地租用费", "不足1万元"),
        (980_000, "设备安装费", "不足1万元"),
    )
    for place, (fen, purpose, why) in enumerate(cases):
        line = _line(desk, fen)
        if line:
            payee = person(9_700 + place * 13)
            line.extras.append(Extra(_day(desk, place + 3), fen, purpose, payee, tag=_tag(desk, "E05", why)))
    line = _line(desk, 3_000_000)
    if line:
        tag, on, payee = _tag(desk, "E05", "付错账户，已全额退回"), _day(desk, 5), person(9_850)
        line.extras += [
            Extra(on, 2_000_000, "咨询服务费", payee, tag=tag),
            Extra(on + 5 * _DAY, -2_000_000, "咨询服务费退回", payee, kind="退款", original=tag),
        ]


def _run(
    desk: Desk,
    line: Line,
    first: dt.date,
    *,
    pieces: Sequence[int],
    step: int,
    payees: Sequence[Payee],
    why: str,
    purposes: Sequence[str],
) -> None:
    """Put a run of vouchers on a line; the run is listed by its first voucher."""
    rule = "E07" if pieces[0] > 30_000_000 else "E08"
    for place, fen in enumerate(pieces):
        on = first + place * step * _DAY
        payee, purpose = payees[place % len(payees)], purposes[place % len(purposes)]
        tag = _tag(desk, rule, why) if place == 0 else f"{rule}+{id_of(line)}-{place}"
        line.extras.append(Extra(on, fen, purpose, payee, tag=tag, economic=_ITEMS.get(purpose.rstrip("。"))))


def id_of(line: Line) -> str:
    """Return a short name of a line, for tags."""
    return line.code


def _pieces(count: int, place: int) -> list[int]:
    return [
        _PIECES_FEN[(place + piece) % len(_PIECES_FEN)] - (0 if piece == 0 else 137_500 * piece)
        for piece in range(count)
    ]


def _splits(desk: Desk) -> None:
    for place, count in sorted(enumerate(desk.some(_SPLITS)), key=lambda item: -item[1]):
        pieces = _within_band(_pieces(count, place))
        line = _line(desk, sum(pieces))
        if line:
            payee = company(("equipment", "service", "repair", "office", "digital")[place % 5], 150 + place)
            step = _SPAN_DAYS // (count - 1) if place % 2 else max(1, 6 // count)
            purpose = [_SPLIT_FOR[place % len(_SPLIT_FOR)]]
            first = _day(desk, place)
            _run(desk, line, first, pieces=pieces, step=step, payees=[_own(payee, place)], why="", purposes=purpose)


def _within_band(pieces: list[int]) -> list[int]:
    return [max(40_000_000, min(49_999_999, fen)) for fen in pieces]


def _own(payee: Payee, place: int) -> Payee:
    """Give a planted payee an account nobody else has."""
    return payee._replace(account=f"{payee.account[:-3]}{900 + place}")


def _innocent_splits(desk: Desk) -> None:
    two = [45_000_000, 46_300_000]
    cases: tuple[tuple[list[int], int, list[str], str], ...] = (
        (two, 11, ["采购专用设备"], "两笔相隔11天，超出10天"),
        ([39_999_999, 39_900_000], 4, ["采购办公家具"], "每笔低于限额的80%"),
        ([50_000_000, 52_000_000], 3, ["委托技术服务费"], "单笔已达限额，不是拆分"),
        (two, 5, ["施工合同第1期进度款", "施工合同第2期进度款"], "同一合同分期付款"),
        (
            [47_000_000, 47_500_000, 46_800_000],
            3,
            ["服务合同第一期款", "服务合同第二期款", "服务合同第三期款"],
            "同一合同分期付款",
        ),
        ([45_500_000], 1, ["采购专用设备"], "只有一笔"),
    )
    for place, (pieces, step, purposes, why) in enumerate(cases):
        line = _line(desk, sum(pieces))
        if line:
            payees, first = [_own(company("equipment", 60 + place), 60 + place)], _day(desk, place + 2, before=26)
            _run(desk, line, first, pieces=pieces, step=step, payees=payees, why=why, purposes=purposes)
    line = _line(desk, sum(two))
    if line:
        payees = [_own(company("works", 5), 80), _own(company("works", 9), 81)]
        first = _day(desk, 4)
        _run(desk, line, first, pieces=two, step=3, payees=payees, why="收款人不同", purposes=["设施维修改造费用"])


def _repeats(desk: Desk) -> None:
    for place, (count, fen) in enumerate(desk.some((*_REPEATS, *_MORE_REPEATS, *_LAST_REPEATS))):
        line = _line(desk, count * fen)
        if line:
            text = _REPEAT_FOR[place % len(_REPEAT_FOR)]
            purposes = [text, f"{text}。"] if place % 3 == 0 else [text]
            payees = [_own(company("service", 20 + place), 20 + place)]
            step = 7 // (count - 1) if place % 2 else 1 + place % 2
            first = _day(desk, place + 1)
            _run(desk, line, first, pieces=[fen] * count, step=step, payees=payees, why="", purposes=purposes)


def _innocent_repeats(desk: Desk) -> None:
    cases: tuple[tuple[int, int, list[str], str], ...] = (
        (1_000_000, 3, ["保洁服务费"], "每笔恰为1万元，未超过标准"),
        (2_600_000, 8, ["设备维护费"], "两笔相隔8天，超出7天"),
        (1_800_000, 5, ["3月房屋租金", "4月房屋租金"], "按月支付的等额房租"),
        (3_300_000, 6, ["服务合同第1期款", "服务合同第2期款"], "同一合同分期付款"),
        (1_450_000, 2, ["一季度办公用房租金", "二季度办公用房租金"], "按季支付的等额房租"),
    )
    for place, (fen, step, purposes, why) in enumerate(cases):
        line = _line(desk, 2 * fen)
        if line:
            payees, first = [_own(company("property", 30 + place), 30 + place)], _day(desk, place + 2, before=20)
            _run(desk, line, first, pieces=[fen, fen], step=step, payees=payees, why=why, purposes=purposes)
    _undone_repeats(desk)


def _undone_repeats(desk: Desk) -> None:
    for place, kind in enumerate(("退款", "更正")):
        fen = 4_200_000 + place * 360_000
        line = _line(desk, 2 * fen)
        if line:
            payee, on = _own(company("print", 40 + place), 40 + place), _day(desk, place + 6, before=20)
            tag = _tag(desk, "E08", f"重复支付已{kind}")
            line.extras += [
                Extra(on, fen, "宣传印刷费", payee, tag=tag),
                Extra(on + 2 * _DAY, fen, "宣传印刷费", payee, tag=f"{tag}+"),
                Extra(on + 4 * _DAY, -fen, f"宣传印刷费{kind}", payee, kind=kind, original=f"{tag}+"),
            ]
    line = _line(desk, 5_000_000)
    if line:
        payees = [_own(company("hotel", place), 44 + place) for place in range(2)]
        first = _day(desk, 9)
        why = "金额相同但收款账户不同"
        _run(desk, line, first, pieces=[2_200_000] * 2, step=2, payees=payees, why=why, purposes=["会议场地费"])
