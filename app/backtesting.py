"""``mingzhang rules backtest``: a rule judged at the ends of past months, with its settings and with others."""

import datetime as dt
import json
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from app.judging import DayAheadError, UnknownRuleError
from app.rule_settings import rule_params
from app.rule_versions import rule_version
from app.settings import EvaluationSettings
from app.wiring import House
from budget.facts import Facts
from budget.thresholds import in_force
from rules.backtest import Backtest, Day, Hits, backtest, change, hits, month_ends, once, within
from rules.breadth import Breadth, is_too_wide, share_bp
from rules.evaluate import Evaluation, evaluate
from rules.params import RuleSettingsError, read_params
from rules.registry import BY_CODE
from warehouse.engine import reading
from warehouse.facts import load_facts
from warehouse.rule_changes import approved_changes
from warehouse.scope import Scope


class BacktestError(ValueError):
    """A back-test is asked for that cannot be made; the message says what was expected."""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What is to be tried: rule, days (inclusive), parameters stated anew, division, moment of knowledge."""

    code: str
    first: dt.date
    last: dt.date
    values: Mapping[str, Any]
    division: str | None = None
    known_at: dt.datetime | None = None
    planted: Path | None = None


@dataclass(frozen=True, kw_only=True)
class Tried:
    """A back-test that was made, and what of the planted it found; None where nothing was planted."""

    asked: Asked
    known_at: dt.datetime
    outcome: Backtest
    planted: dict[str, Any] | None
    settings: EvaluationSettings

    def told(self) -> dict[str, Any]:
        """Return the back-test as docs/json.md promises it."""
        asked, outcome = self.asked, self.outcome
        return {
            "rule": asked.code,
            "rule_version": rule_version(asked.code),
            "from": asked.first,
            "to": asked.last,
            "known_at": self.known_at,
            "division": asked.division,
            "set": dict(asked.values),
            "total": outcome.total._asdict(),
            "days": [self._day(day) for day in outcome.days],
            "offices": [{"division": code} | counts._asdict() for code, counts in outcome.offices.items()],
            "findings": _findings(outcome.fired),
            "planted": self.planted,
        }

    def _day(self, day: Day) -> dict[str, Any]:
        shown = {"as_of": day.as_of} | day.counts._asdict() | {"levels": day.levels}
        sides = {name: self._breadth(getattr(day, name)) for name in ("current", "proposed")}
        return shown | {"breadth": sides, "not_judged": day.not_judged, "errors": day.errors}

    def _breadth(self, one: Breadth) -> dict[str, Any]:
        return one._asdict() | {
            "flagged_bp": share_bp(one.judged, one.flagged),
            "too_wide": self.is_too_wide(one),
        }

    def is_too_wide(self, one: Breadth) -> bool:
        """Tell whether a rule flags more than the settings allow."""
        limit, least = self.settings.too_wide_bp, self.settings.too_wide_from
        return is_too_wide(one.judged, one.flagged, limit_bp=limit, least=least)

    @property
    def errors(self) -> dict[str, str]:
        """Return what failed on any day."""
        return {code: message for day in self.outcome.days for code, message in day.errors.items()}


def try_rule(house: House, asked: Asked) -> Tried:
    """Judge the ends of the months asked for; nothing is stored and nobody is told.

    Raises BacktestError for days without a month's end among them, UnknownRuleError for a rule that is not there or
    off, DayAheadError for days to come, and RuleSettingsError for parameters the rule does not have.
    """
    started = house.clock()
    days = _days(house, asked)
    current = _params(house, asked.code)
    proposed = current | {asked.code: _changed(house, asked)}
    moment = min(asked.known_at or started, started)
    with reading(house.engine) as connection:
        approved = approved_changes(connection, moment)

    def load(day: dt.date) -> Facts:
        with reading(house.engine) as connection:
            return load_facts(
                connection,
                house.snapshots,
                day,
                moment,
                Scope.everything(),
                time_progress_by=house.settings.site.time_progress_by,
            )

    def judge(facts: Facts, params: Mapping[str, Any]) -> Evaluation:
        return evaluate(facts, params, codes=[asked.code], thresholds=in_force(approved, facts.as_of, moment))

    outcome = backtest(asked.code, days, load, judge, current=current, proposed=proposed, division=asked.division)
    planted = _planted(house, asked, outcome)
    return Tried(asked=asked, known_at=moment, outcome=outcome, planted=planted, settings=house.settings.evaluation)


def read_values(given: Sequence[str]) -> dict[str, Any]:
    """Read ``param=value`` as the settings file would; a value that is no TOML is a text. BacktestError for others."""
    values = {}
    for text in given:
        name, equals, value = text.partition("=")
        if not equals or not name.isidentifier():
            raise BacktestError(f"--set {text!r} is no parameter with its value, like yellow_bp=1500")
        try:
            values[name] = tomllib.loads(f"value = {value}")["value"]
        except tomllib.TOMLDecodeError:
            values[name] = value
    return values


def _days(house: House, asked: Asked) -> list[dt.date]:
    if asked.last > house.today:
        raise DayAheadError(f"{asked.last} lies ahead; the last day that can be judged is today, {house.today}")
    days = month_ends(asked.first, asked.last)
    if not days:
        raise BacktestError(f"no month ends from {asked.first} to {asked.last}; a span like 2026-01-01 to 2026-06-30")
    return days


def _params(house: House, code: str) -> dict[str, Any]:
    params = rule_params(house)
    if code not in BY_CODE:
        raise UnknownRuleError(f"there is no rule {code}; rules are {', '.join(sorted(BY_CODE))}")
    # A rule that is off is tried with its defaults: that is what a back-test before switching it on is for.
    return params if code in params else params | read_params({code: {}})


def _changed(house: House, asked: Asked) -> Any:
    section = {**house.settings.rules.get(asked.code, {}), **asked.values}
    try:
        return read_params({asked.code: section})[asked.code]
    except RuleSettingsError as error:
        raise RuleSettingsError(str(error).replace("settings section", "with --set, settings section")) from error


def _planted(house: House, asked: Asked, outcome: Backtest) -> dict[str, Any] | None:
    path = asked.planted or house.data / "sample" / "planted.json"
    if asked.planted is None and not path.exists():
        return None
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        told = {
            kind: {(one["subject"], one["period"]) for one in document[kind] if one["rule"] == asked.code}
            for kind in ("planted", "innocent")
        }
    except OSError as error:
        raise BacktestError(f"{path}: cannot be read ({error.strerror})") from error
    except (ValueError, KeyError, TypeError) as error:
        raise BacktestError(f"{path}: is no list of what was planted, as mingzhang sample write makes it") from error
    return _hits(asked, outcome, told)


def _hits(asked: Asked, outcome: Backtest, told: Mapping[str, set[tuple[str, str]]]) -> dict[str, Any]:
    fired = once(outcome.fired)
    every = set(fired.select("subject", "period").iter_rows())
    # What was planted before or after the days judged is not missed; of one division nobody says what was planted.
    wanted = set(within(told["planted"], asked.first, asked.last)) | (told["planted"] & every)
    sides: dict[str, Any] = {"expected": None if asked.division else len(wanted)}
    for name in ("current", "proposed"):
        own = fired.filter(pl.col(name).is_not_null()).select("subject", "period")
        found: Hits = hits(set(own.iter_rows()), wanted, told["innocent"])
        sides[name] = (found._replace(recall_bp=None) if asked.division else found)._asdict()
    return sides


def _findings(fired: pl.DataFrame) -> list[dict[str, Any]]:
    span = fired.group_by("subject", "period").agg(
        first_on=pl.col("as_of").min(), last_on=pl.col("as_of").max(), times=pl.len()
    )
    told = once(fired).join(span, on=["subject", "period"], how="left", maintain_order="left")
    return told.with_columns(change=change()).rename({"division_code": "division"}).to_dicts()
