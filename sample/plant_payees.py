"""Plants payments by who is paid and what they say: E10, E13, E15, E16."""

import datetime as dt
from collections import Counter

import numpy as np

from sample.by_hand import day_of, left_of, line_for, payee_named, tag_of
from sample.desk import Desk
from sample.model import Extra, Line
from sample.payees import Payee
from sample.people import DISTRICT_CODE

_DAY = dt.timedelta(days=1)
_WAN = 1_000_000
_ASSOCIATIONS = (
    "青禾区建筑业协会",
    "青禾市档案学会",
    "青禾区乡村振兴促进会",
    "青禾市公共管理研究会",
    "青禾区家政服务商会",
)


def plant_payees(desk: Desk, seed: int) -> None:
    """Plant vouchers of the current year and their innocent neighbours."""
    if desk.until < dt.date(desk.year, 3, 25):
        return
    kept, desk.rng = desk.rng, np.random.default_rng([seed, 72])
    _incomplete(desk)
    _associations(desk)
    _passed_on(desk)
    _to_the_town(desk)
    desk.rng = kept


def _incomplete(desk: Desk) -> None:
    """Plant purposes that say nothing and payees that are not told."""
    blank = Payee("", "", "")
    cases = (
        ("往来款", None),
        ("其他", None),
        ("支付设备款", blank),
        ("拨付往来款", None),
        ("转账", None),
        ("支付货款", blank),
    )
    for place, (purpose, payee) in enumerate(desk.some(cases)):
        line = line_for(desk, _WAN)
        if line:
            on = day_of(desk, place)
            line.extras.append(Extra(on, 360_000 + 47_000 * place, purpose, payee))
            desk.plant("E10", line.unit.subject, f"{on:%Y-%m}")
    ordinary = (
        ("其他交通费用", None, 280_000, "用途写明了费用名称"),
        ("往来款", None, 99_900, "不足1000元"),
        ("涉密项目支出", Payee("***", "", ""), 800_000, "涉密支付，收款人按规定不列示"),
    )
    for place, (purpose, payee, fen, why) in enumerate(ordinary):
        line = line_for(desk, _WAN)
        if line:
            on = day_of(desk, place + 7)
            line.extras.append(Extra(on, fen, purpose, payee))
            desk.innocent("E10", line.unit.subject, why, f"{on:%Y-%m}")


def _associations(desk: Desk) -> None:
    counted = Counter(line.project_subject for lines in desk.by_unit.values() for line in lines)
    single = {subject for subject, lines in counted.items() if lines == 1}

    def take(share: int) -> Line | None:
        return desk.lend_line(
            lambda line: (
                line.budget_fen(desk.until) >= 25 * _WAN
                and left_of(line) * 10_000 > line.budget_fen(desk.until) * (share + 300)
                and line.economic[:3] == "302"
                and line.project_subject in single
            ),
            desk.rng,
        )

    for place, share in enumerate(desk.some((5_000, 5_600, 6_000, 6_500, 7_000, 5_001))):
        line = take(share)
        if line:
            _split(
                desk, line, place, _share_of(desk, line, share), payee_named(_ASSOCIATIONS[place % 5], 8_000 + place)
            )
            desk.plant("E13", line.project_subject)
    cases = (
        (4_900, "青禾区建筑业协会", "占预算不足50%"),
        (5_500, "青禾区科学技术协会", "群团组织，不属于社会团体"),
        (5_500, "协会信息服务有限公司", "收款人是企业"),
    )
    for place, (share, name, why) in enumerate(cases):
        line = take(share)
        if line:
            fen = _share_of(desk, line, share) - (1 if share < 5_000 else 0)
            _split(desk, line, place, fen, payee_named(name, 8_050 + place))
            desk.innocent("E13", line.project_subject, why)


