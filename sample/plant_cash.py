"""Plants cash (E01, E02), missing cards (E03), transfers to own accounts (E04) and mixed kinds of money (E06)."""

import datetime as dt

from sample.desk import Desk
from sample.model import Extra
from sample.ordinary_lines import OrdinaryLines
from sample.payees import Payee, company

_NUMBER = 42
_CASH = "现金支票"
_LARGE_FEN = (500_000, 1_000_000, 5_000_000, 720_000, 1_850_000, 640_000, 3_200_000)
_MONTHS_FEN = (2_000_000, 2_380_000, 2_050_000)  # in pieces below the limit of one withdrawal
_NOT_LARGE = (
    (499_999, "零星采购备用", "不足5000元"),
    (480_000, "零星采购备用", "不足5000元"),
    (2_600_000, "春节走访慰问金", "按规定发放的慰问金"),
    (1_400_000, "防汛抢险救灾物资", "抢险救灾支出"),
)
_OFTEN = (3, 5, 10, 4, 3, 6)
_NO_CARD = ((1, "30217"), (2, "30231"), (1, "30216"), (3, "30217"), (2, "30216"), (1, "30231"))
_CARD_NOT_NEEDED = (
    ("30231", 180_000, "公务用车保险费", "保险费不能刷卡"),
    ("30217", 160_000, "公务接待（收款方不具备刷卡条件）", "收款方不具备刷卡条件"),
    ("30217", 49_900, "公务接待用餐", "不足500元"),
)
_OWN_FEN = (2_600_000, 4_100_000, 3_300_000, 1_900_000, 2_850_000, 5_200_000)
_NOT_OWN = (
    (620_000, "代扣代缴个人所得税", "代扣代缴税款，属正常情形"),
    (740_000, "拨缴工会经费", "工会经费，属正常情形"),
    (910_000, "机关食堂周转金", "食堂周转，属正常情形"),
)
_MIXED = (
    ("30101", "30201"),
    ("30101", "30211"),
    ("30201", "30102"),
    ("30102", "30205"),
    ("30201", "30305"),
    ("30101", "30213"),
)
_NOT_MIXED = (
    ("30101", "30226", "编外人员劳务费", "编外人员报酬列劳务费"),
    ("30101", "30239", "公务交通补贴", "公务交通补贴列其他交通费"),
)


def plant_cash(desk: Desk) -> None:
    """Plant what E01 to E04 and E06 must find, and look-alikes that they must not."""
    if desk.until < dt.date(desk.year, 3, 25):
        return
    lines = OrdinaryLines(desk, _NUMBER)
    _large(lines)
    _often(lines)
    _cards(lines)
    _own_accounts(lines)
    _mixed(lines)


