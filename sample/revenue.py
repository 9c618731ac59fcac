"""Revenue of the two levels: subjects, their budgets, and what comes in month by month."""

from typing import NamedTuple

import numpy as np

from sample.levels import budget_fen, own_lines, rounded
from sample.model import District
from sample.months import month_end
from sample.people import DISTRICT_CODE
from sample.shortfalls import Head, judged_year, share_of
from sample.table_events import SETTLED_LATER, arrears, with_events

_GROWTH = 1.03
# Quarterly taxes come in the first month of each quarter.
_QUARTERLY = (14, 6, 7, 12, 7, 6, 12, 6, 6, 11, 6, 7)
_EVEN = (8, 7, 9, 8, 8, 9, 8, 8, 9, 8, 9, 9)
_LUMPY = (2, 2, 8, 4, 5, 14, 6, 7, 12, 9, 14, 17)


class Subject(NamedTuple):
    """A revenue subject: its budget, code, name, share of that budget's revenue, and how the year goes."""

    fund: str
    code: str
    name: str
    share: float
    months: tuple[int, ...]
    is_town: bool = True


SUBJECTS: tuple[Subject, ...] = (
    Subject("11", "10101", "增值税", 0.30, _QUARTERLY),
    Subject("11", "10104", "企业所得税", 0.13, _QUARTERLY),
    Subject("11", "10106", "个人所得税", 0.05, _EVEN),
    Subject("11", "10109", "城市维护建设税", 0.07, _EVEN),
    Subject("11", "10110", "房产税", 0.08, _QUARTERLY),
    Subject("11", "10112", "城镇土地使用税", 0.04, _QUARTERLY),
    Subject("11", "10111", "印花税", 0.004, _QUARTERLY),
    Subject("11", "10119", "契税", 0.12, _EVEN),
    Subject("11", "10302", "专项收入", 0.06, _EVEN),
    Subject("11", "10304", "行政事业性收费收入", 0.04, _EVEN),
    Subject("11", "10305", "罚没收入", 0.03, _EVEN, is_town=False),
    Subject("11", "10307", "国有资源（资产）有偿使用收入", 0.08, _LUMPY),
    Subject("11", "10399", "其他收入", 0.004, _EVEN),
    Subject("12", "1030146", "国有土地收益基金收入", 0.05, _LUMPY),
    Subject("12", "1030148", "国有土地使用权出让收入", 0.83, _LUMPY),
    Subject("12", "1030156", "城市基础设施配套费收入", 0.12, _EVEN, is_town=False),
    Subject("13", "1030601", "利润收入", 1.0, _LUMPY, is_town=False),
    Subject("14", "1021001", "城乡居民基本养老保险基金收入", 0.6, _EVEN, is_town=False),
    Subject("14", "1021201", "城乡居民基本医疗保险基金收入", 0.4, _EVEN, is_town=False),
)
CLASS_NAMES = {"101": "税收收入", "102": "社会保险基金收入", "103": "非税收入"}
# What a fund takes in, as a share of what the level budgets under 一般公共预算.
_SIZE = {"11": 0.58, "12": 0.35, "13": 0.01, "14": 0.12}


class Taken(NamedTuple):
    """One subject of one year: its budget and what came in each month, in fen."""

    subject: Subject
    budget: int
    months: tuple[int, ...]
    unremitted: tuple[int, ...]  # of what is receivable, by the end of each month

    @property
    def is_non_tax(self) -> bool:
        """Tell whether it is receivable first and remitted then."""
        return self.subject.code.startswith("103")

    def receivable(self, month: int) -> int:
        """Return what is receivable from January to a month: what came in, what settles later, what is owed."""
        return self.until(month) + rounded(self.months[month - 1] * SETTLED_LATER) + self.unremitted[month - 1]

    def until(self, month: int) -> int:
        """Return what came in from January to a month (inclusive)."""
        return sum(self.months[:month])


def take_in(district: District, level: str, year: int, seed: int) -> list[Taken]:
    """Return a level's revenue of a year; the same for everybody who asks, whatever else is drawn."""
    base = _base(district, level) * _GROWTH ** (year - district.year)
    subjects = [one for one in SUBJECTS if one.is_town or level == DISTRICT_CODE]
    found = [_taken(one, base, np.random.default_rng([seed, 41, year, int(level), int(one.code)])) for one in subjects]
    if year == district.year:
        found = [_troubled(level, one) for one in found]
    return [_short(level, one) for one in found] if year == judged_year(district.until) else found


def heads_of(district: District, level: str, year: int, seed: int) -> list[Head]:
    """Return each fund's revenue of a level, and of the general budget taxes and non-tax apart."""
    told = take_in(district, level, year, seed)
    starts = {(one.subject.fund, "-"): "" for one in told} | {("11", "101"): "101", ("11", "103"): "103"}
    heads = []
    for (fund, code), start in starts.items():
        own = [one for one in told if one.subject.fund == fund and one.subject.code.startswith(start)]
        months = tuple(sum(one.months[place] for one in own) for place in range(12))
        heads.append(Head(level, fund, code, months, sum(one.budget for one in own)))
    return heads


def _short(level: str, one: Taken) -> Taken:
    """Let what falls short take in its share of the budget, month by month as it would."""
    share = share_of(level, one.subject.fund, one.subject.code)
    if share is None:
        return one
    whole = sum(one.months)
    return one._replace(months=tuple(rounded(fen * one.budget * share / whole) for fen in one.months))


def _base(district: District, level: str) -> int:
    first = min(district.lines)
    years = district.year - first
    b0 = budget_fen(own_lines(district, level, first), month_end(first, 12)).get("11", (0, 0))[0]
    return int(b0 * _GROWTH**years)


def _taken(subject: Subject, base: float, rng: np.random.Generator) -> Taken:
    budget = rounded(base * _SIZE[subject.fund] * subject.share)
    whole = budget * rng.uniform(0.96, 1.06)
    weights = np.array(subject.months) * rng.uniform(0.92, 1.08, 12)
    months = tuple(rounded(whole * share) for share in weights / weights.sum())
    return Taken(subject, budget, months, (0,) * 12)


def _troubled(level: str, one: Taken) -> Taken:
    """Return what came in with the events of the current year."""
    code = one.subject.code
    months = tuple(rounded(fen) for fen in with_events(level, code, one.budget, list(one.months)))
    owed = tuple(rounded(arrears(level, code, one.budget, month)) for month in range(1, 13))
    return one._replace(months=months, unremitted=owed)
