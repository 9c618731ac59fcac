"""Mapping files: one strict TOML file tells how one kind of delivered file becomes rows of one canonical feed."""

import hashlib
import re
import tomllib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated, Any, cast

from pydantic import AfterValidator, Field, ValidationError, model_validator

from budget import frames
from budget.vocabulary import VALUES, unknown_values
from ingest.mapping_checks import CheckSpec
from ingest.mapping_parts import (
    AmountSpec,
    ColumnSpec,
    DeliverySpec,
    Part,
    Pattern,
    SliceSpec,
    SubtotalSpec,
    TableSpec,
)
from ingest.problems import MappingError, NoMappingError

BUILT_IN = Path(__file__).parent / "feeds"
REFERENCE = Path(__file__).parent / "reference"


def _known_feed(feed: str) -> str:
    if feed not in frames.FEEDS:
        raise ValueError(f'there is no feed "{feed}"; the feeds are: {", ".join(frames.FEEDS)}')
    return feed


Feed = Annotated[str, AfterValidator(_known_feed)]


class Mapping(Part):
    """One mapping file; ``name`` is the file's stem and ``sha256`` the hash of its bytes."""

    name: str
    sha256: str
    feed: Feed
    title: str
    owner: str
    file_name: Pattern
    table: TableSpec
    amounts: AmountSpec = AmountSpec()
    constants: dict[str, str | int | bool] = Field(default_factory=dict)
    columns: Annotated[dict[str, ColumnSpec], Field(min_length=1)]
    subtotals: tuple[SubtotalSpec, ...] = ()
    checks: CheckSpec = CheckSpec()
    slice: SliceSpec
    delivery: DeliverySpec | None = None

    @model_validator(mode="after")
    def _fits_the_feed(self) -> "Mapping":
        schema = frames.FEEDS[self.feed]
        filled = [*self.columns, *self.constants]
        if unknown := sorted(set(filled) - set(schema)):
            raise ValueError(f"feed {self.feed} has no column {', '.join(unknown)}; it has: {', '.join(schema)}")
        if twice := sorted(set(self.columns) & set(self.constants)):
            raise ValueError(f"{', '.join(twice)} stands under both columns and constants")
        if missing := [name for name in frames.REQUIRED[self.feed] if name not in filled]:
            raise ValueError(f"feed {self.feed} needs the column {', '.join(missing)}")
        if any(self.kind(name) == "money" for name in self.columns) and not self._has_unit():
            raise ValueError("amounts need a unit: one of unit, unit_cell, unit_column, unit_label under [amounts]")
        self._check_groups()
        self._check_values()
        return self

    def _has_unit(self) -> bool:
        given = self.amounts
        return any((given.unit, given.unit_cell, given.unit_column, given.unit_label))

    def _check_groups(self) -> None:
        known = re.compile(self.file_name).groupindex
        used = [spec.group for spec in self.columns.values() if spec.group]
        used += [self.delivery.on] if self.delivery else []
        if unknown := sorted(set(used) - set(known)):
            raise ValueError(f"file_name has no group {', '.join(unknown)}; it has: {', '.join(known) or 'none'}")
        self._check_control(set(known))

    def _check_control(self, groups: set[str]) -> None:
        control = self.checks.control
        wanted = set(re.findall(r"\{(\w+)\}", control.side_file or ""))
        if unknown := sorted(wanted - groups - {"name"}):
            raise ValueError(f"checks.control.side_file: file_name has no group {', '.join(unknown)}")
        if control.measure is not None and control.measure not in frames.MEASURES[self.feed]:
            raise ValueError(f"checks.control.measure: {control.measure} is no amount of feed {self.feed}")

    def _check_values(self) -> None:
        for name, spec in self.specs().items():
            fixed = [spec.constant, spec.default, *spec.choices.values()]
            if unknown := unknown_values(name, [str(value) for value in fixed if value is not None]):
                raise ValueError(f"{name} knows no {', '.join(unknown)}; it knows: {', '.join(VALUES[name])}")

    def specs(self) -> dict[str, ColumnSpec]:
        """Return every column to fill, constants included."""
        constants = {name: ColumnSpec(constant=value) for name, value in self.constants.items()}
        return {**constants, **self.columns}

    def kind(self, name: str) -> str:
        """Return the type a canonical column is read as."""
        spec = self.columns.get(name)
        if spec is not None and spec.type is not None:
            return spec.type
        return "choice" if spec is not None and spec.choices else default_kind(self.feed, name)

    def groups(self, file_name: str) -> dict[str, str]:
        """Return the named parts of a file name; empty where the name does not fit (the mapping was named by hand)."""
        found = re.fullmatch(self.file_name, file_name)
        return {key: value for key, value in found.groupdict().items() if value} if found else {}

    def knows(self, file_name: str) -> bool:
        """Tell whether a file name is one of this mapping's."""
        return re.fullmatch(self.file_name, file_name) is not None


