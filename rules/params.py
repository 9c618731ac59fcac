"""Reading the ``[rules.CODE]`` sections of the settings into parameter objects."""

import re
from collections.abc import Mapping
from dataclasses import fields, replace
from itertools import pairwise
from typing import Any

from budget.levels import LEVELS
from rules.registry import BY_CODE

Params = Any


class RuleSettingsError(ValueError):
    """A rule's settings cannot be used; the message names section, key, what was found and what was expected."""


def read_params(sections: Mapping[str, Mapping[str, Any]]) -> dict[str, Params]:
    """Return the parameters of every rule that has a section; a rule without one is off.

    A key that is left out keeps its default. Raises RuleSettingsError for an unknown rule or key, a value of
    another type or below zero, and fences that do not rise with the level.
    """
    unknown = sorted(set(sections) - set(BY_CODE))
    if unknown:
        raise RuleSettingsError(f"settings section [rules.{unknown[0]}] names no rule; rules are {_list(BY_CODE)}")
    return {code: _params(code, sections[code]) for code in BY_CODE if code in sections}


def default_params() -> dict[str, Params]:
    """Return every rule with its defaults."""
    return read_params({code: {} for code in BY_CODE})


def _params(code: str, section: Mapping[str, Any]) -> Params:
    return _changed(
        code, BY_CODE[code].params_class(), section, f"settings section [rules.{code}]", "settings key rules."
    )


def with_values(code: str, params: Params, values: Mapping[str, Any]) -> Params:
    """Return a rule's parameters with some of them stated anew; RuleSettingsError as ``read_params`` has it."""
    return _changed(code, params, values, f"rule {code}", "")


def _changed(code: str, params: Params, values: Mapping[str, Any], section: str, prefix: str) -> Params:
    known = {field.name for field in fields(params)}
    for key in values:
        if key not in known:
            raise RuleSettingsError(f"{section} has no key {key}; its keys are {_list(known)}")
    read = {key: _value(f"{prefix}{code}.{key}", key, value, getattr(params, key)) for key, value in values.items()}
    changed = replace(params, **read)
    _check_fences(section, changed)
    return changed


def _value(where: str, key: str, value: Any, default: Any) -> Any:
    if isinstance(default, tuple):
        if isinstance(value, list | tuple) and all(isinstance(one, str) for one in value):
            return tuple(value)
        raise RuleSettingsError(f"{where} is {value!r}; a list of texts was expected")
    if isinstance(default, str):
        if isinstance(value, str):
            return _pattern(where, value) if key.endswith("_pattern") else value
        raise RuleSettingsError(f"{where} is {value!r}; a text was expected")
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value
    raise RuleSettingsError(f"{where} is {value!r}; a whole number from 0 on was expected")


def _pattern(where: str, value: str) -> str:
    try:
        re.compile(value)
    except re.error as problem:
        raise RuleSettingsError(f"{where} is {value!r}, which is no regular expression: {problem}") from problem
    return value


def _check_fences(section: str, params: Params) -> None:
    names = [field.name for field in fields(params)]
    for suffix in {name.partition("_")[2] for name in names if name.partition("_")[0] in LEVELS}:
        stated = [f"{level}_{suffix}" for level in LEVELS if f"{level}_{suffix}" in names]
        for lower, higher in pairwise(stated):
            if getattr(params, lower) > getattr(params, higher):
                raise RuleSettingsError(
                    f"{section} has {lower} = {getattr(params, lower)} above {higher} = "
                    f"{getattr(params, higher)}; fences must rise with the level"
                )


def _list(names: Any) -> str:
    return ", ".join(sorted(names))
