"""What changes rules: propose, exempt, lift, approve, reject. Each is a POST with its token, and by right."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import flask

from budget.thresholds import Aim, Value
from dashboard.access import reader, request_language
from dashboard.change_words import refused_words
from dashboard.parameter_words import TypedError, parameter_name, read_typed
from dashboard.rule_desk import RuleDesk, may_decide, may_propose
from dashboard.rules_read import PATH
from dashboard.services import Services
from dashboard.words import words
from warehouse.engine import reading
from warehouse.rule_changes import KeptChange, Outcome, Proposal, RuleChangeError, find_change

CHANGES = f"{PATH}/changes"
ALL_RULES = "all"
LONGEST = 500


def add_rule_routes(server: flask.Flask, services: Services) -> None:
    """Put the routes on a server; without a rule desk there are none."""
    desk = services.rule_desk
    if desk is None:
        return

    @server.post(f"{PATH}/<code>/propose")
    def propose_threshold(code: str) -> Any:
        _require(may_propose(reader()))
        return _answer(f"{PATH}/{code}", lambda: desk.propose(_threshold(desk, code)))

    @server.post(f"{PATH}/<code>/exempt")
    def propose_exemption(code: str) -> Any:
        _require(may_propose(reader()))
        return _answer(f"{PATH}/{code}", lambda: desk.propose(_exemption()))

    @server.post(f"{CHANGES}/<int:change_id>/lift")
    def propose_lift(change_id: int) -> Any:
        _require(may_propose(reader()) and _seen(services, change_id) is not None)
        return _answer(f"{CHANGES}/{change_id}", lambda: desk.propose(_proposal("lift", None, Aim(), lifts=change_id)))

    @server.post(f"{CHANGES}/<int:change_id>/<any(approve, reject):deed>")
    def decide_change(change_id: int, deed: str) -> Any:
        kept = _seen(services, change_id)
        is_own = kept is not None and kept.asked.proposed_by == reader().username
        _require(kept is not None and (may_decide(reader()) or is_own))
        outcome: Outcome = "approved" if deed == "approve" else "rejected"
        because = flask.request.form.get("because", "").strip()[:LONGEST]
        return _answer(f"{CHANGES}/{change_id}", lambda: desk.decide(change_id, outcome, reader().username, because))


def _require(is_right: bool) -> None:  # noqa: FBT001
    """Answer that there is no such place to those who may not do it or not see it: the two look alike."""
    if not is_right:
        flask.abort(404)


def _seen(services: Services, change_id: int) -> KeptChange | None:
    with reading(services.engine) as connection:
        return find_change(connection, reader().scope, change_id)


def _threshold(desk: RuleDesk, code: str) -> Proposal:
    form, found = flask.request.form, desk.parameters().get(code)
    values: dict[str, Value] = {}
    for key, current in (found.values if found else {}).items():
        if text := form.get(f"value.{key}", "").strip():
            values[key] = _typed(key, text, current)
    aim = _aim(spending_kind=_told("kind"))
    return _proposal("threshold", code, aim, values=values)


def _typed(key: str, text: str, current: Any) -> Value:
    try:
        return read_typed(key, text, current)
    except TypedError as error:
        name = parameter_name(key, words(request_language()))
        raise RuleChangeError("typed", f"{key} is {text!r}; a number was expected", key=name) from error


def _exemption() -> Proposal:
    code = _told("rule")
    return _proposal("exemption", None if code == ALL_RULES else code, _aim(subject=_told("subject")))


def _aim(**more: str | None) -> Aim:
    return Aim(division_code=_told("division"), unit_code=_told("unit"), project_code=_told("project"), **more)


def _proposal(kind: Any, code: str | None, aim: Aim, **more: Any) -> Proposal:
    return Proposal(
        kind=kind,
        rule_code=code,
        aim=aim,
        from_on=_first_day(),
        to_on=_day("to"),
        reason=flask.request.form.get("reason", "").strip(),
        proposed_by=reader().username,
        **({"values": {}} | more),
    )


def _told(name: str) -> str | None:
    return flask.request.form.get(name, "").strip() or None


def _first_day() -> dt.date:
    if (day := _day("from")) is None:
        raise RuleChangeError("day", "its first day was expected, as 2026-09-30")
    return day


def _day(name: str) -> dt.date | None:
    text = _told(name)
    try:
        return None if text is None else dt.date.fromisoformat(text)
    except ValueError as error:
        raise RuleChangeError("day", f"{text!r} is not a day like 2026-09-30") from error


def _answer(back: str, act: Callable[[], KeptChange]) -> Any:
    """Lead to the change that was made or decided, or say why nothing was done."""
    language = request_language()
    t = words(language)
    try:
        return flask.redirect(f"{CHANGES}/{act().change_id}", 303)
    except RuleChangeError as error:
        said, own = refused_words(error, t), str(error) if error.code in {"values", "fails"} else ""
        page = flask.render_template("not_done.html", t=t, language=language, said=said, own_words=own, back=back)
        return page, 403 if error.code == "no_right" else 409
