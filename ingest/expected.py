"""The calendar file: what a site expects from whom by when; and of which period a held file speaks."""

import calendar
import datetime as dt
import re
import tomllib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError, field_validator, model_validator

from budget.calendar import RestDayRule
from budget.due import Expected, Rhythm
from budget.expected import HeldDelivery
from budget.frames import FEEDS
from ingest.mapping import Mapping
from ingest.mapping_parts import Part
from ingest.problems import CalendarError
from warehouse.freshness import HeldBatch
from warehouse.held import HeldSlice

Division = Annotated[str, Field(pattern=r"^\d{9}$")]


class Line(Part):
    """One ``[[expected]]`` of the calendar."""

    feed: str
    rhythm: Rhythm
    title: str = ""
    divisions: tuple[Division, ...] = ()  # every division that has an office, where none is named
    departments: tuple[str, ...] = ()  # codes that stand in the slice key; of one division
    due_from: Literal["start", "end"] = "end"
    due_months: Annotated[int, Field(ge=0, le=24)] = 1
    due_day: Annotated[int | None, Field(ge=1, le=31)] = None
    due_workday: Annotated[int | None, Field(ge=1, le=60)] = None
    due_on: dt.date | None = None
    rest_day_rule: RestDayRule = "later"
    is_cumulative: Annotated[bool, Field(alias="cumulative")] = False
    since: dt.date | None = None
    owner: str = ""
    contact: str = ""

    @field_validator("feed")
    @classmethod
    def _known_feed(cls, feed: str) -> str:
        if feed not in FEEDS:
            raise ValueError(f'there is no feed "{feed}"; known: {", ".join(FEEDS)}')
        return feed

    @model_validator(mode="after")
    def _one_due_rule(self) -> "Line":
        given = [name for name in ("due_day", "due_workday", "due_on") if getattr(self, name) is not None]
        fitting = {"once": ["due_on"], "daily": ["due_workday"]}.get(self.rhythm)
        if fitting is not None and given != fitting:
            raise ValueError(f"rhythm {self.rhythm} needs {fitting[0]}, and no other due rule")
        if fitting is None and (len(given) != 1 or given == ["due_on"]):
            raise ValueError(f"rhythm {self.rhythm} needs one of due_day and due_workday")
        if self.departments and len(self.divisions) != 1:
            raise ValueError("departments are those of one division: name it under divisions")
        return self

    def expected(self, offices: Sequence[str]) -> Expected:
        """Return the line with the divisions it speaks of."""
        return Expected(**(self.model_dump() | {"divisions": self.divisions or tuple(offices)}))


class Calendar(Part):
    """The whole file."""

    expected: tuple[Line, ...] = ()


def load_calendar(path: Path) -> tuple[Line, ...]:
    """Read a calendar file; CalendarError says what is wrong with which line first."""
    try:
        given = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise CalendarError(f"calendar {path} cannot be read: {error.strerror or error}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CalendarError(f"calendar {path}: not a TOML file in UTF-8: {error}") from error
    try:
        return Calendar.model_validate(given).expected
    except ValidationError as error:
        raise CalendarError(f"calendar {path}: {_in_words(error)}") from error


def _in_words(error: ValidationError) -> str:
    problem = error.errors()[0]
    steps: list[Any] = list(problem["loc"])
    number = f"[[expected]] no. {steps[1] + 1}" if len(steps) > 1 else ""
    place = ": ".join(part for part in (number, ".".join(str(step) for step in steps[2:])) if part)
    return f"{place + ': ' if place else ''}{problem['msg'].removeprefix('Value error, ')}"


def held_deliveries(mappings: Iterable[Mapping], batches: Iterable[HeldBatch]) -> list[HeldDelivery]:
    """Say of held batches whose and of which period they are: by the slices they state, one a slice.

    Of one in which nothing could be read, as far as the name of its file tells.
    """
    by_name = {one.name: one for one in mappings}
    found = []
    for batch in batches:
        mapping = by_name.get(batch.mapping_name)
        told = _told_by_name(mapping, batch.file_name) if mapping else {}
        found += [_stated(batch, piece, told) for piece in batch.slices] or [_named(batch, told)]
    return found


def _stated(batch: HeldBatch, piece: HeldSlice, told: dict[str, str]) -> HeldDelivery:
    first, last = piece.first_on, piece.last_on
    if first is None and last is None:
        first, last = _span(told.get("period") or str(piece.fiscal_year or ""))
    return HeldDelivery(
        feed=batch.feed,
        division_code=piece.division_code or told.get("division_code"),
        parts=frozenset({*piece.slice_key.split("/"), *told.values()}),
        first_on=first,
        last_on=last,
        fiscal_year=piece.fiscal_year,
        known_at=batch.known_at,
        batch_id=batch.batch_id,
    )


def _named(batch: HeldBatch, told: dict[str, str]) -> HeldDelivery:
    first, last = _span(told.get("period") or told.get("fiscal_year") or "")
    return HeldDelivery(
        feed=batch.feed,
        division_code=told.get("division_code"),
        parts=frozenset(told.values()),
        first_on=first,
        last_on=last,
        known_at=batch.known_at,
        batch_id=batch.batch_id,
    )


def _told_by_name(mapping: Mapping, file_name: str) -> dict[str, str]:
    groups = mapping.groups(file_name)
    by_column = {name: groups[spec.group] for name, spec in mapping.columns.items() if spec.group in groups}
    return {name: str(value) for name, value in mapping.constants.items()} | by_column | groups


def _span(text: str) -> tuple[dt.date | None, dt.date | None]:
    """Return the days of ``2026`` or ``202610`` (with a hyphen or without); nulls for anything else."""
    found = re.fullmatch(r"((?:19|20)\d{2})-?(0[1-9]|1[0-2])?", text)
    if not found:
        return None, None
    year, month = int(found[1]), int(found[2] or 0)
    if not month:
        return dt.date(year, 1, 1), dt.date(year, 12, 31)
    return dt.date(year, month, 1), dt.date(year, month, calendar.monthrange(year, month)[1])
