"""What goes wrong in the current year's tables of revenue, treasury, debt and accounts, and what only looks so."""

from typing import Final, NamedTuple

from sample.levels import TOWN_CODE
from sample.people import DISTRICT_CODE

Months = tuple[int, ...]


class Windfall(NamedTuple):
    """Money that comes in beside the ordinary revenue of a subject in one month, as a share of its yearly budget."""

    level: str
    code: str
    month: int
    share: float


class Shift(NamedTuple):
    """A part of what a class takes in during one month, booked some months later only."""

    level: str
    start: str  # what the codes begin with
    month: int
    to_month: int
    share: float


class Arrears(NamedTuple):
    """Non-tax revenue that is receivable from a month on and is not remitted, as a share of its yearly budget."""

    level: str
    code: str
    month: int
    share: float


WINDFALLS: Final = (
    Windfall(DISTRICT_CODE, "10307", 2, 0.95),  # a concession sold
    Windfall(DISTRICT_CODE, "10305", 2, 0.45),
    Windfall(DISTRICT_CODE, "10110", 2, 0.25),
    Windfall(DISTRICT_CODE, "10104", 6, 0.30),
    Windfall(DISTRICT_CODE, "10112", 7, 0.50),
    Windfall(DISTRICT_CODE, "10304", 8, 0.45),
    Windfall(DISTRICT_CODE, "1021001", 2, 0.02),
    Windfall(DISTRICT_CODE, "1030148", 3, 1.20),
    Windfall(DISTRICT_CODE, "1030146", 4, 0.80),
    Windfall(TOWN_CODE, "10307", 1, 6.00),
    Windfall(TOWN_CODE, "10101", 1, 0.35),
    Windfall(TOWN_CODE, "10302", 2, 0.30),
    Windfall(TOWN_CODE, "10101", 9, 0.20),
    Windfall(TOWN_CODE, "1030148", 7, 2.80),
)
SHIFTS: Final = (
    *(Shift(DISTRICT_CODE, "10101", month, 4, 0.5) for month in (1, 2, 3)),  # deferred, paid in April
    Shift(DISTRICT_CODE, "101", 8, 9, 0.4),
    Shift(DISTRICT_CODE, "101", 5, 6, 0.3),
    Shift(TOWN_CODE, "101", 2, 3, 0.4),
    Shift(TOWN_CODE, "101", 5, 6, 0.4),
)
ARREARS: Final = (
    Arrears(DISTRICT_CODE, "10304", 2, 0.25),
    Arrears(DISTRICT_CODE, "10305", 4, 0.25),
    Arrears(TOWN_CODE, "10302", 5, 0.30),
)
# Subjects too small to judge that double all the same.
SMALL: Final = ("10111", "10399")
SMALL_FACTOR: Final = 1.9
# What of a month's non-tax revenue is settled in the month after.
SETTLED_LATER: Final = 0.03

# Balance over an average month, by level and quarter.
COVER: Final = {
    DISTRICT_CODE: (0.25, 0.08, 0.92, 0.305),
    TOWN_CODE: (0.79, 0.31, 0.85, 0.05),
}
# Temporary advances over last year's spending, by level and quarter.
ADVANCES: Final = {
    DISTRICT_CODE: (0.0299, 0.032, 0.041, 0.052),
    TOWN_CODE: (0.025, 0.0299, 0.0301, 0.035),
}
# Balance over limit, by kind and quarter; 0 stands for a limit one step (0.01 万元) below the balance.
LIMIT_USED: Final = {
    "一般债务": (0.87, 0.91, 0.96, 1.02),
    "专项债务": (0.8999, 0.0, 0.93, 0.88),
}
RAISED_IN_QUARTER: Final = ("专项债务", 2)  # over its limit in February; the limit is raised before the quarter ends
# All debt over the fiscal capacity at the end of March.
DEBT_RATIO_IN_MARCH: Final = 1.195
# What is spent of every eighth bond in the end, by its place; the others are spent in full, or nearly.
SPENT_SHARE: Final = {1: 0.20, 2: 0.40, 3: 0.51, 4: 0.45, 7: 0.30}
CURRENT_USE_PLACE: Final = 6
# Special transfers over the level's first budget: level -> title, number, share, months received and released.
SPECIAL_SUMS: Final = {
    DISTRICT_CODE: ("城市更新专项转移支付", 77, 0.20, (4, 8), (4, 24)),
    TOWN_CODE: ("圩镇建设专项转移支付", 78, 0.17, (7, 10), (7, 28)),
}
# What the adjusted budget of every third 类 is told as in the last account, in turn; and of the one after it.
TOLD_BUDGETS: Final = (0.80, 1.20, 0.70)
NEAR_BUDGET: Final = 1.04


def with_events(level: str, code: str, budget: int, months: list[int]) -> list[int]:
    """Return a subject's months of the current year, in fen before rounding, with what happened in them."""
    if code in SMALL:
        return [int(fen * SMALL_FACTOR) for fen in months]
    told = list(months)
    for shift in SHIFTS:
        if shift.level == level and code.startswith(shift.start):
            moved = int(told[shift.month - 1] * shift.share)
            told[shift.month - 1] -= moved
            told[shift.to_month - 1] += moved
    for one in WINDFALLS:
        if (one.level, one.code) == (level, code):
            told[one.month - 1] += int(budget * one.share)
    return told


def arrears(level: str, code: str, budget: int, month: int) -> int:
    """Return what is receivable and not remitted at a month's end, before rounding."""
    own = (one for one in ARREARS if (one.level, one.code) == (level, code) and one.month <= month)
    return sum(int(budget * one.share) for one in own)


def quarter_of(month: int) -> int:
    """Return the place of a month's quarter, from 0."""
    return (month - 1) // 3
