"""Figures as text on the screen, in either language; the figures themselves are never changed."""

import datetime as dt
import re

from budget.money import format_points, format_rate, format_wan, format_yuan
from dashboard.words import Language, words

NOT_APPLICABLE = "—"


def wan_text(fen: int | None, language: Language) -> str:
    """Write fen as 万元 with two decimals."""
    return in_language(format_wan(fen), language)


def yuan_text(fen: int | None, language: Language) -> str:
    """Write fen as 元 in full, with the unit."""
    return in_language(format_yuan(fen) + ("" if fen is None else " 元"), language)


def bare_yuan_text(fen: int | None, language: Language) -> str:
    """Write fen as 元 in full, without the unit: the column head carries it."""
    return in_language(format_yuan(fen), language)


def rate_text(bp: int | None, language: Language) -> str:
    """Write basis points as a percentage."""
    return in_language(format_rate(bp), language)


def points_text(bp: int | None, language: Language) -> str:
    """Write a difference of rates, signed, without the unit: the column head carries it."""
    return in_language(format_points(bp).removesuffix(" 个百分点"), language)


def day_text(day: dt.date | None, language: Language) -> str:
    """Write a business date as 2026-09-30."""
    return in_language("无数据", language) if day is None else day.isoformat()


def count_text(count: int | None, language: Language) -> str:
    """Write a count with separators."""
    return in_language("无数据", language) if count is None else f"{count:,}".replace("-", "−")


_MONTH_WORDS = re.compile(r"(\d{4})年(\d{1,2})月")
_POINTS = re.compile(r" ?个百分点")
_DAY_WORDS = re.compile(r"(\d{4})年(\d{1,2})月(\d{1,2})日")


def in_language(text: str, language: Language) -> str:
    """Turn the Chinese words that figures carry (无数据, 个百分点, 年月日) into English ones."""
    if language == "zh":
        return text
    t = words(language)
    text = _DAY_WORDS.sub(lambda m: f"{m[1]}-{int(m[2]):02d}-{int(m[3]):02d}", text)
    text = _MONTH_WORDS.sub(lambda m: f"{m[1]}-{int(m[2]):02d}", text)
    text = _POINTS.sub(f" {t('个百分点')}", text)
    return text.replace("无数据", t("无数据")).replace(" 元", f" {t('元')}")
