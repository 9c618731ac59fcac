"""Commands about deliveries: ingest, batches, rejected, replay, release, diff."""

from pathlib import Path
from typing import Annotated, Any

import typer

from app.options import Data, Json, KnownAt, SettingsFile, house_to_read, house_to_write, parse_instant
from app.output import note, print_json, print_table, say

BatchNumber = Annotated[int, typer.Argument(metavar="BATCH", help="Number of the batch, as shown by batches.")]
By = Annotated[str, typer.Option("--by", metavar="NAME", help="Who does this; kept with the batch.")]


def add_to(cli: typer.Typer) -> None:
    """Register these commands."""
    for command in (ingest, batches, rejected, replay, release, diff):
        cli.command()(command)


def ingest(
    files: Annotated[list[Path] | None, typer.Argument(metavar="FILE…", help="Delivered files.")] = None,
    *,
    feed: Annotated[
        str | None,
        typer.Option(
            "--feed", metavar="MAPPING", help="Mapping to read them with (name, or a .toml file); else by file name."
        ),
    ] = None,
    inbox: Annotated[bool, typer.Option("--inbox", help="Load what waits in DATA/inbox.")] = False,
    by: By = "command line",
    data: Data = None,
    settings: SettingsFile = None,
    json: Json = False,
) -> None:
    """Publish or hold delivered files.

    Exit 0 when every file is published or unchanged, 1 when one is held or refused. With --json one FILE gives one
    object; several files, or --inbox, give a list.
    """
    if bool(files) == inbox:
        raise typer.BadParameter("give FILE… or --inbox, one of the two")
    house = house_to_write(settings, data)
    from app.inbox import load_settled_inbox
    from app.loading import load_or_stop
    from app.reading import Refused

    loaded = load_settled_inbox(house) if inbox else load_or_stop(house, files or [], feed=feed, actor=by)
    for one in loaded:
        if isinstance(one, Refused):
            note(f"mingzhang: {one.reason}")
    told = [outcome_json(one) for one in loaded]
    if json:
        print_json(told[0] if len(files or []) == 1 else told)
    else:
        for outcome in told:
            _say_outcome(outcome)
    if any(outcome["status"] in {"held", "refused"} for outcome in told):
        raise typer.Exit(1)


def outcome_json(outcome: Any) -> dict[str, Any]:
    """Return what became of one file, as docs/json.md promises it."""
    if outcome.status == "refused":
        return {"batch": None, "file": outcome.file, "status": "refused", "messages": [outcome.reason]}
    return dict(outcome.as_json())


def _say_outcome(told: dict[str, Any]) -> None:
    if told["status"] == "refused":
        return
    counts = f"{told['accepted']:,} of {told['rows']:,} rows"
    held_back = f", {told['rejected']:,} rejected" if told["rejected"] else ""
    say(f"{told['status']:<9} batch {told['batch']}  {told['file']}  {counts}{held_back}")
    for message in told["messages"]:
        say(f"          {message}")


def batches(*, known_at: KnownAt = None, data: Data = None, settings: SettingsFile = None, json: Json = False) -> None:
    """List deliveries, the newest first, with their slices and control totals."""
    house = house_to_read(settings, data)
    known = parse_instant(known_at, house.settings.zone)
    from warehouse.batches import list_batches
    from warehouse.engine import reading
    from warehouse.scope import Scope

    with reading(house.engine) as connection:
        found = list_batches(connection, Scope.everything(), known_at=known)
    if json:
        print_json(found)
        return
    names = ("batch", "feed", "status", "known_at", "rows", "accepted", "rejected", "file")
    print_table(names, ([one[name] for name in names] for one in found))


def rejected(batch: BatchNumber, *, data: Data = None, settings: SettingsFile = None, json: Json = False) -> None:
    """List the rows of a batch that were held back: where they stand, what they say, what was expected."""
    house = house_to_read(settings, data)
    from app.shown import rejected_count, rejections

    found = rejections(house, batch)
    if json:
        print_json(found)
        return
    names = ("rejected", "sheet", "row", "column", "found", "expected")
    print_table(names, ([one[name] for name in names] for one in found))
    if (count := rejected_count(house, batch)) > len(found):
        note(
            f"mingzhang: the first {len(found):,} of {count:,} rejected rows are kept; the delivered file is "
            f"kept whole: once the mapping is put right, mingzhang replay {batch} reads every row again"
        )


def replay(
    batch: BatchNumber, *, by: By = "command line", data: Data = None, settings: SettingsFile = None, json: Json = False
) -> None:
    """Read a batch's delivered bytes again with today's mapping, and publish what changed."""
    house = house_to_write(settings, data)
    from app.loading import replay_batch

    _finish(replay_batch(house, batch, actor=by), json=json)


def release(
    batch: BatchNumber,
    *,
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why it may be published as it is.")],
    by: By = "command line",
    data: Data = None,
    settings: SettingsFile = None,
    json: Json = False,
) -> None:
    """Publish a held batch although its checks failed; the reason is kept."""
    house = house_to_write(settings, data)
    from app.loading import release_batch

    _finish(release_batch(house, batch, actor=by, reason=reason), json=json)


def diff(
    before: Annotated[int, typer.Argument(metavar="BATCH", help="Number of the earlier batch.")],
    after: Annotated[int, typer.Argument(metavar="BATCH", help="Number of the later batch.")],
    *,
    data: Data = None,
    settings: SettingsFile = None,
    json: Json = False,
) -> None:
    """Tell what a redelivery added, changed and removed, in amounts and row by row."""
    house = house_to_read(settings, data)
    from app.differences import diff_json, diff_lines
    from warehouse.diff import diff_batches
    from warehouse.engine import reading
    from warehouse.scope import Scope

    with reading(house.engine) as connection:
        found = diff_batches(connection, Scope.everything(), before, after)
    if json:
        print_json(diff_json(found))
    else:
        for line in diff_lines(found):
            say(line)


def _finish(outcome: Any, *, json: bool) -> None:
    told = outcome_json(outcome)
    if json:
        print_json(told)
    else:
        _say_outcome(told)
    if told["status"] == "held":
        raise typer.Exit(1)
