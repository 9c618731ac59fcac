"""Commands about the house itself: serve, sample, migrate, check."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from app.address import check_port
from app.options import Data, Json, SettingsFile, house_to_read, parse_day
from app.output import print_json, say
from app.wiring import make_data_folder, open_house

sample_cli = typer.Typer(no_args_is_help=True, help="The made-up district.")
Scale = Annotated[
    float, typer.Option("--scale", min=0.001, max=10, metavar="S", help="Size: 1.0 is the whole district.")
]
SampleDay = Annotated[
    dt.date | None, typer.Option(metavar="D", parser=parse_day, help="Last day of the sample; yesterday if left out.")
]


def add_to(cli: typer.Typer) -> None:
    """Register these commands."""
    cli.command()(serve)
    cli.command()(migrate)
    cli.command()(check)
    sample_cli.command("write")(write)
    cli.add_typer(sample_cli, name="sample")


def serve(
    *,
    sample: Annotated[
        bool, typer.Option("--sample", help="Load the made-up district into an empty warehouse.")
    ] = False,
    sample_scale: Annotated[float, typer.Option(min=0.001, max=10, hidden=True)] = 1.0,
    sample_until: Annotated[dt.date | None, typer.Option(parser=parse_day, hidden=True)] = None,
    host: Annotated[str | None, typer.Option("--host", metavar="H", help="Address to listen on.")] = None,
    port: Annotated[
        int | None, typer.Option("--port", min=1, max=65535, metavar="P", help="Port to listen on.")
    ] = None,
    data: Data = None,
    settings: SettingsFile = None,
) -> None:
    """Start web server, scheduler and dispatcher; the warehouse is made when it is missing. Ctrl-C stops everything."""
    house = open_house(settings, data)
    address = (host or house.settings.web.host, port or house.settings.web.port)
    make_data_folder(house.data)
    check_port(*address)
    from app.sample import SampleWish
    from app.serve import Service

    wish = SampleWish(scale=sample_scale, until=sample_until) if sample else None
    raise typer.Exit(Service(house, *address).run(wish))


def write(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder to write into; made when missing.")],
    *,
    seed: Annotated[int, typer.Option("--seed", metavar="N", help="Same seed, same district.")] = 20260101,
    scale: Scale = 1.0,
    until: SampleDay = None,
    settings: SettingsFile = None,
    json: Json = False,
) -> None:
    """Write the made-up district as raw feed files, with planted.json: what was planted and which rule must find it."""
    house = open_house(settings, None)
    from app.first_load import write_files

    files = write_files(folder, until=until or house.today - dt.timedelta(days=1), seed=seed, scale=scale)
    if json:
        print_json({"folder": folder, "files": [path.name for path in files], "planted": folder / "planted.json"})
    else:
        say(f"{len(files)} files in {folder}; what was planted stands in {folder / 'planted.json'}")


def migrate(*, data: Data = None, settings: SettingsFile = None, json: Json = False) -> None:
    """Bring the warehouse to this version's tables, or make an empty one."""
    from warehouse.opening import make_ready

    house = open_house(settings, data)
    make_data_folder(house.data)
    found = make_ready(house.engine, house.clock(), upgrade=True)
    if json:
        print_json({"found": found, "state": "ready"})
    else:
        said = {"empty": "made an empty warehouse", "old": "upgraded the warehouse", "ready": "nothing to do"}
        say(said[found])


def check(
    *,
    snapshots: Annotated[
        bool, typer.Option("--snapshots", help="Also hold the Parquet snapshots against the warehouse, row by row.")
    ] = False,
    rebuild: Annotated[
        bool, typer.Option("--rebuild", help="With --snapshots: delete those that differ and make them anew.")
    ] = False,
    data: Data = None,
    settings: SettingsFile = None,
    json: Json = False,
) -> None:
    """Check settings, rules, mappings and warehouse; nothing is written but what --rebuild makes anew.

    Exit 1 where the warehouse is of another version, has rows that its slices do not, or where a snapshot differed and
    was not made anew.
    """
    if rebuild and not snapshots:
        raise typer.BadParameter("--rebuild goes with --snapshots")
    house = house_to_read(settings, data) if snapshots else open_house(settings, data)
    from app.shown import checked, checked_snapshots

    found = checked(house)
    if snapshots:
        found["snapshots"] = checked_snapshots(house, rebuild=rebuild)
    if json:
        print_json(found)
    else:
        for name, value in found.items():
            say(_IN_WORDS[name](value) if name in _IN_WORDS else f"{name}: {listed(value)}")
    differs = snapshots and found["snapshots"]["differ"] and not rebuild
    if found["warehouse"] == "old" or found["facts"] or differs:
        raise typer.Exit(1)


def listed(value: Any) -> str:
    """Return a value of the check as people write it: lists with commas, none where there is nothing."""
    return ", ".join(map(str, value)) or "none" if isinstance(value, list | tuple) else str(value or "none")


def fact_words(found: list[str]) -> str:
    """Return in words whether every slice has the rows it was published with."""
    return "\n".join(["facts: every slice has the rows it was published with"] if not found else ["facts:", *found])


def snapshot_words(found: dict[str, Any]) -> str:
    """Return in words which snapshots differ from the warehouse."""
    lines = [f"snapshots: {found['checked']} checked, {len(found['differ'])} differ from the warehouse"]
    lines += [f"  {one['file']}: {one['why']}" for one in found["differ"]]
    if found["differ"]:
        lines.append("  made anew" if found["rebuilt"] else "  --rebuild makes them anew")
    return "\n".join(lines)


_IN_WORDS: dict[str, Callable[[Any], str]] = {"facts": fact_words, "snapshots": snapshot_words}
