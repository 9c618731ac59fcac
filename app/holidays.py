"""The table of days off and make-up workdays (app/holidays.toml), which a site edits each November."""

import datetime as dt
import tomllib
from pathlib import Path
from typing import Any

HOLIDAYS_PATH = Path(__file__).with_name("holidays.toml")
_KEYS = {"notice", "days_off", "workdays"}


class HolidayTableError(ValueError):
    """The table of days off cannot be read."""


def load_changed_days(path: Path = HOLIDAYS_PATH) -> dict[dt.date, bool]:
    """Return the days that differ from plain weekends: True for a make-up workday, False for a day off.

    Raises HolidayTableError, naming the file, the year and the entry, where something is not a day or a range of
    days, a key is unknown, or a day is given twice.
    """
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise HolidayTableError(f"{path}: cannot be read ({error.strerror})") from error
    except tomllib.TOMLDecodeError as error:
        raise HolidayTableError(f"{path}: is not valid TOML: {error}") from error
    changed: dict[dt.date, bool] = {}
    for year, section in table.items():
        _read_year(f"{path} [{year}]", section, changed)
    return changed


def _read_year(where: str, section: dict[str, Any], changed: dict[dt.date, bool]) -> None:
    unknown = sorted(set(section) - _KEYS)
    if unknown:
        raise HolidayTableError(f"{where}: unknown key '{unknown[0]}'; known keys: {', '.join(sorted(_KEYS))}")
    for key, is_worked in (("days_off", False), ("workdays", True)):
        for entry in section.get(key, []):
            for day in _days(f"{where} {key}", str(entry)):
                if changed.get(day, is_worked) != is_worked:
                    raise HolidayTableError(f"{where}: {day} is given both as a day off and as a workday")
                changed[day] = is_worked


def _days(where: str, entry: str) -> list[dt.date]:
    """Return the days of ``2026-10-01`` or ``2026-10-01/2026-10-07``, both ends included."""
    head, _, tail = entry.partition("/")
    try:
        first, last = dt.date.fromisoformat(head), dt.date.fromisoformat(tail or head)
    except ValueError as error:
        raise HolidayTableError(f'{where}: "{entry}" is not a day like 2026-10-01 or 2026-10-01/2026-10-07') from error
    if last < first:
        raise HolidayTableError(f'{where}: "{entry}" ends before it begins')
    return [first + dt.timedelta(days=n) for n in range((last - first).days + 1)]
