"""Options that many commands share, and how days, instants and quarters are written."""

import datetime as dt
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from app.wiring import DATA_ENV, House, make_data_folder, open_house

Data = Annotated[
    Path | None,
    typer.Option("--data", metavar="DIR", help=f"Data folder; else {DATA_ENV}, else [data] folder of the settings."),
]
SettingsFile = Annotated[
    Path | None,
    typer.Option("--settings", metavar="FILE", help="Settings file; else MINGZHANG_SETTINGS, else settings.toml."),
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document on stdout.")]
Division = Annotated[str | None, typer.Option("--division", metavar="CODE", help="Nine-digit division code.")]


def parse_day(text: str) -> dt.date:
    """Read a day written 2026-09-30."""
    try:
        return dt.date.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter(f"{text!r} is not a day like 2026-09-30") from error


Day = Annotated[
    dt.date | None,
    typer.Option("--as-of", metavar="D", parser=parse_day, help="Business day judged, like 2026-09-30 (inclusive)."),
]
KnownAt = Annotated[
    str | None,
    typer.Option("--known-at", metavar="T", help="Only deliveries known by then: 2026-07-08 or 2026-07-08T18:00."),
]


def parse_instant(text: str | None, zone: ZoneInfo) -> dt.datetime | None:
    """Read an instant; a plain day means its end, a time without zone is the site's."""
    if text is None:
        return None
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter(f"{text!r} is not an instant like 2026-07-08 or 2026-07-08T18:00") from error
    if len(text) == len("2026-07-08"):
        moment = dt.datetime.combine(moment.date(), dt.time.max)
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)


def house_to_read(settings: Path | None, data: Path | None) -> House:
    """Open a house whose warehouse is there and of this version."""
    from warehouse.opening import require_ready

    house = open_house(settings, data)
    require_ready(house.engine)
    return house


def house_to_write(settings: Path | None, data: Path | None) -> House:
    """Open a house, making its data folder and an empty warehouse where there is none."""
    from warehouse.opening import make_ready

    house = open_house(settings, data)
    make_data_folder(house.data)
    make_ready(house.engine, house.clock())
    return house
