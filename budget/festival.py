"""春节 moves pay between January and February: those two months are read as one, spread evenly over their days."""

import datetime as dt
from typing import Final, NamedTuple

from budget.calendar import same_day

# 农历正月初一 by 《农历的编算和颁行》 (GB/T 33661-2017). The festival always lies within January and February.
_NEW_YEARS: Final = """
    2015-02-19 2016-02-08 2017-01-28 2018-02-16 2019-02-05 2020-01-25 2021-02-12 2022-02-01 2023-01-22 2024-02-10
    2025-01-29 2026-02-17 2027-02-06 2028-01-26 2029-02-13 2030-02-03 2031-01-23 2032-02-11 2033-01-31 2034-02-19
    2035-02-08
"""
LUNAR_NEW_YEAR: Final[dict[int, dt.date]] = {day.year: day for day in map(dt.date.fromisoformat, _NEW_YEARS.split())}


class Reading(NamedTuple):
    """What of an earlier year stands for a day: its figures up to ``until``, times ``passed`` over ``whole``."""

    until: dt.date
    passed: int
    whole: int


def in_two_months(day: dt.date) -> bool:
    """Tell whether a day lies in January or February."""
    return day.month <= 2


def two_months_end(year: int) -> dt.date:
    """Return the last day of February."""
    return dt.date(year, 3, 1) - dt.timedelta(days=1)


def reading(as_of: dt.date, year: int) -> Reading:
    """Return how an earlier year is read for the day judged.

    From March on it is the same day. In January and February it is the sum of both months, of which the days passed
    (as_of included) over their days are expected: neither year's festival moves that.
    """
    if not in_two_months(as_of):
        return Reading(same_day(as_of, year), 1, 1)
    end = two_months_end(as_of.year)
    return Reading(two_months_end(year), as_of.timetuple().tm_yday, end.timetuple().tm_yday)


def festival_words(as_of: dt.date) -> tuple[str, str]:
    """Return what is said of a day in January or February, in Chinese and English; nothing from March on."""
    if not in_two_months(as_of):
        return "", ""
    new_year = LUNAR_NEW_YEAR.get(as_of.year)
    if new_year is None:
        return "，1至2月按两月合计逐日折算", ", January and February read as one"
    told = f"，1至2月按两月合计逐日折算（春节{new_year.month}月{new_year.day}日）"
    return told, f", January and February read as one (lunar new year {new_year.isoformat()})"
