"""The [rules.CODE] sections of settings.toml, refused in the same words as every other section."""

from dataclasses import fields
from pathlib import Path
from typing import Any

from app.settings import SettingsError, read_settings
from app.wiring import House
from rules.params import RuleSettingsError, read_params
from rules.registry import BY_CODE


def rule_params(house: House) -> dict[str, Any]:
    """Return the parameters of the rules that are on; SettingsError names file, section, key and the known keys."""
    return _read(house.settings_file.name, house.settings.rules)


def rule_sections(settings_file: Path) -> dict[str, dict[str, Any]]:
    """Return the sections of a settings file as they are written; SettingsError as above."""
    sections = read_settings(settings_file).rules
    _read(settings_file.name, sections)
    return sections


def _read(file: str, sections: dict[str, dict[str, Any]]) -> dict[str, Any]:
    for code, section in sections.items():
        if code not in BY_CODE:
            raise SettingsError(f"{file} [rules]: unknown rule '{code}'; known rules: {', '.join(sorted(BY_CODE))}")
        known = [field.name for field in fields(BY_CODE[code].params_class)]
        for key in section:
            if key not in known:
                raise SettingsError(f"{file} [rules.{code}]: unknown key '{key}'; known keys: {', '.join(known)}")
    try:
        return read_params(sections)
    except RuleSettingsError as error:
        raise SettingsError(f"{file}: {error}") from error
