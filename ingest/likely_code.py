"""What a code that a spreadsheet damaged most likely was: told to the person who puts it right, never taken in."""

import csv
import re
from decimal import Decimal
from functools import cache

import polars as pl

from ingest.converted import Converted
from ingest.mapping import reference_files

_SCIENTIFIC = re.compile(r"(\d)(?:\.(\d+))?[eE]\+?(\d{1,2})")
_SCHEMES = {
    "function_code": "function",
    "dept_economic_code": "dept_economic",
    "gov_economic_code": "gov_economic",
    "fund_type_code": "fund",
}
_TOP_DIGITS, _MOST_TOLD = 3, 3


def with_likely_codes(done: Converted, name: str, digits: tuple[int, ...]) -> Converted:
    """Say of codes that lost digits what they may have been; with ``digits``, refuse codes of another length."""
    bad = done.bad
    if digits:
        # Where a mapping says how long codes are, they are of digits.
        fits = done.values.str.contains(r"^\d+$") & done.values.str.len_chars().is_in(digits)
        bad = bad | ~fits.fill_null(value=True)
    if not bad.any():
        return done
    told = [
        _told(value, name, digits) or before if is_bad and value is not None else before
        for value, is_bad, before in zip(done.values, bad, done.expected, strict=True)
    ]
    return Converted(done.values, bad, pl.Series(told, dtype=pl.String))


def _told(value: str, name: str, digits: tuple[int, ...]) -> str | None:
    if found := _SCIENTIFIC.fullmatch(value):
        return "a code with all its digits" + _likely_of_scientific(found, name)
    if not digits or (value.isdigit() and len(value) in digits):
        return None
    return f"a code of {' or '.join(map(str, digits))} digits" + _likely_of_short(value, name, digits)


def _likely_of_scientific(found: re.Match[str], name: str) -> str:
    """Say between which codes 2.01E+06 was rounded; the one known code among them, if there is one."""
    shown = Decimal(found[0])
    step = Decimal(10) ** (int(found[3]) - len(found[2] or ""))
    if step <= 1:
        return f", likely {shown:f}" if shown == shown.to_integral_value() else ""
    low, high = int(shown - step / 2), int(shown + step / 2) - 1
    known = [code for code in known_codes(name) if len(code) == int(found[3]) + 1 and low <= int(code) <= high]
    return f", likely {_either(known)}" if 0 < len(known) <= _MOST_TOLD else f", likely between {low} and {high}"


def _likely_of_short(value: str, name: str, digits: tuple[int, ...]) -> str:
    """Say which code lost its first digits; codes of no classification lose zeros only."""
    wanted = min((length for length in digits if length > len(value)), default=None)
    if wanted is None or not value.isdigit():
        return ""
    top = [code for code in known_codes(name) if len(code) == _TOP_DIGITS]
    if not top:
        return f", likely {value.zfill(wanted)}"
    # The tables need not hold every item, but they hold every 类.
    missing = wanted - len(value)
    likely = [whole for code in top if (whole := code[:missing] + value).startswith(code)]
    return f", likely {_either(likely)}" if 0 < len(likely) <= _MOST_TOLD else ""


def _either(codes: list[str]) -> str:
    return " or ".join(codes)


@cache
def known_codes(name: str) -> tuple[str, ...]:
    """Return the codes of the classification tables that come with the program, for a canonical column."""
    scheme, found = _SCHEMES.get(name), []
    for path in reference_files() if scheme else ():
        with path.open(encoding="utf-8-sig", newline="") as lines:
            found += [row["编码"] for row in csv.DictReader(lines) if row["分类"] == scheme]
    return tuple(code for code in dict.fromkeys(found) if code.isdigit())
