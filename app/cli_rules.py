"""Commands about the rules themselves: list, check, backtest; new is still to come."""

import datetime as dt
from pathlib import Path
from typing import Annotated

import typer

from app.options import Data, Division, Json, KnownAt, SettingsFile, house_to_read, parse_day, parse_instant
from app.output import note, print_json, print_table, say

rules_cli = typer.Typer(no_args_is_help=True, help="Rules: list, check, backtest; new is not built yet.")
NOT_BUILT = "Not built yet: says so and ends with exit code 2."


def add_to(cli: typer.Typer) -> None:
    """Register these commands."""
    rules_cli.command("list")(list_rules)
    rules_cli.command("check")(check)
    rules_cli.command("backtest")(backtest)
    not_built(rules_cli, "new", "rules new", "Start a new rule.")
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


def check(
    files: Annotated[list[Path], typer.Argument(metavar="FILE…", help="YAML files of cases; see docs/rule-tests.md.")],
    *,
    junit: Annotated[
        Path | None, typer.Option("--junit", metavar="FILE", help="Also write the outcome as JUnit XML.")
    ] = None,
    settings: SettingsFile = None,
    json: Json = False,
) -> None:
    """Hold rules against cases: feeds, a day, and what must be found of them.

    Rules run with their own defaults, or with the parameters of --settings FILE. Exit 1 where a case does not hold, 2
    where a file is not right.
    """
    from app.rule_check import check_files, lines_of, save_junit
    from app.rule_settings import rule_sections

    checked = check_files(files, rule_sections(settings) if settings else None)
    if junit is not None:
        save_junit(checked, junit)
    if json:
        print_json([one.told() for one in checked])
    else:
        for line in lines_of(checked):
            say(line)
    if not all(one.holds for one in checked):
        raise typer.Exit(1)


def backtest(
    code: Annotated[str, typer.Argument(metavar="CODE", help="The rule to try.")],
    *,
    first: Annotated[
        dt.date, typer.Option("--from", metavar="D", parser=parse_day, help="First day, like 2026-01-01 (inclusive).")
    ],
    last: Annotated[
        dt.date, typer.Option("--to", metavar="D", parser=parse_day, help="Last day, like 2026-06-30 (inclusive).")
    ],
    values: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="PARAM=VALUE", help="Another value of a parameter; may be repeated."),
    ] = None,
    division: Division = None,
    known_at: KnownAt = None,
    planted: Annotated[
        Path | None,
        typer.Option("--planted", metavar="FILE", help="A sample's planted.json; that of the data folder if left out."),
    ] = None,
    data: Data = None,
    settings: SettingsFile = None,
    json: Json = False,
) -> None:
    """Judge the ends of past months with a rule, and hold other parameters against those of the settings.

    Nothing is stored and nobody is told. What is known today counts, or with --known-at what was known then. On a
    sample district precision and recall against what was planted are told.
    """
    house = house_to_read(settings, data)
    from app.backtest_words import HEADS, lines_of, rows_of
    from app.backtesting import Asked, read_values, try_rule

    asked = Asked(
        code=code,
        first=first,
        last=last,
        values=read_values(values or []),
        division=division,
        known_at=parse_instant(known_at, house.settings.zone),
        planted=planted,
    )
    tried = try_rule(house, asked)
    for name, message in tried.errors.items():
        note(f"mingzhang: rule {name} failed: {message}")
    if json:
        print_json(tried.told())
    else:
        print_table(HEADS, rows_of(tried))
        for line in lines_of(tried):
            say(line)
    if tried.errors:
        raise typer.Exit(1)