def _large(lines: OrdinaryLines) -> None:
    for place, fen in enumerate(lines.desk.some(_LARGE_FEN)):
        if line := lines.take("cash", "30201", fen):
            lines.voucher("E01", line, lines.day(place), fen, purpose="零星采购备用", settlement=_CASH)
    for place, (fen, purpose, why) in enumerate(_NOT_LARGE):
        if line := lines.take("cash", "30201", fen):
            lines.voucher("E01", line, lines.day(place + 2), fen, purpose=purpose, settlement=_CASH, why=why)
    for place, fen in enumerate(lines.desk.some(_MONTHS_FEN)):
        pieces = -(-fen // 490_000)
        _month_of_cash(lines, place, [fen // pieces] * (pieces - 1) + [fen - fen // pieces * (pieces - 1)], "E01")


def _often(lines: OrdinaryLines) -> None:
    for place, count in enumerate(lines.desk.some(_OFTEN)):
        _month_of_cash(lines, place + 1, [81_000 + 1_700 * piece for piece in range(count)], "E02")
    for place, why in enumerate(("当月只有2笔现金支付", "当月只有2笔现金支付", "当月只有2笔现金支付")):
        if line := lines.take("cash", "30201", 200_000):
            month = lines.month(place)
            for piece in range(2):
                on = lines.desk.weekday(month, month + dt.timedelta(days=26), 0.2 + piece * 0.5)
                line.extras.append(Extra(on, 92_000 + piece, "零星采购备用", settlement=_CASH))
            lines.desk.innocent("E02", line.unit.subject, why, f"{month:%Y-%m}")


def _month_of_cash(lines: OrdinaryLines, place: int, pieces: list[int], rule: str) -> None:
    """Put several withdrawals into one month of a unit; three and more of them are frequent too."""
    line = lines.take("cash", "30201", sum(pieces))
    if line is None:
        return
    month = lines.month(place)
    for piece, fen in enumerate(pieces):
        on = lines.desk.weekday(month, month + dt.timedelta(days=26), (piece + 0.5) / len(pieces))
        line.extras.append(Extra(on, fen, "零星采购备用", settlement=_CASH))
    for one in sorted({rule, *(["E02"] if len(pieces) > 2 else [])}):
        lines.desk.plant(one, line.unit.subject, f"{month:%Y-%m}")


def _cards(lines: OrdinaryLines) -> None:
    desk = lines.desk
    words = {"30217": "公务接待用餐", "30231": "公务用车维修保养", "30216": "业务培训食宿"}
    for place, (count, economic) in enumerate(desk.some(_NO_CARD)):
        line = lines.take("E03", economic, 70_000 * count)
        if line is None:
            continue
        month = lines.month(place)
        for piece in range(count):
            on = desk.weekday(month, month + dt.timedelta(days=26), (piece + 0.5) / count)
            fen, payee = 56_000 + 1_300 * piece, company("catering", 110 + piece)
            line.extras.append(Extra(on, fen, words[economic], payee, settlement="转账" if place % 2 else "现金支票"))
        desk.plant("E03", line.unit.subject, f"{month:%Y-%m}")
        if place % 2 == 0 and count > 2:
            desk.plant("E02", line.unit.subject, f"{month:%Y-%m}")
    for place, (economic, fen, purpose, why) in enumerate(_CARD_NOT_NEEDED):
        if line := lines.take("E03", economic, fen):
            on = lines.day(place + 3)
            line.extras.append(Extra(on, fen, purpose, company("car", 90 + place), settlement="转账"))
            desk.innocent("E03", line.unit.subject, why, f"{on:%Y-%m}")


def _own(name: str, number: int) -> Payee:
    return company("service", 170 + number)._replace(name=name)


def _own_accounts(lines: OrdinaryLines) -> None:
    titles = ("", "基本户", "", "账户", "", "基本存款账户")
    for place, fen in enumerate(lines.desk.some(_OWN_FEN)):
        if line := lines.take("E04", "30201", fen):
            payee = _own(f"{line.unit.name}{titles[place % len(titles)]}", place)
            lines.voucher("E04", line, lines.day(place + 1), fen, purpose="转入周转资金", payee=payee)
    for place, (fen, purpose, why) in enumerate(_NOT_OWN):
        if line := lines.take("E04", "30201", fen):
            payee = _own(line.unit.name, 20 + place)
            lines.voucher("E04", line, lines.day(place + 4), fen, purpose=purpose, payee=payee, why=why)


def _mixed(lines: OrdinaryLines) -> None:
    desk = lines.desk
    for place, (economic, booked) in enumerate(desk.some(_MIXED)):
        if line := lines.take("E06", economic, 400_000):
            fen, payee = 180_000 + 21_000 * place, company("office", 150 + place)
            line.extras.append(
                Extra(lines.day(place + 2), fen, "列支相关费用", payee, economic=booked, settlement="公务卡")
            )
            desk.plant("E06", line.unit.subject)
    for place, (economic, booked, purpose, why) in enumerate(_NOT_MIXED):
        if line := lines.take("E06", economic, 400_000):
            payee = company("property", 150 + place)
            line.extras.append(Extra(lines.day(place), 230_000, purpose, payee, economic=booked))
            desk.innocent("E06", line.unit.subject, why)
    if line := lines.take("E06", "30101", 400_000):
        on, tag = lines.day(5), f"E06-corrected-{line.code}"
        line.extras += [
            Extra(on, 210_000, "办公用品", company("office", 160), tag=tag, economic="30201"),
            Extra(on, -210_000, "办公用品更正", company("office", 160), kind="更正", original=tag, economic="30201"),
            Extra(on, 210_000, "工资更正", company("office", 160), kind="更正", original=tag),
        ]
        desk.innocent("E06", line.unit.subject, "列支科目已更正")