def default_kind(feed: str, name: str) -> str:
    """Return how a canonical column is read when the mapping does not say."""
    if name.endswith("_fen"):
        return "money"
    if name.endswith("_code") or name == "code":
        return "code"
    if name.endswith(("_bp", "_hundredths")):
        return "percent"
    if name == "month":
        return "month"
    if name.endswith("_year"):
        return "int"
    kinds = {frames.DAY: "date", frames.COUNT: "number", frames.FLAG: "flag"}
    return kinds.get(cast("Any", frames.FEEDS[feed][name]), "text")


def load_mapping(path: Path) -> Mapping:
    """Read one mapping file; MappingError says what is wrong and where."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise MappingError(f"mapping {path} cannot be read: {error.strerror or error}") from error
    try:
        # Editors on Windows put a byte order mark before it.
        given = tomllib.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise MappingError(f"mapping {path.name}: not written in UTF-8; save it as UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        raise MappingError(f"mapping {path.name}: not a TOML file: {error}") from error
    if own := sorted({"name", "sha256"} & set(given)):
        raise MappingError(f"mapping {path.name}: {', '.join(own)} is not written here; a mapping is named by its file")
    try:
        return Mapping.model_validate({**given, "name": path.stem, "sha256": hashlib.sha256(content).hexdigest()})
    except ValidationError as error:
        raise MappingError(f"mapping {path.name}: {_in_words(error)}") from error


def _in_words(error: ValidationError) -> str:
    lines = []
    for problem in error.errors():
        place = ".".join(str(step) for step in problem["loc"])
        text = problem["msg"].removeprefix("Value error, ")
        found = problem.get("input")
        told = "" if isinstance(found, dict | list) or problem["type"] == "value_error" else f' (found "{found}")'
        lines.append(f"{place + ': ' if place else ''}{text}{told}")
    return "; ".join(lines)


def load_mappings(folders: Sequence[Path]) -> tuple[Mapping, ...]:
    """Read every mapping of some folders; a later folder's mapping replaces one of the same name."""
    found: dict[str, Mapping] = {}
    for folder in folders:
        for path in sorted(folder.glob("*.toml")) if folder.is_dir() else ():
            found[path.stem] = load_mapping(path)
    return tuple(found.values())


def reference_files() -> tuple[Path, ...]:
    """Return the classification tables that come with the program, to be loaded like any delivered file."""
    return tuple(sorted(REFERENCE.glob("*.csv")))


def named(mappings: Iterable[Mapping], name: str) -> Mapping:
    """Return a mapping by its name; NoMappingError lists the known ones."""
    by_name = {one.name: one for one in mappings}
    if name not in by_name:
        raise NoMappingError(
            f'there is no mapping "{name}"; known: {", ".join(sorted(by_name)) or "none"}', "no_such_mapping", name=name
        )
    return by_name[name]


def match(mappings: Sequence[Mapping], file_name: str) -> Mapping:
    """Return the one mapping that knows a file name; NoMappingError names the candidates."""
    fitting = [one for one in mappings if one.knows(file_name)]
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        names = ", ".join(one.name for one in fitting)
        raise NoMappingError(
            f"{file_name}: several mappings know this name: {names}; say which with --feed",
            "several_mappings_fit",
            file=file_name,
            names=names,
        )
    names = ", ".join(one.name for one in mappings) or "none"
    raise NoMappingError(
        f"{file_name}: no mapping knows this name; known mappings: {names}; "
        "name one with --feed, or write one (docs/adding-a-feed.md)",
        "no_mapping_fits",
        file=file_name,
    )
