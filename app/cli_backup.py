"""Commands about copies of the whole: backup and restore."""

from pathlib import Path
from typing import Annotated, Any

import typer

from app.options import Data, Json, SettingsFile, house_to_read
from app.output import note, print_json, print_table, say
from app.wiring import open_house


def add_to(cli: typer.Typer) -> None:
    """Register these commands."""
    for command in (backup, restore):
        cli.command()(command)


def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Archive to write, like backup-20261125.tar.gz.")],
    *,
    with_secret_key: Annotated[
        bool, typer.Option("--with-secret-key", help="Put the key that signs sessions into it too.")
    ] = False,
    data: Data = None,
    settings: SettingsFile = None,
    json: Json = False,
) -> None:
    """Write everything into one file, also while the service runs: warehouse, delivered files, mappings, reports.

    Exit 1 where a delivered file is missing or damaged: the archive is written without it and says so.
    """
    house = house_to_read(settings, data)
    from app.backup import back_up

    made = back_up(house, file, with_secret_key=with_secret_key)
    if json:
        print_json(made.told())
    else:
        say(f"{file}  {made.file.stat().st_size:,} bytes, {made.landing} delivered files, sha256 {made.sha256}")
        _say_tallies(made)
    _note_missing(house.landing, made.missing)


def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Archive that backup wrote.")],
    *,
    sha256: Annotated[
        str | None, typer.Option("--sha256", metavar="HASH", help="Only the very archive of this sha256.")
    ] = None,
    data: Data = None,
    settings: SettingsFile = None,
    json: Json = False,
) -> None:
    """Read everything back from one file into an empty data folder and database, and prove that it adds up.

    Also moves a warehouse between SQLite and PostgreSQL: the archive is the same for both.
    """
    house = open_house(settings, data)
    from app.restore import restore as read_back

    done = read_back(house, file, sha256=sha256)
    if json:
        print_json(done.told())
    else:
        say(f"restored {file} of {done.created_at} into {house.data}; counts and sums are those that were backed up")
        _say_tallies(done)
    _note_missing(house.landing, done.missing)


def _say_tallies(made: Any) -> None:
    rows = [(name, tally["rows"]) for name, tally in made.tables.items() if tally["rows"]]
    print_table(("table", "rows"), rows)
    say("")
    sums = [
        (feed, measure, value)
        for feed, tally in made.feeds.items()
        for measure, value in tally.items()
        if measure != "rows"
    ]
    print_table(("feed in force", "measure", "fen"), sums)


def _note_missing(landing: Path, missing: list[str]) -> None:
    if not missing:
        return
    names = ", ".join(name[:12] for name in missing[:5])
    note(
        f"mingzhang: {len(missing)} delivered files are missing or damaged in {landing} ({names} …) and not in the "
        "archive; their rows are. Put them back from an older copy"
    )
    raise typer.Exit(1)
