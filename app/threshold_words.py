"""Rule changes as commands read and print them: ``param=value`` in, one line or one JSON object out."""

from collections.abc import Iterable
from typing import Any

from app.rule_settings import rule_params
from app.wiring import House
from warehouse.rule_changes import KeptChange, RuleChangeError


def read_values(house: House, code: str, told: Iterable[str]) -> dict[str, Any]:
    """Read ``param=value`` pairs by the kind of the rule's own parameter: a whole number, a text, or texts by comma.

    RuleChangeError for what is no pair or no whole number; unknown parameters are left to the rule to refuse.
    """
    params = rule_params(house).get(code)
    values: dict[str, Any] = {}
    for pair in told:
        key, sign, text = (part.strip() for part in pair.partition("="))
        if not sign or not key:
            raise RuleChangeError("pair", f"{pair!r} is not param=value, as yellow_bp=1500")
        values[key] = _value(key, text, getattr(params, key, 0))
    return values


def _value(key: str, text: str, default: Any) -> Any:
    if isinstance(default, tuple):
        return tuple(part.strip() for part in text.split(",") if part.strip())
    if isinstance(default, str):
        return text
    try:
        return int(text)
    except ValueError as error:
        raise RuleChangeError("number", f"{key} is {text!r}; a whole number was expected", key=key) from error


def as_json(kept: KeptChange) -> dict[str, Any]:
    """Return a change as docs/json.md promises it."""
    asked = kept.asked
    return {
        "change": kept.change_id,
        "kind": asked.kind,
        "rule": asked.rule_code,
        "aim": asked.aim.parts,
        "values": {key: list(told) if isinstance(told, tuple) else told for key, told in asked.values.items()},
        "lifts": asked.lifts,
        "from": asked.from_on,
        "to": asked.to_on,
        "status": kept.status,
        "proposed_by": asked.proposed_by,
        "proposed_at": kept.proposed_at,
        "reason": asked.reason,
        "decided_by": kept.decided_by,
        "decided_at": kept.decided_at,
        "because": kept.decided_because,
    }


def in_a_line(kept: KeptChange) -> str:
    """Return a change in words for people."""
    asked = kept.asked
    whom = ", ".join(f"{name.removesuffix('_code')} {told}" for name, told in asked.aim.parts.items())
    what = {
        "threshold": f"{asked.rule_code} " + " ".join(f"{key}={told}" for key, told in asked.values.items()),
        "exemption": f"exemption from {asked.rule_code or 'every rule'}",
        "lift": f"end of change {asked.lifts}",
    }[asked.kind]
    days = f"from {asked.from_on} " + (f"to {asked.to_on}" if asked.to_on else "on")
    decided = f" by {kept.decided_by}" if kept.decided_by else ""
    return f"change {kept.change_id} ({kept.status}{decided}): {what} for {whom or 'everybody'}, {days}"
