"""Commands about mappings: drafting one for a file nobody has seen, and trying one without publishing anything."""

from pathlib import Path
from typing import Annotated, Any

import typer

from app.options import Data, Json, SettingsFile, house_to_read
from app.output import note, print_json, print_table, say
from app.wiring import House, open_house

feed_cli = typer.Typer(no_args_is_help=True, help="Mappings: draft one for a new kind of file, try one on a file.")
Delivered = Annotated[Path, typer.Argument(metavar="FILE", help="A delivered file.")]
_WIDEST = 24  # of a cell on screen
_FEW = 3  # feeds that come into question


def add_to(cli: typer.Typer) -> None:
    """Register these commands."""
    feed_cli.command("draft")(draft)
    feed_cli.command("try")(try_mapping)
    cli.add_typer(feed_cli, name="feed")


def draft(
    file: Delivered,
    *,
    feed: Annotated[
        str | None, typer.Option("--feed", metavar="NAME", help="Canonical feed it is; else the likeliest.")
    ] = None,
    division: Annotated[
        str | None, typer.Option("--division", metavar="CODE", help="Division of its rows, where no column tells it.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="PATH", help="Write the mapping there; a new file, named NAME.toml.")
    ] = None,
    json: Json = False,
) -> None:
    """Propose a mapping for a file nobody has described, to be checked by a person.

    Exit 0 when the proposal can be loaded, 1 when a column that the feed needs has still to be filled in. Without
    --out the mapping is printed below the table.
    """
    from app.feeds import draft_for

    proposal = draft_for(file, feed=feed, division=division, out=out)
    if json:
        print_json(proposal.as_json() | {"out": None if out is None else str(out)})
    else:
        _say_draft(proposal, out)
    if proposal.missing:
        raise typer.Exit(1)


def _say_draft(proposal: Any, out: Path | None) -> None:
    others = ", ".join([f"{feed} {score}" for feed, score in proposal.feeds if feed != proposal.feed and score][:_FEW])
    table = proposal.table
    read_as = [
        table["format"],
        proposal.encoding,
        table.get("delimiter", "") and f"separated by {table['delimiter']!r}",
    ]
    say(f"{proposal.file}: {' '.join(filter(None, read_as))}" + (f", sheet {proposal.sheet}" if proposal.sheet else ""))
    say(f"header  row {proposal.header_row}, {proposal.header_rows} row(s); {proposal.data_rows:,} rows of data below")
    say(f"feed    {proposal.feed} {proposal.score}" + (f"  (others: {others})" if others else ""))
    say("")
    heads = ("column", "from", "sure", "", "why", "next")
    print_table(heads, (_guess_row(one) for one in proposal.guesses))
    say("")
    for label, texts in (("not used", proposal.unused), ("to decide", proposal.notes), ("MISSING", proposal.missing)):
        if texts:
            say(f"{label}: {', '.join(texts)}")
    _say_trial(proposal)
    if out is not None:
        say(f"written to {out}; check it, then: mingzhang feed try {out} {proposal.file}")
    else:
        say(f"\n{proposal.mapping}")


def _guess_row(one: Any) -> tuple[Any, ...]:
    source = " + ".join(one.labels) or (f"file name: {one.group}" if one.group else f"= {one.constant}")
    mark = {"used": "", "check": "CHECK", "left_out": "left out"}[one.status]
    second = f"{one.runner_up} {one.runner_up_confidence}" if one.runner_up else ""
    return one.column, source, one.confidence, mark, one.reason, second


def _say_trial(proposal: Any) -> None:
    if proposal.trial is None:
        say(f"not loadable yet: the feed needs {', '.join(proposal.missing)}, and nothing in the file fills it")
        return
    trial = proposal.trial
    say(f"read with it: {trial.accepted:,} of {trial.rows:,} rows become facts, {trial.rejected:,} are rejected")
    for message in trial.messages:
        say(f"  {message}")


def try_mapping(
    mapping: Annotated[str, typer.Argument(metavar="MAPPING", help="Name of a mapping, or a .toml file.")],
    file: Delivered,
    *,
    data: Data = None,
    settings: SettingsFile = None,
    json: Json = False,
) -> None:
    """Tell what loading a file with a mapping would do; nothing is written.

    Exit 0 when it would be published or is published already, 1 when it would be held.
    """
    from app.feeds import try_file

    done = try_file(_house(settings, data), mapping, file)
    if json:
        print_json(done.as_json())
    else:
        _say_try(done)
    if done.would == "hold":
        raise typer.Exit(1)


def _house(settings: Path | None, data: Path | None) -> House:
    from warehouse.opening import warehouse_state

    house = open_house(settings, data)
    if warehouse_state(house.engine) != "empty":
        return house_to_read(settings, data)
    note("mingzhang: there is no warehouse yet; judged as the first delivery of all")
    return house


def _say_try(done: Any) -> None:
    from budget.money import format_yuan

    told = {"publish": "would be published", "hold": "WOULD BE HELD", "unchanged": "is published already"}[done.would]
    say(f"{done.file} {told}: mapping {done.mapping}, feed {done.feed}")
    say(f"{done.accepted:,} of {done.rows:,} rows become facts, {done.rejected_count:,} are rejected")
    for name, fen in done.totals.items():
        say(f"  {name.removesuffix('_fen'):<24} {format_yuan(fen):>24} 元")
    for reason in done.hold_reasons:
        say(f"held because: {reason}")
    say(f"\nfirst {len(done.first_rows)} rows")
    names = ["source_row", *done.columns]
    columns = [_as_written(name, [row.get(name) for row in done.first_rows]) for name in names]
    print_table([name.removesuffix("_fen") for name in names], zip(*columns, strict=True))
    _say_rejections(done)
    _say_checks(done.checks)
    _say_slices(done)


def _as_written(name: str, values: list[Any]) -> list[Any]:
    """Return a column as people write it: amounts in 元 to the right, years without separators, long text cut."""
    from budget.money import format_yuan

    if name.endswith("_fen"):
        amounts = ["-" if value is None else format_yuan(value) for value in values]
        return [amount.rjust(max(map(len, amounts))) for amount in amounts]
    texts = [None if value is None else str(value) for value in values]
    return [text[: _WIDEST - 1] + "…" if text is not None and len(text) > _WIDEST else text for text in texts]


def _say_rejections(done: Any) -> None:
    if done.rejected:
        first = f"; the first {len(done.rejected):,} of them" if len(done.rejected) < done.rejected_count else ""
        say(f"\n{done.rejected_count:,} rejected{first}")
    for one in done.rejected:
        say(f"  {one['message']}")


def _say_checks(checks: Any) -> None:
    if not checks:
        return
    say(f"\n{len(checks):,} checks, {sum(one['outcome'] == 'ok' for one in checks):,} of them hold")
    for one in checks:
        if one["outcome"] != "ok":
            say(f"  {one['outcome']:<9} {one['check_code']}  {one['message']}")


def _say_slices(done: Any) -> None:
    say("")
    heads = ("slice", "rows", "in place of", "batch", "its rows")
    before = {one["slice_key"]: one for one in done.replaces}
    print_table(heads, (_slice_row(one, before.get(one["slice_key"])) for one in done.slices))


def _slice_row(one: Any, before: Any) -> tuple[Any, ...]:
    if before is None:
        return (
            one["slice_key"],
            one["row_count"],
            "nothing" if one["takes_force"] else "nothing: newer stands",
            None,
            None,
        )
    return one["slice_key"], one["row_count"], before["file"], before["batch"], before["rows"]
