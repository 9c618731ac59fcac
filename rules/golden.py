"""Golden cases: feeds, a day and what a rule must find of them; read from plain documents and held against rules."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from budget import frames
from budget.facts import Facts
from budget.levels import LEVELS
from rules.evaluate import Evaluation, evaluate
from rules.params import RuleSettingsError, read_params
from rules.registry import BY_CODE
from rules.short_rows import ShortRowError, build_facts

CASE_KEYS: Final = ("case", "rule", "as_of", "params", "feeds", "findings", "not_judged")
# What an expected finding may say, and the column it says it of.
SAYS: Final = {"unit": "measure_unit"} | {name: name for name in frames.FINDING if name != "evidence"}
SHOWN: Final = ("subject", "period", "level", "measured", "limit", "unit")
Document = Mapping[str, Any]


class CaseError(ValueError):
    """A case cannot be read; the message names the case, what was found and what was expected."""


@dataclass(frozen=True)
class Case:
    """One case: the facts, the parameters that differ from the defaults, and all that must come of it."""

    name: str
    code: str
    facts: Facts
    params: dict[str, dict[str, Any]]
    expected: list[dict[str, Any]]
    not_judged: dict[str, str]

    def judged(self, sections: Mapping[str, Mapping[str, Any]] | None = None) -> Evaluation:
        """Evaluate the case's rule, with the defaults of every rule, those of ``sections``, and the case's own."""
        base = {code: (sections or {}).get(code, {}) for code in BY_CODE}
        own = {code: {**base[code], **self.params.get(code, {})} for code in base}
        return evaluate(self.facts, read_params(own), codes=[self.code])


def read_cases(document: Any, name: str) -> list[Case]:
    """Return the cases of one document: a case itself, or ``cases`` that share what stands beside them.

    ``name`` is that of the file; its part before the first hyphen is the rule where none is named. Raises CaseError.
    """
    if not isinstance(document, Mapping):
        raise CaseError(f"is {type(document).__name__}; a case with as_of, feeds and findings was expected")
    if "cases" not in document:
        return [_read_case(document, name, "")]
    cases, shared = document["cases"], {key: value for key, value in document.items() if key != "cases"}
    if not isinstance(cases, list) or not cases:
        raise CaseError(f"cases is {cases!r}; a list of cases was expected")
    read = []
    for number, own in enumerate(cases, 1):
        if not isinstance(own, Mapping):
            raise CaseError(f"case {number} is {own!r}; a case with as_of, feeds and findings was expected")
        where = f"case {number} ({own['case']}): " if "case" in own else f"case {number}: "
        feeds = {**(shared.get("feeds") or {}), **(own.get("feeds") or {})}
        whole = {"case": f"{name}, case {number}", **shared, **own, "feeds": feeds}
        read.append(_read_case(whole, name, where))
    return read


def _read_case(told: Document, name: str, where: str) -> Case:
    for key in told:
        if key not in CASE_KEYS:
            raise CaseError(f"{where}unknown key {key}; keys are {', '.join(CASE_KEYS)}")
    code = told.get("rule", name.partition("-")[0])
    if code not in BY_CODE:
        raise CaseError(f"{where}rule is {code}; rules are {', '.join(sorted(BY_CODE))}")
    as_of = told.get("as_of")
    if not isinstance(as_of, dt.date) or isinstance(as_of, dt.datetime):
        raise CaseError(f"{where}as_of is {as_of!r}; a day like 2026-06-30 was expected")
    try:
        facts = build_facts(as_of, _mapping(told, "feeds", where))
        params = _params(told, where)
    except (ShortRowError, RuleSettingsError) as error:
        raise CaseError(f"{where}{error}") from error
    expected = _expected(told, where)
    not_judged = _mapping(told, "not_judged", where)
    return Case(str(told.get("case", name)), code, facts, params, expected, not_judged)


def _mapping(told: Document, key: str, where: str) -> dict[str, Any]:
    value = told.get(key) or {}
    if not isinstance(value, Mapping):
        raise CaseError(f"{where}{key} is {value!r}; names with their values were expected")
    return dict(value)


def _params(told: Document, where: str) -> dict[str, dict[str, Any]]:
    params = _mapping(told, "params", where)
    for code in params:
        _mapping(params, code, f"{where}params.")
    read_params(params)
    return params


def _expected(told: Document, where: str) -> list[dict[str, Any]]:
    found = told.get("findings")
    if not isinstance(found, list):
        raise CaseError(f"{where}findings is {found!r}; a list was expected, [] where nothing may be found")
    for number, one in enumerate(found, 1):
        place = f"{where}findings row {number}"
        if not isinstance(one, Mapping) or "subject" not in one:
            raise CaseError(f"{place} is {one!r}; a subject and what else must be true of it was expected")
        for key in one:
            if key not in SAYS:
                raise CaseError(f"{place} has no key {key}; keys are {', '.join(SAYS)}")
        if one.get("level", LEVELS[0]) not in LEVELS:
            raise CaseError(f"{place}: level is {one['level']!r}; one of {', '.join(LEVELS)} was expected")
    return [dict(one) for one in found]


def differences(case: Case, evaluation: Evaluation) -> list[str]:
    """Return where an evaluation departs from a case, a sentence each; none where it holds.

    Of an expected finding only the keys that are written count; the lists of findings and of what was not judged are
    whole.
    """
    lines = [f"rule {code} failed: {message}" for code, message in evaluation.errors.items()]
    left = evaluation.findings.to_dicts()
    for wanted in case.expected:
        found = _take(wanted, left)
        lines += [f"expected {_words(wanted)}; found nothing"] if found is None else _unlike(wanted, found)
    lines += [f"expected nothing; found {_words({key: row[SAYS[key]] for key in SHOWN})}" for row in left]
    return lines + _coverage_differences(case.not_judged, evaluation)


def _take(wanted: Document, left: list[dict[str, Any]]) -> dict[str, Any] | None:
    """Take out of ``left`` the finding an expected one means: the same subject and period, else the same subject."""
    same = [row for row in left if row["subject"] == wanted["subject"]]
    named = [row for row in same if row["period"] == wanted.get("period", row["period"])]
    chosen = next(iter(named or same), None)
    if chosen is not None:
        left.remove(chosen)
    return chosen


def _unlike(wanted: Document, found: Document) -> list[str]:
    unlike = {key: value for key, value in wanted.items() if found[SAYS[key]] != value}
    if not unlike:
        return []
    there = {key: found[SAYS[key]] for key in unlike}
    return [f"{wanted['subject']}: expected {_words(unlike)}; found {_words(there)}"]


def _coverage_differences(wanted: Mapping[str, str], evaluation: Evaluation) -> list[str]:
    found = {row["scope"]: row["reason"] for row in evaluation.coverage.to_dicts() if not row["is_judged"]}
    return [
        f"{scope}: expected {_judged_words(wanted.get(scope))}; found {_judged_words(found.get(scope))}"
        for scope in sorted(set(wanted) | set(found))
        if wanted.get(scope) != found.get(scope)
    ]


def _judged_words(reason: str | None) -> str:
    return f"not judged ({reason})" if reason else "judged, or not looked at"


def _words(values: Document) -> str:
    return ", ".join(f"{key} {'null' if value is None else value}" for key, value in values.items())
