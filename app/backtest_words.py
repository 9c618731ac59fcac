"""A back-test in words, for people at the command line."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from app.backtesting import Tried
from app.rule_outcomes import share_words, words_of
from budget.money import format_rate
from rules.backtest import Counts
from rules.breadth import share_bp
from rules.registry import BY_CODE

HEADS: Final = ("as of", "current", "proposed", "new", "gone", "same", "judged", "flagged", "not judged")


def lines_of(tried: Tried) -> Iterator[str]:
    """Yield what is said before and after the table of days."""
    total, asked = tried.outcome.total, tried.asked
    changed = ", ".join(f"{name} = {value}" for name, value in asked.values.items()) or "nothing changed"
    yield f"{asked.code} {BY_CODE[asked.code].text.name_zh}: {changed}"
    yield f"in all {_counts(total)}"
    for code, counts in tried.outcome.offices.items():
        yield f"  {code or 'whole district'}: {_counts(counts)}"
    if tried.planted is not None:
        yield from (_hit_words(name, tried.planted) for name in ("current", "proposed"))


def _counts(counts: Counts) -> str:
    return (
        f"{counts.current} now, {counts.proposed} proposed: {counts.new} new, {counts.gone} gone, {counts.same} the "
        f"same, {counts.level_changed} of them at another level"
    )


def _hit_words(name: str, planted: Mapping[str, Any]) -> str:
    side = planted[name]
    shares = [
        f"{word} {format_rate(side[f'{word}_bp'])}"
        for word in ("precision", "recall")
        if side[f"{word}_bp"] is not None
    ]
    expected = "" if planted["expected"] is None else f" of {planted['expected']}"
    return (
        f"planted, {name}: {side['found']}{expected} found, {side['innocent']} innocent, {side['other']} others; "
        f"{', '.join(shares) or 'no shares'}"
    )


def rows_of(tried: Tried) -> Iterator[tuple[Any, ...]]:
    """Yield a row a month's end, as HEADS names them."""
    for day in tried.outcome.days:
        one = day.proposed
        flagged = share_words(share_bp(one.judged, one.flagged), is_too_wide=tried.is_too_wide(one))
        unjudged = "、".join(f"{words_of(reason)} {count}" for reason, count in day.not_judged.items())
        counts = day.counts
        yield (
            str(day.as_of), counts.current, counts.proposed, counts.new, counts.gone, counts.same, one.judged, flagged,
            unjudged,
        )  # fmt: skip
