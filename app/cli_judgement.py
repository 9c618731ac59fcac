"""Commands about judgement: evaluate, findings, alerts, clues, dispatch, report, rules."""

from pathlib import Path
from typing import Annotated, Any

import typer

from app import cli_thresholds
from app.options import (
    Data,
    Day,
    Json,
    KnownAt,
    SettingsFile,
    house_to_read,
    house_to_write,
    parse_instant,
)
from app.output import note, print_json, print_table, say

Rules = Annotated[list[str] | None, typer.Option("--rule", metavar="CODE", help="Only this rule; may be repeated.")]
NOT_BUILT = "Not built yet: says so and ends with exit code 2."
rules_cli = typer.Typer(no_args_is_help=True, help="Rules: list; check, backtest and new are not built yet.")


def add_to(cli: typer.Typer) -> None:
    """Register these commands."""
    for command in (evaluate, findings, alerts, clues, dispatch, report):
        cli.command()(command)
    rules_cli.command("list")(list_rules)
    for name, does in (
        ("check", "Check rule files."),
        ("backtest", "Judge past days with a rule."),
        ("new", "Start a new rule."),
    ):
        not_built(rules_cli, name, f"rules {name}", does)
    cli_thresholds.add_to(rules_cli)
    cli.add_typer(rules_cli, name="rules")


def not_built(cli: typer.Typer, name: str, title: str, does: str) -> None:
    """Register a command of the design that is still to come: it says so in the help and when called."""

    def command() -> None:
        note(f"mingzhang: {title} is not built yet")
        raise typer.Exit(2)

    anything = {"allow_extra_args": True, "ignore_unknown_options": True}
    cli.command(name, help=f"{does} {NOT_BUILT}", short_help=f"(not built yet) {does}", context_settings=anything)(
        command
    )


def evaluate(
    *,
    as_of: Day = None,
    known_at: KnownAt = None,
    rule: Rules = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the findings and store nothing.")] = False,
    history: Annotated[bool, typer.Option("--history", help="Store the findings and alert nobody.")] = False,
    data: Data = None,
    settings: SettingsFile = None,
    json: Json = False,
) -> None:
    """Evaluate the rules, store findings and update alerts, clues and the outbox.

    Without --as-of yesterday is judged. With --known-at, and for a day before one judged already, findings are stored
    and nobody is alerted.
    """
    house = house_to_write(settings, data)
    from app.judging import judge

    known = parse_instant(known_at, house.settings.zone)
    judged = judge(house, as_of=as_of, known_at=known, codes=rule, history=history, dry_run=dry_run)
    errors = judged.evaluation.errors
    for code, message in errors.items():
        note(f"mingzhang: rule {code} failed: {message}")
    if json:
        print_json(judged.told())
    else:
        for line in judged.lines():
            say(line)
    if errors:
        raise typer.Exit(1)


def findings(
    *,
    as_of: Day = None,
    known_at: KnownAt = None,
    rule: Rules = None,
    data: Data = None,
    settings: SettingsFile = None,
    json: Json = False,
) -> None:
    """List the findings of the latest evaluation, or of the latest one as of a day.

    With --known-at of the latest one that rests on nothing learnt later.
    """
    house = house_to_read(settings, data)
    from app.shown import stored_findings

    found = stored_findings(house, as_of, rule, parse_instant(known_at, house.settings.zone))
    if json:
        print_json(found)
        return
    names = ("finding", "rule", "level", "subject", "period", "measured", "limit", "unit", "amount_fen")
    print_table(names, ([one[name] for name in names] for one in found))


def alerts(*, data: Data = None, settings: SettingsFile = None, json: Json = False) -> None:
    """List alerts: open and resolved, one per rule, subject and period."""
    house = house_to_read(settings, data)
    from app.shown import stored_alerts

    _show(
        stored_alerts(house), ("alert", "clue", "rule", "level", "status", "subject", "period", "opened_on"), json=json
    )


def clues(*, data: Data = None, settings: SettingsFile = None, json: Json = False) -> None:
    """List clues (线索): what offices work on."""
    house = house_to_read(settings, data)
    from app.shown import stored_clues

    names = ("clue", "level", "status", "division", "period", "unit_name", "project_name", "rules", "amount_fen")
    _show(stored_clues(house), names, json=json)


def _show(found: list[dict[str, Any]], names: tuple[str, ...], *, json: bool) -> None:
    if json:
        print_json(found)
    else:
        print_table(names, ([one[name] for name in names] for one in found))


def dispatch(
    *,
    once: Annotated[bool, typer.Option("--once", help="One pass only, not until nothing is due.")] = False,
    data: Data = None,
    settings: SettingsFile = None,
    json: Json = False,
) -> None:
    """Send what is due in the outbox; what the server defers is due again later."""
    house = house_to_write(settings, data)
    from app.jobs import send_due

    sent = deferred = dead = 0
    while True:
        done = send_due(house)
        sent, deferred, dead = sent + done.sent, deferred + done.deferred, dead + done.dead
        if once or not (done.sent or done.deferred or done.dead):
            break
    if json:
        print_json({"sent": sent, "deferred": deferred, "dead": dead})
    else:
        say(f"sent {sent}, deferred {deferred}, dead {dead}")
    if deferred or dead:
        raise typer.Exit(1)


def report(
    *,
    quarter: Annotated[str, typer.Option("--quarter", metavar="Q", help="Quarter, like 2026Q3.")],
    division: Annotated[str, typer.Option("--division", metavar="CODE", help="Nine-digit division code.")],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Folder the document is written to.")],
    known_at: KnownAt = None,
    data: Data = None,
    settings: SettingsFile = None,
    json: Json = False,
) -> None:
    """Write the quarterly report of one division as a .docx file.

    Where the quarter's last day was not judged yet, it is judged first, as history.
    """
    from budget.calendar import Quarter

    try:
        wanted = Quarter.parse(quarter)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
    house = house_to_write(settings, data)
    from app.reporting import build

    built = build(house, wanted, division, out, parse_instant(known_at, house.settings.zone))
    if json:
        print_json(built)
    else:
        say(f"{built['file']}  (judged {built['as_of']}, report {built['report']})")


def list_rules(*, settings: SettingsFile = None, json: Json = False) -> None:
    """List the rules: code, name, law, whether the settings have them on."""
    from app.shown import known_rules
    from app.wiring import open_house

    found = known_rules(open_house(settings, None))
    if json:
        print_json(found)
        return
    print_table(
        ("rule", "on", "family", "name"), ([one["rule"], one["on"], one["family"], one["name"]] for one in found)
    )
