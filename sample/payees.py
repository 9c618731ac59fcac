"""Made-up payees: companies by trade, public bodies and people, each with one account and bank."""

from typing import NamedTuple

import numpy as np

BANKS = (
    "中国工商银行青禾支行",
    "中国农业银行青禾支行",
    "中国建设银行青禾支行",
    "青禾农村商业银行营业部",
    "中国银行青禾支行",
    "交通银行青禾支行",
)


def _words(text: str) -> list[str]:
    return text.split()


_TRADES: dict[str, tuple[str, ...]] = {
    "works": ("建设工程有限公司", "市政工程有限公司", "建筑安装有限公司", "水利工程有限公司", "园林工程有限公司"),
    "repair": ("装饰工程有限公司", "机电设备维修有限公司", "修缮工程有限公司"),
    "digital": ("信息技术有限公司", "软件有限公司", "系统集成有限公司", "数据科技有限公司"),
    "office": ("办公用品商行", "商贸有限公司", "办公设备有限公司", "家具有限公司"),
    "equipment": ("仪器设备有限公司", "医疗器械有限公司", "教学设备有限公司", "机电设备有限公司"),
    "print": ("印务有限公司", "广告传媒有限公司", "文化传播有限公司"),
    "property": ("物业服务有限公司", "保安服务有限公司", "保洁服务有限公司"),
    "service": (
        "咨询服务有限公司",
        "工程咨询有限公司",
        "会计师事务所",
        "律师事务所",
        "检测技术有限公司",
        "社会工作服务中心",
    ),
    "hotel": ("宾馆有限公司", "酒店管理有限公司", "会议服务有限公司"),
    "catering": ("餐饮管理有限公司", "食府餐饮店", "机关招待餐饮服务部"),
    "car": ("汽车维修有限公司", "汽车服务有限公司", "石油销售有限公司"),
    "cardealer": ("汽车销售服务有限公司", "汽车贸易有限公司"),
    "factory": ("制造有限公司", "新材料有限公司", "食品有限公司", "纺织有限公司", "农业发展有限公司"),
    "coop": ("种植专业合作社", "养殖专业合作社", "农机服务专业合作社", "村股份经济合作社"),
}
_BRANDS = _words(
    "恒信 瑞达 华泰 中元 鑫源 宏远 天成 博雅 永安 金桥 万通 正大 恒基 启明 远航 同创 嘉禾 盛世 联合 新纪元 "
    "东升 北方 长青 光华 安泰 国栋 立诚 聚力 四海 汇丰源 卓越 三和 江南 滨河 青禾 泰和 明达 顺通 百川 众诚"
)
_SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
_GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英建国志华文玉兰海燕春梅晓东立新红卫永福"
FIXED: dict[str, str] = {
    "30108": "青禾区社会保险基金专户",
    "30109": "青禾区职业年金归集专户",
    "30110": "青禾区医疗保障基金专户",
    "30113": "青禾市住房公积金管理中心",
    "30205": "青禾水务集团有限公司",
    "30206": "国网青禾供电公司",
    "30207": "中国电信股份有限公司青禾分公司",
    "30211": "公务卡还款归集户",
    "30212": "青禾国际旅行社有限公司",
}
_TRADE_OF: dict[str, str] = {
    "30201": "office",
    "30202": "print",
    "30209": "property",
    "30213": "repair",
    "30214": "property",
    "30215": "hotel",
    "30216": "hotel",
    "30217": "catering",
    "30218": "equipment",
    "30227": "service",
    "30231": "car",
    "30299": "property",
    "31002": "office",
    "31003": "equipment",
    "31005": "works",
    "31006": "works",
    "31007": "digital",
    "31008": "equipment",
    "31013": "cardealer",
    "31019": "cardealer",
    "31099": "print",
    "31204": "factory",
    "31205": "factory",
    "31299": "coop",
    "30310": "coop",
}
PERSONAL = ("30226", "30305", "30306", "30308", "30399")


class Payee(NamedTuple):
    """Who is paid: account and bank belong to the name."""

    name: str
    account: str
    bank: str


def _account(number: int) -> str:
    return f"62{(number * 7919 + 104729) % 10**6:06d}{(number * 1299709 + 15485863) % 10**11:011d}"


def person(number: int) -> Payee:
    """Return the number-th person."""
    given = _GIVEN[number * 7 % len(_GIVEN)] + (_GIVEN[number * 13 % len(_GIVEN)] if number % 3 else "")
    return Payee(_SURNAMES[number % len(_SURNAMES)] + given, _account(500_000 + number), BANKS[number % len(BANKS)])


def company(trade: str, number: int) -> Payee:
    """Return the number-th company of a trade."""
    kinds = _TRADES[trade]
    brand, kind = _BRANDS[number % len(_BRANDS)], kinds[number // len(_BRANDS) % len(kinds)]
    serial = list(_TRADES).index(trade) * 1000 + number % (len(_BRANDS) * len(kinds))
    return Payee(f"{brand}{kind}", _account(serial), BANKS[serial % len(BANKS)])


def _fixed(economic: str, unit_no: int) -> Payee:
    serial = 300_000 + list(FIXED).index(economic) * 1000 + (unit_no if economic == "30211" else 0)
    return Payee(FIXED[economic], _account(serial), BANKS[serial % len(BANKS)])


def payees_of(economic: str, unit_no: int, unit_name: str, rng: np.random.Generator, count: int) -> list[Payee]:
    """Return the payees a unit uses for an economic item: fixed bodies, wage accounts, people or companies."""
    if economic in FIXED:
        return [_fixed(economic, unit_no)]
    numbers = [int(number) for number in rng.integers(0, 200, count)]
    if economic in PERSONAL:
        return [person(number * 3 + unit_no) for number in numbers]
    if economic in _TRADE_OF:
        return [company(_TRADE_OF[economic], number) for number in numbers]
    # Wage and union accounts: one account an economic item, so that wages never look like one split payment.
    serial = 400_000 + unit_no * 100 + int(economic) % 100
    return [Payee(f"{unit_name}{_OWN.get(economic, '代发工资')}专户", _account(serial), BANKS[unit_no % len(BANKS)])]


_OWN = {"30102": "津贴补贴代发", "30103": "奖金代发", "30107": "绩效工资代发", "30228": "工会经费"}
