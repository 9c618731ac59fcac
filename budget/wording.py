"""Filling the sentences of rules from the figures of findings."""

import datetime as dt
import string
from collections.abc import Mapping
from typing import Any

from budget.money import format_points, format_rate, format_wan, format_yuan

MISSING = "无数据"
_FORMATS = {"wan": format_wan, "yuan": format_yuan, "rate": format_rate, "points": format_points}


class _Sentence(string.Formatter):
    """Formats ``{payment_fen:wan}``, ``{execution_rate_bp:rate}``, ``{gap_bp:points}``, ``{released_on:day}``."""

    def __init__(self, missing: str) -> None:
        self.missing = missing

    def get_value(self, key: int | str, args: Any, kwargs: Mapping[str, Any]) -> Any:
        return kwargs.get(str(key))

    def format_field(self, value: Any, format_spec: str) -> str:
        if value is None:
            return self.missing
        if format_spec in _FORMATS:
            return _FORMATS[format_spec](int(value))
        if format_spec == "day":
            day = value if isinstance(value, dt.date) else dt.date.fromisoformat(str(value))
            return f"{day.year}年{day.month}月{day.day}日"
        return str(value)


def render(template: str, evidence: Mapping[str, Any], *, missing: str = MISSING) -> str:
    """Fill a sentence; a figure that is missing or null is written as ``missing``, never as zero."""
    return _Sentence(missing).vformat(template, (), evidence)
