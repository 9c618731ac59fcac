"""Which findings are one clue (线索), and in what order people should look at clues. Pure.

A clue is what is asked about in one letter: the findings on one unit and project in one period, whatever rules they
come from. The rules are its evidence.
"""

import hashlib
from collections.abc import Collection
from typing import Final

import polars as pl

from budget.catalogue import Catalogue, Confidence
from budget.levels import rank

KEY_LIMIT: Final = 255
CONFIDENCES: Final[tuple[Confidence, ...]] = ("hint", "likely", "certain")
# Rules that say the same in different ways make each other likelier; one more step, never beyond the highest.
AGREEING_RULES: Final = 2


def clue_period(period: str, project_code: str | None) -> str:
    """Return the period of a finding's clue: the year for a project, else the year or the month.

    What happens on a project in a year is one matter. Money of no project is many matters, told apart by month.
    """
    if project_code is not None:
        return period[:4]
    return period[:7] if period[4:5] == "-" else period


def clue_key(*, subject: str, period: str, unit_code: str | None, project_code: str | None) -> str:
    """Return what a finding's clue is known by: unit, project and period; the subject where there is no unit."""
    place = f"{unit_code}/{project_code or '-'}" if unit_code else subject
    key = f"{place}/{clue_period(period, project_code)}"
    return key if len(key) <= KEY_LIMIT else f"{key[:180]}#{hashlib.sha256(key.encode()).hexdigest()[:32]}"


def confidence_of(rules: Collection[str], catalogue: Catalogue) -> Confidence:
    """Return how much a clue's evidence proves: that of its surest rule, a step more where several rules agree.

    Rules on the quality of data do not count as agreeing: they speak of the data, not of the money.
    """
    known = [catalogue[code] for code in set(rules) if code in catalogue]
    surest = max((CONFIDENCES.index(one.confidence) for one in known), default=0)
    agreeing = sum(one.family != "data_quality" for one in known)
    return CONFIDENCES[min(surest + (agreeing >= AGREEING_RULES), len(CONFIDENCES) - 1)]


def clue_order(level: str, confidence: Confidence, amount_fen: int | None, *, is_data: bool) -> tuple[int, ...]:
    """Return a sort key, what to look at first having the least: level, money before data, confidence, money.

    The level names what is to be done; the money at stake decides between clues that prove as much. An unknown
    amount comes last.
    """
    return (-rank(level), int(is_data), -CONFIDENCES.index(confidence), 1 if amount_fen is None else -amount_fen)


def in_order(clues: pl.DataFrame, catalogue: Catalogue) -> pl.DataFrame:
    """Return clues with column ``confidence``, what to look at first at the top, ties by clue_id.

    ``clues`` have clue_id, level, amount_fen and rule_codes (codes joined with commas; null where there is none).
    """
    told = clues.select("level", "amount_fen", "clue_id", pl.col("rule_codes").fill_null("")).rows()
    confidences, keys = [], []
    for level, amount, clue_id, codes in told:
        rules = [code for code in codes.split(",") if code]
        confidences.append(confidence_of(rules, catalogue))
        keys.append((clue_order(level, confidences[-1], amount, is_data=_is_data(rules, catalogue)), clue_id))
    places = sorted(range(len(keys)), key=keys.__getitem__)
    known = clues.with_columns(confidence=pl.Series(confidences, dtype=pl.String))
    return known[places]


def _is_data(rules: Collection[str], catalogue: Catalogue) -> bool:
    return {catalogue[code].family for code in rules if code in catalogue} == {"data_quality"}
