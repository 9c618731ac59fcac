"""Drafting mappings and trying them: files are read here, judged in ``ingest``, and nothing is published."""

from pathlib import Path

from app.reading import limits_of, wanted_mapping
from app.wiring import House
from budget import frames
from ingest.draft.propose import draft_mapping
from ingest.draft.shapes import Draft
from ingest.dry_run import DryRun, dry_run
from ingest.mapping import load_mappings
from ingest.prepare import delivery_of, readable_name
from ingest.problems import MappingError
from warehouse import migrations
from warehouse.engine import open_engine, reading, writing
from warehouse.opening import warehouse_state

_IN_MEMORY = "sqlite+pysqlite://"


def draft_for(path: Path, *, feed: str | None, division: str | None, out: Path | None) -> Draft:
    """Propose a mapping for a file, and write it where ``out`` says; never over a file that is there."""
    if feed is not None and feed not in frames.FEEDS:
        raise MappingError(f'there is no feed "{feed}"; the feeds are: {", ".join(frames.FEEDS)}')
    if out is not None and out.suffix != ".toml":
        raise MappingError(f"{out} is no mapping's name; a mapping is a file NAME.toml")
    draft = draft_mapping(readable_name(path), delivery_of(path).read(), feed=feed, division=division)
    if out is not None:
        try:
            with out.open("x", encoding="utf-8") as file:
                file.write(draft.mapping)
        except FileExistsError as error:
            raise MappingError(f"{out} is there already and was not touched; name another file") from error
    return draft


def try_file(house: House, name: str, path: Path) -> DryRun:
    """Tell what publishing a file with a mapping would do; where there is no warehouse, as its first delivery."""
    mapping = wanted_mapping(load_mappings(house.mapping_folders), name)
    delivery, file_name, limits = delivery_of(path), readable_name(path), limits_of(house)
    if warehouse_state(house.engine) != "empty":
        with reading(house.engine) as connection:
            return dry_run(connection, mapping, file_name, delivery, now=house.clock(), limits=limits)
    with writing(open_engine(_IN_MEMORY)) as connection:
        migrations.create(connection)
        return dry_run(connection, mapping, file_name, delivery, now=house.clock(), limits=limits)
