"""From matches to proposals: how each canonical column is filled, from a column, the file name or a constant."""

import re
from collections.abc import Sequence
from typing import Any

from budget import frames
from ingest.draft.columns import Match
from ingest.draft.evidence import Evidence
from ingest.draft.file_names import NamePattern
from ingest.draft.shapes import TAKEN, WORTH_TELLING, Guess
from ingest.draft.vocabulary import load_vocabulary
from ingest.mapping import default_kind

_FROM_NAME = 90  # what a file's name tells in digits
_FROM_TITLE = 60
_DEFAULT_FORMS = ("ymd", "compact", "excel")
_YEAR_IN_TITLE = re.compile(r"((?:19|20)\d{2})\s*年")
_YEAR_FIRST = ("ymd", "compact", "month_last")
_ALL = 0.999
_MANY_CHOICES = 12
_CODE_LENGTH = 38
_DIVISION = 9
_OPTIONAL = frozenset({"fiscal_year"})


def guesses_of(  # noqa: PLR0917  # what the steps before found
    feed: str,
    taken: dict[str, Match],
    matches: dict[str, list[Match]],
    named: NamePattern,
    preamble: Sequence[str],
    division: str | None = None,
) -> tuple[list[Guess], list[str]]:
    """Return a guess for every canonical column that something fills, and the needed ones that nothing does."""
    needed = frames.REQUIRED[feed]
    found: dict[str, Guess] = {}
    for column in frames.FEEDS[feed]:
        by_name = _by_file_name(column, named)
        match = taken.get(column)
        if by_name is not None and (match is None or match.confidence < _FROM_NAME):
            found[column] = by_name
        elif match is not None and match.confidence >= WORTH_TELLING and not _is_poor(column, match, taken):
            found[column] = _by_match(feed, match, matches[column], is_required=column in needed)
    if division is not None and "division_code" in frames.FEEDS[feed]:
        given = "given by the person who asked"
        found["division_code"] = Guess(column="division_code", constant=division, confidence=100, reason=given)
    _fill_gaps(feed, found, taken, named, preamble)
    ordered = [found[column] for column in frames.FEEDS[feed] if column in found]
    return ordered, [column for column in needed if column not in found]


def _is_poor(column: str, match: Match, taken: dict[str, Match]) -> bool:
    """Tell whether a unit's name says more than the column that may hold its code."""
    other = taken.get("unit_name")
    return column == "unit_code" and match.confidence < TAKEN and other is not None and other.confidence >= TAKEN


def _by_file_name(column: str, named: NamePattern) -> Guess | None:
    groups = named.groups
    if column == "division_code" and "division_code" in groups:
        return Guess(column=column, group=column, confidence=_FROM_NAME, reason="nine digits in the file's name")
    if column == "fiscal_year" and "fiscal_year" in groups:
        return Guess(column=column, group=column, confidence=_FROM_NAME, reason="a year in the file's name")
    if column == "fiscal_year" and "period" in groups:
        extract = {"extract": r"^(\d{4})"}
        return Guess(
            column=column, group="period", confidence=_FROM_NAME, reason="a month in the file's name", options=extract
        )
    if column == "as_of_on" and "period" in groups:
        last = {"formats": ["month_last"]}
        told = "the last day of the month in the file's name"
        return Guess(column=column, group="period", confidence=_FROM_NAME, reason=told, options=last)
    return None


def _by_match(feed: str, match: Match, others: Sequence[Match], *, is_required: bool) -> Guess:
    source = match.source
    second = next((one for one in others if one.source is not source), None)
    options, remark, factor = _options(feed, match.column, source.seen)
    if source.widths:
        options["widths"] = list(source.widths)
    return Guess(
        column=match.column,
        labels=source.labels,
        confidence=round(match.confidence * factor),
        reason=match.reason + (f"; {remark}" if remark else ""),
        runner_up=" + ".join(second.source.labels) if second else None,
        runner_up_confidence=second.confidence if second else 0,
        options=options,
        is_required=is_required,
    )


def _options(feed: str, column: str, seen: Evidence) -> tuple[dict[str, Any], str | None, float]:
    """Return further keys of a column, a remark, and by how much the confidence shrinks for it."""
    kind = default_kind(feed, column)
    known = load_vocabulary().choices.get(column, {})
    if known and seen.choices.get(column, 0.0) > 0 and not set(seen.values) <= set(known.values()):
        return _choices(known, seen)
    if kind == "date":
        return _date_options(seen)
    if kind == "int" and seen.year < _ALL and seen.dates.get("month_last", seen.day()) >= _ALL:
        return {"extract": r"^(\d{4})"}, "the year of a month or day", 1.0
    if kind == "code" and seen.sign < 0.5 and seen.digits < 0.5 and seen.filled:
        return {"type": "text"}, "its cells are no codes but words", 0.8
    if column == "division_code" and seen.digits > _ALL and seen.mean_length > 9:
        return {"extract": r"^(\d{9})"}, "the first nine digits", 0.9
    return {}, None, 1.0


