"""What a file's name tells: division, month, year, day of delivery; and the pattern of the names to come."""

import datetime as dt
import re
from dataclasses import dataclass

_PIECE = re.compile(
    r"(?P<month>(?:19|20)\d{2}年\d{1,2}月)|(?P<day>(?:19|20)\d{2}-\d{2}-\d{2})(?!\d)|(?P<digits>\d+)|(?P<hash>(?<![0-9A-Za-z])(?=[a-f]*\d)[0-9a-f]{7,40}(?![0-9A-Za-z]))"
)
_FORMS = {
    "division_code": r"\d{9}",
    "delivered_on": r"\d{8}",
    "period": r"\d{6}",
    "fiscal_year": r"\d{4}",
    "month": r"\d{4}年\d{1,2}月",
    "day": r"\d{4}-\d{2}-\d{2}",
}


@dataclass(frozen=True)
class NamePattern:
    """A pattern of the whole file name, and what its named groups say for this file."""

    pattern: str
    groups: dict[str, str]


def pattern_of(file_name: str) -> NamePattern:
    """Return the pattern that a file's name follows; digits become groups where they tell something."""
    groups: dict[str, str] = {}
    pattern, at = "", 0
    twice: set[str] = set()
    for found in _PIECE.finditer(file_name):
        pattern += re.escape(file_name[at : found.start()]).replace(r"\-", "-").replace(r"\ ", " ")
        text, at = found[0], found.end()
        kind = next((one for one in ("hash", "day", "month") if found[one]), None) or _kind(text)
        name = {"day": "delivered_on", "month": "period"}.get(kind or "", kind)
        if name is not None and groups.get(name, text) != text:
            twice.add(name)
        if name is None or name == "hash" or name in groups:
            pattern += rf"[0-9a-f]{{{len(text)}}}" if name == "hash" else rf"\d{{{len(text)}}}"
        else:
            groups[name] = text
            pattern += f"(?P<{name}>{_FORMS[kind or name]})"
    rest = re.escape(file_name[at:]).replace(r"\-", "-").replace(r"\ ", " ")
    # Two years in a name are a span: neither tells the year of the rows.
    for name in twice:
        pattern = pattern.replace(f"(?P<{name}>", "(?:")
        del groups[name]
    return NamePattern(pattern + rest, groups)


def _kind(digits: str) -> str | None:
    """Return what some digits of a name are: a division, a day, a month, a year, or nothing known."""
    if len(digits) == 9:
        return "division_code"
    if len(digits) == 8 and _is_day(digits[:4], digits[4:6], digits[6:]):
        return "delivered_on"
    if len(digits) == 6 and _is_day(digits[:4], digits[4:], "01"):
        return "period"
    return "fiscal_year" if len(digits) == 4 and 1990 <= int(digits) <= 2199 else None


def _is_day(year: str, month: str, day: str) -> bool:
    try:
        return 1990 <= dt.date(int(year), int(month), int(day)).year <= 2199
    except ValueError:
        return False
