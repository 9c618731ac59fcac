"""When contracts are announced: the day after, some on the last day and some later, by their number alone."""

import datetime as dt
import zlib

import numpy as np

# Two working days, and the seven that a calendar nobody delivered may hide.
LIMIT_WORKDAYS = 2 + 7


def noticed_on(number: str, signed: dt.date) -> dt.date:
    """Return the day a contract is announced; one in eight is late, one on the last day that may be in time."""
    drawn = zlib.crc32(number.encode())
    if drawn % 8 > 1:
        return signed + dt.timedelta(days=1)
    late = 1 + drawn // 8 % 25 if drawn % 8 == 0 else 0
    return workdays_after(signed, LIMIT_WORKDAYS + late)


def workdays_after(day: dt.date, count: int) -> dt.date:
    """Return the count-th weekday after a day."""
    moved: dt.date = np.busday_offset(np.datetime64(day), count, roll="backward").astype(object)
    return moved


def workdays_between(first: dt.date, last: dt.date) -> int:
    """Count the weekdays after one day up to another, that one included."""
    one = dt.timedelta(days=1)
    return int(np.busday_count(np.datetime64(first + one), np.datetime64(last + one)))
