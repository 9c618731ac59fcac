"""Plants vouchers whose words give them away: prepayments (D04), wrong items (D05), luxury (D08), bonuses (D09)."""

import datetime as dt

from sample.desk import Desk
from sample.model import Extra
from sample.ordinary_lines import OrdinaryLines
from sample.payees import Payee, company, person

_NUMBER = 41
_PREPAID = (
    ("30217", 1_000_001, "预存公务接待用餐费"),
    ("30216", 1_260_000, "预付下年度业务培训费"),
    ("30217", 1_050_000, "预存接待用餐费"),
    ("30231", 1_340_000, "公务用车加油卡充值"),
    ("30216", 1_480_000, "预付干部培训费"),
    ("30231", 1_120_000, "预存公务用车加油款"),
)
_NOT_PREPAID = (
    ("30231", 1_220_000, "预付公务用车保险费", "预付的是车辆保险，属正常情形"),
    ("30217", 1_000_000, "预存公务接待用餐费", "恰为1万元，未超过标准"),
    ("30213", 1_300_000, "会议室维修预付款", "预付的是维修款，不是会议费"),
)
_WRONG_ITEMS = (
    (1, "公务接待用餐"),
    (3, "车辆加油"),
    (5, "年度工作会议费"),
    (2, "业务培训班食宿"),
    (4, "公务接待"),
    (6, "过路费"),
    (1, "签证费"),
)
_RIGHT_ITEMS = (
    ("食堂用餐原料", "食堂支出，不是公务接待"),
    ("会议室音响维修及会议费", "会议室维修，不是会议费"),
    ("代收代付培训费", "代收代付款项"),
    ("面向群众的健康培训费", "面向群众的培训"),
)
_LUXURY = (
    (680_000, "购买白酒", "商贸有限公司"),
    (500_000, "办公用品", "惠民超市有限公司"),
    (1_234_500, "外出考察费用", "国际旅行社有限公司"),
    (860_050, "购置礼品", "工艺品商行"),
    (1_000_000, "日用品", "百货商场有限公司"),
    (450_030, "香烟、酒水", "名烟名酒商行"),
)
_NO_LUXURY = (
    (500_000, "春节走访慰问品", "惠民超市有限公司", "慰问品，属正常情形"),
    (512_350, "清洁用品", "惠民超市有限公司", "金额不是整数"),
    (600_000, "机关食堂米面油", "百货商场有限公司", "食堂采购，属正常情形"),
    (90_000, "茶叶纸巾", "惠民超市有限公司", "不足1000元"),
)
_BONUSES = (
    (680_000, "职工年终奖金"),
    (420_000, "节假日值班补贴"),
    (560_000, "加班费"),
    (300_000, "季度绩效奖励"),
    (760_000, "过节费"),
    (240_000, "先进个人奖金"),
)
_NO_BONUSES = (
    (520_000, "种粮农户惠农补贴", "惠农补贴，属正常情形"),
    (400_000, "见义勇为奖励", "政策性奖励，属正常情形"),
    (380_000, "驻村干部差旅补助", "差旅补助，属正常情形"),
)
_OCTOBER = 10
_LEAST_DAYS = 20


def plant_words(desk: Desk) -> None:
    """Plant vouchers that D04, D05, D08 and D09 must find, and look-alikes that they must not."""
    if desk.until < dt.date(desk.year, 3, 25):
        return
    lines = OrdinaryLines(desk, _NUMBER)
    _prepaid(lines)
    _wrong_items(lines)
    _luxury(lines)
    _bonuses(lines)


def _prepaid(lines: OrdinaryLines) -> None:
    first = dt.date(lines.desk.year, _OCTOBER, 9)
    if (lines.desk.until - first).days < _LEAST_DAYS:
        return
    for place, (economic, fen, purpose) in enumerate(lines.desk.some(_PREPAID)):
        if line := lines.take("D04", economic, fen):
            payee = company("hotel", 60 + place)
            lines.voucher("D04", line, lines.day(place, first=first), fen, purpose=purpose, payee=payee)
    for place, (economic, fen, purpose, why) in enumerate(_NOT_PREPAID):
        if line := lines.take("D04", economic, fen):
            payee = company("repair", 60 + place)
            lines.voucher("D04", line, lines.day(place, first=first), fen, purpose=purpose, payee=payee, why=why)
    if line := lines.take("D04", "30216", 1_500_000):
        on = dt.date(lines.desk.year, 9, 24)
        lines.voucher("D04", line, on, 1_500_000, purpose="预付业务培训费", why="第三季度的预付款")


def _wrong_items(lines: OrdinaryLines) -> None:
    desk = lines.desk
    for place, (count, purpose) in enumerate(desk.some(_WRONG_ITEMS)):
        line = lines.take("D05", "30201", 90_000 * count)
        if line is None:
            continue
        for piece in range(count):
            fen = 61_000 + 2_300 * piece + 110 * place
            line.extras.append(Extra(lines.day(place + 3 * piece), fen, purpose, company("catering", 70 + piece)))
        desk.plant("D05", line.unit.subject)
    for place, (purpose, why) in enumerate(_RIGHT_ITEMS):
        if line := lines.take("D05", "30201", 120_000):
            line.extras.append(
                Extra(lines.day(place + 1), 118_000 + place * 900, purpose, company("hotel", 90 + place))
            )
            desk.innocent("D05", line.unit.subject, why)
    if line := lines.take("D05", "30201", 150_000):
        on, tag = lines.day(4), f"D05-corrected-{line.code}"
        line.extras += [
            Extra(on, 146_000, "公务接待", company("catering", 99), tag=tag),
            Extra(on, -146_000, "公务接待更正科目", company("catering", 99), kind="更正", original=tag),
            Extra(
                on,
                146_000,
                "公务接待更正科目",
                company("catering", 99),
                kind="更正",
                original=tag,
                economic="30217",
                settlement="公务卡",
            ),
        ]
        desk.innocent("D05", line.unit.subject, "错记科目已更正")


def _shop(name: str, place: int) -> Payee:
    return company("office", 120 + place)._replace(name=f"青禾{name}")


def _luxury(lines: OrdinaryLines) -> None:
    for place, (fen, purpose, name) in enumerate(lines.desk.some(_LUXURY)):
        if line := lines.take("D08", "30201", fen):
            lines.voucher("D08", line, lines.day(place + 2), fen, purpose=purpose, payee=_shop(name, place))
    for place, (fen, purpose, name, why) in enumerate(_NO_LUXURY):
        if line := lines.take("D08", "30201", fen):
            payee = _shop(name, 20 + place)
            lines.voucher("D08", line, lines.day(place), fen, purpose=purpose, payee=payee, why=why)


def _bonuses(lines: OrdinaryLines) -> None:
    for place, (fen, purpose) in enumerate(lines.desk.some(_BONUSES)):
        if line := lines.take("D09", "30201", fen):
            payee = person(8_200 + place * 11)
            lines.voucher("D09", line, lines.day(place + 5), fen, purpose=purpose, payee=payee)
    for place, (fen, purpose, why) in enumerate(_NO_BONUSES):
        if line := lines.take("D09", "30201", fen):
            payee = person(8_500 + place * 11)
            lines.voucher("D09", line, lines.day(place + 1), fen, purpose=purpose, payee=payee, why=why)
    if line := lines.take("D09", "30201", 880_000):
        payee, why = company("factory", 60), "奖补给企业，不是职工奖金"
        lines.voucher("D09", line, lines.day(6), 880_000, purpose="技术改造奖励", payee=payee, why=why)
