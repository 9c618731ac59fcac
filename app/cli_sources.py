"""Commands about where files come from and whether they came: source list, source fetch, freshness."""

from typing import Annotated, Any

import typer

from app.options import Data, Division, Json, KnownAt, SettingsFile, house_to_read, house_to_write, parse_instant
from app.output import note, print_json, print_table, say

source_cli = typer.Typer(no_args_is_help=True, help="Places that files are fetched from (DATA/sources).")
SourceName = Annotated[str | None, typer.Argument(metavar="NAME", help="Name of the source: its file without .toml.")]


def add_to(cli: typer.Typer) -> None:
    """Register these commands."""
    source_cli.command("list")(list_all)
    source_cli.command("fetch")(fetch)
    cli.add_typer(source_cli, name="source")
    cli.command()(freshness)


def list_all(*, data: Data = None, settings: SettingsFile = None, json: Json = False) -> None:
    """List the sources: what they deliver, how the last attempt ended, when the next is due."""
    house = house_to_read(settings, data)
    from app.shown_sources import listed_sources

    found = listed_sources(house)
    if json:
        print_json(found)
        return
    names = ("source", "kind", "feed", "divisions", "result", "failures", "last_taken_at", "next_try_at", "message")
    print_table(names, ([_cell(one[name]) for name in names] for one in found))


def _cell(value: Any) -> Any:
    return ", ".join(value) or "all" if isinstance(value, list) else value


def fetch(
    name: SourceName = None,
    *,
    due: Annotated[bool, typer.Option("--due", help="Every source whose next attempt is due.")] = False,
    data: Data = None,
    settings: SettingsFile = None,
    json: Json = False,
) -> None:
    """Fetch what is new from a source, and publish or hold it.

    Exit 0 when everything new was taken or there was nothing new; 1 when an attempt failed, another process is at it,
    or a file is held. With --json NAME gives one object, --due a list.
    """
    if (name is None) != due:
        raise typer.BadParameter("give NAME or --due, one of the two")
    house = house_to_write(settings, data)
    from app.fetching import fetch_due, fetch_source, find_source
    from app.shown_sources import result_json

    results = fetch_due(house) if name is None else [fetch_source(house, find_source(house, name))]
    told = [result_json(one) for one in results]
    if json:
        print_json(told if name is None else told[0])
    else:
        for one in told:
            _say(one)
    if any(one["status"] in {"failed", "busy"} or _is_held(one) for one in told):
        raise typer.Exit(1)


def _is_held(told: dict[str, Any]) -> bool:
    return any(file["status"] == "held" for file in told["files"])


def _say(told: dict[str, Any]) -> None:
    say(f"{told['status']:<9} {told['source']}")
    for file in told["files"]:
        batch = "" if file["batch"] is None else f" batch {file['batch']}"
        say(f"          {file['status']}{batch}  {file['file']}")
        for message in file["messages"]:
            say(f"          {message}")
    if told["status"] in {"failed", "busy"}:
        note(f"mingzhang: {told['message']}")


def freshness(
    *,
    division: Division = None,
    known_at: KnownAt = None,
    data: Data = None,
    settings: SettingsFile = None,
    json: Json = False,
) -> None:
    """Show what is expected from whom by when, and whether it came: one row a feed and sender, the worst first.

    What is expected stands in DATA/calendar.toml; without one there is nothing to show.
    """
    house = house_to_read(settings, data)
    from app.freshness import read_board, told
    from warehouse.engine import reading
    from warehouse.scope import Scope

    scope = Scope.everything() if division is None else Scope.of([division])
    with reading(house.engine) as connection:
        board = read_board(house, connection, scope, parse_instant(known_at, house.settings.zone) or house.clock())
    if board is None:
        note(f"mingzhang: there is no calendar: write {house.data / 'calendar.toml'} (docs/adding-a-feed.md)")
    found = [told(one) for one in board or []]
    if json:
        print_json(found)
        return
    names = ("state", "days", "feed", "division", "period", "due_on", "received_on", "data_until", "batch", "owner")
    print_table(names, ([one[name] for name in names] for one in found))