def _choices(known: dict[str, str], seen: Evidence) -> tuple[dict[str, Any], str | None, float]:
    used = {value: known[value] for value in seen.values if value in known}
    strange = [value for value in seen.values if value not in known][:_MANY_CHOICES]
    remark = f"what do these stand for: {', '.join(strange)}" if strange else None
    return {"choices": used}, remark, 0.7 if strange else 1.0


def _date_options(seen: Evidence) -> tuple[dict[str, Any], str | None, float]:
    """Return the date formats that read the cells; the usual three need not be told."""
    if not seen.dates:
        return {}, None, 1.0
    best = max(seen.dates.values())
    whole = [form for form, share in seen.dates.items() if share >= _ALL]
    is_unsure = {"dmy", "mdy"} <= set(whole)
    if whole and whole[0] in _DEFAULT_FORMS:
        return {}, None, 1.0
    if whole:
        return (
            {"formats": [whole[0]]},
            "day and month may stand the other way round" if is_unsure else None,
            0.8 if is_unsure else 1.0,
        )
    forms = [form for form, share in seen.dates.items() if share >= 0.005]
    if set(forms) - {"month_last"} <= set(_DEFAULT_FORMS):
        return {}, None, 1.0
    return {"formats": forms}, f"several ways of writing days; the commonest reads {round(best * 100)} of 100", 0.9


def _fill_gaps(
    feed: str, found: dict[str, Guess], taken: dict[str, Match], named: NamePattern, preamble: Sequence[str]
) -> None:
    """Fill needed columns that no column of their own fills: unit, year, level."""
    if "unit_code" in frames.FEEDS[feed] and "unit_code" not in found and "unit_name" in found:
        name = found["unit_name"]
        options = {"type": "text", "extract": f"^(.{{1,{_CODE_LENGTH}}})"}
        told = "the file has no unit codes; names stand in for them"
        found["unit_code"] = Guess(
            column="unit_code",
            labels=name.labels,
            confidence=min(name.confidence, 60),
            reason=told,
            options=options,
            is_required=True,
        )
    if "unit_name" in frames.FEEDS[feed] and "unit_name" not in found and "unit_code" in found:
        code = found["unit_code"]
        if code.labels and code.options.get("type") == "text":
            found["unit_name"] = Guess(
                column="unit_name", labels=code.labels, confidence=60, reason="the unit is told by name"
            )
    if "division_code" in frames.REQUIRED[feed] and "division_code" not in found:
        _division_from_unit(found, taken)
    if "as_of_on" in frames.REQUIRED[feed] and "as_of_on" not in found and "delivered_on" in named.groups:
        told = "the day in the file's name; the figures may stand for an earlier one"
        found["as_of_on"] = Guess(column="as_of_on", group="delivered_on", confidence=50, reason=told)
    if "fiscal_year" in frames.FEEDS[feed] and "fiscal_year" not in found:
        _year_from_elsewhere(found, taken, preamble)


def _division_from_unit(found: dict[str, Guess], taken: dict[str, Match]) -> None:
    match = taken.get("unit_code")
    if match is None or match.source.seen.digits < _ALL or min(match.source.seen.lengths, default=0) < _DIVISION:
        return
    told = "the first nine digits of the unit's code"
    found["division_code"] = Guess(
        column="division_code", labels=match.source.labels, confidence=50, reason=told, options={"extract": r"^(\d{9})"}
    )


def _year_from_elsewhere(found: dict[str, Guess], taken: dict[str, Match], preamble: Sequence[str]) -> None:
    for column in ("as_of_on", "paid_on", "adjusted_on"):
        match = taken.get(column)
        if match is not None and sum(match.source.seen.dates.get(form, 0.0) for form in _YEAR_FIRST) >= _ALL:
            told = f"the year of {column}; a payment belongs to the budget of its year"
            found["fiscal_year"] = Guess(
                column="fiscal_year",
                labels=match.source.labels,
                confidence=70,
                reason=told,
                options={"extract": r"^\s*(\d{4})"},
                is_required=True,
            )
            return
    years = {found_year[1] for text in preamble if (found_year := _YEAR_IN_TITLE.search(text))}
    if len(years) == 1:
        found["fiscal_year"] = Guess(
            column="fiscal_year",
            constant=int(years.pop()),
            confidence=_FROM_TITLE,
            reason="the year in the title: true of this file only",
        )
