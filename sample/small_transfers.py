"""Small transfers of the district's own to its town: how long after the approval each is passed on."""

import datetime as dt
from typing import NamedTuple


class Small(NamedTuple):
    """One document: its kind, title, the days after the limit it is passed on (None: never), and its 万元."""

    kind: str
    title: str
    days: int | None
    wan: int
    is_prepaid: bool = False


# Days after the congress's approval by which a kind has to be passed on.
LIMIT_DAYS = {"一般性": 30, "共同事权": 30, "专项": 60}
SMALL = (
    Small("一般性", "村级组织运转补助", 1, 36),
    Small("一般性", "结算补助", 6, 24),
    Small("一般性", "生态保护补助", 21, 18),
    Small("一般性", "固定数额补助", 0, 30),
    Small("一般性", "基层治理补助", 12, 21),
    Small("一般性", "财力缺口补助", None, 26),
    Small("一般性", "据实结算的体制补助", 90, 12, is_prepaid=True),
    Small("一般性", "防汛应急补助", 100, 15),
    Small("专项", "农村公路养护资金", 3, 20),
    Small("专项", "小型水利设施资金", 8, 22),
    Small("专项", "村庄清洁行动资金", 45, 16),
    Small("专项", "文化站提升资金", 0, 14),
    Small("专项", "村道安防工程资金", 15, 19),
    Small("专项", "农技推广资金", None, 18),
    Small("专项", "据实结算的农险补贴", 80, 12, is_prepaid=True),
    Small("专项", "森林防灭火应急救灾资金", 70, 10),
)


def passed_on(small: Small, approved: dt.date) -> dt.date | None:
    """Return when it was passed on."""
    if small.days is None:
        return None
    return approved + dt.timedelta(days=LIMIT_DAYS[small.kind] + small.days)