def _share_of(desk: Desk, line: Line, share: int) -> int:
    return -(-line.budget_fen(desk.until) * share // 10_000)


def _split(desk: Desk, line: Line, place: int, fen: int, payee: Payee) -> None:
    """Pay a sum in two instalments of one contract."""
    parts = [fen * 6 // 10, fen - fen * 6 // 10]
    first = max(day_of(desk, place, before=40), line.released_on + 5 * _DAY)
    for number, part in enumerate(parts):
        line.extras.append(Extra(first + number * 16 * _DAY, part, f"委托服务合同第{number + 1}期款", payee))


def _passed_on(desk: Desk) -> None:
    units = [unit for unit in desk.district.units if not any(word in unit.name for word in ("医院", "学", "幼儿园"))]
    bodies = [
        f"青禾区{unit.name.removeprefix('区').removesuffix('（本级）')}" for unit in units if unit.name[0] == "区"
    ]
    for place, fen in enumerate(desk.some((50, 63, 80, 100, 120, 55))):
        line = line_for(desk, fen * _WAN)
        if line:
            name = next(one for one in bodies[place * 7 % len(bodies) :] if line.unit.name.strip("区")[:4] not in one)
            name = "青禾市水务局" if place == 2 else name
            extra = Extra(day_of(desk, place), fen * _WAN, "拨付专项工作经费", payee_named(name, 8_100 + place))
            extra.tag = tag_of(desk, "E15")
            line.extras.append(extra)
    cases = (
        (5_000 * 10_000 - 1, "青禾区河道管理所", "拨付专项工作经费", "不足50万元"),
        (60 * _WAN, "青禾区人民医院", "拨付公共卫生服务补助", "按规定拨付公立医院"),
        (58 * _WAN, "青禾区第一小学", "拨付课后服务补助", "按规定拨付学校"),
        (56 * _WAN, "青禾区公路养护中心工程有限公司", "支付养护费", "收款人是企业"),
    )
    for place, (fen, name, purpose, why) in enumerate(cases):
        line = line_for(desk, fen)
        if line:
            extra = Extra(day_of(desk, place + 1), fen, purpose, payee_named(name, 8_150 + place))
            extra.tag = tag_of(desk, "E15", why)
            line.extras.append(extra)


def _to_the_town(desk: Desk) -> None:
    payers: set[str] = set()

    def take(fen: int, *, is_finance: bool = False) -> Line | None:
        return desk.lend_line(
            lambda line: (
                left_of(line) > fen * 11 // 10
                and line.unit.division == DISTRICT_CODE
                and line.unit.code not in payers
                and ("财政" in line.unit.department.name) == is_finance
            ),
            desk.rng,
        )

    name = "白鹭镇财政所"
    for place, fen in enumerate(desk.some((600_000, 3_000_000, 12 * _WAN, 26 * _WAN, 8_800_000))):
        line = take(fen)
        if line:
            line.extras.append(Extra(day_of(desk, place), fen, "拨付农村环境整治经费", payee_named(name, 8_200)))
            desk.plant("E16", f"payee:{line.unit.code}/{name}/-")
            payers.add(line.unit.code)
    line = take(5 * _WAN, is_finance=True)
    if line:
        line.extras.append(Extra(day_of(desk, 3), 5 * _WAN, "下达农村综合改革补助", payee_named(name, 8_200)))
        desk.innocent("E16", f"payee:{line.unit.code}/{name}/-", "财政部门办理转移支付")
    cases = (
        (name, "委托水质监测服务费", "委托镇办理具体事项"),
        ("石桥街道财政所", "拨付社区工作经费", "街道不是一级预算"),
    )
    for payee, purpose, why in cases:
        line = take(4 * _WAN)
        if line:
            line.extras.append(Extra(day_of(desk, 4), 4 * _WAN, purpose, payee_named(payee, 8_201)))
            desk.innocent("E16", f"payee:{line.unit.code}/{payee}/-", why)
            payers.add(line.unit.code)
