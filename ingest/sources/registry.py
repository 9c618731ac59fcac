"""All sources of a site: read, checked against their mappings, and each feed of a division fetched by one only."""

import datetime as dt
import tomllib
from collections.abc import Sequence
from itertools import combinations
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from ingest.mapping import Mapping, named
from ingest.problems import NoMappingError, SourceError
from ingest.sources.placeholders import fill
from ingest.sources.spec import KINDS, NAME, AnySource, SftpSource


def load_sources(folder: Path, mappings: Sequence[Mapping], today: dt.date) -> tuple[AnySource, ...]:
    """Read the sources of a folder, by name; SourceError where one cannot be used, or two deliver the same.

    No error repeats an address: somebody may have written a password into it.
    """
    found = [load_source(path) for path in sorted(folder.glob("*.toml"))] if folder.is_dir() else []
    feeds = {one.name: _mapping_of(one, mappings, today).feed for one in found}
    for one, other in combinations(found, 2):
        if feeds[one.name] == feeds[other.name] and (shared := _shared(one, other)):
            raise SourceError(
                f"sources {one.name} and {other.name} both deliver feed {feeds[one.name]} of {shared}; "
                "one owner a feed and division was expected: take one away, or give each its own divisions"
            )
    return tuple(found)


def load_source(path: Path) -> AnySource:
    """Read one source file; SourceError says what is wrong and where."""
    where = f"source {path.name}"
    try:
        given = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise SourceError(f"{where} cannot be read: {error.strerror or error}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SourceError(f"{where}: not a TOML file in UTF-8: {error}") from None
    if not NAME.fullmatch(path.stem):
        raise SourceError(
            f"{where}: its name must be 2 to 40 small letters, digits and hyphens, beginning with a letter"
        )
    if "name" in given:
        raise SourceError(f"{where}: name is not written here; a source is named by its file")
    return _read(where, given | {"name": path.stem})


def _read(where: str, given: dict[str, Any]) -> AnySource:
    kind = given.get("kind")
    model = KINDS.get(kind) if isinstance(kind, str) else None
    if model is None:
        raise SourceError(f"{where}: kind is one of {', '.join(KINDS)}")
    try:
        return model.model_validate(given)
    except ValidationError as error:
        raise SourceError(f"{where}: {_in_words(error)}") from None


def _in_words(error: ValidationError) -> str:
    told = []
    for problem in error.errors(include_input=False, include_url=False):
        place = ".".join(str(step) for step in problem["loc"])
        told.append(f"{place + ': ' if place else ''}{problem['msg'].removeprefix('Value error, ')}")
    return "; ".join(told)


def _mapping_of(source: AnySource, mappings: Sequence[Mapping], today: dt.date) -> Mapping:
    try:
        mapping = named(mappings, source.mapping)
    except NoMappingError as error:
        raise SourceError(f"source {source.name}: {error}") from error
    if not isinstance(source, SftpSource):
        given = source.file_name if source.kind == "sql_view" else source.delivered_name
        name = fill(str(given), today)
        if not mapping.knows(name):
            raise SourceError(
                f"source {source.name}: its file would be named {name}, which mapping {mapping.name} does not know "
                f"(file_name = '{mapping.file_name}')"
            )
    return mapping


def _shared(one: AnySource, other: AnySource) -> str:
    """Say which divisions two sources both deliver; empty where none."""
    if not one.divisions or not other.divisions:
        return ", ".join(one.divisions or other.divisions) or "the whole district"
    return ", ".join(sorted(set(one.divisions) & set(other.divisions)))
