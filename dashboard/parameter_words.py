"""Parameters of rules as people read and type them: names, units, values; the settings' own unit stays underneath."""

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from budget.levels import LEVELS
from budget.money import format_wan, format_yuan
from budget.thresholds import Value
from dashboard.parameter_names import MEASURES, NAMES
from dashboard.words import Words, noted

FEN_A_WAN: Final = 1_000_000
LEVEL_NAMES: Final = {"blue": noted("蓝"), "yellow": noted("黄"), "orange": noted("橙"), "red": noted("红")}
UNITS: Final[Mapping[str, str]] = {
    "fen": noted("元"),
    "bp": noted("%"),
    "days": noted("天"),
    "count": noted("次"),
    "years": noted("年"),
}
_ORDER: Final[Mapping[str, int]] = {level: place for place, level in enumerate(LEVELS)}
_HUNDREDTHS: Final = ("fen", "bp")  # typed with two decimals, kept whole


class TypedError(ValueError):
    """What somebody typed is no value of its parameter; ``key`` names it."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


def unit_of(key: str) -> str:
    """Return the unit of a parameter: fen, bp, days, count, years, or nothing."""
    unit = key.rpartition("_")[2]
    return unit if unit in UNITS else ""


def parameter_name(key: str, t: Words) -> str:
    """Name a parameter: level lines by their colour, the others by what they mean, unknown ones by their key."""
    level, _, measure = key.partition("_")
    if level in LEVELS:
        what = t("{level}线", level=t(LEVEL_NAMES[level]))
        return what if measure in UNITS else f"{what} ({t(MEASURES[measure]) if measure in MEASURES else measure})"
    return t(NAMES[key]) if key in NAMES else key


def value_text(key: str, value: Any, t: Words) -> str:
    """Write a value with its unit; money from 1 万元 on in 万元."""
    if isinstance(value, tuple | list):
        return t("、").join(value) or "—"
    unit = unit_of(key)
    if unit == "fen":
        is_small = value < FEN_A_WAN
        return f"{format_yuan(value)} {t('元')}" if is_small else f"{format_wan(value)} {t('万元')}"
    if unit == "bp":
        return f"{_plain(value)}%"
    return f"{value} {t(UNITS[unit])}" if unit else str(value)


def values_text(values: Mapping[str, Any], t: Words) -> str:
    """Write several values, each after its name."""
    return "; ".join(f"{parameter_name(key, t)} {value_text(key, values[key], t)}" for key in in_order(values))


def in_order(keys: Iterable[str]) -> list[str]:
    """Return parameters with the lines of levels first and in their order."""
    return sorted(keys, key=lambda key: _ORDER.get(key.partition("_")[0], len(LEVELS)))


def typed_text(key: str, value: Any) -> str:
    """Write a value as it is typed: money in 元, shares in %, lists by comma."""
    if isinstance(value, tuple | list):
        return ", ".join(value)
    return _plain(value) if unit_of(key) in _HUNDREDTHS else str(value)


def _plain(hundredths: int) -> str:
    return format(Decimal(hundredths) / 100, "f").removesuffix(".00")


def read_typed(key: str, text: str, current: Any) -> Value:
    """Read what somebody typed for a parameter, by the kind of its present value; TypedError where it is none."""
    if isinstance(current, tuple | list):
        return tuple(part.strip() for part in re.split(r"[,，、\n]", text) if part.strip())
    if isinstance(current, str):
        return text
    factor = 100 if unit_of(key) in _HUNDREDTHS else 1
    try:
        whole = Decimal(text.replace(",", "").replace("，", "").removesuffix("%").strip()) * factor
    except InvalidOperation as error:
        raise TypedError(key) from error
    if not whole.is_finite() or whole != whole.to_integral_value() or abs(whole) > 10**17:
        raise TypedError(key)
    return int(whole)
