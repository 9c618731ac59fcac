"""Commands about the rules themselves: list, check, backtest, new."""

import datetime as dt
from pathlib import Path
from typing import Annotated

import typer

from app import cli_thresholds
from app.options import Data, Division, Json, KnownAt, SettingsFile, house_to_read, parse_day, parse_instant
from app.output import note, print_json, print_table, say

rules_cli = typer.Typer(no_args_is_help=True, help="Rules: list, check, backtest, new; thresholds and exemptions.")


def add_to(cli: typer.Typer) -> None:
    """Register these commands."""
    rules_cli.command("list")(list_rules)
    rules_cli.command("check")(check)
    rules_cli.command("backtest")(backtest)
    rules_cli.command("new")(new)
    cli_thresholds.add_to(rules_cli)
    cli.add_typer(rules_cli, name="rules")


def list_rules(*, data: Data = None, settings: SettingsFile = None, json: Json = False) -> None:
    """List the rules: code, name, law, whether the settings have them on, how much of what they judged they flag."""
    from app.rule_outcomes import share_words
    from app.shown import known_rules
    from app.wiring import open_house

    found = known_rules(open_house(settings, data))
    if json:
        print_json(found)
        return
    shown = ([one[name] for name in ("rule", "version", "on", "family", "name")] for one in found)
    shares = (share_words(one["flagged_bp"], is_too_wide=bool(one["too_wide"])) for one in found)
    rows = ([*row, share] for row, share in zip(shown, shares, strict=True))
    print_table(("rule", "version", "on", "family", "name", "flagged"), rows)


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


def new(
    code: Annotated[str, typer.Argument(metavar="CODE", help="A letter from A to H and two digits, like A50.")],
    *,
    name_zh: Annotated[str | None, typer.Option("--name-zh", metavar="TEXT", help="Its Chinese name.")] = None,
    name_en: Annotated[
        str | None, typer.Option("--name-en", metavar="TEXT", help="Its English name; the file is named after it.")
    ] = None,
    family: Annotated[
        str | None, typer.Option("--family", metavar="NAME", help="Its family; by the letter of the code if left out.")
    ] = None,
    json: Json = False,
) -> None:
    """Begin a rule in this checkout: its file, registry line, settings, page, index row and golden cases, all passing.

    It measures what a unit has not spent; go on from there as docs/adding-a-rule.md says.
    """
    from app.new_rule import asked_rule, write_rule
    from app.settings import CHECKOUT

    rule = asked_rule(code, name_zh, name_en, family)
    files = [path.relative_to(CHECKOUT) for path in write_rule(CHECKOUT, rule)]
    if json:
        print_json({"rule": rule.code, "files": files})
        return
    for path in files:
        say(f"wrote {path}")
    say(f"prove it: .venv/bin/pytest -q tests/rules -k {rule.code}; go on as docs/adding-a-rule.md says")
