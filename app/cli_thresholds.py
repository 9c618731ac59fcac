"""Commands about thresholds as data: rules set, exempt, lift, proposals, versions, approve, reject."""

import datetime as dt
from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated

import typer

from app.options import Data, Division, Json, SettingsFile, house_to_read, house_to_write, parse_day
from app.output import print_json, print_table, say

if TYPE_CHECKING:
    from app.wiring import House
    from warehouse.rule_changes import KeptChange, Outcome, Proposal

THROUGH = "command line"
By = Annotated[str, typer.Option("--by", metavar="USER", help="Account of the person who asks or decides.")]
Reason = Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why; kept with the change and in the audit.")]
Because = Annotated[str, typer.Option("--because", metavar="TEXT", help="Why it is decided so; may be left out.")]
From = Annotated[
    dt.date, typer.Option("--from", metavar="D", parser=parse_day, help="First business day on which it holds.")
]
To = Annotated[
    dt.date | None, typer.Option("--to", metavar="D", parser=parse_day, help="Last business day; else without end.")
]
LastDay = Annotated[
    dt.date, typer.Option("--to", metavar="D", parser=parse_day, help="Last business day; none is for ever.")
]
Unit = Annotated[str | None, typer.Option("--unit", metavar="CODE", help="Only this budget unit.")]
Kind = Annotated[str | None, typer.Option("--kind", metavar="KIND", help="Only project, public or personnel.")]
Project = Annotated[str | None, typer.Option("--project", metavar="CODE", help="Only this project.")]
Subject = Annotated[str | None, typer.Option("--subject", metavar="SUBJECT", help="Only this subject of a finding.")]
Code = Annotated[str, typer.Argument(metavar="CODE", help="Rule code, like A01.")]
Number = Annotated[int, typer.Argument(metavar="N", help="Number of the change.")]
Values = Annotated[list[str], typer.Argument(metavar="PARAM=VALUE…", help="Parameters stated anew.")]
Rule = Annotated[str | None, typer.Option("--rule", metavar="CODE", help="From this rule only; else from every rule.")]


def add_to(rules_cli: typer.Typer) -> None:
    """Register these commands under ``rules``."""
    rules_cli.command("set")(set_values)
    for command in (exempt, lift, proposals, versions, approve, reject):
        rules_cli.command()(command)


def set_values(
    code: Code,
    values: Values,
    *,
    from_on: From,
    reason: Reason,
    by: By,
    to_on: To = None,
    division: Division = None,
    unit: Unit = None,
    kind: Kind = None,
    project: Project = None,
    data: Data = None,
    settings: SettingsFile = None,
    json: Json = False,
) -> None:
    """Propose other parameters of a rule for everybody, or for a division, unit, spending kind or project."""
    house = house_to_write(settings, data)
    from app.threshold_words import read_values
    from budget.thresholds import Aim
    from warehouse.rule_changes import Proposal

    aim = Aim(division_code=division, unit_code=unit, spending_kind=kind, project_code=project)
    stated = read_values(house, code, values)
    asked = Proposal(
        kind="threshold", rule_code=code, aim=aim, from_on=from_on, to_on=to_on, values=stated, reason=reason,
        proposed_by=by,
    )  # fmt: skip
    _propose(house, asked, json=json)


def exempt(
    *,
    from_on: From,
    to_on: LastDay,
    reason: Reason,
    by: By,
    rule: Rule = None,
    division: Division = None,
    unit: Unit = None,
    project: Project = None,
    subject: Subject = None,
    data: Data = None,
    settings: SettingsFile = None,
    json: Json = False,
) -> None:
    """Propose to exempt a division, unit, project or subject from a rule, or from every rule, up to a last day."""
    house = house_to_write(settings, data)
    from budget.thresholds import Aim
    from warehouse.rule_changes import Proposal

    aim = Aim(division_code=division, unit_code=unit, project_code=project, subject=subject)
    asked = Proposal(
        kind="exemption", rule_code=rule, aim=aim, from_on=from_on, to_on=to_on, values={}, reason=reason,
        proposed_by=by,
    )  # fmt: skip
    _propose(house, asked, json=json)


def lift(
    number: Number,
    *,
    from_on: From,
    reason: Reason,
    by: By,
    data: Data = None,
    settings: SettingsFile = None,
    json: Json = False,
) -> None:
    """Propose to end a threshold or an exemption: from a business day on it holds no more."""
    house = house_to_write(settings, data)
    from budget.thresholds import Aim
    from warehouse.rule_changes import Proposal

    asked = Proposal(
        kind="lift", rule_code=None, aim=Aim(), from_on=from_on, to_on=None, values={}, reason=reason, proposed_by=by,
        lifts=number,
    )  # fmt: skip
    _propose(house, asked, json=json)


def _propose(house: "House", asked: "Proposal", *, json: bool) -> None:
    from app.thresholds import propose

    _show(propose(house, asked, through=THROUGH), json=json)


def _show(kept: "KeptChange", *, json: bool) -> None:
    from app.threshold_words import as_json, in_a_line

    if json:
        print_json(as_json(kept))
    else:
        say(in_a_line(kept))


def approve(
    number: Number,
    *,
    by: By,
    because: Because = "",
    data: Data = None,
    settings: SettingsFile = None,
    json: Json = False,
) -> None:
    """Approve what another person proposed; from now on evaluations go by it."""
    _decide(house_to_write(settings, data), number, "approved", by=by, because=because, json=json)


def reject(
    number: Number,
    *,
    by: By,
    because: Because = "",
    data: Data = None,
    settings: SettingsFile = None,
    json: Json = False,
) -> None:
    """Reject what was proposed; the person who proposed it takes it back in the same way."""
    _decide(house_to_write(settings, data), number, "rejected", by=by, because=because, json=json)


def _decide(house: "House", number: int, outcome: "Outcome", *, by: str, because: str, json: bool) -> None:
    from app.thresholds import decide

    _show(decide(house, number, outcome, by=by, because=because, through=THROUGH), json=json)


def proposals(*, data: Data = None, settings: SettingsFile = None, json: Json = False) -> None:
    """List what was proposed and waits for another person."""
    house = house_to_read(settings, data)
    _list((one for one in _kept(house) if one.status == "pending"), json=json)


def versions(
    code: Annotated[str | None, typer.Argument(metavar="[CODE]", help="Only those of this rule.")] = None,
    *,
    data: Data = None,
    settings: SettingsFile = None,
    json: Json = False,
) -> None:
    """List every change of a rule's thresholds and exemptions, the newest first, with who asked and who decided."""
    house = house_to_read(settings, data)
    _list((one for one in _kept(house) if code is None or one.asked.rule_code in {None, code}), json=json)


def _kept(house: "House") -> list["KeptChange"]:
    from warehouse.engine import reading
    from warehouse.rule_changes import list_changes
    from warehouse.scope import Scope

    with reading(house.engine) as connection:
        return list_changes(connection, Scope.everything())


def _list(kept: Iterable["KeptChange"], *, json: bool) -> None:
    from app.threshold_words import as_json

    found = [as_json(one) for one in kept]
    if json:
        print_json(found)
        return
    names = ("change", "status", "kind", "rule", "from", "to", "proposed_by", "decided_by")
    rows = [[*(one[name] for name in names), _joined(one["aim"]), _joined(one["values"])] for one in found]
    print_table((*names, "aim", "values"), rows)


def _joined(told: dict[str, object]) -> str:
    return " ".join(f"{key}={value}" for key, value in told.items()) or "-"
